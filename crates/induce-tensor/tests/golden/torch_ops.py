"""What PyTorch makes of our operations, values and slopes, in double precision: `torch_ops.json`.

    python torch_ops.py          (packages: requirements.txt)

Tensors are in our layouts; what PyTorch has otherwise is turned here, so that its slopes come back in ours.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
CASES = []


def some(*shape):
    """Normal numbers of few digits."""
    return (torch.randn(*shape) * 16).round() / 16


def case(op, function, inputs, **settings):
    """Record `function` of `inputs`, and the slopes by them of its sum with uneven weights."""
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    y = function(*leaves)
    weights = some(*y.shape)
    (y * weights).sum().backward()
    plain = lambda x: {"shape": list(x.shape), "values": x.detach().flatten().tolist()}
    slopes = [torch.zeros_like(x) if x.grad is None else x.grad for x in leaves]
    CASES.append({
        "op": op,
        "settings": settings,
        "inputs": [plain(x) for x in leaves],
        "weights": plain(weights),
        "output": plain(y),
        "slopes": [plain(x) for x in slopes],
    })


def images(x):
    return x.permute(0, 3, 1, 2)


def back(x):
    return x.permute(0, 2, 3, 1)


for stride, padding, kernel in [((1, 1), (1, 1), (3, 3)), ((2, 2), (1, 1), (4, 4)), ((2, 3), (0, 1), (3, 2))]:
    for batch, channels, outputs in [(2, 3, 2), (1, 2, 17)]:
        inputs = [some(batch, 5, 6, channels), some(*kernel, channels, outputs), some(outputs)]
        case("conv2d", lambda x, w, b: back(F.conv2d(images(x), w.permute(3, 2, 0, 1), b, stride, padding)),
             inputs, stride=stride, padding=padding)
        extra = tuple(s - 1 for s in stride)
        case("conv2d_transpose",
             lambda x, w, b: back(F.conv_transpose2d(images(x), w.permute(2, 3, 0, 1), b, stride, padding, extra)),
             inputs, stride=stride, padding=padding, extra=extra)

for size, stride, padding in [((2, 2), (2, 2), (0, 0)), ((3, 2), (2, 1), (1, 1))]:
    x = [torch.randn(2, 5, 6, 3)]
    settings = {"size": size, "stride": stride, "padding": padding}
    case("max_pool2d", lambda x: back(F.max_pool2d(images(x), size, stride, padding)), x, **settings)
    case("mean_pool2d", lambda x: back(F.avg_pool2d(images(x), size, stride, padding)), x, **settings)


def layer(name, backwards):
    """A recurrent layer of x, W, U, b and states, by PyTorch's own kernels."""
    def run(x, into, across, bias, *states):
        width = across.shape[0]
        x = x.flip(0) if backwards else x
        if name == "gru":
            own = torch.cat([torch.zeros(2 * width), bias[3 * width:]])
            biases = [bias[:3 * width], own]
        else:
            biases = [bias, torch.zeros_like(bias)]
        weights = [into.T, across.T, *biases]
        states = tuple(s[None] for s in states)
        start = states if name == "lstm" else states[0]
        function = {"lstm": torch._VF.lstm, "gru": torch._VF.gru, "rnn": torch._VF.rnn_tanh}[name]
        y, *last = function(x, start, weights, True, 1, 0.0, False, False, False)
        y = y.flip(0) if backwards else y
        return torch.cat([y.flatten(), *(s.flatten() for s in last)])
    return run


for name, gates, biases, states in [("lstm", 4, 4, 2), ("gru", 3, 4, 1), ("rnn", 1, 1, 1)]:
    for backwards in [False, True]:
        time, batch, inputs, width = 5, 3, 4, 6
        case(name, layer(name, backwards), [
            some(time, batch, inputs), some(inputs, gates * width), some(width, gates * width),
            some(biases * width), *(some(batch, width) for _ in range(states)),
        ], backwards=backwards)

case("rms_norm", lambda x, g: F.rms_norm(x, x.shape[-1:], g, 1e-5), [some(4, 40), some(40)])

# Shapes at random, indices shorter than source and target, and zeros, which products divide by.
for trial in range(12):
    rank = int(torch.randint(1, 5, ()))
    axis = int(torch.randint(0, rank, ()))
    target = torch.randint(1, 5, (rank,)).tolist()
    index = [int(torch.randint(1, t + 1, ())) for t in target]
    index[axis] = int(torch.randint(1, 7, ()))
    source = [i + int(torch.randint(0, 2, ())) for i in index]
    places = torch.randint(0, target[axis], index)
    settings = {"axis": axis, "lengths": index, "indices": places.flatten().tolist()}
    case("gather", lambda x: x.gather(axis, places), [torch.randn(target)], **settings)
    for reduction in ["sum", "prod", "mean", "amax", "amin"]:
        for with_self in [True, False]:
            x, s = torch.randn(target), torch.randn(source)
            if reduction == "prod" and with_self:
                x, s = x * (torch.rand(target) > 0.2), s * (torch.rand(source) > 0.2)
            # PyTorch has slopes only where source and indices are of one shape; values are the same.
            part = lambda s: s[tuple(slice(i) for i in index)]
            whole = x.scatter_reduce(axis, places, s, reduction, include_self=with_self)
            assert torch.equal(whole, x.scatter_reduce(axis, places, part(s), reduction, include_self=with_self))
            case("scatter", lambda x, s: x.scatter_reduce(axis, places, part(s), reduction, include_self=with_self),
                 [x, s], reduction=reduction, with_self=with_self, **settings)


def parted(w, groups):
    """Weights (height, width, channels of a group, outputs) as `conv_transpose2d` has them."""
    return torch.cat([part.permute(2, 3, 0, 1) for part in w.chunk(groups, 3)])


# Taps apart, with strides that have a divisor in common with that or none; groups; one channel for each.
for stride, padding, dilation, kernel, groups, channels, outputs in [
    ((1, 1), (2, 2), (2, 2), (3, 3), 1, 2, 3),
    ((2, 3), (1, 2), (3, 2), (2, 3), 1, 3, 17),
    ((4, 2), (3, 2), (2, 4), (3, 2), 1, 1, 2),
    ((1, 1), (1, 1), (1, 1), (3, 3), 2, 4, 6),
    ((2, 1), (1, 2), (2, 3), (3, 2), 3, 3, 6),
    ((2, 2), (1, 1), (1, 1), (4, 4), 4, 4, 4),
]:
    inputs = [some(1, 5, 6, channels), some(*kernel, channels // groups, outputs), some(outputs)]
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    case("conv2d",
         lambda x, w, b: back(F.conv2d(images(x), w.permute(3, 2, 0, 1), b, stride, padding, dilation, groups)),
         inputs, **settings)
    extra = tuple(s - 1 for s in stride)
    case("conv2d_transpose",
         lambda x, w, b: back(F.conv_transpose2d(images(x), parted(w, groups), b, stride, padding, extra, groups, dilation)),
         inputs, extra=extra, **settings)

for name, settings in {
    "plain": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
}.items():
    p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5]))
    optimiser = torch.optim.SGD([p], lr=0.1, **settings)
    for _ in range(5):
        optimiser.zero_grad()
        (p ** 2 + torch.sin(p)).sum().backward()
        optimiser.step()
    CASES.append({"op": "sgd", "settings": settings, "values": p.detach().tolist()})

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": CASES}, indent=None) + "\n")

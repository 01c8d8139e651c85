"""PyTorch's side of `bench/latent.py`, written as a user of PyTorch would.

`latent.py train NAME STEPS THREADS HOW IMAGES` prints the milliseconds of every step, `latent.py evaluate SAMPLES COUNT THREADS HOW IMAGES` the
seconds for so many images and the mean of the bound. HOW is `eager`, `compile` or `bf16`.
"""

import gzip
import math
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    """784-200-200-50, tanh: the network of Burda et al. (2016)."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh())
        self.mean, self.ln_scale = nn.Linear(200, 50), nn.Linear(200, 50)
        self.decoder = nn.Sequential(nn.Linear(50, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 784))

    def encode(self, x):
        h = self.encoder(x)
        return self.mean(h), self.ln_scale(h)


class Conv(nn.Module):
    """Two convolutions that halve the sides, a layer of 256, 20 latent variables; and back."""

    def __init__(self):
        super().__init__()
        down = [nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU()]
        self.encoder = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), *down, nn.Flatten(), nn.Linear(3136, 256), nn.ReLU())
        self.mean, self.ln_scale = nn.Linear(256, 20), nn.Linear(256, 20)
        up = [nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1)]
        linear = [nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 3136), nn.ReLU()]
        self.decoder = nn.Sequential(*linear, nn.Unflatten(-1, (64, 7, 7)), *up, nn.Flatten())

    def encode(self, x):
        h = self.encoder(x)
        return self.mean(h), self.ln_scale(h)


def bound(model, x, samples):
    """The ELBO with its KL divergence in closed form of one sample, the importance-weighted bound of several; minus the mean."""
    mean, ln_scale = model.encode(x)
    noise = torch.randn(samples, *mean.shape)
    z = mean + ln_scale.exp() * noise
    logits = model.decoder(z.flatten(0, 1)).view(samples, *x.shape)
    ln_likelihood = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    if samples == 1:
        kl = 0.5 * (mean.square() + (2 * ln_scale).exp() - 1).sum(-1) - ln_scale.sum(-1)
        return (kl - ln_likelihood[0]).mean()
    ln_w = ln_likelihood - 0.5 * z.square().sum(-1) + (0.5 * noise.square() + ln_scale).sum(-1)
    return math.log(samples) - ln_w.logsumexp(0).mean()


def images(path):
    with gzip.open(path) as file:
        return torch.from_numpy(np.frombuffer(file.read()[16:], dtype=np.uint8).reshape(-1, 784).copy())


MODELS = {"vae": (Mlp, 1), "iwae": (Mlp, 50), "conv": (Conv, 1)}


def train(name, steps, how, pixels):
    kind, samples = MODELS[name]
    model = kind()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_of = torch.compile(bound) if how == "compile" else bound
    order = torch.randperm(len(pixels))
    for step in range(steps):
        start = time.perf_counter()
        some = order[(step * 100) % 60000 :][:100]
        grey = pixels[some].float() / 255
        x = torch.bernoulli(grey)
        adam.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=how == "bf16"):
            loss = loss_of(model, x, samples)
        loss.backward()
        adam.step()
        value = loss.item()
        print(f"{(time.perf_counter() - start) * 1e3:.4f} {value}", flush=True)


@torch.inference_mode()
def evaluate(samples, count, how, pixels):
    model, together = Mlp(), 20
    ln_w_of = torch.compile(ln_weights) if how == "compile" else ln_weights
    with torch.autocast("cpu", torch.bfloat16, enabled=how == "bf16"):
        ln_w_of(model, torch.zeros(100, 784), together)  # whatever is compiled first
        start, bounds = time.perf_counter(), []
        for first in range(0, count, 100):
            x = torch.bernoulli(pixels[first : first + 100].float() / 255)
            parts = [ln_w_of(model, x, together).float() for _ in range(samples // together)]
            bounds.append(torch.cat(parts).logsumexp(0) - math.log(samples))
    print(f"{time.perf_counter() - start:.4f} {torch.cat(bounds).mean().item()}")


def ln_weights(model, x, samples):
    mean, ln_scale = model.encode(x)
    noise = torch.randn(samples, *mean.shape)
    z = mean + ln_scale.exp() * noise
    logits = model.decoder(z)
    ln_likelihood = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    return ln_likelihood - 0.5 * z.square().sum(-1) + (0.5 * noise.square() + ln_scale).sum(-1)


def main():
    verb, what, number, threads, how, path = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    if verb == "train":
        train(what, int(number), how, images(path))
    else:
        evaluate(int(what), int(number), how, images(path))


main()

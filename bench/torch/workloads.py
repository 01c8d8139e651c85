"""PyTorch's side of `bench/tensor.py`: `workloads.py NAME STEPS THREADS` prints the milliseconds of every step and the loss.

The same models as `crates/induce-tensor/examples/workloads.rs`, written as a user of PyTorch would: `torch.nn` layers, fused
operations where there are some, `Adam(fused=True)`.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Vae(nn.Module):
    def __init__(self, samples):
        super().__init__()
        self.samples = samples
        self.encoder = nn.Sequential(nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh())
        self.mean, self.log_variance = nn.Linear(200, 50), nn.Linear(200, 50)
        self.decoder = nn.Sequential(nn.Linear(50, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 784))
        self.x = (torch.rand(100, 784) < 0.2).float()

    def forward(self):
        h = self.encoder(self.x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        noise = torch.randn(self.samples, 100, 50)
        z = mean + (0.5 * log_variance).exp() * noise
        logits = self.decoder(z)
        target = self.x.expand(self.samples, -1, -1)
        reconstruction = F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(-1)
        if self.samples == 1:
            kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(-1)
            return (reconstruction[0] + kl).mean()
        prior, posterior = -0.5 * z.square().sum(-1), -0.5 * (log_variance + noise.square()).sum(-1)
        return -(prior - posterior - reconstruction).logsumexp(0).mean()


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.out = nn.Embedding(96, 512), nn.Linear(512, 96)
        self.lstm = nn.LSTM(512, 512)
        self.tokens = torch.randint(96, (129, 32))

    def forward(self):
        h, _ = self.lstm(self.embedding(self.tokens[:-1]))
        return F.cross_entropy(self.out(h).flatten(0, 1), self.tokens[1:].flatten())


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(384), nn.LayerNorm(384)
        self.qkv, self.proj = nn.Linear(384, 3 * 384), nn.Linear(384, 384)
        self.up, self.down = nn.Linear(384, 4 * 384), nn.Linear(4 * 384, 384)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = (part.view(batch, time, 6, 64).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(width, dim=2))
        h = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(h.transpose(1, 2).reshape(batch, time, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.positions = nn.Embedding(512, 384), nn.Parameter(torch.randn(256, 384) * 0.02)
        self.blocks = nn.Sequential(*[Block() for _ in range(6)])
        self.norm, self.out = nn.LayerNorm(384), nn.Linear(384, 512)
        self.tokens = torch.randint(512, (8, 257))

    def forward(self):
        x = self.blocks(self.embedding(self.tokens[:, :-1]) + self.positions)
        return F.cross_entropy(self.out(self.norm(x)).flatten(0, 1), self.tokens[:, 1:].flatten())


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        down = [(3, 64), (64, 128), (128, 128)]
        up = [(128, 128), (128, 64), (64, 3)]
        layers = []
        for inputs, outputs in down:
            layers += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.ReLU()]
        for inputs, outputs in up:
            layers += [nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])
        self.x = torch.rand(64, 3, 32, 32)

    def forward(self):
        return F.mse_loss(self.layers(self.x), self.x)


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
        self.x = torch.rand(32, 2)
        self.y = self.x.prod(1, keepdim=True)

    def forward(self):
        return F.mse_loss(self.layers(self.x), self.y)


MODELS = {"vae": lambda: Vae(1), "iwae": lambda: Vae(50), "lstm": Lstm, "gpt": Gpt, "conv": Conv, "tiny": Tiny}


def main():
    name, steps, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = MODELS[name]()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    for _ in range(steps):
        start = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        loss = model()
        loss.backward()
        adam.step()
        value = loss.item()
        print(f"{(time.perf_counter() - start) * 1e3:.4f} {value}", flush=True)


main()

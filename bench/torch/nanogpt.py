"""nanoGPT's recipe for processors, as `bench/learning.py` runs it: `nanogpt.py TEXT THREADS` prints seconds and losses as JSON.

Model, optimiser, schedule, batches and looks at the loss are those of nanoGPT's `model.py` and `train.py` (MIT, Andrej Karpathy)
with the flags of its readme: 4 layers of 128, 4 heads, 64 characters, batches of 12, 2000 steps, no dropout, no biases, AdamW with
decay of matrices only (fused, as there), looks every 250 steps at 20 batches of both splits. Afterwards, not timed, the loss on all
of the held-out text.
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, HEADS, WIDTH, CONTEXT, BATCH, STEPS = 4, 4, 128, 64, 12, 2000


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (p.view(batch, length, HEADS, width // HEADS).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).contiguous().view(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding, self.positions = nn.Embedding(vocabulary, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        self.head = nn.Linear(WIDTH, vocabulary, bias=False)
        self.head.weight = self.embedding.weight
        for name, p in self.named_parameters():
            if p.dim() >= 2:
                deviation = 0.02 / math.sqrt(2 * LAYERS) if name.endswith(("proj.weight", "down.weight")) else 0.02
                nn.init.normal_(p, std=deviation)

    def forward(self, x, y):
        h = self.embedding(x) + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return F.cross_entropy(self.head(self.norm(h)).flatten(0, 1), y.flatten())


def rate(step):
    if step < 100:
        return 1e-3 * (step + 1) / 101
    return 1e-4 + 0.5 * (1 + math.cos(math.pi * (step - 100) / (STEPS - 100))) * (1e-3 - 1e-4)


def main():
    text, threads = open(sys.argv[1]).read(), int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(1337)
    start = time.perf_counter()
    place = {c: i for i, c in enumerate(sorted(set(text)))}
    data = torch.tensor([place[c] for c in text])
    split = int(0.9 * len(data))
    train, held_out = data[:split], data[split:]

    def batch(own):
        starts = torch.randint(len(own) - CONTEXT, (BATCH,))
        return torch.stack([own[i : i + CONTEXT] for i in starts]), torch.stack([own[i + 1 : i + 1 + CONTEXT] for i in starts])

    @torch.no_grad()
    def look():
        model.eval()
        losses = [sum(model(*batch(own)).item() for _ in range(20)) / 20 for own in (train, held_out)]
        model.train()
        return losses

    model = Gpt(len(place))
    groups = [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), fused=True)
    for step in range(STEPS):
        if step % 250 == 0:
            look()
        for group in adamw.param_groups:
            group["lr"] = rate(step)
        loss = model(*batch(train))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
    look()
    seconds = time.perf_counter() - start
    with torch.no_grad():
        model.eval()
        windows = (len(held_out) - 1) // CONTEXT
        x = held_out[: windows * CONTEXT].view(windows, CONTEXT)
        y = held_out[1 : windows * CONTEXT + 1].view(windows, CONTEXT)
        loss = sum(model(a, b).item() * len(a) for a, b in zip(x.split(100), y.split(100))) / windows
    print(json.dumps({"seconds": seconds, "loss": loss}))


if __name__ == "__main__":
    main()

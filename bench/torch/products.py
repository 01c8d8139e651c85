"""PyTorch's side of the products of `bench/tensor.py`: the shapes of `crates/induce-tensor/examples/products.rs`."""

import statistics
import sys
import time

import torch

SHAPES = [
    (1024, 1024, 1024, "nn"), (1024, 1024, 1024, "nt"), (1024, 1024, 1024, "tn"), (4096, 512, 512, "nn"), (2048, 1536, 384, "nn"),
    (2048, 384, 1536, "nt"), (384, 1536, 2048, "tn"), (1536, 384, 2048, "tn"), (32, 2048, 512, "nn"), (32, 512, 2048, "nt"),
    (100, 200, 784, "nn"), (784, 200, 100, "tn"), (5000, 784, 200, "nn"), (200, 784, 5000, "tn"),
]

torch.set_num_threads(int(sys.argv[1]))
for m, n, k, kind in SHAPES:
    a = torch.rand(k, m).T if kind[0] == "t" else torch.rand(m, k)
    b = torch.rand(n, k).T if kind[1] == "t" else torch.rand(k, n)
    out, work = torch.empty(m, n), 2.0 * m * n * k
    repeats, times = -(-int(2e9) // int(work)), []
    for _ in range(9):
        start = time.perf_counter()
        for _ in range(repeats):
            torch.mm(a, b, out=out)
        times.append((time.perf_counter() - start) / repeats)
    print(f"{m:5} x {n:5} x {k:5} {kind}  {work / statistics.median(times) / 1e9:6.1f} GFLOP/s", flush=True)

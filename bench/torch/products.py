"""PyTorch's side of the products of `bench/tensor.py`, as `crates/induce-tensor/examples/products.rs`: reads lines such as
`1024 1024 1024 nt`, and prints the billions of multiplications and additions per second of each."""

import statistics
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
for line in sys.stdin:
    m, n, k, kind = [int(word) if word.isdigit() else word for word in line.split()]
    a = torch.rand(k, m).T if kind[0] == "t" else torch.rand(m, k)
    b = torch.rand(n, k).T if kind[1] == "t" else torch.rand(k, n)
    out, work = torch.empty(m, n), 2.0 * m * n * k
    repeats, times = -(-int(2e9) // int(work)), []
    for _ in range(9):
        start = time.perf_counter()
        for _ in range(repeats):
            torch.mm(a, b, out=out)
        times.append((time.perf_counter() - start) / repeats)
    print(f"{work / statistics.median(times) / 1e9:.1f}", flush=True)

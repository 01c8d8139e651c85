"""Pareto-smoothed importance sampling by ArviZ.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 arviz==0.22.0
    venv/bin/python crates/induce-prob/tests/golden/pareto.py

writes pareto.json beside this file.
"""

import json
import pathlib

import numpy as np
from arviz.stats.stats import _gpdfit, psislw


def halton(n, base):
    out = np.zeros(n)
    for i in range(n):
        f, k = 1.0, i + 1
        while k:
            f /= base
            out[i] += f * (k % base)
            k //= base
    return out


def main():
    fits, smoothed = [], []
    for n, k, sigma in [(30, 0.2, 1.0), (100, 0.7, 3.0), (500, -0.3, 0.5), (7, 1.5, 2.0)]:
        u = halton(n, 2)
        x = np.sort(sigma / k * ((1 - u) ** -k - 1))
        shape, scale = _gpdfit(x)
        fits.append({"excesses": x.tolist(), "shape": float(shape), "scale": float(scale)})
    for n, power in [(200, 0.5), (1000, 0.9), (60, 0.2)]:
        raw = -power * np.log(1 - halton(n, 3)) - 700.0
        weights, khat = psislw(raw.copy())
        smoothed.append({"ln_weights": raw.tolist(), "smoothed": np.asarray(weights).tolist(), "khat": float(khat)})
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"fits": fits, "smoothed": smoothed}))


main()

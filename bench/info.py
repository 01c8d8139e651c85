"""Mutual information beside scikit-learn's, interleaved, on the same arrays and threads.

    cargo xtask bench info [--threads 2] [--save]

It needs the wheel in the Python that runs it (`target/venv`). scikit-learn computes a value; ours has its interval too, and with `p` a permutation test on top.
"""

import argparse
import time

import numpy as np
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from induce import feature_selection, info

from record import Record

parser = argparse.ArgumentParser()
parser.add_argument("--binary")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
args = parser.parse_args()
THREADS = args.threads
ROUNDS = 7


def timed(f):
    clock = time.perf_counter()
    f()
    return time.perf_counter() - clock


def compare(name, ours, theirs):
    ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(ROUNDS)]
    a, b = (float(np.median(own)) for own in zip(*pairs))
    record.add(name, {"induce": a, "scikit-learn": b})


record = Record("info", THREADS, ROUNDS, ["scikit-learn"])
for rows in (1_000, 10_000, 100_000):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 4))
    y = X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * rng.normal(size=rows)
    c = np.digitize(y, [-1, 0, 1])
    compare(
        f"regression, {rows} x 4",
        lambda: feature_selection.mutual_info_regression(X, y, n_jobs=THREADS),
        lambda: mutual_info_regression(X, y, random_state=0, n_jobs=THREADS),
    )
    compare(
        f"classes, {rows} x 4",
        lambda: feature_selection.mutual_info_classif(X, c, n_jobs=THREADS),
        lambda: mutual_info_classif(X, c, random_state=0, n_jobs=THREADS),
    )
    compare(
        f"one pair with p, {rows}",
        lambda: info.mutual_information(X[:, 0], y, n_jobs=THREADS),
        lambda: mutual_info_regression(X[:, :1], y, random_state=0, n_jobs=THREADS),
    )
if args.save:
    record.save()

"""Gaussian mixtures beside scikit-learn: `cargo xtask bench mixture [--threads 2] [--runs 3] [--save]`.

Twenty iterations of expectation-maximisation from one start at random rows on both sides, data in memory. scikit-learn-intelex and faiss have no
mixtures. Runs are interleaved; medians are printed.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--binary", required=True)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(args.threads)
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from sklearn.mixture import GaussianMixture  # noqa: E402

from record import Record  # noqa: E402

ITERATIONS = 20


def ours(path, kind, k):
    settings = [f"n_components={k}", f"covariance_type={kind}", "init=random_from_data", "n_init=1", f"max_iter={ITERATIONS}", "tol=0"]
    words = [word for setting in settings for word in ("--set", setting)]
    line = [args.binary, "train", path, "-m", "gmm", *words, "-o", path.with_suffix(".induce"), "--format", "json", "--threads", str(args.threads), "--quiet"]
    said = subprocess.run(line, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)["fit_seconds"]


def theirs(x, kind, k):
    begun = time.perf_counter()
    GaussianMixture(k, covariance_type=kind, init_params="random_from_data", max_iter=ITERATIONS, tol=0, random_state=0).fit(x)
    return time.perf_counter() - begun


record = Record("mixture", args.threads, args.runs, ["scikit-learn"])
rng = np.random.default_rng(0)
with tempfile.TemporaryDirectory() as place:
    path = Path(place) / "points.npy"
    for n, width, k in [(50_000, 8, 8), (200_000, 16, 16), (20_000, 64, 8)]:
        x = 2.0 * rng.normal(size=(k, width))[rng.integers(k, size=n)] + rng.normal(size=(n, width))
        np.save(path, x)
        for kind in ("full", "tied", "diag", "spherical"):
            times = {"induce": [], "scikit-learn": []}
            for _ in range(args.runs):
                times["induce"].append(ours(path, kind, k))
                times["scikit-learn"].append(theirs(x, kind, k))
            medians = {name: statistics.median(own) for name, own in times.items()}
            record.add(f"{n} x {width}, {k} components, {kind}", medians)
if args.save:
    record.save()

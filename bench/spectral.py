"""Spectral clustering beside scikit-learn: `cargo xtask bench spectral [--rows 5000] [--threads 2] [--runs 3] [--mnist FOLDER] [--save]`.

What is timed is the fit, data in memory on both sides: `seconds` of `induce train --format json`, and
`SpectralClustering.fit`. scikit-learn has its default graph (all pairs by an RBF) and its sparse one (nearest neighbours); beside
each time is the adjusted Rand index with the classes that made the points.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--binary", required=True)
parser.add_argument("--rows", type=int, default=5000)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--mnist", type=Path, help="a folder with MNIST's IDX files: 70 000 images, ours only")
parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(args.threads)

import numpy as np  # noqa: E402
from sklearn.cluster import SpectralClustering  # noqa: E402
from sklearn.datasets import make_blobs, make_moons  # noqa: E402
from sklearn.metrics import adjusted_rand_score  # noqa: E402

from record import Record  # noqa: E402


def ours(folder, x, y, k):
    path = folder / "points.npy"
    np.save(path, x)
    out, labels = folder / "model", folder / "labels.csv"
    common = ["--threads", str(args.threads), "--quiet"]
    said = subprocess.run(
        [args.binary, "train", path, "-m", "spectral", "--set", f"n_clusters={k}", "--holdout", "0", "-o", out, "--format", "json", *common],
        check=True, capture_output=True, text=True,
    )
    subprocess.run([args.binary, "predict", out, path, "-o", labels, *common], check=True, capture_output=True)
    found = np.loadtxt(labels, delimiter=",", skiprows=1)
    return json.loads(said.stdout)["fit_seconds"], adjusted_rand_score(y, found)


def theirs(affinity, x, y, k):
    begun = time.perf_counter()
    labels = SpectralClustering(k, affinity=affinity, random_state=0, n_jobs=args.threads).fit(x).labels_
    return time.perf_counter() - begun, adjusted_rand_score(y, labels)


def rounds(rivals):
    """Medians of seconds, interleaved, and the index of the first run."""
    found = {name: [] for name in rivals}
    for _ in range(args.runs):
        for name, call in rivals.items():
            found[name].append(call())
    return {name: (statistics.median(seconds for seconds, _ in own), own[0][1]) for name, own in found.items()}


def add(case, found):
    remark = "adjusted Rand index " + ", ".join(f"{index:.3f}" for _, index in found.values())
    record.add(case, {name: seconds for name, (seconds, _) in found.items()}, remark)


def mnist(folder):
    parts = []
    for name in ("train", "t10k"):
        images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
        labels = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
        parts.append((np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784), np.frombuffer(labels, np.uint8, offset=8)))
    return np.concatenate([x for x, _ in parts]).astype(float), np.concatenate([y for _, y in parts])


record = Record("spectral", args.threads, args.runs, ["scikit-learn"])
with tempfile.TemporaryDirectory() as place:
    folder = Path(place)
    n = args.rows
    cases = {
        "moons": (*make_moons(n, noise=0.05, random_state=0), 2),
        "blobs, 10 in 2 dimensions": (*make_blobs(n, 2, centers=10, random_state=0), 10),
        "blobs, 10 in 20 dimensions": (*make_blobs(n, 20, centers=10, cluster_std=4.0, random_state=0), 10),
    }
    for name, (x, y, k) in cases.items():
        rivals = {"induce": lambda: ours(folder, x, y, k)}
        for affinity in ("rbf", "nearest_neighbors"):
            rivals[f"scikit-learn {affinity}"] = lambda affinity=affinity: theirs(affinity, x, y, k)
        add(f"{n} points, {name}", rounds(rivals))
    if args.mnist:
        x, y = mnist(args.mnist)
        add("MNIST, 70 000 x 784", {"induce": ours(folder, x, y, 10)})
if args.save:
    record.save()

"""k-means and principal components beside scikit-learn, scikit-learn-intelex and faiss: `cargo xtask bench cluster [--threads 2] [--runs 3] [--mnist FOLDER] [--save]`.

k-means takes 20 iterations from rows drawn at random on every side; principal components are the first two of all rows. What is timed is
the fit with data in memory: `fit_seconds` of `induce train --format json` (which includes making points of columns) and the calls
of the peers, in single and double precision. Runs are interleaved; medians are printed, and the ratio of the fastest peer.
"""

import argparse
import gzip
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
parser.add_argument("--mnist", type=Path, help="a folder with MNIST's IDX files; else random images of that shape")
parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(args.threads)
warnings.filterwarnings("ignore")

import faiss  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearnex.cluster import KMeans as IntelKMeans  # noqa: E402
from sklearnex.decomposition import PCA as IntelPCA  # noqa: E402

from record import Record  # noqa: E402

ITERATIONS = 20


def ours(path, model, *settings):
    words = [word for setting in settings for word in ("--set", setting)]
    line = [args.binary, "train", path, "-m", model, *words, "-o", path.with_suffix(".induce"), "--format", "json", "--threads", str(args.threads), "--quiet"]
    said = subprocess.run(line, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)["fit_seconds"]


def timed(call):
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def of_faiss(x, k):
    return faiss.Kmeans(x.shape[1], k, niter=ITERATIONS, nredo=1, max_points_per_centroid=len(x)).train(x)


def rounds(rivals):
    times = {name: [] for name in rivals}
    for _ in range(args.runs):
        for name, call in rivals.items():
            times[name].append(call())
    return {name: statistics.median(own) for name, own in times.items()}


def images():
    if args.mnist is None:
        return np.random.default_rng(0).random((60_000, 784))
    raw = gzip.decompress((args.mnist / "train-images-idx3-ubyte.gz").read_bytes())
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784) / 255.0


def blobs(n, width, k):
    rng = np.random.default_rng(0)
    return rng.normal(size=(k, width))[rng.integers(k, size=n)] + rng.normal(size=(n, width))


record = Record("cluster", args.threads, args.runs, ["scikit-learn", "scikit-learn-intelex", "faiss-cpu"])
with tempfile.TemporaryDirectory() as place:
    path = Path(place) / "points.npy"
    for k, x in [(64, blobs(100_000, 16, 64)), (10, images()), (256, blobs(1_000_000, 8, 256))]:
        np.save(path, x)
        single = x.astype(np.float32)
        own = ("kmeans", f"n_clusters={k}", "init=random", "n_init=1", f"max_iter={ITERATIONS}", "tol=0")
        same = {"n_clusters": k, "init": "random", "n_init": 1, "max_iter": ITERATIONS, "tol": 0, "random_state": 0}
        record.add(
            f"k-means {x.shape[0]} x {x.shape[1]}, k {k}",
            rounds(
                {
                    "induce": lambda: ours(path, *own),
                    "scikit-learn": lambda: timed(lambda: KMeans(**same).fit(x)),
                    "scikit-learn, single": lambda: timed(lambda: KMeans(**same).fit(single)),
                    "intelex": lambda: timed(lambda: IntelKMeans(**same).fit(x)),
                    "intelex, single": lambda: timed(lambda: IntelKMeans(**same).fit(single)),
                    "faiss, single": lambda: timed(lambda: of_faiss(single, k)),
                }
            ),
        )
        record.add(
            f"principal components of {x.shape[0]} x {x.shape[1]}",
            rounds(
                {
                    "induce": lambda: ours(path, "pca"),
                    "scikit-learn": lambda: timed(lambda: PCA(2, svd_solver="covariance_eigh").fit(x)),
                    "intelex": lambda: timed(lambda: IntelPCA(2).fit(x)),
                }
            ),
        )
if args.save:
    record.save()

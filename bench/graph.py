"""Networks of graphs beside PyTorch Geometric: `cargo xtask bench graph --torch PYTHON [--large] [--save]`.

Two hundred passages of GCN over Cora with an evaluation after each, as the training alone takes: ours is `fit_seconds` of the command line, which has features and
filters in it; PyTorch Geometric's are the passages alone, after a first one that makes and compiles. Sides take turns; a figure is the median over rounds.

`--large` trains on a generated graph of a million nodes and ten million edges, on all nodes at once and on sampled neighbours, with the most memory that it took.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from record import ROOT, Record

HOWS = ["edges", "sparse", "compile", "words"]
EPOCHS = 200


def ours(arguments, folder):
    words = ["train", arguments.data / "cora.npz", "-m", "gcn", "--set", f"epochs={EPOCHS}", "--threads", arguments.threads, "--format", "json"]
    done = subprocess.run([arguments.binary, *map(str, words), "-o", f"{folder}/g.induce"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["fit_seconds"]


def theirs(arguments, how):
    words = [ROOT / "bench/torch/graph.py", arguments.data / "cora.npz", arguments.threads, how, EPOCHS]
    done = subprocess.run([arguments.torch, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{how} failed\n{done.stderr[-2000:]}")
    return float(done.stdout.split()[-2])


def cora(arguments, record, folder):
    found = {}
    for _ in range(arguments.rounds):
        found.setdefault("induce", []).append(ours(arguments, folder))
        for how in arguments.hows:
            found.setdefault(f"pyg {how}", []).append(theirs(arguments, how))
    seconds = {side: statistics.median(values) for side, values in found.items()}
    peer = min(value for side, value in seconds.items() if side != "induce")
    record.add("cora", seconds, f"{peer / seconds['induce']:.1f} x the best of PyTorch Geometric, wanted 4; wanted at most 0.6 s")


def generated(path, nodes=1_000_000, edges=10_000_000, width=16, classes=8):
    """Communities of equal size: three of four edges within, features that say little alone, one node in a hundred with a label."""
    rng = np.random.default_rng(0)
    size = nodes // classes
    left = rng.integers(nodes, size=edges)
    within = left // size * size + rng.integers(size, size=edges)
    right = np.where(rng.random(edges) < 0.75, within, rng.integers(nodes, size=edges))
    labels = (np.arange(nodes) // size).astype(np.int64)
    x = rng.normal(size=(nodes, width)).astype(np.float32)
    x[np.arange(nodes), labels] += 1.0
    order = rng.permutation(nodes)
    parts = {"train_idx": order[:10_000], "val_idx": order[10_000:20_000], "test_idx": order[20_000:50_000]}
    np.savez(path, edge_index=np.stack([left, right]), x=x, y=labels, **parts)


def large(arguments, record, folder):
    path = Path(folder, "large.npz")
    generated(path)
    for name, more, gigabytes in (
        ("all nodes at once", ["--set", "epochs=20"], 8),
        ("sampled neighbours", ["--set", "epochs=2", "--set", "neighbors=10,10", "--set", "batch=1024"], 2),
    ):
        words = [arguments.binary, "train", path, "-m", "gcn", *more, "--threads", arguments.threads, "--format", "json", "-o", f"{folder}/l.induce"]
        start = time.perf_counter()
        script = "import resource, subprocess, sys\ndone = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)\nsys.stdout.buffer.write(done.stdout)\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
        done = subprocess.run([sys.executable, "-c", script, *map(str, words)], capture_output=True, text=True, check=True)
        seconds, peak = time.perf_counter() - start, int(done.stderr.split()[-1]) / 2**20
        said = json.loads(done.stdout)
        accuracy = said["metrics"]["test"]["accuracy"]["value"]
        remark = f"fit {said['fit_seconds']:.1f} s, accuracy {accuracy:.3f}, peak {peak:.2f} GiB, wanted at most {gigabytes}"
        record.add(f"1M nodes, 10M edges, {name}", {"induce": seconds}, remark)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch Geometric")
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data/citation")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--hows", nargs="*", default=HOWS)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    record = Record("graph", arguments.threads, arguments.rounds, ["numpy"])
    for package in ("torch", "torch_geometric"):
        asked = [arguments.torch, "-c", f"import {package}; print({package}.__version__)"]
        record.facts["versions"][package] = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        cora(arguments, record, folder)
        if arguments.large:
            large(arguments, record, folder)
    if arguments.save:
        record.save()
        subprocess.run([sys.executable, str(ROOT / "bench/page.py")], check=True)


if __name__ == "__main__":
    main()

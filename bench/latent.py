"""Auto-encoders beside PyTorch: `cargo xtask bench latent [--torch PYTHON] [--save]`.

A training step of the network of Burda et al. (2016) with 1 and with 50 samples and of a convolutional one, on MNIST that is made black or white anew for
every mini-batch, and ln p(x) of test images by 5,000 samples. Ours is the command line: a step is the difference of two runs over that of their steps,
so that what a process costs at first counts on neither side. PyTorch runs eagerly, compiled, and in bf16 by autocast, always with MKL's AVX-512 path
open. All sides take turns; a figure is the median over rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import ROOT, Record
from tensor import unlocked

#: Name -> settings of ours, steps of the short and of the long run, ratio that is wanted.
STEPS = {
    "vae": (["-m", "vae", "--set", "latent=50"], (100, 900), 1.6),
    "iwae": (["-m", "iwae", "--set", "latent=50", "--set", "samples=50"], (10, 50), 1.6),
    "conv": (["-m", "vae", "--set", "architecture=conv", "--set", "hidden=256", "--set", "activation=relu", "--set", "latent=20"], (20, 100), 1.5),
}
HOWS = ["eager", "compile", "bf16"]


def ours(binary, arguments, settings, steps, folder):
    times = []
    for count in steps:
        start = time.perf_counter()
        words = ["train", f"{arguments.data}/train-images-idx3-ubyte.gz", *settings, "--set", "epochs=0", "--set", f"steps={count}"]
        words += ["--set", "schedule=constant", "--set", "evaluate_every=0", "--holdout", "0", "--threads", str(arguments.threads)]
        subprocess.run([binary, *words, "-o", f"{folder}/{count}.induce"], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return (times[1] - times[0]) / (steps[1] - steps[0])


def theirs(arguments, words, how, file, library):
    command = [arguments.torch, str(ROOT / "bench/torch/latent.py"), *words, str(arguments.threads), how, f"{arguments.data}/{file}"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LD_PRELOAD": library})
    if done.returncode:
        raise SystemExit(f"{command} failed\n{done.stderr[-2000:]}")
    values = [float(line.split()[0]) for line in done.stdout.splitlines()]
    return statistics.median(values[len(values) // 3 :])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch; else the bench's own must")
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data/mnist")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, default=200, help="test images that are evaluated")
    parser.add_argument("--hows", nargs="*", default=HOWS)
    parser.add_argument("--only", nargs="*", default=[*STEPS, "evaluate"])
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    version = subprocess.run([arguments.torch, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True, check=True)
    record = Record("latent", arguments.threads, arguments.rounds, [])
    record.facts["versions"]["torch"] = version.stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        library = unlocked(folder)
        for name in arguments.only:
            found = {}
            for _ in range(arguments.rounds):
                for side, seconds in one(arguments, name, library, folder):
                    found.setdefault(side, []).append(seconds)
            seconds = {side: statistics.median(values) for side, values in found.items()}
            peer = min(value for side, value in seconds.items() if side in ("torch eager", "torch compile"))
            wanted = STEPS[name][2] if name in STEPS else 2.0
            record.add(name, seconds, f"{peer / seconds['induce']:.2f} x the better of eager and compiled, wanted {wanted}")
    if arguments.save:
        record.save()
        subprocess.run([sys.executable, str(ROOT / "bench/page.py")], check=True)


def one(arguments, name, library, folder):
    """Seconds of every side, once."""
    if name in STEPS:
        settings, steps, _ = STEPS[name]
        yield "induce", ours(arguments.binary, arguments, settings, steps, folder)
        for how in arguments.hows:
            yield f"torch {how}", theirs(arguments, ["train", name, str(steps[1])], how, "train-images-idx3-ubyte.gz", library) / 1e3
        return
    model, times = Path(folder, "judge.induce"), []
    if not model.exists():
        words = ["train", f"{arguments.data}/t10k-images-idx3-ubyte.gz", "-m", "vae", "--set", "latent=50", "--set", "epochs=0", "--set", "steps=10"]
        subprocess.run([arguments.binary, *words, "-o", str(model)], check=True, capture_output=True)
    for count in (100, 100 + arguments.images):
        images = Path(folder, f"{count}.npz")
        if not images.exists():
            first_images(arguments, count, images)
        start = time.perf_counter()
        words = ["evaluate", str(model), str(images), "--samples", "5000", "--threads", str(arguments.threads)]
        subprocess.run([arguments.binary, *words], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    yield "induce", times[1] - times[0]
    for how in arguments.hows:
        yield f"torch {how}", theirs(arguments, ["evaluate", "5000", str(arguments.images)], how, "t10k-images-idx3-ubyte.gz", library)


def first_images(arguments, count, path):
    import gzip

    import numpy

    with gzip.open(f"{arguments.data}/t10k-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read()[16:], dtype=numpy.uint8).reshape(-1, 28, 28)
    numpy.savez(path, images=pixels[:count])


if __name__ == "__main__":
    main()

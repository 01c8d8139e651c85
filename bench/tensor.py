"""Training steps of five networks, and of a tiny one, beside PyTorch: `cargo xtask bench tensor [--save]`.

Every side runs in a process of its own, turn by turn, several rounds; a figure is the median over the rounds of the median
step (forwards, backwards, Adam, the loss read back) after warm-up. PyTorch is measured twice: as it is installed, and with
MKL told that the processor is Intel's, since on AMD it does without AVX-512 otherwise: the honest peer.
"""

import argparse
import datetime
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from boost import RESULTS, ROOT

#: Workload -> steps of a round, of which the first third is warm-up.
STEPS = {"vae": 150, "iwae": 24, "lstm": 9, "gpt": 6, "conv": 30, "tiny": 3000}
TARGETS = {"vae": 1.8, "iwae": 1.6, "lstm": 1.2, "gpt": 1.9, "conv": 1.4, "tiny": 10.0}


def unlocked(folder):
    """A library that makes MKL take its AVX-512 path on any processor that has it."""
    source, library = Path(folder, "unlock.c"), Path(folder, "unlock.so")
    source.write_text("int mkl_serv_intel_cpu_true(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return str(library)


def run(command, environment=None):
    """Median step in milliseconds, and the peak memory of the process in megabytes."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    lines = child.stdout.read().splitlines()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    steps = [float(line.split()[0]) for line in lines]
    return statistics.median(steps[len(steps) // 3 :]), usage.ru_maxrss / 1024


SHAPES = [
    "1024 1024 1024 nn", "1024 1024 1024 nt", "1024 1024 1024 tn", "4096 512 512 nn", "2048 1536 384 nn", "2048 384 1536 nt",
    "384 1536 2048 tn", "1536 384 2048 tn", "32 2048 512 nn", "32 512 2048 nt", "100 200 784 nn", "784 200 100 tn",
    "5000 784 200 nn", "200 784 5000 tn",
]


class Side:
    """A process that multiplies what it is told to. It is asleep between: workers that wait busily would take the others' time."""

    def __init__(self, command, environment):
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **environment})

    def ask(self, line):
        self.child.send_signal(signal.SIGCONT)
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        answer = float(self.child.stdout.readline())
        self.child.send_signal(signal.SIGSTOP)
        return answer

    def end(self):
        self.child.send_signal(signal.SIGCONT)
        self.child.stdin.close()
        self.child.wait()


def products(arguments, python):
    """Products shape by shape, in billions of operations per second: medians over rounds in which all sides take turns."""
    words = [str(arguments.threads)]
    torch = [python, str(ROOT / "bench/torch/products.py"), *words]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            "induce": Side([str(ROOT / "target/release/examples/products"), *words], {}),
            "torch": Side(torch, {}),
            "torch unlocked": Side(torch, {"LD_PRELOAD": unlocked(folder)}),
        }
        for side in ("torch", "torch unlocked"):
            sides[side].ask("64 64 64 nn")  # to have it loaded
        for _ in range(3 * arguments.rounds):
            for shape in SHAPES:
                found.setdefault(shape, []).append({"registers": sides["induce"].ask("registers")})
                for side, process in sides.items():
                    found[shape][-1][side] = process.ask(shape)
        for process in sides.values():
            process.end()
    return {shape: summary(rounds) for shape, rounds in found.items()}


def summary(rounds):
    """Medians, and those of the ratios within a round: this machine's speed changes from one second to the next."""
    middle = {side: statistics.median(r[side] for r in rounds) for side in rounds[0]}
    ratio = lambda other: statistics.median(r["induce"] / r[other] for r in rounds)
    return {**middle, "of torch": ratio("torch"), "of torch unlocked": ratio("torch unlocked"), "of registers": ratio("registers")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary")
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch; else the bench's own must")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=list(STEPS))
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    build = ["cargo", "build", "--release", "--quiet", "-p", "induce-tensor", "--examples"]
    subprocess.run(build, cwd=ROOT, check=True)
    ours = ROOT / "target/release/examples/workloads"
    theirs = [arguments.torch, str(ROOT / "bench/torch/workloads.py")]
    version = subprocess.run([arguments.torch, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        library = unlocked(folder)
        for name in arguments.only:
            words = [name, str(STEPS[name]), str(arguments.threads)]
            sides = {
                "induce": lambda: run([str(ours), *words]),
                "torch": lambda: run([*theirs, *words]),
                "torch unlocked": lambda: run([*theirs, *words], {"LD_PRELOAD": library}),
            }
            found = {side: [] for side in sides}
            for _ in range(arguments.rounds):
                for side, one in sides.items():
                    found[side].append(one())
            row = {"workload": name, "target": TARGETS[name]}
            for side, values in found.items():
                row[side] = statistics.median(v[0] for v in values)
                row[f"{side} MB"] = statistics.median(v[1] for v in values)
            rows.append(row)
            print(
                f"{name:6} induce {row['induce']:9.3f} ms  torch {row['torch']:9.3f} ({row['torch'] / row['induce']:5.2f} x, wanted "
                f"{row['target']})  unlocked {row['torch unlocked']:9.3f} ({row['torch unlocked'] / row['induce']:5.2f} x)  "
                f"{row['induce MB']:.0f} / {row['torch MB']:.0f} MB",
                flush=True,
            )
    shapes = products(arguments, theirs[0])
    for shape, values in shapes.items():
        words = [f"{side} {value:.2f} x" if side.startswith("of") else f"{side} {value:.0f}" for side, value in values.items()]
        print(f"{shape:24} " + "  ".join(words), flush=True)
    if arguments.save:
        today = datetime.date.today().isoformat()
        result = {"date": today, "torch": version.stdout.strip(), "threads": arguments.threads, "rows": rows, "products": shapes}
        result["commit"] = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        result["rounds"] = arguments.rounds
        (RESULTS / f"{today}-tensor.json").write_text(json.dumps(result, indent=1) + "\n")
        subprocess.run([sys.executable, str(ROOT / "bench/page.py")], check=True)


if __name__ == "__main__":
    main()

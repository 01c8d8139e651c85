"""Is one binary of ours slower than another?

    python bench/versions.py OLD_INDUCE NEW_INDUCE [MORE ...] [--rounds 7] [--only NAME]

Reading, training, prediction and generation by whole processes of every binary, in turns; reported are medians of seconds and the
ratio of each to the first, with the spread of the ratios of single rounds (quartiles). The table of `data/`
is repeated ten times. Needs nothing but Python; stop other work on the machine first.
"""

import argparse
import gzip
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
# In the words of the first version, which every later one reads.
TEXT = ["layers=4", "width=64", "context=64", "batch=8"]


def tables(folder: pathlib.Path) -> dict[str, str]:
    """Diamonds ten times over, as CSV; Parquet is written by the first binary later."""
    head, *rows = gzip.decompress((DATA / "diamonds.csv.gz").read_bytes()).decode().splitlines()
    large = folder / "diamonds.csv"
    large.write_text("\n".join([head, *rows * 10]) + "\n")
    return {"diamonds": str(large), "text": str(DATA / "sonnets.txt")}


def cases(files: dict[str, str], folder: pathlib.Path) -> dict[str, list[str]]:
    def train(data: str, model: str, settings: list[str], *more: str) -> list[str]:
        words = ["train", data, "-m", model, "--seed", "5", "--holdout", "0.2", *more]
        words += [word for setting in settings for word in ("--set", setting)]
        return [*words, "--out", str(folder / "out.safetensors")]

    table, target = files["diamonds"], ("--target", "price")
    return {
        "read csv": ["data", "show", table],
        "read parquet": ["data", "show", str(folder / "diamonds.parquet")],
        "boost": train(table, "boost", ["rounds=100"], *target),
        "boost classes": train(table, "boost", ["rounds=20"], "--target", "clarity"),
        "forest": train(table, "forest", ["trees=20"], *target),
        "linear": train(table, "linear", [], *target),
        "lasso": train(table, "lasso", ["lambda=0.01"], *target),
        "glm": train(table, "glm", ["family=gamma"], *target),
        "gpt": train(files["text"], "gpt", [*TEXT, "steps=150"]),
        "lstm": train(files["text"], "lstm", [*TEXT, "steps=60"]),
        "predict": ["predict", str(folder / "boost.safetensors"), table, "--out", str(folder / "predicted.csv")],
        "generate": ["generate", str(folder / "gpt.safetensors"), "--tokens", "2000", "--prompt", "Shall I"],
    }


def run(binary: str, words: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run([binary, *words, "-q", "--no-progress"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{binary} {' '.join(words)}\n{done.stderr}")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binaries", nargs="+")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only")
    args = parser.parse_args()
    first = args.binaries[0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        all_cases = cases(tables(folder), folder)
        run(first, ["data", "convert", str(folder / "diamonds.csv"), str(folder / "diamonds.parquet")])
        for model in ("boost", "gpt"):
            run(first, [*all_cases[model][:-1], str(folder / f"{model}.safetensors")])
        for case, words in all_cases.items():
            if args.only and args.only != case:
                continue
            times = {binary: [] for binary in args.binaries}
            for turn in range(args.rounds):
                # Who begins changes, so that a drift of the machine is shared.
                order = args.binaries if turn % 2 == 0 else args.binaries[::-1]
                for binary in order:
                    times[binary].append(run(binary, words))
            cells = []
            for own in times.values():
                low, middle, high = statistics.quantiles((a / b for a, b in zip(own, times[first])), n=4)
                cells.append(f"{statistics.median(own):7.3f} s {middle:5.2f} [{low:.2f} {high:.2f}]")
            print(f"{case:14}", "   ".join(cells), flush=True)


if __name__ == "__main__":
    main()

"""Do two binaries train the same models, to the bit?

    python bench/same_bits.py --old OLD_INDUCE --new NEW_INDUCE [--threads N]

Every model of the old binary's registry is trained by both on the tables and the text of `data/`, with the same seed; the tensors
of the two model files are compared byte by byte (names that changed are mapped), and so are the metrics. Exits with 1 if any
differ. Needs nothing but Python.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

#: Tensors that were renamed: the old name, and the new.
RENAMED = {"says": "estimator_weights"}
DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
#: Table, target, and what is predicted of it.
TABLES = [
    ("credit.csv", "Status", "classification"),
    ("credit.csv", "Price", "regression"),
    ("penguins.csv", "species", "classification"),
    ("penguins.csv", "body_mass_g", "regression"),
    ("diamonds.csv.gz", "price", "regression"),
]
SMALL = {
    "boost": ["rounds=40"],
    "forest": ["trees=20"],
    "extra-trees": ["trees=20"],
    "bagging": ["members=5"],
    "adaboost": ["members=8"],
}
TEXT = ["steps=60", "layers=2", "width=32", "context=32", "batch=4", "dropout=0.1", "warm_up=10"]


def call(binary: str, words: list[str]) -> dict | None:
    done = subprocess.run([binary, *words, "--format", "json", "-q", "--no-progress"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return None
    return json.loads(done.stdout)


def tensors(path: pathlib.Path) -> dict[str, tuple]:
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    body = raw[8 + length :]
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        own = body[begin:end]
        found[RENAMED.get(name, name)] = (entry["dtype"], entry["shape"], own)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", required=True)
    parser.add_argument("--new", required=True)
    parser.add_argument("--threads", default="2")
    args = parser.parse_args()
    models = {model["name"]: model["tasks"] for model in call(args.old, ["models"])}
    rows, different = [], 0
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        for model, tasks in models.items():
            if "language" in tasks:
                cases = [(DATA / "sonnets.txt", [*TEXT, *(["heads=2"] if model in ("gpt", "llama") else [])], [])]
            else:
                cases = []
                for file, target, task in TABLES:
                    if task in tasks:
                        own = [f"task={task}"] if len(tasks) > 1 else []
                        cases.append((DATA / file, SMALL.get(model, []) + own, ["--target", target]))
            for data, settings, more in cases:
                words = ["train", str(data), "-m", model, "--seed", "5", "--threads", args.threads, *more]
                words += [word for setting in settings for word in ("--set", setting)]
                found = []
                for side, binary in (("old", args.old), ("new", args.new)):
                    out = here / f"{side}.safetensors"
                    out.unlink(missing_ok=True)
                    report = call(binary, [*words, "--out", str(out)])
                    found.append((report and report["metrics"], tensors(out) if out.exists() else None))
                (old_metrics, old), (new_metrics, new) = found
                if old is None and new is None:
                    continue
                same = old == new and old_metrics == new_metrics
                different += not same
                count = len(old or {})
                rows.append((model, data.name, " ".join(settings), count, "same" if same else "DIFFERENT"))
    width = [max(len(str(row[i])) for row in rows) for i in range(5)]
    for row in rows:
        print("  ".join(str(cell).ljust(w) for cell, w in zip(row, width)))
    print(f"{len(rows)} trainings, {different} different")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())

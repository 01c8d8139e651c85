"""Ratings of MovieLens 100K, the split u1: what `cargo xtask reproduce gcmc` runs. Every figure is a mean with its deviation over seeds."""

import json
import statistics
import subprocess
import time

#: What is trained, and the paper's error.
RUNS = {
    "gcmc": ("gcmc", False, 0.910),
    "gcmc with features": ("gcmc", True, 0.905),
    "mf": ("mf", False, None),
}
WANTED = ("rmse", "ndcg@10")


def reproduce(arguments, folder, seeds=3):
    data, rows = arguments.data / "movielens-100k", []
    # Titles of films are in Latin 1.
    items = folder / "u.item.csv"
    items.write_text((data / "u.item").read_text(encoding="latin-1"), encoding="utf-8")
    for name, (model, features, paper) in RUNS.items():
        beside = ["--users", data / "u.user", "--items", items] if features else []
        words = ["train", data / "u1.base.gz", "-m", model, "--user", "x0", "--item", "x1", "--target", "x2", *beside, "--valid", data / "u1.test.gz"]
        words += [word for own in arguments.set for word in ("--set", own)]
        found, seconds = {metric: [] for metric in WANTED}, []
        for seed in range(seeds):
            start = time.perf_counter()
            own = [*words, "--seed", seed, "--threads", arguments.threads, "--format", "json", "-o", folder / "ratings.induce"]
            done = subprocess.run([arguments.binary, *map(str, own)], capture_output=True, text=True, check=True)
            seconds.append(time.perf_counter() - start)
            metrics = json.loads(done.stdout)["metrics"]["valid"]
            for metric in WANTED:
                found[metric].append(metrics[metric]["value"])
        row = {"run": name, "train": " ".join(map(str, words)), "seconds": statistics.median(seconds), "seeds": seeds, "paper": paper}
        row |= {metric: [statistics.mean(values), statistics.stdev(values)] for metric, values in found.items()}
        rows.append(row)
        said = ", ".join(f"{metric} {row[metric][0]:.4f} +- {row[metric][1]:.4f}" for metric in WANTED)
        print(f"{name}: {said} over {seeds} seeds (paper's rmse {paper}), {row['seconds']:.0f} s each", flush=True)
    return rows

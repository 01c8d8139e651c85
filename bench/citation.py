"""Table 3 of Kipf & Welling (2017) over seeds: what `cargo xtask reproduce citation` runs. Every figure is a mean with its deviation over seeds."""

import json
import statistics
import subprocess

#: Filter -> its settings, and the paper's accuracy on Citeseer and on Cora.
FILTERS = {
    "Chebyshev, K = 3": (["filter=chebyshev", "order=3"], {"citeseer": 0.698, "cora": 0.795}),
    "Chebyshev, K = 2": (["filter=chebyshev", "order=2"], {"citeseer": 0.696, "cora": 0.812}),
    "first order": (["filter=first_order"], {"citeseer": 0.683, "cora": 0.800}),
    "single parameter": (["filter=single_parameter"], {"citeseer": 0.693, "cora": 0.792}),
    "first-order term only": (["filter=first_order_term"], {"citeseer": 0.687, "cora": 0.805}),
    "renormalized": ([], {"citeseer": 0.703, "cora": 0.815}),
    "without edges": (["filter=identity"], {"citeseer": 0.465, "cora": 0.551}),
}


def accuracies(arguments, folder, graph, settings, seeds):
    found = []
    for seed in range(seeds):
        words = ["train", arguments.data / f"citation/{graph}.npz", "-m", "gcn", *[word for own in settings for word in ("--set", own)]]
        words += ["--seed", seed, "--threads", arguments.threads, "--format", "json", "-o", folder / "g.induce"]
        done = subprocess.run([arguments.binary, *map(str, words)], capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout)["metrics"]["test"]["accuracy"]["value"])
    return found


def reproduce(arguments, folder, seeds=100):
    rows = []
    for name, (settings, paper) in FILTERS.items():
        for graph, wanted in paper.items():
            for split, more in (("public split", []), ("random splits", ["labels_per_class=20"])):
                # Random splits are said beside the filter of the paper only.
                if more and settings:
                    continue
                found = accuracies(arguments, folder, graph, [*settings, *more, *arguments.set], seeds)
                mean, deviation = statistics.mean(found), statistics.stdev(found)
                rows.append({"run": f"{name}, {graph}, {split}", "settings": [*settings, *more], "seeds": seeds, "accuracy": mean, "deviation": deviation, "paper": wanted})
                print(f"{name}, {graph}, {split}: {mean:.4f} +- {deviation:.4f} over {seeds} seeds (paper {wanted})", flush=True)
    return rows

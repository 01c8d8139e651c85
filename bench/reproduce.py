"""Trains to the figures of a paper and prints ours beside it: `cargo xtask reproduce NAME [--save]`; without a name, the names.

A recipe is commands of ours, with the figure of the paper beside each metric that they print. `results/DATE-reproduce-NAME.json` keeps what was
found, with standard errors, the commands and the seconds.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import citation
import ratings
from record import ROOT, keep

IWAE = "Burda, Grosse & Salakhutdinov (2016), table 1: 3,280 passages"
MNIST = ("mnist/train-images-idx3-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz")
FASHION = ("fashion-mnist/train-images-idx3-ubyte.gz", "fashion-mnist/t10k-images-idx3-ubyte.gz")
EMOJI = ("emoji/emoji32.png", "emoji/emoji32.png")
BURDA = ["latent=50", "epochs=300", "learning_rate=0.003", "min_learning_rate_fraction=0.01"]
BLUNDELL = ["hidden=400,400", "prior=mixture", "samples=2", "batch=128", "epochs=200", "learning_rate=0.001", "min_learning_rate_fraction=0.01", "draws=20"]
#: Momentum, a learning rate that falls by 5 % in every passage of 600 mini-batches, an L2 penalty, nothing kept apart.
DEFFERRARD = ["epochs=20", "batch=100", "optimizer=sgd", "momentum=0.9", "learning_rate=0.02", "schedule=step", "decay_period=600", "decay_gamma=0.95"]
DEFFERRARD += ["weight_decay=0.0005", "validation_fraction=0"]
NOWOZIN = ["latent=40", "hidden=300,300", "epochs=60"]


def run(model, settings, data=MNIST, samples=None, paper=None):
    return {"model": model, "settings": settings, "data": data, "samples": samples, "paper": paper or {}}


#: Name -> where the figures are from, and runs by name: what is trained, how it is judged, and the paper's figure of every metric.
RECIPES = {
    "iwae": (IWAE, {
        "vae-1": run("vae", [*BURDA, "samples=1"], samples=5000, paper={"log_likelihood": -86.76}),
        "vae-5": run("vae", [*BURDA, "samples=5"], samples=5000, paper={"log_likelihood": -86.47}),
        "iwae-5": run("iwae", [*BURDA, "samples=5", "gradient=doubly-reparameterized"], samples=5000, paper={"log_likelihood": -85.54}),
    }),
    "jvi": ("Nowozin (2018), table 1: 5,000 passages, 32 samples; here 8 in training", {
        "elbo": run("vae", [*NOWOZIN, "estimator=a"], samples=32, paper={"elbo": -93.38, "iwae_32": -89.22, "jvi_1": -88.66, "jvi_2": -88.40}),
        "iwae": run("iwae", [*NOWOZIN, "samples=8"], samples=32, paper={"elbo": -95.30, "iwae_32": -86.05, "jvi_1": -85.28, "jvi_2": -85.01}),
        "jvi-1": run("jvi", [*NOWOZIN, "samples=8"], samples=32, paper={"elbo": -99.19, "iwae_32": -86.56, "jvi_1": -85.43, "jvi_2": -85.14}),
    }),
    "networks": ("Blundell et al. (2015), table 1: 400 units, a mixture, 600 passages; no paper has `cnn`: wanted is .992", {
        "bayes-mlp": run("bayes-mlp", BLUNDELL, paper={"accuracy": 0.9864}),
        "cnn": run("cnn", [], paper={"accuracy": 0.992}),
    }),
    "citation": ("Kipf & Welling (2017), table 3", citation.FILTERS),
    "gcmc": ("van den Berg, Kipf & Welling (2017), table 3: MovieLens 100K, split u1", ratings.RUNS),
    "graph-cnn": ("Defferrard, Bresson & Vandergheynst (2016), table 1: GC32-P4-GC64-P4-FC512 with K = 25, 20 passages", {
        "as the paper": run("graph-cnn", DEFFERRARD, paper={"accuracy": 0.9914}),
        "default": run("graph-cnn", [], paper={"accuracy": 0.9914}),
    }),
    "codes": ("no paper has these: wanted is a perplexity above half the codebook", {
        "vqvae fashion": run("vqvae", ["epochs=10"], FASHION, paper={"codebook_perplexity": 64}),
        "dvae fashion": run("dvae", ["epochs=10"], FASHION, samples=20, paper={"codebook_perplexity": 64}),
        "vqvae emoji": run("vqvae", ["epochs=60"], EMOJI, paper={"codebook_perplexity": 64}),
        "dvae emoji": run("dvae", ["epochs=60", "beta=5"], EMOJI, samples=20, paper={"codebook_perplexity": 64}),
    }),
}


def command(binary, *words):
    done = subprocess.run([binary, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"induce {' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def reproduce(arguments, recipe, folder):
    rows = []
    for name, run in recipe.items():
        train, test = (arguments.data / file for file in run["data"])
        model = folder / f"{name.replace(' ', '-')}.induce"
        settings = [word for setting in run["settings"] + arguments.set for word in ("--set", setting)]
        words = ["train", train, "-m", run["model"], *settings, "--holdout", "0", "--seed", arguments.seed, "--threads", arguments.threads, "-o", model]
        trained, start = None, time.perf_counter()
        if not (arguments.resume and model.exists()):
            command(arguments.binary, *words)
            trained, start = time.perf_counter() - start, time.perf_counter()
        judge = ["evaluate", model, test, "--threads", arguments.threads, *(["--samples", run["samples"]] if run["samples"] else [])]
        said = json.loads(command(arguments.binary, *judge, "--format", "json"))
        metrics = said["metrics"]["test"]
        row = {"run": name, "train": " ".join(map(str, words[3:-2])), "seconds": trained, "judged in": time.perf_counter() - start}
        row["found"] = {metric: value for metric, value in metrics.items()}
        row["paper"] = run["paper"]
        rows.append(row)
        for metric, paper in run["paper"].items():
            own = metrics[metric]
            error = f" +- {own['error']:.2f}" if own.get("error") is not None else ""
            print(f"{name:10} {metric:20} {own['value']:10.4f}{error}  paper {paper:10.4f}  away {own['value'] - paper:+.4f}", flush=True)
        row["pruned"] = [(own["share"], own["value"]) for own in said.get("pruning", [])]
        for share, value in row["pruned"]:
            print(f"{name:10} without {share:4.0%} of the weights {value:10.4f}", flush=True)
        before = "trained before" if trained is None else f"trained in {trained:.0f} s"
        print(f"{name:10} {before}, judged in {row['judged in']:.0f} s", flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--models", type=Path, default=ROOT / "target/reproduce")
    parser.add_argument("--set", action="append", default=[], help="a further setting of every run, such as epochs=3280")
    parser.add_argument("--only", nargs="*", help="runs of the recipe")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="keep models that are there already")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    if arguments.name not in RECIPES:
        print("\n".join(f"{name}: {', '.join(runs)} ({source})" for name, (source, runs) in RECIPES.items()))
        sys.exit(0 if arguments.name is None else 2)
    source, recipe = RECIPES[arguments.name]
    arguments.models.mkdir(parents=True, exist_ok=True)
    by_seeds = {"citation": citation, "gcmc": ratings}.get(arguments.name)
    if by_seeds is not None:
        print(source)
        rows = by_seeds.reproduce(arguments, arguments.models)
        if arguments.save:
            keep(f"reproduce-{arguments.name}", {"source": source, "runs": rows})
        return
    recipe = {name: run for name, run in recipe.items() if not arguments.only or name in arguments.only}
    print(source)
    rows = reproduce(arguments, recipe, arguments.models)
    if arguments.save:
        keep(f"reproduce-{arguments.name}", {"source": source, "seed": arguments.seed, "runs": rows})


if __name__ == "__main__":
    main()

"""Topics and Bayesian mixtures beside scikit-learn: `cargo xtask bench variational [--data TEXT] [--threads 2] [--runs 3] [--save]`.

Topics: the lines of a text (`--data`, plain or .gz; `--lines 20` of them make a document) are counted alike on both sides, words in fewer
than `--least` documents left out; without a file documents are drawn from topics. Both sides make as many passes with the same prior,
the same inner tolerance and limit, from random topics of their own. Times are those of the fit; ours counts the words within it,
scikit-learn's has them counted before, and has the better of `n_jobs` 1 and 2. The judge of both is scikit-learn's `perplexity` of documents
held out, which stand for as many as were learnt from, on the topics that each found: its class is given ours. Mixtures: twenty iterations from one start at random rows; the bound of both differs by constants, and is not shown.

Beside seconds there are CPU seconds of the whole process of either side, which a busy machine changes less.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--binary", required=True)
parser.add_argument("--data", type=Path)
parser.add_argument("--lines", type=int, default=20)
parser.add_argument("--least", type=int, default=5)
parser.add_argument("--topics", type=int, default=20)
parser.add_argument("--passes", type=int, default=10)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--only", choices=["topics", "mixtures"])
parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(args.threads)
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from sklearn.decomposition import LatentDirichletAllocation  # noqa: E402
from sklearn.feature_extraction.text import CountVectorizer  # noqa: E402
from sklearn.mixture import BayesianGaussianMixture  # noqa: E402

from record import Record  # noqa: E402

BATCH = 128


def documents():
    """Documents as lists of words that every counter counts alike."""
    if args.data is None:
        rng = np.random.default_rng(0)
        topics = rng.dirichlet(np.full(5000, 0.05), 20)
        names = np.array([f"word{w}" for w in range(5000)])
        return [" ".join(names[rng.choice(5000, 120, p=rng.dirichlet(np.full(20, 0.1)) @ topics)]) for _ in range(4000)]
    content = args.data.read_bytes()
    lines = (gzip.decompress(content) if args.data.suffix == ".gz" else content).decode("utf-8", "replace").splitlines()
    parts = [" ".join(lines[at : at + args.lines]) for at in range(0, len(lines), args.lines)]
    analyse = CountVectorizer().build_analyzer()
    words = [analyse(part) for part in parts]
    seen = {}
    for own in words:
        for word in set(own):
            seen[word] = seen.get(word, 0) + 1
    kept = [" ".join(word for word in own if seen[word] >= args.least and word.isascii()) for own in words]
    return [own for own in kept if own]


def cpu(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def induce(path, model, settings, *more):
    words = [word for setting in settings for word in ("--set", setting)]
    line = [args.binary, "train", path, "-m", model, *words, "-o", path.with_suffix(".induce"), "--format", "json", "--threads", str(args.threads), "--quiet", *more]
    before = cpu(resource.RUSAGE_CHILDREN)
    said = subprocess.run(line, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)["fit_seconds"], cpu(resource.RUSAGE_CHILDREN) - before


def shown(path):
    said = subprocess.run([args.binary, "show", path.with_suffix(".induce"), "--format", "json"], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def theirs(make, x):
    """Seconds and CPU seconds of this process and its workers."""
    code_before = cpu(resource.RUSAGE_SELF) + cpu(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    model = make().fit(x)
    seconds = time.perf_counter() - begun
    return model, seconds, cpu(resource.RUSAGE_SELF) + cpu(resource.RUSAGE_CHILDREN) - code_before


def topics(place):
    all_documents = documents()
    held = len(all_documents) // 10
    order = np.random.default_rng(1).permutation(len(all_documents))
    fit = [all_documents[i] for i in order[held:]]
    path = place / "documents.txt"
    path.write_text("\n".join(fit) + "\n")
    counter = CountVectorizer()
    x = counter.fit_transform(fit)
    fresh = counter.transform([all_documents[i] for i in order[:held]])
    print(f"{x.shape[0]} documents, {x.shape[1]} words, {x.nnz} counts, {args.topics} topics, {args.passes} passes", flush=True)
    for method in ("batch", "online"):
        own = {"n_components": args.topics, "learning_method": method, "max_iter": args.passes, "batch_size": BATCH, "mean_change_tol": 1e-3, "max_doc_update_iter": 100}
        settings = [f"{name}={value}" for name, value in own.items() if method == "online" or name != "batch_size"]
        times = {"ours": [], "cpu": [], "theirs": {1: [], 2: []}, "their cpu": {1: [], 2: []}}
        for _ in range(args.runs):
            seconds, used = induce(path, "lda", [*settings, "tol=0"], "--holdout", "0")
            times["ours"].append(seconds)
            times["cpu"].append(used)
            for jobs in (1, 2) if args.threads > 1 else (1,):
                model, seconds, used = theirs(lambda: LatentDirichletAllocation(**own, n_jobs=jobs, random_state=0), x)
                times["theirs"][jobs].append(seconds)
                times["their cpu"][jobs].append(used)
        best = min((statistics.median(found), jobs) for jobs, found in times["theirs"].items() if found)
        ours = statistics.median(times["ours"])
        model.total_samples = x.shape[0]
        their_perplexity = model.perplexity(fresh, sub_sampling=True)
        facts = shown(path)
        facts = facts.get("facts", facts)
        names = list(facts["words"])
        assert sorted(names) == sorted(counter.get_feature_names_out()), "both sides must have counted the same words"
        place_of = {name: j for j, name in enumerate(names)}
        columns = [place_of[name] for name in counter.get_feature_names_out()]
        model.components_ = np.asarray(facts["components"])[:, columns]
        from scipy.special import psi

        model.exp_dirichlet_component_ = np.exp(psi(model.components_) - psi(model.components_.sum(axis=1))[:, None])
        kind = "drawn from topics" if args.data is None else args.data.name.split(".")[0]
        record.add(
            f"topics, {method}, {x.shape[0]} documents {kind}, {x.shape[1]} words",
            {"induce": ours, "scikit-learn": best[0]},
            f"perplexity {model.perplexity(fresh, sub_sampling=True):.1f}, {their_perplexity:.1f}; CPU {statistics.median(times['cpu']):.2f} s "
            f"(reading and counting too), {statistics.median(times['their cpu'][1]):.2f} s (n_jobs=1)",
        )


def mixtures(place):
    rng = np.random.default_rng(0)
    path = place / "points.npy"
    for n, width, k in [(50_000, 8, 8), (200_000, 16, 16)]:
        x = 2.0 * rng.normal(size=(k, width))[rng.integers(k, size=n)] + rng.normal(size=(n, width))
        np.save(path, x)
        for kind in ("full", "tied", "diag", "spherical"):
            own = {"n_components": k, "covariance_type": kind, "max_iter": 20, "tol": 0}
            found = {"ours": [], "theirs": [], "cpu": [], "their cpu": []}
            for _ in range(args.runs):
                seconds, used = induce(path, "bayes-gmm", [f"{name}={value}" for name, value in own.items()] + ["init=random_from_data", "n_init=1"])
                found["ours"].append(seconds)
                found["cpu"].append(used)
                _, seconds, used = theirs(lambda: BayesianGaussianMixture(**own, init_params="random_from_data", random_state=0), x)
                found["theirs"].append(seconds)
                found["their cpu"].append(used)
            median = {name: statistics.median(all_of_them) for name, all_of_them in found.items()}
            record.add(
                f"Bayesian mixture, {n} x {width}, {k} components, {kind}",
                {"induce": median["ours"], "scikit-learn": median["theirs"]},
                f"CPU {median['cpu']:.2f} s, {median['their cpu']:.2f} s",
            )


record = Record("variational", args.threads, args.runs, ["scikit-learn"])
with tempfile.TemporaryDirectory() as folder:
    if args.only != "mixtures":
        topics(Path(folder))
    if args.only != "topics":
        mixtures(Path(folder))
if args.save:
    record.save()

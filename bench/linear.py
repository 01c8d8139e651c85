"""Linear models beside scikit-learn, glum, celer and statsmodels: `cargo xtask bench linear`.

Every contender gets the same table and the same objective (lambda in our convention: mean loss plus penalty on
coefficients as they are). Each run is a process of its own, runs of all contenders are interleaved (A B C A B C ...),
and medians are reported. A fit is timed from a table in memory to coefficients; reading files is not. For each fit
the objective at its coefficients is computed in double precision, and the relative gap to the best of all is given:
a fit that stopped early is not fast. Cases "with errors" are fits without a prior whose standard errors are part of the
time; ours must be the peers' to a relative 1e-6.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
RESULTS = ROOT / "bench" / "results"
OURS = "induce"
PYTHON = "induce (Python)"
ERRORS = "with errors"
SAME_ERRORS = 1e-6

# name: (rows, columns, family, prior, lambda, our model, peers)
CASES = {
    "ridge 500k x 50": ("dense", 500_000, 50, "gaussian", "gaussian", 1e-3, "ridge", ["sklearn cholesky", "sklearn auto"]),
    "logistic 100k x 50": ("dense", 100_000, 50, "bernoulli", "gaussian", 1e-4, "logistic",
                           ["sklearn lbfgs", "sklearn newton-cholesky"]),
    "logistic 500k sparse": ("sparse", 500_000, 8, "bernoulli", "gaussian", 1e-4, "logistic",
                             ["sklearn lbfgs", "sklearn newton-cholesky"]),
    "poisson 200k x 50": ("dense", 200_000, 50, "poisson", "gaussian", 1e-4, "glm", ["glum", "sklearn newton-cholesky"]),
    "gamma 200k x 50": ("dense", 200_000, 50, "gamma", "gaussian", 1e-4, "glm", ["glum", "sklearn newton-cholesky"]),
    "lasso 100k x 100": ("dense", 100_000, 100, "gaussian", "laplace", 2e-2, "lasso", ["sklearn", "celer"]),
    "lasso 500 x 5000": ("dense", 500, 5000, "gaussian", "laplace", 5e-2, "lasso", ["sklearn", "celer"]),
    "lasso path, 5 folds, 20k x 100": ("dense", 20_000, 100, "gaussian", "laplace", None, "lasso", ["sklearn"]),
    f"ols {ERRORS} 200k x 20": ("dense", 200_000, 20, "gaussian", "none", 0.0, "linear", ["statsmodels pinv", "statsmodels qr"]),
    f"poisson {ERRORS} 100k x 20": ("dense", 100_000, 20, "poisson", "none", 0.0, "glm",
                                    ["statsmodels IRLS", "statsmodels newton"]),
}


def prepare(name):
    """The table as an Arrow file, the target last."""
    import numpy as np
    import pandas as pd

    path = WORK / ("linear-" + name.replace(" ", "-").replace(",", "") + ".arrow")
    if path.exists():
        return path
    WORK.mkdir(parents=True, exist_ok=True)
    kind, rows, columns, family, *_ = CASES[name]
    rng = np.random.default_rng(1)
    if kind == "dense":
        X = rng.normal(size=(rows, columns))
        X[:, 1:] += 0.5 * X[:, :-1]
        X = X * rng.uniform(0.5, 2.0, columns) + rng.uniform(-1, 1, columns)
        b = rng.normal(size=columns) * (rng.uniform(size=columns) < 0.5) * (0.5 / np.sqrt(columns))
        eta = (X - X.mean(0)) @ b
        frame = pd.DataFrame({f"x{j}": X[:, j] for j in range(columns)})
    else:
        # Eight categories of 60 levels: 480 columns, eight of them other than 0 per row.
        codes = rng.zipf(1.3, size=(rows, columns)) % 60
        effect = rng.normal(size=(60, columns)) * 0.4
        eta = sum(effect[codes[:, j], j] for j in range(columns))
        frame = pd.DataFrame({f"c{j}": pd.Categorical.from_codes(codes[:, j], [f"l{k:02}" for k in range(60)])
                              for j in range(columns)})
    if family == "gaussian":
        y = eta + rng.normal(size=rows)
    elif family == "bernoulli":
        y = (rng.uniform(size=rows) < 1 / (1 + np.exp(-eta))).astype("int32")
    elif family == "poisson":
        y = rng.poisson(np.exp(np.clip(0.5 * eta, -3, 3))).astype(float)
    else:
        y = rng.gamma(2.0, np.exp(np.clip(0.5 * eta, -3, 3)) / 2)
    frame["target"] = y
    frame.to_feather(path, compression="uncompressed")
    return path


def design(name):
    import numpy as np
    import pandas as pd
    from scipy import sparse

    frame = pd.read_feather(prepare(name))
    y = frame.pop("target").to_numpy().astype(float)
    if CASES[name][0] == "sparse":
        from sklearn.preprocessing import OneHotEncoder

        return sparse.csr_matrix(OneHotEncoder().fit_transform(frame)), y, frame
    return np.asfortranarray(frame.to_numpy()), y, frame


def run_ours(binary, name, threads):
    _, _, _, family, prior, lam, model, _ = CASES[name]
    out = WORK / "linear.induce.safetensors"
    settings = [f"prior={prior}", "standardize=false", "tolerance=1e-7", "family=" + family]
    settings += ["covariance=model" if ERRORS in name else "covariance=none"]
    settings += [f"lambda={lam}" if lam is not None else "lambda=cv"]
    words = [binary, "train", prepare(name), "-m", model, "--target", "target", "--out", out, "--holdout", "0",
             "--format", "json", "--threads", str(threads), "--quiet"]
    for setting in settings:
        words += ["--set", setting]
    told = json.loads(subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout)
    shown = json.loads(subprocess.run([str(binary), "show", str(out), "--format", "json"], check=True, capture_output=True, text=True).stdout)
    values = {c["name"]: c["estimate"] for c in shown["coefficients"]}
    errors = {c["name"]: c["error"] for c in shown["coefficients"]} if ERRORS in name else None
    return {"seconds": told["fit_seconds"], "how": shown["statistics"]["solver"], "steps": told["outcome"]["reason"],
            "coefficients": values, "errors": errors, "lambda": float(shown["settings"]["lambda"])}


def statsmodels(name, which):
    """A fit of statsmodels with its standard errors, which it computes when they are asked for; the constant is there."""
    import statsmodels.api as sm

    X, y, frame = design(name)
    X, how = sm.add_constant(X), which.split()[-1]
    start = time.perf_counter()
    if CASES[name][3] == "gaussian":
        fit = sm.OLS(y, X).fit(method=how)
    elif how == "IRLS":
        fit = sm.GLM(y, X, family=sm.families.Poisson()).fit(tol=1e-10)
    else:
        fit = sm.Poisson(y, X).fit(method=how, tol=1e-10, disp=False)
    values, errors = fit.params, fit.bse
    seconds = time.perf_counter() - start
    names = ["(intercept)", *frame]
    return {"seconds": seconds, "how": which, "coefficients": dict(zip(names, map(float, values))),
            "errors": dict(zip(names, map(float, errors))), "lambda": 0.0}


def peer(name, which):
    """One fit by a peer, in this process; its seconds and coefficients."""
    import numpy as np
    import warnings

    if which.startswith("statsmodels"):
        return statsmodels(name, which)
    kind, rows, _, family, prior, lam, _, _ = CASES[name]
    X, y, frame = design(name)
    # The package takes scikit-learn's names: another import is the whole difference.
    if which == PYTHON:
        from induce import linear_model as lm
    else:
        from sklearn import linear_model as lm
    solver = "auto" if which == PYTHON else which.split()[-1]

    if family == "gaussian" and prior == "gaussian":
        fit = lm.Ridge(alpha=rows * lam, solver=solver, tol=1e-8)
    elif family == "bernoulli":
        fit = lm.LogisticRegression(C=1 / (rows * lam), solver=solver, tol=1e-7, max_iter=1000)
    elif family in ("poisson", "gamma") and which == "glum":
        from glum import GeneralizedLinearRegressor

        fit = GeneralizedLinearRegressor(family=family, link="log", alpha=lam, l1_ratio=0, gradient_tol=1e-7)
    elif family == "poisson":
        fit = lm.PoissonRegressor(alpha=lam, solver="newton-cholesky", tol=1e-7)
    elif family == "gamma":
        fit = lm.GammaRegressor(alpha=lam, solver="newton-cholesky", tol=1e-7)
    elif lam is None:
        fit = lm.LassoCV(alphas=100, cv=5, tol=1e-7, n_jobs=2)
    elif which == "celer":
        from celer import Lasso

        fit = Lasso(alpha=lam, tol=1e-7)
    else:
        fit = lm.Lasso(alpha=lam, tol=1e-7, max_iter=100_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        fit.fit(X, y)
        seconds = time.perf_counter() - start
    if kind == "sparse":
        names = [f"{c}={level}" for c in frame for level in sorted(frame[c].unique())]
    else:
        names = list(frame)
    values = dict(zip(names, map(float, np.ravel(fit.coef_))), **{"(intercept)": float(np.ravel(fit.intercept_)[0])})
    return {"seconds": seconds, "how": which, "coefficients": values, "lambda": float(getattr(fit, "alpha_", lam or 0))}


def run_peer(name, which, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    words = [sys.executable, __file__, "--one", name, which]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout)


def objective(name, run, data):
    """Mean loss plus penalty at the coefficients of a run."""
    import numpy as np

    kind, _, _, family, prior, lam, _, _ = CASES[name]
    X, y, frame = data
    if kind == "sparse":
        names = [f"{c}={level}" for c in frame for level in sorted(frame[c].unique())]
    else:
        names = list(frame)
    b = np.array([run["coefficients"].get(k, 0.0) for k in names])
    eta = X @ b + run["coefficients"]["(intercept)"]
    if family == "gaussian":
        loss = 0.5 * np.mean((y - eta) ** 2)
    elif family == "bernoulli":
        loss = np.mean(np.logaddexp(0, eta) - y * eta)
    elif family == "poisson":
        loss = np.mean(np.exp(eta) - y * eta)
    else:
        loss = np.mean(y * np.exp(-eta) + eta)
    penalty = np.abs(b).sum() if prior == "laplace" else 0.5 * (b**2).sum()
    return float(loss + (run["lambda"] if lam is None else lam) * penalty), b


def errors_apart(run, ours):
    """The largest relative difference of a run's standard errors from ours; none where there are none."""
    if not run.get("errors"):
        return None
    return max(abs(error / ours["errors"][name] - 1) for name, error in run["errors"].items())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only")
    parser.add_argument("--wheel", action="store_true", help="the installed Python package as well, called as scikit-learn is")
    parser.add_argument("--save", action="store_true", help="write bench/results: for a quiet machine only")
    parser.add_argument("--one", nargs=2)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(peer(*args.one)))
        return
    import numpy as np

    results = {}
    for name in CASES:
        if args.only and args.only not in name:
            continue
        prepare(name)
        contenders = [OURS, *([PYTHON] if args.wheel and ERRORS not in name else []), *CASES[name][-1]]
        runs = {c: [] for c in contenders}
        for _ in range(args.rounds):
            for c in contenders:
                runs[c].append(run_ours(args.binary, name, args.threads) if c == OURS else run_peer(name, c, args.threads))
        data = design(name)
        judged = {c: objective(name, runs[c][0], data) for c in contenders}
        best = min(v for v, _ in judged.values())
        print(f"\n{name}")
        own = statistics.median(r["seconds"] for r in runs[OURS])
        results[name] = {}
        for c in contenders:
            seconds = [r["seconds"] for r in runs[c]]
            median = statistics.median(seconds)
            gap = (judged[c][0] - best) / abs(best)
            apart = float(np.abs(judged[c][1] - judged[OURS][1]).max())
            errors = errors_apart(runs[c][0], runs[OURS][0])
            results[name][c] = {"seconds": seconds, "median": median, "ratio": median / own, "relative_gap": gap,
                                "furthest_coefficient": apart, "furthest_error": errors, "lambda": runs[c][0]["lambda"]}
            print(f"  {c:28} {1e3 * median:9.1f} ms  {median / own:6.2f} x ours  gap {gap:8.1e}  coefficients {apart:.1e}"
                  + ("" if errors is None else f"  errors {errors:.1e}")
                  + (f"  lambda {runs[c][0]['lambda']:.4g}" if CASES[name][5] is None else ""))
            if errors is not None and errors > SAME_ERRORS:
                sys.exit(f"{name}: the standard errors of {c} and ours differ by {errors:.1e}")
        print("  " + runs[OURS][0]["steps"])
    if args.save:
        RESULTS.mkdir(exist_ok=True)
        from importlib.metadata import version

        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
        page = {"date": datetime.date.today().isoformat(), "commit": commit, "threads": args.threads, "rounds": args.rounds,
                "machine": platform.processor() or platform.machine(),
                "versions": {p: version(p) for p in ("scikit-learn", "glum", "celer", "statsmodels")}, "results": results}
        (RESULTS / f"{page['date']}-linear.json").write_text(json.dumps(page, indent=1) + "\n")


if __name__ == "__main__":
    main()

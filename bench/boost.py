"""Gradient boosting beside XGBoost and LightGBM: `cargo xtask bench boost`.

Every contender gets the same tables, rounds, leaves, bins and rate. Each run is a
process of its own, runs of all contenders are interleaved (A B C A B C ...), and
the median is reported. A fit is timed from a table in memory to finished trees,
binning included; reading files is not.
"""

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABULAR = ROOT.parent / "shared" / "data" / "tabular"
WORK = ROOT / "target" / "bench"
RESULTS = ROOT / "bench" / "results"
SETTINGS = {"rounds": 100, "learning_rate": 0.1, "leaves": 31, "bins": 255, "min_child_weight": 1, "lambda": 1}
PEERS = ["lightgbm row-wise", "lightgbm column-wise", "lightgbm quantised", "xgboost"]
OURS = "induce"
EXPLAINED = 5000


def split(frame, share=0.2):
    import numpy as np

    test = np.random.default_rng(7).random(len(frame)) < share
    return frame[~test], frame[test]


def load(name):
    """The table called `name` as (train, test), the target last."""
    import numpy as np
    import pandas as pd

    if name == "adult":
        columns = [f"x{i}" for i in range(14)] + ["target"]
        options = {"header": None, "names": columns, "skipinitialspace": True, "na_values": "?"}
        train = pd.read_csv(TABULAR / "adult/adult-train.csv.gz", **options)
        test = pd.read_csv(TABULAR / "adult/adult-test.csv.gz", **options)
        test["target"] = test["target"].str.rstrip(".")
        for frame in (train, test):
            frame["target"] = (frame["target"] == ">50K").astype("int32")
        return train, test
    if name == "california":
        frame = pd.read_csv(TABULAR / "california_housing.csv.gz")
        return split(frame[[c for c in frame if c != "median_house_value"] + ["median_house_value"]])
    if name == "flights":
        frame = pd.read_csv(TABULAR / "flights_1m.csv.gz")
        when = pd.to_datetime(frame["date"], format="mixed")
        frame["minute_of_day"] = (when.dt.hour * 60 + when.dt.minute).astype("int32")
        frame["day"] = when.dt.day_of_year.astype("int32")
        frame["late"] = (frame["delay"] > 15).astype("int32")
        return split(frame[["day", "minute_of_day", "distance", "origin", "destination", "late"]])
    if name == "higgs 7k":
        names = ["target"] + [f"x{i}" for i in range(28)]
        read = lambda part: pd.read_csv(TABULAR / f"lightgbm/binary.{part}.gz", sep="\t", header=None, names=names)
        return tuple(f[names[1:] + ["target"]].astype({"target": "int32"}) for f in (read("train"), read("test")))
    if name in ("cover", "donors"):
        arrays = np.load(TABULAR / f"adbench/{name}.npz")
        frame = pd.DataFrame(arrays["X"], columns=[f"x{i}" for i in range(arrays["X"].shape[1])])
        frame["target"] = arrays["y"].astype("int32")
        return split(frame)
    frame = pd.read_csv(TABULAR / f"pmlb/{name}.tsv.gz", sep="\t")
    if name == "kddcup":
        # Classes of one or two rows may be missing from a part; both parts know all classes.
        frame["target"] = frame["target"].astype("category").cat.codes.astype("int32")
    return split(frame)


DATA = {
    "higgs 7k": "binary",
    "adult": "binary",
    "california": "regression",
    "letter": "multiclass",
    "cover": "binary",
    "donors": "binary",
    "flights": "binary",
    "kddcup": "multiclass",
}


# Peers take minutes a run here: one run each, as the results say.
SLOW = {"kddcup"}


def prepare(name):
    """Both parts as Arrow files, text as categories known to both."""
    import pandas as pd

    folder = WORK / name.replace(" ", "-")
    if (folder / "test.arrow").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    train, test = load(name)
    train, test = train.copy(), test.copy()
    for column in train.columns[:-1]:
        if train[column].dtype == object or str(train[column].dtype) in ("str", "string"):
            kind = pd.CategoricalDtype(sorted(train[column].dropna().unique()))
            train[column], test[column] = train[column].astype(kind), test[column].astype(kind)
    if DATA[name] == "multiclass":
        known = set(train.iloc[:, -1])
        test = test[test.iloc[:, -1].isin(known)]
    train.reset_index(drop=True).to_feather(folder / "train.arrow", compression="uncompressed")
    test.reset_index(drop=True).to_feather(folder / "test.arrow", compression="uncompressed")
    return folder


def run_ours(binary, name, folder, threads):
    model = folder / "model.induce.safetensors"
    settings = [
        "rounds=100", "learning_rate=0.1", "max_leaves=31", "max_depth=0", "bins=255", "min_child_weight=1", "lambda=1",
        "growth=leafwise", "subsample=1", "colsample=1", "colsample_node=1", "colsample_level=1",
        "task=" + ("regression" if DATA[name] == "regression" else "classification"),
    ]
    target = last_column(folder)
    common = ["--threads", str(threads), "--no-progress", "--format", "json"]
    command = [binary, "train", folder / "train.arrow", "--target", target, "--holdout", "0", "--out", model, *common]
    for setting in settings:
        command += ["--set", setting]
    out, memory = measured(command)
    fit = json.loads(out)["fit_seconds"]
    score = json.loads(measured([binary, "evaluate", model, folder / "test.arrow", *common])[0])["metrics"]["test"]
    result = {"fit": fit, "memory": memory, "loss": score["rmse" if DATA[name] == "regression" else "log_loss"]["value"]}
    said = measured([binary, "predict", model, folder / "test.arrow", "--margin", "--out", folder / "p.arrow", *common], True)[0]
    result["predict"] = float(re.search(r"predicted .* in ([0-9.]+) ms", said).group(1)) / 1e3
    if explained(name):
        said = measured([binary, "explain", model, folder / "explain.arrow", "--shap", folder / "s.arrow", *common], True)[0]
        result["shap"] = float(re.search(r"Shapley values of .* in ([0-9.]+) ms", said).group(1)) / 1e3
    return result


def explained(name):
    return DATA[name] != "multiclass"


def last_column(folder):
    import pyarrow.feather

    return pyarrow.feather.read_table(folder / "test.arrow", memory_map=True).column_names[-1]


def measured(command, errors=False):
    """Output and peak memory (MiB) of a command."""
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{err}")
    # The child reports its own peak on the last line, see `peer`; ours is asked of the kernel.
    return (err if errors else out), peak_of(command)


def peak_of(command):
    """Peak resident memory of a training command, by running it under the kernel's accounting once more."""
    if command[1] != "train":
        return None
    code = (
        "import resource,subprocess,sys; subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True, check=True)
    return int(out.stdout) / 1024


def peer(name, contender, threads):
    """One run of a peer, in this process: prints JSON."""
    import resource
    import time

    import numpy as np
    import pandas as pd
    import pyarrow.feather

    folder = WORK / name.replace(" ", "-")
    read = lambda part: pyarrow.feather.read_feather(folder / f"{part}.arrow")
    train, test, part = read("train"), read("test"), read("explain")
    target = train.columns[-1]
    y, y_test = train.pop(target).to_numpy(), test.pop(target).to_numpy()
    part = part.drop(columns=target)
    classes = np.unique(y)
    if DATA[name] == "multiclass":
        y = np.searchsorted(classes, y)
    s = SETTINGS
    clock = time.perf_counter
    if contender == "xgboost":
        import xgboost as xgb

        objective = {"binary": "binary:logistic", "regression": "reg:squarederror", "multiclass": "multi:softprob"}[DATA[name]]
        parameters = {
            "objective": objective, "learning_rate": s["learning_rate"], "max_leaves": s["leaves"], "max_depth": 0,
            "grow_policy": "lossguide", "tree_method": "hist", "max_bin": s["bins"], "lambda": s["lambda"],
            "min_child_weight": s["min_child_weight"], "nthread": threads, "verbosity": 0,
        }
        if DATA[name] == "multiclass":
            parameters["num_class"] = len(classes)
        start = clock()
        data = xgb.QuantileDMatrix(train, y, max_bin=s["bins"], enable_categorical=True, nthread=threads)
        model = xgb.train(parameters, data, s["rounds"])
        fit = clock() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        model.set_param({"nthread": threads})
        start = clock()
        predicted = model.inplace_predict(test) if not any(d.name == "category" for d in test.dtypes) else model.predict(
            xgb.DMatrix(test, enable_categorical=True, nthread=threads))
        predict = clock() - start
        explain = lambda: model.predict(xgb.DMatrix(part, enable_categorical=True, nthread=threads), pred_contribs=True)
    else:
        import lightgbm as lgb

        mode = {
            "lightgbm row-wise": {"force_row_wise": True},
            "lightgbm column-wise": {"force_col_wise": True},
            "lightgbm quantised": {"use_quantized_grad": True, "num_grad_quant_bins": 4, "quant_train_renew_leaf": True, "force_col_wise": True},
        }[contender]
        parameters = {
            "objective": DATA[name], "learning_rate": s["learning_rate"], "num_leaves": s["leaves"], "max_bin": s["bins"],
            "lambda_l2": s["lambda"], "min_sum_hessian_in_leaf": s["min_child_weight"], "min_data_in_leaf": 1,
            "num_threads": threads, "verbosity": -1, "deterministic": True, **mode,
        }
        if DATA[name] == "multiclass":
            parameters["num_class"] = len(classes)
        start = clock()
        data = lgb.Dataset(train, y, params=parameters).construct()
        model = lgb.train(parameters, data, s["rounds"])
        fit = clock() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = clock()
        predicted = model.predict(test, num_threads=threads)
        predict = clock() - start
        explain = lambda: model.predict(part, pred_contrib=True, num_threads=threads)
    shap = None
    if explained(name):
        start = clock()
        explain()
        shap = clock() - start
    print(json.dumps({"fit": fit, "predict": predict, "shap": shap, "memory": memory, "loss": float(loss(name, y_test, predicted, classes))}))


def loss(name, truth, predicted, classes):
    import numpy as np

    predicted = np.asarray(predicted, dtype=float)
    if DATA[name] == "regression":
        return np.sqrt(np.mean((truth - predicted) ** 2))
    clipped = np.clip(predicted, np.finfo(float).eps, 1 - np.finfo(float).eps)
    if DATA[name] == "binary":
        return -np.mean(np.where(truth == 1, np.log(clipped), np.log(1 - clipped)))
    return -np.mean(np.log(clipped[np.arange(len(truth)), np.searchsorted(classes, truth)]))


def explain_part(folder):
    import pyarrow.feather

    table = pyarrow.feather.read_table(folder / "test.arrow")
    pyarrow.feather.write_feather(table.slice(0, EXPLAINED), folder / "explain.arrow", compression="uncompressed")


def median(runs, key):
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def bench(arguments):
    names = arguments.data or list(DATA)
    results = {}
    for name in names:
        folder = prepare(name)
        explain_part(folder)
        runs = {contender: [] for contender in [OURS, *PEERS]}
        repeats = 1 if name in SLOW else arguments.repeats
        for _ in range(repeats):
            for contender in runs:
                if contender == OURS:
                    runs[contender].append(run_ours(arguments.binary, name, folder, arguments.threads))
                else:
                    command = [sys.executable, __file__, "--peer", contender, "--data", name, "--threads", str(arguments.threads)]
                    out = subprocess.run(command, capture_output=True, text=True)
                    if out.returncode != 0:
                        sys.exit(out.stderr)
                    runs[contender].append(json.loads(out.stdout.splitlines()[-1]))
        results[name] = {c: {k: median(r, k) for k in ("fit", "predict", "shap", "memory", "loss")} for c, r in runs.items()}
        results[name]["rows"] = len(__import__("pyarrow.feather").feather.read_table(folder / "train.arrow"))
        results[name]["repeats"] = repeats
        report_one(name, results[name])
    if arguments.save or not arguments.data:
        save(arguments, results)


def best(result, key):
    return min(result[p][key] for p in PEERS if result[p][key] is not None)


def report_one(name, result):
    ours = result[OURS]
    parts = [f"{name:12} {result['rows']:8} rows"]
    parts.append(f"fit {ours['fit'] * 1e3:8.1f} ms x{best(result, 'fit') / ours['fit']:.2f}")
    parts.append(f"predict {ours['predict'] * 1e3:7.1f} ms x{best(result, 'predict') / ours['predict']:.2f}")
    if ours["shap"]:
        parts.append(f"shap {ours['shap'] * 1e3:7.1f} ms x{best(result, 'shap') / ours['shap']:.2f}")
    parts.append(f"loss {ours['loss']:.6g} against {best(result, 'loss'):.6g} ({100 * (ours['loss'] / best(result, 'loss') - 1):+.2f} %)")
    lightgbm = min(result[p]["memory"] for p in PEERS if p.startswith("lightgbm"))
    parts.append(f"memory {ours['memory']:.0f} against {lightgbm:.0f} MiB")
    print("  ".join(parts), flush=True)


def versions():
    import lightgbm
    import xgboost

    return {"xgboost": xgboost.__version__, "lightgbm": lightgbm.__version__}


def save(arguments, results):
    RESULTS.mkdir(parents=True, exist_ok=True)
    processor = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    date = datetime.date.today().isoformat()
    everything = {
        "date": date, "commit": commit, "processor": processor, "cores": os.cpu_count(), "threads": arguments.threads,
        "repeats": arguments.repeats, "python": platform.python_version(), "versions": versions(), "settings": SETTINGS,
        "results": results,
    }
    (RESULTS / f"{date}-boost.json").write_text(json.dumps(everything, indent=1) + "\n")
    subprocess.run([sys.executable, ROOT / "bench/page.py"], check=True)
    print(f"wrote bench/results/{date}-boost.json and BENCHMARKS.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/induce"))
    parser.add_argument("--data", nargs="*", default=None, help="only these tables; nothing is saved then without --save")
    parser.add_argument("--save", action="store_true", help="save results although not all tables were asked for")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer")
    arguments = parser.parse_args()
    if arguments.peer:
        peer(arguments.data[0], arguments.peer, arguments.threads)
    else:
        if not TABULAR.exists():
            sys.exit("the tables of ../shared/data are not here\nhint: see bench/README.md")
        bench(arguments)


if __name__ == "__main__":
    main()

"""Small models of the real packages, with inputs and the packages' own predictions.

    python interchange.py            writes interchange/*.{json,ubj,txt} beside this file

Made with xgboost 3.2.0, lightgbm 4.7.0, numpy 2.4.6, pandas 3.1.1 on Python 3.11.
The Rust tests of `tree::interchange` read them and must predict the same.
"""

import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

PINNED = {"xgboost": "3.2.0", "lightgbm": "4.7.0", "numpy": "2.4.6", "pandas": "3.1.1"}
OUT = Path(__file__).parent / "interchange"
ROWS = 240
KEPT = 60


def table(missing=True, categories=True, zeros=False):
    """Numbers a and b, a flag, categories c (few) and d (many); the names of c are not in order."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"a": rng.normal(size=ROWS).astype("f4"), "b": rng.gamma(2.0, size=ROWS).astype("f4")})
    frame["flag"] = rng.integers(0, 2, ROWS).astype("f4")
    if zeros:
        frame.loc[rng.random(ROWS) < 0.3, "b"] = 0.0
    if missing:
        frame.loc[rng.random(ROWS) < 0.15, "a"] = np.nan
        frame.loc[rng.random(ROWS) < 0.1, "b"] = np.nan
    effect = 0.0
    if categories:
        names = np.array(["red", "green", "deep blue", "x"])
        frame["c"] = pd.Categorical(rng.choice(names, ROWS))
        codes = rng.integers(0, 40, ROWS)
        frame["d"] = pd.Categorical([f"k{c}" for c in codes])
        effect = (frame.c == "red") * 1.5 + np.isin(codes % 7, [1, 4]) * 1.0
        if missing:
            frame.loc[rng.random(ROWS) < 0.1, "c"] = None
            frame.loc[rng.random(ROWS) < 0.1, "d"] = None
    score = np.nan_to_num(frame.a, nan=1.0) + 0.5 * np.nan_to_num(frame.b) * frame.flag + effect
    return frame, np.asarray(score + 0.1 * rng.normal(size=ROWS), dtype="f8")


def column(series):
    if isinstance(series.dtype, pd.CategoricalDtype):
        return [None if pd.isna(v) else str(v) for v in series]
    return [None if np.isnan(v) else float(v) for v in series]


def keep(name, files, frame, predictions):
    kept = frame.iloc[:KEPT]
    columns = {c: column(kept[c]) for c in kept}
    predictions = np.asarray(predictions, dtype="f8")[:KEPT].reshape(KEPT, -1)
    case = {"name": name, "files": files, "columns": columns, "predictions": predictions.tolist()}
    (OUT / f"{name}.case.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")


XGB = {"max_depth": 3, "eta": 0.3, "nthread": 1, "seed": 3}


def xgboost(name, frame, target, params, rounds=4, group=None, formats=("json",)):
    data = xgb.DMatrix(frame, target, enable_categorical=True)
    if group is not None:
        data.set_group(group)
    booster = xgb.train({**XGB, **params}, data, rounds)
    files = [f"{name}.{f}" for f in formats]
    for file in files:
        booster.save_model(OUT / file)
    iterations = (0, booster.num_boosted_rounds())
    keep(name, files, frame, booster.predict(data, iteration_range=iterations))
    return booster


LGB = {"num_leaves": 6, "min_data_in_leaf": 5, "verbose": -1, "num_threads": 1, "seed": 3, "learning_rate": 0.3,
       "min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 1, "boost_from_average": True}


def lightgbm(name, frame, target, params, rounds=4, group=None):
    data = lgb.Dataset(frame, target, group=group, free_raw_data=False)
    booster = lgb.train({**LGB, **params}, data, rounds)
    booster.save_model(OUT / f"{name}.txt")
    keep(name, [f"{name}.txt"], frame, booster.predict(frame))


def xgboost_cases():
    frame, y = table()
    plain, p = table(missing=False, categories=False)
    positive = np.exp(y / 3) + 0.01
    classes = np.digitize(y, [0.5, 2.0])
    partition = {"max_cat_to_onehot": 1}
    xgboost("xgb-regression", plain, p, {}, formats=("json", "ubj"))
    xgboost("xgb-missing", frame[["a", "b", "flag"]], y, {})
    xgboost("xgb-onehot", frame, y, {"max_cat_to_onehot": 100})
    xgboost("xgb-partition", frame, y, partition, formats=("json", "ubj"))
    xgboost("xgb-binary", frame, y > 1, {"objective": "binary:logistic", **partition})
    xgboost("xgb-logitraw", frame, y > 1, {"objective": "binary:logitraw"}, rounds=2)
    xgboost("xgb-multi", frame, classes, {"objective": "multi:softprob", "num_class": 3, "max_depth": 2}, rounds=3)
    forest = {"objective": "multi:softprob", "num_class": 3, "max_depth": 2, "num_parallel_tree": 2,
              "subsample": 0.7, "colsample_bynode": 0.7}
    xgboost("xgb-forest", frame, classes, forest, rounds=2)
    dart = {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5}
    xgboost("xgb-dart", frame, y > 1, dart, rounds=6, formats=("json", "ubj"))
    xgboost("xgb-poisson", frame, np.floor(positive * 2), {"objective": "count:poisson", "max_depth": 2})
    xgboost("xgb-gamma", plain, np.exp(p / 3), {"objective": "reg:gamma", "max_depth": 2})
    xgboost("xgb-tweedie", plain, np.exp(p / 3), {"objective": "reg:tweedie", "max_depth": 2})
    quantiles = {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9], "max_depth": 2}
    xgboost("xgb-quantiles", plain, p, quantiles, rounds=2)
    relevance = np.clip(np.floor(p), 0, 3)
    xgboost("xgb-rank", plain, relevance, {"objective": "rank:ndcg", "max_depth": 2}, group=[60] * 4)
    xgboost("xgb-targets", plain, np.c_[p, -p], {"max_depth": 2}, rounds=2)
    xgboost("xgb-none", plain, np.zeros(ROWS), {"objective": "binary:logistic"}, rounds=1)
    xgboost("xgb-all", plain, np.ones(ROWS), {"objective": "binary:logistic"}, rounds=1)
    xgboost("xgb-nothing", plain, np.zeros(ROWS), {"objective": "count:poisson"}, rounds=1)
    foreign = plain.set_axis(["größe in m", "b\"\\", "旗"], axis=1)
    xgboost("xgb-foreign", foreign, p, {"max_depth": 2}, rounds=2, formats=("json", "ubj"))
    # Codes without names: columns of whole numbers that are declared categories.
    codes = plain.assign(d=np.random.default_rng(1).integers(0, 30, ROWS).astype("f4"))
    types = ["float", "float", "float", "c"]
    data = xgb.DMatrix(codes.to_numpy(), p + (codes.d % 3), feature_types=types, enable_categorical=True)
    booster = xgb.train({**XGB, **partition}, data, 3)
    booster.save_model(OUT / "xgb-codes.json")
    named = codes.set_axis(["f0", "f1", "f2", "f3"], axis=1)
    named["f3"] = pd.Categorical(named.f3.astype(int).astype(str))
    keep("xgb-codes", ["xgb-codes.json"], named, booster.predict(data))


def lightgbm_cases():
    frame, y = table()
    plain, p = table(missing=False, categories=False)
    zeros, z = table(categories=False, zeros=True)
    classes = np.digitize(y, [0.5, 2.0])
    lightgbm("lgb-regression", plain, p, {})
    lightgbm("lgb-missing", frame[["a", "b", "flag"]], y, {})
    lightgbm("lgb-categories", frame, y, {})
    lightgbm("lgb-onehot", frame, y, {"max_cat_to_onehot": 100})
    lightgbm("lgb-zeros", zeros, z, {"zero_as_missing": True})
    lightgbm("lgb-nomissing", zeros, z, {"use_missing": False})
    lightgbm("lgb-binary", frame, y > 1, {"objective": "binary", "sigmoid": 0.7})
    lightgbm("lgb-multi", frame, classes, {"objective": "multiclass", "num_class": 3}, rounds=2)
    lightgbm("lgb-ova", frame, classes, {"objective": "multiclassova", "num_class": 3, "sigmoid": 2.0}, rounds=2)
    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}
    lightgbm("lgb-forest", frame, y > 1, {"objective": "binary", **forest})
    lightgbm("lgb-dart", frame, y, {"boosting": "dart", "drop_rate": 0.5, "skip_drop": 0.0}, rounds=6)
    lightgbm("lgb-poisson", zeros, np.floor(np.exp(z / 3) * 2), {"objective": "poisson"})
    lightgbm("lgb-tweedie", zeros, np.exp(z / 3), {"objective": "tweedie"})
    lightgbm("lgb-quantile", zeros, z, {"objective": "quantile", "alpha": 0.8})
    lightgbm("lgb-huber", zeros, z, {"objective": "huber"})
    lightgbm("lgb-l1", zeros, z, {"objective": "regression_l1"})
    lightgbm("lgb-entropy", plain, 1 / (1 + np.exp(-p)), {"objective": "cross_entropy"})
    lightgbm("lgb-rank", plain, np.clip(np.floor(p), 0, 3), {"objective": "lambdarank"}, group=[60] * 4)
    foreign = frame.set_axis(["größe", "b", "旗", "c", "d"], axis=1)
    foreign["c"] = foreign.c.cat.rename_categories({"red": "röt"})
    lightgbm("lgb-foreign", foreign, y, {}, rounds=2)
    lightgbm("lgb-constant", plain, np.full(ROWS, 2.5), {}, rounds=2)


if __name__ == "__main__":
    versions = {m.__name__: m.__version__ for m in (xgb, lgb, np, pd)}
    assert versions == PINNED, f"pinned {PINNED}, here {versions}"
    OUT.mkdir(exist_ok=True)
    xgboost_cases()
    lightgbm_cases()

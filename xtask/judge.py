"""What a user does: train with induce, convert, and predict with the real packages.

    python judge.py INDUCE DATA        DATA is the repository's folder `data`

Prints each difference that is too large, and `N files judged, M failed` last.
"""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

# Relative, or absolute below 0.1. XGBoost compares and sums in single precision.
TOLERANCE = {"xgboost": 1e-4, "lightgbm": 1e-9}

CASES = [
    ("credit.csv", "Status", []),
    ("penguins.csv", "species", []),
    ("diamonds.csv.gz", "price", []),
    ("diamonds.csv.gz", "price", ["--set", "objective=gamma"]),
    ("diamonds.csv.gz", "carat", ["--set", "objective=quantile", "--set", "dart_rate=0.1"]),
]


def induce(binary, *words):
    return subprocess.run([binary, *map(str, words), "--quiet"], check=True, capture_output=True, text=True).stdout


def inputs(path, schema):
    """The columns of the model, read as the model reads them."""
    raw = pd.read_csv(path)
    columns = {}
    for feature in schema["features"]:
        name, meaning = feature["name"], feature["meaning"]
        if meaning == "number":
            values = raw[name]
            if values.dtype == object or str(values.dtype).startswith("str"):
                words = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
                values = values.str.lower().map(words)
            columns[name] = values.astype("f8")
        else:
            names = meaning["category"] if isinstance(meaning, dict) else sorted(raw[name].dropna().unique())
            columns[name] = pd.Categorical(raw[name], categories=names)
    return pd.DataFrame(columns)


def theirs(package, path, frame):
    if package == "lightgbm":
        return lgb.Booster(model_file=path).predict(frame)
    booster = xgb.Booster()
    booster.load_model(path)
    return booster.predict(xgb.DMatrix(frame, enable_categorical=True))


def ours(binary, model, data, classes):
    frame = pd.read_csv(io.StringIO(induce(binary, "predict", model, data, *(["--proba"] if classes else []))))
    if not classes:
        return frame["prediction"].to_numpy()
    table = frame[[f"probability_{name}" for name in classes]].to_numpy()
    return table[:, 1] if len(classes) == 2 else table


def judge(binary, data, folder):
    judged = failed = 0
    for file, target, settings in CASES:
        model = folder / "model.safetensors"
        induce(binary, "train", data / file, "--target", target, "--set", "rounds=60", "--out", model, *settings)
        shown = json.loads(induce(binary, "show", model, "--format", "json"))
        frame = inputs(data / file, shown["schema"])
        expected = ours(binary, model, data / file, shown["schema"].get("classes", []))
        for form, ending in [("xgboost-json", "json"), ("xgboost-ubj", "ubj"), ("lightgbm", "txt")]:
            judged += 1
            package = form.split("-")[0]
            path = folder / f"model.{ending}"
            try:
                induce(binary, "convert", model, "--to", form, "--out", path)
                found = np.asarray(theirs(package, path, frame), dtype="f8").reshape(expected.shape)
                off = np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 0.1))
                problem = None if off < TOLERANCE[package] else f"off by {off:.2e}"
            except Exception as error:  # whatever a package says against a file counts
                problem = " ".join(str(getattr(error, "stderr", None) or error).split())[:300]
            if problem:
                failed += 1
                print(f"{file} {' '.join(settings)} as {form}: {problem}")
    print(f"{judged} files judged, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(0 if judge(sys.argv[1], Path(sys.argv[2]), Path(temporary)) else 1)

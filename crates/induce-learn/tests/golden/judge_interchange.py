"""The real packages as judges of the files that induce writes for them.

    python crates/induce-learn/tests/golden/judge_interchange.py [FOLDER]

in an environment that has xgboost, lightgbm, numpy and pandas, from anywhere in
the repository, with cargo on the path. Without FOLDER the models are written
first, by the ignored test `write_for_the_judges`, to a temporary folder. Exit
code 0 if every package opens every file and predicts what induce predicts.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

TOLERANCE = 1e-6


def write(folder):
    root = Path(__file__).resolve().parents[2]
    test = ["cargo", "test", "-q", "-p", "induce-learn", "--lib", "write_for_the_judges", "--", "--ignored"]
    subprocess.run(test, cwd=root, env={**os.environ, "INDUCE_JUDGE": str(folder)}, check=True, stdout=sys.stderr)


def frame(case):
    """The inputs; categories without names are whole numbers."""
    columns = {}
    for name in case["features"]:
        values = case["columns"][name]
        if name in case["codes"]:
            columns[name] = np.array([np.nan if v is None else float(v) for v in values], dtype="f4")
        elif any(isinstance(v, str) for v in values):
            columns[name] = pd.Categorical(values)
        else:
            columns[name] = np.array([np.nan if v is None else v for v in values], dtype="f4")
    return pd.DataFrame(columns)


def xgboost(path, data, codes):
    booster = xgb.Booster()
    booster.load_model(path)
    if codes:
        types = ["c" if name in codes else "float" for name in data]
        matrix = xgb.DMatrix(data.to_numpy(), feature_names=list(data), feature_types=types, enable_categorical=True)
    else:
        matrix = xgb.DMatrix(data, enable_categorical=True)
    booster.get_score(importance_type="gain")
    booster.predict(matrix, pred_contribs=True)
    # What was opened is saved and opened again.
    again = xgb.Booster()
    again.load_model(booster.save_raw("json"))
    np.testing.assert_array_equal(again.predict(matrix), booster.predict(matrix))
    return booster.predict(matrix)


def lightgbm(path, data):
    booster = lgb.Booster(model_file=path)
    booster.feature_importance("gain")
    booster.predict(data, pred_contrib=True)
    again = lgb.Booster(model_str=booster.model_to_string())
    np.testing.assert_array_equal(again.predict(data), booster.predict(data))
    return booster.predict(data)


def judge(folder):
    failed = judged = 0
    worst = {}
    for path in sorted(folder.glob("*.case.json")):
        case = json.loads(path.read_text())
        data, ours = frame(case), np.array(case["predictions"])
        for file in case["files"]:
            judged += 1
            package = "lightgbm" if file.endswith(".txt") else "xgboost"
            try:
                file = folder / file
                theirs = lightgbm(file, data) if package == "lightgbm" else xgboost(file, data, case["codes"])
                theirs = np.asarray(theirs, dtype="f8").reshape(ours.shape)
                off = np.max(np.abs(theirs - ours) / np.maximum(np.abs(ours), 0.1))
                worst[package] = max(worst.get(package, 0.0), off)
                problem = f"off by {off:.2e}" if not off < TOLERANCE else None
            except Exception as error:  # whatever a package says against a file counts
                problem = " ".join(str(error).split())[:300]
            if problem:
                failed += 1
                print(f"{file}: {problem}")
    print(f"{judged} files judged, {failed} failed, largest differences {worst}")
    return failed == 0 and judged > 100


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        if len(sys.argv) == 1:
            write(folder)
        sys.exit(0 if judge(folder) else 1)

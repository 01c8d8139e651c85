"""Inlier sets of scikit-learn's RANSACRegressor, for `src/robust/regression/golden.rs`.

    python ransac.py        # numpy 2.4.6, scikit-learn 1.9.1; writes ransac.json

Each table is small and known for its outliers: calls from Belgium by year and the stars of Cygnus OB1 (Rousseeuw and
Leroy, *Robust Regression and Outlier Detection*, 1987, tables 2 and 3), the loss of a stack (Brownlee 1965), the third
set of Anscombe (1973), and planes with noise. The set that is kept has the most rows over 300 seeds, as RANSAC asks
for; thresholds are such that no residual of its least-squares fit is within 4 % of one.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, RANSACRegressor

PHONES = [4.4, 4.7, 4.7, 5.9, 6.6, 7.3, 8.1, 8.8, 10.6, 12.0, 13.5, 14.9, 16.1, 21.2, 119.0, 124.0, 142.0, 159.0, 182.0,
          212.0, 43.0, 24.0, 27.0, 29.0]
STARS = """4.37 5.23 4.56 5.74 4.26 4.93 4.56 5.74 4.30 5.19 4.46 5.46 3.84 4.65 4.57 5.27 4.26 5.57 4.37 5.12 3.49 5.73
4.43 5.45 4.48 5.42 4.01 4.05 4.29 4.26 4.42 4.58 4.23 3.94 4.42 4.18 4.23 4.18 3.49 5.89 4.29 4.38 4.29 4.22 4.42 4.42
4.49 4.85 4.38 5.02 4.42 4.66 4.29 4.66 4.38 4.90 4.22 4.39 3.48 6.05 4.38 4.42 4.56 5.10 4.45 5.22 3.49 6.29 4.23 4.34
4.62 5.62 4.53 5.10 4.45 5.22 4.53 5.18 4.43 5.57 4.38 4.62 4.45 5.06 4.50 5.34 4.45 5.34 4.55 5.54 4.45 4.98 4.42 4.50"""
STACK = """80 27 89 42 80 27 88 37 75 25 90 37 62 24 87 28 62 22 87 18 62 23 87 18 62 24 93 19 62 24 93 20 58 23 87 15
58 18 80 14 58 18 89 14 58 17 88 13 58 18 82 11 58 19 93 12 50 18 89 8 50 18 86 7 50 19 72 8 50 19 79 8 50 20 80 9
56 20 82 15 70 20 91 15"""
ANSCOMBE = [10, 7.46, 8, 6.77, 13, 12.74, 9, 7.11, 11, 7.81, 14, 8.84, 6, 6.08, 4, 5.39, 12, 8.15, 7, 6.42, 5, 5.73]


def plane(rows, columns, wrong, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)).round(3)
    y = x @ np.arange(1, columns + 1) + 0.1 * rng.normal(size=rows)
    y[:wrong] = rng.uniform(20, 40, size=wrong)
    return np.c_[x, y.round(3)]


def tables():
    numbers = lambda text, columns: np.array(text.split(), float).reshape(-1, columns)
    yield "phones", np.c_[np.arange(50, 74), PHONES], 8.0
    yield "stars", numbers(STARS, 2), 0.6
    yield "stack loss", numbers(STACK, 4), 2.0
    yield "Anscombe", np.array(ANSCOMBE, float).reshape(-1, 2), 0.5
    yield "plane, a third wrong", plane(90, 2, 30, 1), 0.6
    yield "plane, half wrong", plane(200, 3, 100, 2), 0.6
    yield "plane of five, a third wrong", plane(300, 5, 100, 3), 0.6


def best(x, y, threshold):
    sets = {}
    for seed in range(300):
        fit = RANSACRegressor(residual_threshold=threshold, max_trials=1000, stop_probability=0.9999, random_state=seed)
        mask = fit.fit(x, y).inlier_mask_
        sets[tuple(np.flatnonzero(mask).tolist())] = sets.get(tuple(np.flatnonzero(mask).tolist()), 0) + 1
    most = max(map(len, sets))
    return [s for s in sets if len(s) == most], sets


def main():
    cases = []
    for name, table, threshold in tables():
        x, y = table[:, :-1], table[:, -1]
        found, sets = best(x, y, threshold)
        assert len(found) == 1, (name, found)
        rows = list(found[0])
        off = np.abs(LinearRegression().fit(x[rows], y[rows]).predict(x) - y)
        print(name, len(rows), "of", len(y), "seeds", sets[found[0]], "of 300; residuals near the threshold",
              np.sort(np.abs(off / threshold - 1))[:2].round(3), "same set", rows == np.flatnonzero(off <= threshold).tolist())
        cases.append({"name": name, "threshold": threshold, "columns": x.T.tolist(), "target": y.tolist(), "inliers": rows})
    out = {"versions": {"numpy": np.__version__, "sklearn": sklearn.__version__}, "cases": cases}
    (Path(__file__).parent / "ransac.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

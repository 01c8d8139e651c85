"""RANSAC regression beside scikit-learn, and registration of pictures beside OpenCV: `cargo xtask bench robust`.

Pictures: key points (SIFT), matching by brute force with ratio 0.8, `findHomography` with USAC_DEFAULT, each timed on
pictures in memory; ours by `examples/register` of induce-learn in a process of its own. The error of a seed is the
mean distance of the true points of `../shared/data/image-pairs/homogr` from where the homography takes them; seeds
also shuffle OpenCV's pairs. A pair of pictures is solved if that is below 5 pixels.
"""

import argparse
import datetime
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from boost import RESULTS, ROOT, WORK

PAIRS = ROOT.parent / "shared/data/image-pairs/homogr"
SOLVED = 5.0


def truth(name):
    import numpy as np

    return np.loadtxt(PAIRS / f"{name}_groundtruth.csv", delimiter=",", skiprows=1)


def error(homography, points):
    """Mean and median distance of the true points from where the homography takes them."""
    import numpy as np

    ends = np.c_[points[:, :2], np.ones(len(points))] @ np.asarray(homography, float).reshape(3, 3).T
    off = np.linalg.norm(ends[:, :2] / ends[:, 2:] - points[:, 2:4], axis=1)
    return float(off.mean()), float(np.median(off))


def opencv(a, b, points, seeds):
    import cv2
    import numpy as np

    sift = cv2.SIFT_create()
    start = time.perf_counter()
    key_a, text_a = sift.detectAndCompute(a, None)
    key_b, text_b = sift.detectAndCompute(b, None)
    found = time.perf_counter()
    nearest = cv2.BFMatcher(cv2.NORM_L2).knnMatch(text_a, text_b, k=2)
    good = [p for p, q in nearest if p.distance < 0.8 * q.distance]
    matched = time.perf_counter()
    from_a = np.array([key_a[m.queryIdx].pt for m in good])
    from_b = np.array([key_b[m.trainIdx].pt for m in good])
    errors, agreeing = [], []
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(good))
        clock = time.perf_counter()
        homography, _ = cv2.findHomography(from_a[order], from_b[order], cv2.USAC_DEFAULT)
        agreeing.append(time.perf_counter() - clock)
        errors.append((float("inf"),) * 2 if homography is None else error(homography, points))
    return {
        "points": [len(key_a), len(key_b)], "matches": len(good), "features": found - start, "matching": matched - found,
        "agreeing": statistics.median(agreeing), "errors": errors,
    }


def induce(paths, points, seeds, threads):
    binary = ROOT / "target/release/examples/register"
    shown = subprocess.run([binary, *paths, str(seeds), str(threads)], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in shown.splitlines()]
    errors = [error(r["homography"], points) if "homography" in r else (float("inf"),) * 2 for r in rows]
    first = rows[0]
    return {
        "points": first["points"], "matches": first["matches"], "features": first["features_s"],
        "matching": first["match_s"], "agreeing": statistics.median(r["agree_s"] for r in rows), "errors": errors,
    }


def pictures(arguments):
    import cv2

    cv2.setNumThreads(arguments.threads)
    results = {}
    for path in sorted(PAIRS.glob("*_groundtruth.csv")):
        name = path.name.split("_")[0]
        paths = [next(PAIRS.glob(f"{name}{side}.*")) for side in "AB"]
        a, b = (cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in paths)
        runs = {"induce": [], "opencv": []}
        for repeat in range(arguments.repeats):
            seeds = arguments.seeds if repeat == 0 else 1
            runs["induce"].append(induce(paths, truth(name), seeds, arguments.threads))
            runs["opencv"].append(opencv(a, b, truth(name), seeds))
        results[name] = {who: summary(some) for who, some in runs.items()}
        for who, r in results[name].items():
            print(f"{name:14} {who:7} solved {r['solved']}/{r['seeds']} error {r['error']} median point {r['point']} "
                  f"seconds {r['seconds']:.4f} = {r['features']:.4f} + {r['matching']:.4f} + {r['agreeing']:.5f}", flush=True)
    return results


def summary(runs):
    errors = runs[0].pop("errors")
    part = {key: statistics.median(r[key] for r in runs) for key in ("features", "matching", "agreeing")}
    middle = [statistics.median(e[k] for e in errors) for k in (0, 1)]
    # JSON has no infinity: nothing was found by most seeds.
    mean, point = (None if value == float("inf") else round(value, 3) for value in middle)
    return part | {
        "points": runs[0]["points"], "matches": runs[0]["matches"], "seconds": sum(part.values()), "seeds": len(errors),
        "solved": sum(e[0] < SOLVED for e in errors), "error": mean, "point": point,
    }


TABLES = {"1k x 2": (1_000, 2, 0.3), "10k x 10": (10_000, 10, 0.2), "100k x 5": (100_000, 5, 0.4), "2k x 4, half wrong": (2_000, 4, 0.5)}


def table(name):
    """Rows of a plane with noise, a share of them moved far away."""
    import numpy as np
    import pandas as pd

    rows, columns, wrong = TABLES[name]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, columns))
    beta = np.arange(1, columns + 1) / columns
    y = x @ beta + 0.1 * rng.normal(size=rows)
    out = rng.permutation(rows)[: int(wrong * rows)]
    y[out] = rng.uniform(20, 40, size=len(out))
    path = WORK / f"ransac-{rows}-{columns}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(np.c_[x, y], columns=[f"x{i}" for i in range(columns)] + ["y"]).to_csv(path, index=False)
    return x, y, beta, path


def regression(arguments):
    import numpy as np
    from sklearn.linear_model import RANSACRegressor

    results = {}
    for name in TABLES:
        x, y, beta, path = table(name)
        ours, theirs, ends = [], [], {}
        out = WORK / "ransac.safetensors"
        command = [arguments.binary, "train", path, "-m", "ransac", "--target", "y", "--holdout", "0", "--out", out,
                   "--format", "json", "-q", "--threads", str(arguments.threads)]
        for seed in range(arguments.repeats):
            shown = subprocess.run([*command, "--seed", str(seed)], check=True, capture_output=True, text=True).stdout
            ours.append(json.loads(shown)["fit_seconds"])
            start = time.perf_counter()
            fitted = RANSACRegressor(random_state=seed, max_trials=1000).fit(x, y)
            theirs.append(time.perf_counter() - start)
            ends["sklearn"] = float(np.abs(fitted.estimator_.coef_ - beta).max())
        ends["induce"] = float(np.abs(coefficients(out) - beta).max())
        results[name] = {"induce": statistics.median(ours), "sklearn": statistics.median(theirs), "off": ends}
        r = results[name]
        print(f"{name:20} induce {r['induce'] * 1e3:8.3f} ms  sklearn {r['sklearn'] * 1e3:8.2f} ms  x{r['sklearn'] / r['induce']:.1f}  off {ends}", flush=True)
    return results


def coefficients(path):
    """The tensor of that name: the model file is safetensors."""
    import numpy as np

    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    first, last = json.loads(data[8 : 8 + length])["coefficients"]["data_offsets"]
    return np.frombuffer(data[8 + length + first : 8 + length + last])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/induce"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=100)
    arguments = parser.parse_args()
    import cv2
    import sklearn

    build = ["cargo", "build", "--release", "--quiet", "-p", "induce-learn", "--example", "register"]
    subprocess.run(build, check=True, cwd=ROOT)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    date = datetime.date.today().isoformat()
    everything = {
        "date": date, "commit": commit, "threads": arguments.threads, "repeats": arguments.repeats,
        "versions": {"opencv": cv2.__version__, "sklearn": sklearn.__version__, "python": sys.version.split()[0]},
        "regression": regression(arguments), "pictures": pictures(arguments),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{date}-robust.json").write_text(json.dumps(everything, indent=1) + "\n")
    subprocess.run([sys.executable, ROOT / "bench/page.py"], check=True)


if __name__ == "__main__":
    main()

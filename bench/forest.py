"""Random forests and extra trees beside scikit-learn: `cargo xtask bench forest`.

100 fully grown trees, two threads, the same tables; fits in processes of their own, interleaved, medians. A fit is
timed from a table in memory, binning included; the AUC is that of a fifth of the rows, held out.
"""

import argparse
import datetime
import json
import statistics
import subprocess
import sys
import time

from boost import RESULTS, ROOT, WORK, measured, prepare

PEERS = {"forest": "RandomForestClassifier", "extra-trees": "ExtraTreesClassifier"}


def tables():
    """20k x 28 made by scikit-learn's own generator; 286k x 10 of real terrain (80 % of each are trained on)."""
    import numpy as np
    import pandas as pd
    from sklearn.datasets import make_classification

    folder = WORK / "forest-20k"
    if not (folder / "test.arrow").exists():
        folder.mkdir(parents=True, exist_ok=True)
        x, y = make_classification(25_000, 28, n_informative=12, n_redundant=4, flip_y=0.1, class_sep=0.7, random_state=1)
        frame = pd.DataFrame(x.astype(np.float32), columns=[f"x{i}" for i in range(28)])
        frame["target"] = y.astype("int32")
        frame[:20_000].to_feather(folder / "train.arrow", compression="uncompressed")
        frame[20_000:].reset_index(drop=True).to_feather(folder / "test.arrow", compression="uncompressed")
    return {"20k x 28": folder, "cover 286k x 10": prepare("cover")}


def run_ours(binary, model, folder, threads):
    out = folder / f"{model}.safetensors"
    common = ["--threads", str(threads), "--no-progress", "--format", "json"]
    fit = [binary, "train", folder / "train.arrow", "-m", model, "--target", "target", "--holdout", "0", "--out", out, *common]
    fit += ["--set", "trees=100", "--set", "task=classification"]
    result = {"fit": json.loads(measured(fit)[0])["fit_seconds"]}
    said = measured([binary, "predict", out, folder / "test.arrow", "--out", folder / "p.arrow", *common], True)[0]
    result["predict"] = float(said.split(" in ")[-1].split(" ms")[0].split()[-1]) / 1e3 if " ms" in said else None
    judged = measured([binary, "evaluate", out, folder / "test.arrow", *common])[0]
    result["auc"] = json.loads(judged)["metrics"]["test"]["roc_auc"]["value"]
    return result


def peer(model, folder, threads):
    import numpy as np
    import pyarrow.feather
    import sklearn.ensemble
    from sklearn.metrics import roc_auc_score

    read = lambda part: pyarrow.feather.read_feather(f"{folder}/{part}.arrow")
    train, test = read("train"), read("test")
    y, truth = train.pop("target").to_numpy(), test.pop("target").to_numpy()
    # The layout and type that scikit-learn's trees want, made before the clock starts.
    x, x_test = train.to_numpy(np.float32), test.to_numpy(np.float32)
    forest = getattr(sklearn.ensemble, PEERS[model])(100, n_jobs=threads, random_state=0)
    start = time.perf_counter()
    forest.fit(x, y)
    fit = time.perf_counter() - start
    start = time.perf_counter()
    p = forest.predict_proba(x_test)[:, 1]
    print(json.dumps({"fit": fit, "predict": time.perf_counter() - start, "auc": roc_auc_score(truth, p)}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/induce"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer", nargs=2)
    arguments = parser.parse_args()
    if arguments.peer:
        return peer(*arguments.peer, arguments.threads)
    import sklearn

    results = {}
    for name, folder in tables().items():
        for model in PEERS:
            runs = {"induce": [], "scikit-learn": []}
            for _ in range(arguments.repeats):
                runs["induce"].append(run_ours(arguments.binary, model, folder, arguments.threads))
                command = [sys.executable, __file__, "--peer", model, str(folder), "--threads", str(arguments.threads)]
                out = subprocess.run(command, capture_output=True, text=True)
                if out.returncode != 0:
                    sys.exit(out.stderr)
                runs["scikit-learn"].append(json.loads(out.stdout))
            median = lambda who, key: statistics.median(r[key] for r in runs[who])
            r = results[f"{model}, {name}"] = {who: {k: median(who, k) for k in ("fit", "predict", "auc")} for who in runs}
            ours, theirs = r["induce"], r["scikit-learn"]
            print(f"{model:12} {name:16} fit {ours['fit'] * 1e3:8.1f} ms x{theirs['fit'] / ours['fit']:.1f}  "
                  f"predict {ours['predict'] * 1e3:7.1f} ms x{theirs['predict'] / ours['predict']:.1f}  "
                  f"auc {ours['auc']:.5f} against {theirs['auc']:.5f}", flush=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    date = datetime.date.today().isoformat()
    everything = {"date": date, "commit": commit, "threads": arguments.threads, "repeats": arguments.repeats,
                  "versions": {"scikit-learn": sklearn.__version__, "python": sys.version.split()[0]}, "results": results}
    (RESULTS / f"{date}-forest.json").write_text(json.dumps(everything, indent=1) + "\n")
    subprocess.run([sys.executable, ROOT / "bench/page.py"], check=True)
    print(f"wrote bench/results/{date}-forest.json and BENCHMARKS.md")


if __name__ == "__main__":
    main()

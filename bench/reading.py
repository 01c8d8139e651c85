"""Reading CSV beside pandas with the pyarrow engine: `cargo xtask bench reading`.

Both are timed within their process, from the path to a table in memory. Ours is the first read of its process,
pandas has read each file before. Text becomes categories with sorted names in ours and a column of texts in pandas;
a second column has pandas make categories too, which is the same work.
"""

import argparse
import datetime
import gzip
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from boost import RESULTS, ROOT, TABULAR, WORK
from large import run


def files():
    """Plain CSV files: text and numbers of flights, floats of donors, quoted diamonds, adult."""
    import numpy as np
    import pandas as pd

    folder = WORK / "csv"
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "flights": TABULAR / "flights_1m.csv.gz",
        "adult": TABULAR / "adult/adult-train.csv.gz",
        "diamonds": ROOT / "data/diamonds.csv.gz",
    }
    for name, source in plain.items():
        if not (folder / f"{name}.csv").exists():
            (folder / f"{name}.csv").write_bytes(gzip.decompress(source.read_bytes()))
    if not (folder / "donors.csv").exists():
        x = np.load(TABULAR / "adbench/donors.npz")["X"]
        pd.DataFrame(x + np.random.default_rng(0).normal(size=x.shape) * 1e-3).to_csv(folder / "donors.csv", index=False)
    if not (folder / "categories.csv").exists():
        # Almost as many names as half of the rows: one more, and they are taken for free text.
        names = np.random.default_rng(0).permutation(np.arange(1_000_000) % 480_000)
        lines = (f"user-{name * 2654435761 % 2**32:08x},{name % 7}\n" for name in names.tolist())
        (folder / "categories.csv").write_text("name,y\n" + "".join(lines))
    return {name: folder / f"{name}.csv" for name in ("flights", "donors", "adult", "diamonds", "categories")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/induce"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    import pandas as pd
    import pyarrow

    pyarrow.set_cpu_count(arguments.threads)
    results = {}
    for name, path in files().items():
        header = None if name == "adult" else "infer"
        plain = pd.read_csv(path, engine="pyarrow", header=header)
        texts = {c: "category" for c in plain if not pd.api.types.is_numeric_dtype(plain[c])}
        pd.read_csv(path, engine="pyarrow", header=header, dtype=texts)
        command = [arguments.binary, "data", "show", path, "-q", "--format", "json", "--threads", str(arguments.threads)]
        ours, theirs, categories = [], [], []
        for _ in range(arguments.repeats):
            shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            ours.append(json.loads(shown)["read_seconds"])
            for times, types in ((theirs, None), (categories, texts)):
                start = time.perf_counter()
                pd.read_csv(path, engine="pyarrow", header=header, dtype=types)
                times.append(time.perf_counter() - start)
        medians = {"induce": ours, "pandas": theirs, "pandas categories": categories}
        results[name] = {"mb": path.stat().st_size / 1e6} | {who: statistics.median(times) for who, times in medians.items()}
        shown, peak = run(command)
        results[name] |= {"bytes": json.loads(shown)["bytes"], "peak": peak}
        r = results[name]
        print(f"{name:10} {r['mb']:6.1f} MB  induce {r['induce'] * 1e3:7.1f} ms  pandas {r['pandas'] * 1e3:7.1f} ms  x{r['pandas'] / r['induce']:.2f}  with categories {r['pandas categories'] * 1e3:7.1f} ms  x{r['pandas categories'] / r['induce']:.2f}  peak {r['peak'] / r['bytes']:.1f} x table")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    date = datetime.date.today().isoformat()
    everything = {
        "date": date, "commit": commit, "threads": arguments.threads, "repeats": arguments.repeats,
        "versions": {"pandas": pd.__version__, "pyarrow": pyarrow.__version__, "python": sys.version.split()[0]},
        "results": results,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{date}-reading.json").write_text(json.dumps(everything, indent=1) + "\n")
    subprocess.run([sys.executable, ROOT / "bench/page.py"], check=True)


if __name__ == "__main__":
    main()

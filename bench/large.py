"""Peak memory of training on a table of about 1 GB, against its size in memory: `cargo xtask bench large`.

The table is ten columns of doubles, made and read as Parquet (or CSV) and removed afterwards. Its size is what
`induce data show` says the Arrow arrays take. The peak is the kernel's: mapped pages of the file count.
"""

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from boost import RESULTS, ROOT

BLOCK = 1_000_000
# A child begins with the peak of the process that started it, so that a small one has to do so.
LAUNCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)
"""


def blocks(rows):
    """Nine features and a target that depends on them, a block of rows at a time."""
    import numpy as np
    import pyarrow as pa

    for start in range(0, rows, BLOCK):
        random = np.random.default_rng(start)
        x = random.normal(size=(9, min(BLOCK, rows - start)))
        y = x[0] * x[1] + np.sin(3 * x[2]) + np.abs(x[3]) + 0.3 * random.normal(size=x.shape[1])
        yield pa.table({f"x{i}": column for i, column in enumerate(x)} | {"y": y})


def generate(path, rows):
    """Write the table, never holding more than a block of it."""
    import pyarrow.csv
    import pyarrow.parquet

    kind = pyarrow.csv.CSVWriter if path.suffix == ".csv" else pyarrow.parquet.ParquetWriter
    writer = None
    for block in blocks(rows):
        writer = writer or kind(path, block.schema)
        writer.write_table(block)
    writer.close()


def run(command):
    """What a command prints, and its peak memory in bytes."""
    command = [sys.executable, "-S", "-c", LAUNCH, *map(str, command)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout, int(done.stderr.strip().splitlines()[-1])


def measure(binary, path, threads):
    """The size of the table in memory, and the peaks of reading it and of training on it."""
    common = ["--threads", threads, "-q"]
    shown, reading = run([binary, "data", "show", path, "--format", "json", *common])
    size = json.loads(shown)["bytes"]
    peaks = {"reading": reading}
    with tempfile.TemporaryDirectory() as folder:
        train = [binary, "train", path, "--target", "y", "--out", Path(folder) / "model", *common]
        # The default searches for the number of rounds first, where its memory peaks; minutes show that.
        for name, settings in {"20 rounds": ["--set", "rounds=20"], "default": ["--time", "2m"]}.items():
            peaks[name] = run([*train, *settings])[1]
            print(f"{name:10} {peaks[name] / 1e6:8.0f} MB, {peaks[name] / size:.2f} x the table", flush=True)
    return size, peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/induce"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=int, default=13_000_000)
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"large.{arguments.format}"
        generate(path, arguments.rows)
        size, peaks = measure(arguments.binary, path, arguments.threads)
    print(f"table {size / 1e6:.0f} MB, read within {peaks['reading'] / size:.2f} x")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    date = datetime.date.today().isoformat()
    everything = {"date": date, "commit": commit.stdout.strip(), "threads": arguments.threads, "rows": arguments.rows}
    everything |= {"format": arguments.format, "bytes": size, "peaks": peaks}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{date}-large.json").write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""What the benches of models without a target write: cases with the seconds of every contender, as `results/DATE-NAME.json`."""

import datetime
import json
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


class Record:
    """Cases, each said when it is there; `save` keeps them."""

    def __init__(self, name, threads, runs, packages):
        self.name, self.cases = name, []
        self.facts = {"threads": threads, "runs": runs, "versions": {package: version(package) for package in packages}}
        said = ", ".join(f"{package} {number}" for package, number in self.facts["versions"].items())
        print(f"{said}; {threads} threads, medians of {runs}", flush=True)

    def add(self, case, seconds, remark=""):
        """`seconds` of every contender, ours first, by name; a remark is quality."""
        self.cases.append({"case": case, "seconds": seconds, "remark": remark})
        own = seconds["induce"]
        said = "; ".join(f"{name} {value:.3f} s" + (f" ({value / own:.1f} x)" if name != "induce" else "") for name, value in seconds.items())
        print(f"{case}: {said}" + (f"; {remark}" if remark else ""), flush=True)

    def save(self):
        keep(self.name, {**self.facts, "cases": self.cases})


def keep(name, found):
    """What was found, with when, where and of which commit, as `results/DATE-NAME.json`."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    page = {"date": datetime.date.today().isoformat(), "commit": commit, "processor": processor(), **found}
    (ROOT / "bench/results" / f"{page['date']}-{name}.json").write_text(json.dumps(page, indent=1) + "\n")

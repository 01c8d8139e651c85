"""XGBoost's and LightGBM's own tests on our classes: what `upstream/boosters.txt` lists fails, everything else passes.

Their wheels do not hold them: INDUCE_BOOSTER_TESTS is a folder with `test_with_sklearn.py` of XGBoost, and `lightgbm_own/` with
`__init__.py`, `conftest.py`, `utils.py` and `test_sklearn.py` of LightGBM.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = os.environ.get("INDUCE_BOOSTER_TESTS")
HERE = Path(__file__).parent / "upstream"


@pytest.mark.skipif(not FOLDER, reason="INDUCE_BOOSTER_TESTS names no folder of their tests")
@pytest.mark.parametrize("file", ["test_with_sklearn.py", "lightgbm_own/test_sklearn.py"])
def test_their_tests_pass(file):
    words = ["-q", "-p", "boosters", "-p", "no:cacheprovider", "-W", "ignore", "--tb=line", file]
    env = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], capture_output=True, text=True, env=env, cwd=FOLDER, timeout=1800
    )
    print(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_every_deviation_has_a_reason():
    lines = [line for line in (HERE / "boosters.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert lines and all(line.partition(" | ")[2].strip() and "::" in line for line in lines)

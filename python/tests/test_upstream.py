"""scikit-learn's own tests on our classes: what `upstream/deviations.txt` lists fails, everything else passes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sklearn = pytest.importorskip("sklearn")
HERE = Path(__file__).parent / "upstream"
FILES = (HERE / "files.txt").read_text().split()


@pytest.mark.skipif(not sklearn.__version__.startswith("1.9."), reason="the list is of scikit-learn 1.9")
@pytest.mark.parametrize("module", FILES)
def test_their_tests_pass(module, tmp_path):
    words = ["-q", "-p", "plugin", "-p", "no:cacheprovider", "-W", "ignore", "--tb=line", "--pyargs", f"sklearn.{module}"]
    env = {**os.environ, "PYTHONPATH": str(HERE)}
    env.pop("INDUCE_UPSTREAM_RAW", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], capture_output=True, text=True, env=env, cwd=tmp_path, timeout=900
    )
    print("\n".join(line for line in done.stdout.splitlines() if line.startswith("upstream")))
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

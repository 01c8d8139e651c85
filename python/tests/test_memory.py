"""No hidden copy of a large array: peak memory, measured in a process of its own."""

import json
import resource
import subprocess
import sys
import textwrap

import pytest

#: 200 MB of doubles.
ROWS, COLUMNS = 500_000, 50
SIZE = ROWS * COLUMNS * 8


def peak_of(code):
    """How far `code` raises the peak over that of making X, in bytes, and what it printed."""
    whole = f"""
        import json, resource
        import numpy as np
        from induce.linear_model import Ridge
        from induce.ensemble import RandomForestRegressor
        peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * {1 if sys.platform == "darwin" else 1024}
        Ridge().fit(np.random.default_rng(0).normal(size=(1000, {COLUMNS})), np.zeros(1000))
    """
    lines = textwrap.dedent(whole) + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


MAKE = f"""
X = np.empty(({ROWS}, {COLUMNS}), order="ORDER", dtype="DTYPE")
for j in range({COLUMNS}):
    X[:, j] = np.arange({ROWS}) % (j + 2)
y = X[:, 3] + X[:, 7]
before = peak()
"""


@pytest.mark.parametrize(
    "order, dtype, most",
    [("F", "float64", 0.4), ("F", "float32", 1.3), ("C", "float64", 1.4)],
    ids=["Fortran order: none", "floats: widened once", "C order: one copy"],
)
def test_a_linear_fit_copies_no_more_than_it_says(order, dtype, most):
    make = MAKE.replace("ORDER", order).replace("DTYPE", dtype)
    grown = peak_of(make + "Ridge().fit(X, y)\nprint(json.dumps(peak() - before))")
    assert grown < most * SIZE, f"{grown / SIZE:.2f} times the size of X"


def test_a_memory_map_is_read_where_it_lies(tmp_path):
    code = f"""
    X = np.lib.format.open_memmap({str(tmp_path / "x.npy")!r}, mode="w+", shape=({ROWS}, {COLUMNS}), fortran_order=True)
    for j in range({COLUMNS}):
        X[:, j] = np.arange({ROWS}) % (j + 2)
    X.flush()
    y = np.array(X[:, 3])
    X = np.load({str(tmp_path / "x.npy")!r}, mmap_mode="r")
    before = peak()
    model = Ridge().fit(X, y)
    print(json.dumps([peak() - before, float(abs(model.predict(X) - y).max())]))
    """
    grown, error = peak_of(textwrap.dedent(code))
    # The pages of the map itself may count as resident.
    assert grown < 1.4 * SIZE and error < 1e-3

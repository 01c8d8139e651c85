"""A pytest plugin that runs XGBoost's and LightGBM's own tests on our classes.

    PYTHONPATH=python/tests/upstream python -m pytest -p boosters FOLDER/lightgbm/test_sklearn.py FOLDER/test_with_sklearn.py

Their wheels do not hold their tests: take them from the sources of the versions that `cargo xtask` installs (`test_sklearn.py`
with its `__init__.py`, `conftest.py` and `utils.py`; `test_with_sklearn.py`). Before anything is collected, `XGB*` and `LGBM*`
of `induce.boost` take the places of their namesakes. Those in `boosters.txt` must fail, all others must pass.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import induce.boost as ours

NAMES = {
    "xgboost": ("XGBClassifier", "XGBRegressor", "XGBRanker"),
    "lightgbm": ("LGBMClassifier", "LGBMRegressor", "LGBMRanker"),
}


def put_in_place():
    """Our classes under their names, wherever they have been imported already."""
    for package, names in NAMES.items():
        pytest.importorskip(package)
        for module in list(sys.modules.values()):
            if (getattr(module, "__name__", None) or "").split(".")[0] == package:
                for name in names:
                    if hasattr(module, name):
                        setattr(module, name, getattr(ours, name))
    # What LightGBM's module of tests asks of a class when it is collected.
    for name in NAMES["lightgbm"]:
        getattr(ours, name)._more_tags = lambda self: {"_xfail_checks": {}}


def of_other_versions():
    """What tests of one version of LightGBM import and wheels of another do not have."""
    import lightgbm.compat as compat
    import pandas
    import pyarrow
    import sklearn

    for name, value in {
        "DASK_INSTALLED": False, "PANDAS_INSTALLED": True, "PYARROW_INSTALLED": True, "CFFI_INSTALLED": True,
        "pa_array": pyarrow.array, "pa_chunked_array": pyarrow.chunked_array, "pa_Table": pyarrow.Table,
        "pd_DataFrame": pandas.DataFrame, "pd_Series": pandas.Series, "_sklearn_version": sklearn.__version__,
    }.items():
        if not hasattr(compat, name):
            setattr(compat, name, value)


def deviations():
    """(beginning of a test's name, reason) by line of `boosters.txt`."""
    found = []
    for line in (Path(__file__).parent / "boosters.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            test, _, reason = line.partition(" | ")
            if not reason.strip():
                raise pytest.UsageError(f"boosters.txt: `{test}` has no reason")
            found.append((test.strip(), reason.strip()))
    return found


put_in_place()
of_other_versions()


def pytest_collection_finish():
    for name in NAMES["lightgbm"]:
        if "_more_tags" in vars(getattr(ours, name)):
            del getattr(ours, name)._more_tags


def pytest_collection_modifyitems(items):
    put_in_place()
    for item in items:
        name = f"{Path(str(item.fspath)).stem}::{item.name}"
        for test, reason in deviations():
            if name == test or name.split("[")[0] == test:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True, run=not reason.startswith("not run")))

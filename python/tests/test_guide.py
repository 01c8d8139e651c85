"""The guide's code, block after block; and the examples of the docstrings."""

import doctest
import importlib
import os
import re
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("INDUCE_ROOT", Path(__file__).resolve().parents[2]))


def test_the_guide_runs(monkeypatch):
    pytest.importorskip("polars")
    pytest.importorskip("sklearn")
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/guides/python.md").read_text(), re.S)
    assert len(blocks) >= 5
    space: dict = {}
    for block in blocks:
        exec(compile(block, "docs/guides/python.md", "exec"), space)


@pytest.mark.parametrize("module", ["boost", "data", "ensemble", "linear_model", "metrics", "tree"])
def test_the_examples_of_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(f"induce.{module}"))
    assert found.failed == 0

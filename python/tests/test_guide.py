"""The guide's code, block after block; and the examples of the docstrings."""

import doctest
import importlib
import os
import re
from pathlib import Path

import pytest

import induce

ROOT = Path(os.environ.get("INDUCE_ROOT", Path(__file__).resolve().parents[2]))


@pytest.mark.parametrize("page, least", [("python", 5), ("language-models", 3), ("variational", 1)])
def test_the_guide_runs(page, least, monkeypatch):
    pytest.importorskip("polars")
    pytest.importorskip("sklearn")
    monkeypatch.chdir(ROOT)
    page = f"docs/guides/{page}.md"
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert len(blocks) >= least
    space: dict = {}
    for block in blocks:
        exec(compile(block, page, "exec"), space)


@pytest.mark.parametrize("module", induce._MODULES)
def test_the_examples_of_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(f"induce.{module}"))
    assert found.failed == 0

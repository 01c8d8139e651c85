"""A pytest plugin that runs scikit-learn's own tests on our classes.

    PYTHONPATH=python/tests/upstream python -m pytest -p plugin --pyargs sklearn.ensemble.tests.test_forest

Before anything is collected, every class of ours that has a namesake in `sklearn.linear_model`, `sklearn.tree`,
`sklearn.ensemble`, `sklearn.cluster`, `sklearn.mixture` or `sklearn.decomposition` takes its place there, and in test modules that are imported already. Then every test is judged by
reading its source, with the helpers and tables of its module that it names:

- a *white-box* test names what is private to scikit-learn's models (an import from a private module of theirs, an
  attribute with a leading underscore, `tree_`): it is left out and counted;
- a test that names none of our classes is *not about us*: it is left out and counted;
- all others are black-box tests. Those in `deviations.txt` must fail, all others must pass.
"""

from __future__ import annotations

import ast
import collections
import importlib
import inspect
import json
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = ("linear_model", "tree", "ensemble", "cluster", "mixture", "decomposition")

#: Helpers for tests and errors, private by name only.
HELPERS = ("sklearn.utils.", "sklearn.datasets.", "sklearn.metrics.", "sklearn.model_selection.", "sklearn.svm.")


def replaced():
    """Our classes by the name of scikit-learn's: name -> (theirs, ours)."""
    found = {}
    for module in MODULES:
        theirs, ours = importlib.import_module(f"sklearn.{module}"), importlib.import_module(f"induce.{module}")
        for name in ours.__all__:
            if hasattr(theirs, name) and isinstance(getattr(theirs, name), type):
                found[name] = (getattr(theirs, name), getattr(ours, name))
    return found


class Source:
    """What a test module's names stand for."""

    def __init__(self, module, ours):
        self.ours = ours
        tree = ast.parse(inspect.getsource(module))
        self.private, self.defined = set(), {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and self._is_private(node.module):
                self.private |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sklearn"):
                if not node.module.startswith(HELPERS):
                    self.private |= {alias.asname or alias.name for alias in node.names if alias.name.startswith("_")}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.defined[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            self.defined.setdefault(name.id, []).append(node)
            elif isinstance(node, ast.Expr):
                # TABLE.update(...) is part of TABLE.
                for name in ast.walk(node):
                    if isinstance(name, ast.Name) and isinstance(self.defined.get(name.id), list):
                        self.defined[name.id].append(node)

    @staticmethod
    def _is_private(module):
        return not module.startswith(HELPERS) and any(part.startswith("_") for part in module.split(".")[1:])

    def kind(self, function):
        """`white-box`, `not about us` or `black-box`."""
        names, attributes, seen, todo = set(), set(), set(), [function]
        imports = []
        while todo:
            name = todo.pop()
            if name in seen or name not in self.defined:
                continue
            seen.add(name)
            nodes = self.defined[name]
            for node in nodes if isinstance(nodes, list) else [nodes]:
                for part in ast.walk(node):
                    if isinstance(part, ast.Name):
                        names.add(part.id)
                    elif isinstance(part, ast.arg):
                        names.add(part.arg)
                    elif isinstance(part, ast.Attribute):
                        attributes.add(part.attr)
                    elif isinstance(part, ast.ImportFrom) and part.module:
                        imports.append(part.module)
            todo += [name for name in names if name not in seen]
        private = any(a == "tree_" or (a.startswith("_") and not a.startswith("__")) for a in attributes)
        if private or names & self.private or any(self._is_private(m) and m.startswith("sklearn") for m in imports):
            return "white-box"
        return "black-box" if names & self.ours else "not about us"


def deviations():
    """(test or beginning of tests with a star, reason) by line of `deviations.txt`."""
    found = []
    for line in (HERE / "deviations.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            test, _, reason = line.partition(" | ")
            if not reason.strip():
                raise pytest.UsageError(f"deviations.txt: `{test}` has no reason")
            found.append((test.strip(), reason.strip()))
    return found


def name_of(item):
    return f"{item.module.__name__.removeprefix('sklearn.')}::{item.name}"


def covers(pattern, name):
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


class Upstream:
    def __init__(self):
        self.replaced = replaced()
        self.counts = collections.defaultdict(collections.Counter)
        self.stale, self.ours = [], set()
        self.names, self.failures = [], {}

    def install(self):
        by_theirs = {theirs: ours for theirs, ours in self.replaced.values()}
        public = [importlib.import_module(f"sklearn.{module}") for module in MODULES]
        tests = [m for name, m in list(sys.modules.items()) if name.startswith("sklearn") and ".tests." in name and m]
        for module in public + tests:
            for name, value in list(vars(module).items()):
                if isinstance(value, type) and value in by_theirs:
                    setattr(module, name, by_theirs[value])

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        sources, listed = {}, deviations()
        if os.environ.get("INDUCE_UPSTREAM_RAW"):
            # To make the list anew: whatever fails, fails, but for what would never end.
            listed = [(test, reason) for test, reason in listed if reason.startswith("not run")]
        used, kept, left_out = set(), [], []
        for item in items:
            module = item.module
            if module not in sources:
                sources[module] = Source(module, set(self.replaced))
            function = getattr(item, "originalname", None) or item.name
            kind = sources[module].kind(function)
            self.counts[module.__name__][kind] += 1
            (kept if kind == "black-box" else left_out).append(item)
            if kind != "black-box":
                continue
            self.names.append(name_of(item))
            for pattern, reason in listed:
                if covers(pattern, name_of(item)):
                    used.add(pattern)
                    self.ours.add(item.nodeid)
                    run = not reason.startswith("not run")
                    item.add_marker(pytest.mark.xfail(reason=reason, strict=True, run=run))
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept
        here = {module.__name__.removeprefix("sklearn.") for module in sources}
        whole = not any("::" in str(arg) for arg in config.args) and not config.option.keyword
        self.stale = [p for p, _ in listed if whole and p.split("::")[0] in here and p not in used]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = (yield).get_result()
        if report.when == "call" or report.skipped or report.failed:
            count = self.counts[item.module.__name__]
            if report.skipped and hasattr(report, "wasxfail") and item.nodeid in self.ours:
                count["deviates"] += 1
            elif report.skipped:
                # Skipped by the test itself, or expected to fail by scikit-learn too.
                count["skipped"] += 1
            elif report.failed:
                count["failed"] += 1
                self.failures[name_of(item)] = str(call.excinfo.value if call.excinfo else report.longrepr)[:2000]
            elif report.when == "call":
                count["passed"] += 1

    def pytest_sessionfinish(self, session):
        if self.stale:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        write = terminalreporter.write_line
        for name, count in sorted(self.counts.items()):
            ran = count["passed"] + count["deviates"] + count["failed"]
            share = 100 * count["passed"] / max(ran, 1)
            write(
                f"upstream {name.removeprefix('sklearn.')}: {share:.1f} % of {ran} black-box tests pass; {count['deviates']} "
                f"deviate as listed, {count['failed']} fail unlisted, {count['skipped']} skip; left out: "
                f"{count['white-box']} white-box, {count['not about us']} not about us"
            )
        for pattern in self.stale:
            write(f"upstream deviations.txt is out of date: no test is `{pattern}`")
        path = os.environ.get("INDUCE_UPSTREAM_FAILURES")
        if path:
            Path(path).write_text(json.dumps({"names": self.names, "failures": self.failures}))


def pytest_configure(config):
    upstream = Upstream()
    upstream.install()
    config.pluginmanager.register(upstream, "induce-upstream")

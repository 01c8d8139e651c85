"""The stubs are those of the compiled module, and the package is sound for a type checker."""

import subprocess
import sys

import pytest

pytest.importorskip("mypy")


def run(*words):
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_stubs_say_what_the_compiled_module_has(tmp_path):
    allowed = tmp_path / "allowed"
    # A type alias of the stub, and what the interpreter adds to every module.
    allowed.write_text("induce._native.Floats\ninduce._native.__all__\n")
    run("mypy.stubtest", "induce._native", "--ignore-missing-stub", "--allowlist", str(allowed), "--ignore-unused-allowlist")


def test_a_user_of_the_package_is_checked(tmp_path):
    (tmp_path / "user.py").write_text(
        "import numpy as np\n"
        "import induce\n"
        "from induce.linear_model import Ridge\n"
        "from induce.metrics import Score, evaluate\n"
        "X = np.zeros((5, 2))\n"
        "p: np.ndarray = Ridge().fit(X, X[:, 0], sample_weight=None).predict(X)\n"
        "Ridge().fit([[0.0], [1.0]], [0, 1]).save('m.safetensors')\n"
        "scores: dict[str, Score] = evaluate(Ridge(), X, X[:, 0])\n"
        "low: float | None = scores['rmse'].low\n"
        "from induce.language import GPT, Text\n"
        "model = GPT(steps=2).fit('to be')\n"
        "text: Text = GPT().generate('to be', stop='.')\n"
        "share: float = text.report.acceptance + GPT().evaluate('to be')['loss'].value\n"
        "parts: list[str] = list(GPT().stream('to be'))\n"
    )
    run("mypy", "--ignore-missing-imports", str(tmp_path / "user.py"))
    (tmp_path / "wrong.py").write_text(
        "from induce.metrics import names\n"
        "from induce.linear_model import Ridge\n"
        "x: int = names()\n"
        "Ridge().fit(3, {'y': 1})\n"
        "Ridge().fit([[0.0]], [1.0]).predict(None)\n"
    )
    done = subprocess.run([sys.executable, "-m", "mypy", str(tmp_path / "wrong.py")], capture_output=True, text=True)
    assert "Incompatible types" in done.stdout and done.stdout.count("arg-type") >= 1, done.stdout

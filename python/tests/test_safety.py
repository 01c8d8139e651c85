"""Whatever comes in: a Python exception of the right type with a message that helps, never an abort."""

import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import induce
from induce.ensemble import RandomForestClassifier, RandomForestRegressor
from induce.linear_model import LinearRegression, LogisticRegression, Ridge

X = np.random.default_rng(0).normal(size=(50, 3))
Y = X @ [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "bad, kind",
    [
        (np.array([["a"] * 3] * 50, dtype=object), ValueError),
        ([[1.0, 2.0], [1.0]], ValueError),
        (np.where(X > 2, np.nan, X), ValueError),
        (np.where(X > 2, np.inf, X), ValueError),
        (np.zeros((0, 3)), ValueError),
        (np.zeros((50, 0)), ValueError),
        (X[:, 0], ValueError),
        (X[None], ValueError),
        (X.astype(complex), ValueError),
        (None, ValueError),
    ],
)
def test_bad_matrices_are_refused(bad, kind):
    with pytest.raises(kind):
        LinearRegression().fit(bad, Y)


def test_huge_integers_and_every_layout_are_read():
    huge = np.array([[2**62 + i, i, -i] for i in range(50)])
    assert np.isfinite(Ridge().fit(huge, Y).predict(huge)).all()
    expected = LinearRegression().fit(X, Y).predict(X)
    for other in (np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2], np.repeat(X, 2, axis=1)[:, ::2], X[::-1][::-1]):
        np.testing.assert_array_equal(LinearRegression().fit(other, Y).predict(other), expected)
    frozen = X.copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(LinearRegression().fit(frozen, Y).predict(frozen), expected)


def test_subclasses_of_arrays_are_read():
    class Own(np.ndarray):
        pass

    np.testing.assert_allclose(LinearRegression().fit(X.view(Own), Y).predict(X.view(Own)), Y, atol=1e-8)
    assert LinearRegression().fit(np.ma.masked_array(X), Y).coef_.shape == (3,)


def test_fits_in_threads_are_the_fits_alone():
    alone = RandomForestRegressor(20, random_state=1).fit(X, Y).predict(X)
    found = [None] * 6

    def work(i):
        found[i] = RandomForestRegressor(20, random_state=1, n_jobs=2).fit(X, Y).predict(X)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    for own in found:
        np.testing.assert_array_equal(own, alone)


def run(code):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, env=dict(os.environ)
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_after_a_fit_can_fit():
    done = run(
        """
        import os, numpy as np
        from induce.ensemble import RandomForestRegressor
        X = np.random.default_rng(0).normal(size=(200, 3))
        RandomForestRegressor(5).fit(X, X[:, 0])
        child = os.fork()
        if child == 0:
            RandomForestRegressor(5, n_jobs=2).fit(X, X[:, 0])
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        """
    )
    assert done.returncode == 0, done.stderr


def test_ctrl_c_leaves_a_usable_model():
    done = run(
        """
        import os, signal, threading, time, numpy as np
        from induce.ensemble import RandomForestRegressor
        X = np.random.default_rng(0).normal(size=(20000, 20))
        model = RandomForestRegressor(100000, n_jobs=2)
        threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            model.fit(X, X[:, 0])
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start < 30, model.predict(X[:5]).shape, model.fit_report_.outcome)
        """
    )
    assert done.stdout.split() == ["interrupted", "True", "(5,)", "stopped"], done.stderr + done.stdout


def test_a_daemon_thread_in_a_fit_does_not_hold_up_the_end():
    done = run(
        """
        import threading, time, numpy as np
        from induce.ensemble import RandomForestRegressor
        X = np.random.default_rng(0).normal(size=(20000, 20))
        threading.Thread(target=lambda: RandomForestRegressor(2000).fit(X, X[:, 0]), daemon=True).start()
        time.sleep(0.5)
        """
    )
    assert done.returncode == 0, (done.returncode, done.stderr)


def test_an_exception_in_a_callback_comes_out_of_the_fit():
    def broken(step, metrics):
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        RandomForestClassifier(50, callbacks=broken).fit(X, Y > 0)


def test_a_callback_can_stop_the_fit():
    model = RandomForestClassifier(5000, callbacks=lambda step, metrics: True).fit(X, Y > 0)
    assert model.fit_report_.outcome == "stopped"


@pytest.mark.parametrize("content", [b"", b"not a model", b"\xff" * 100, b"{" * 50, b"tree\n" * 9])
def test_broken_model_files_are_refused(content, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(ValueError):
        induce.load(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        induce.load(tmp_path / "nowhere.safetensors")


def test_cut_and_flipped_model_files_never_abort(tmp_path):
    path = tmp_path / "m"
    LogisticRegression().fit(X, Y > 0).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(200):
        damaged = bytearray(whole[: rng.integers(len(whole))] if rng.random() < 0.3 else whole)
        for place in rng.integers(len(damaged) or 1, size=3):
            if damaged:
                damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            induce.load(path).predict(X)
        except (ValueError, MemoryError):
            pass

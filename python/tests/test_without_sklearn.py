"""scikit-learn is optional: without it the estimators work all the same."""

import subprocess
import sys
import textwrap


def test_estimators_work_without_scikit_learn():
    code = """
        import sys
        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("sklearn", "scipy", "pandas"):
                    raise ImportError(name)
        sys.meta_path.insert(0, Absent())
        import numpy as np, pickle
        from induce._registry import every_estimator
        X = np.abs(np.random.default_rng(0).normal(size=(60, 3)))
        y = np.exp(0.2 * (X[:, 0] - X[:, 0].mean()))
        for cls in every_estimator():
            model = cls()
            if cls._task == "ranking":
                model.fit(X, (y > 1).astype(float), group=[30, 30])
            else:
                model.fit(X, np.where(y > 1, "a", "b") if cls._task == "classification" else y)
                assert cls._task in ("clustering", "transform") or 0.3 < model.score(X, model.predict(X)) <= 1
            again, said = pickle.loads(pickle.dumps(model)), "predict" if hasattr(cls, "predict") else "transform"
            assert (getattr(again, said)(X) == getattr(model, said)(X)).all()
            repr(model), model.get_params()
        try:
            every_estimator()[0]().predict(X)
        except ValueError as e:
            assert "not fitted" in str(e)
        else:
            raise AssertionError
        for bad in (np.zeros(5), np.zeros((0, 2))):
            try:
                every_estimator()[0]().fit(bad, np.zeros(len(bad)))
            except ValueError:
                pass
            else:
                raise AssertionError(bad)
        from induce._registry import every_language_model
        for cls in every_language_model():
            width = "embedding_width" if "heads" in cls().get_params() else "hidden_size"
            model = cls(**{width: 16}, context=8, batch=2, steps=3).fit("to be, or not to be, " * 20)
            again = pickle.loads(pickle.dumps(model))
            assert again.generate("to be", tokens=5) == model.generate("to be", tokens=5)
            assert again.score("not to be") < 0 and "steps=3" in repr(model) and model.get_params()[width] == 16
        assert "sklearn" not in sys.modules
        print("done")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "done", done.stderr

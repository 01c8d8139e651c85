"""Boosted trees: the same predictions as XGBoost and LightGBM from their files, their parameters, what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import induce
from induce.boost import (
    BoostClassifier,
    BoostRanker,
    BoostRegressor,
    LGBMClassifier,
    LGBMRanker,
    LGBMRegressor,
    XGBClassifier,
    XGBRanker,
    XGBRegressor,
    from_lightgbm,
    from_xgboost,
    to_lightgbm,
    to_xgboost,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 4))
SCORE = X[:, 0] * X[:, 1] + np.sin(3 * X[:, 2])
LABELS = np.where(SCORE > 0.3, "high", np.where(SCORE < -0.3, "low", "middle"))
EVERY = [BoostRegressor, XGBRegressor, LGBMRegressor]
EVERY_CLASSIFIER = [BoostClassifier, XGBClassifier, LGBMClassifier]
EVERY_RANKER = [BoostRanker, XGBRanker, LGBMRanker]


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("cls", EVERY)
def test_quantities_are_learned(cls):
    assert cls().fit(X, SCORE).score(X, SCORE) > 0.9


@pytest.mark.parametrize("cls", EVERY_CLASSIFIER)
def test_any_labels_are_classes(cls):
    model = cls().fit(X, LABELS)
    assert list(model.classes_) == ["high", "low", "middle"] and model.score(X, LABELS) > 0.9
    close(model.predict_proba(X).sum(axis=1), 1)
    assert model.decision_function(X).shape == (400, 3)
    two = cls().fit(X, SCORE > 0)
    close(1 / (1 + np.exp(-two.decision_function(X))), two.predict_proba(X)[:, 1])


@pytest.mark.parametrize("cls", EVERY_RANKER)
def test_queries_are_ordered(cls):
    grades = np.digitize(SCORE, [-1.0, 0.0, 1.0])
    by_size = cls(random_state=0).fit(X, grades, group=[40] * 10)
    by_name = cls(random_state=0).fit(X, grades, qid=np.repeat(np.arange(10), 40))
    np.testing.assert_array_equal(by_size.predict(X), by_name.predict(X))
    assert np.corrcoef(by_size.predict(X), SCORE)[0, 1] > 0.5
    for bad in ({"group": [39] * 10}, {"qid": np.arange(400) % 3}, {"group": [400], "qid": [0] * 400}):
        with pytest.raises(ValueError):
            cls().fit(X, grades, **bad)


@pytest.mark.parametrize("cls", EVERY + EVERY_CLASSIFIER)
def test_shapley_values_sum_to_the_score(cls):
    classes = cls in EVERY_CLASSIFIER
    model = cls().fit(X, LABELS if classes else SCORE)
    values = model.shap_values(X, with_mean=True)
    assert model.shap_values(X).shape[1] == 4
    close(values.sum(axis=1), model.decision_function(X) if classes else model.predict(X))


def test_early_stopping_keeps_the_best_round():
    train, rest = (X[:300], LABELS[:300]), (X[300:], LABELS[300:])
    ours = BoostClassifier(rounds=500, early_stopping=10, learning_rate=0.3).fit(*train, eval_set=rest)
    theirs = XGBClassifier(n_estimators=500, early_stopping_rounds=10).fit(*train, eval_set=[rest])
    for model, name in ((ours, "valid"), (theirs, "validation_0")):
        course = next(iter(model.evals_result_[name].values()))
        assert model.n_rounds_ == model.best_iteration_ == np.argmin(course) + 1 < 500
    assert theirs.best_iteration == theirs.best_iteration_ - 1
    with pytest.raises(ValueError, match="eval_set"):
        XGBClassifier(early_stopping_rounds=10).fit(*train)
    with pytest.raises(ValueError, match="another"):
        BoostClassifier().fit(*train, eval_set=(X[300:], ["another"] * 100))


def test_categories_of_frames_are_categories():
    names = np.asarray(["red", "green", "blue", "grey"])[RNG.integers(4, size=400)]
    frame = pd.DataFrame({"colour": pd.Categorical(names), "x": X[:, 0]})
    y = np.isin(names, ["red", "grey"]) + 0.0
    model = BoostRegressor(rounds=50, learning_rate=0.3, subsample=1.0, colsample=1.0).fit(frame, y)
    assert model.score(frame, y) > 0.99 and list(model.feature_names_in_) == ["colour", "x"]


@pytest.mark.parametrize("cls", [XGBRegressor, LGBMRegressor])
def test_foreign_names_and_what_is_not_supported(cls):
    np.testing.assert_array_equal(
        cls(eta=0.2, seed=1).fit(X, SCORE).predict(X), cls(learning_rate=0.2, random_state=1).fit(X, SCORE).predict(X)
    )
    # As the packages do: a name that none of them knows is warned of.
    with pytest.warns(UserWarning, match="nonsense"):
        cls(nonsense=1).fit(X, SCORE)
    assert cls().set_params(eta=0.2).learning_rate == clone(cls(eta=0.2)).learning_rate == 0.2
    with pytest.raises(ValueError, match="objective"):
        cls(objective="nonsense").fit(X, SCORE)


@pytest.mark.parametrize("name, value", [("booster", "gblinear"), ("tree_method", "gpu_hist"),
                                         ("num_parallel_tree", 4), ("device", "cuda"), ("updater", "refresh")])
def test_what_xgboost_has_and_we_have_not_is_said(name, value):
    with pytest.raises(ValueError, match=name):
        XGBRegressor(**{name: value}).fit(X, SCORE)


def test_a_constraint_holds():
    for model in (XGBRegressor(monotone_constraints="(1,0,0,0)"), LGBMRegressor(monotone_constraints=[1, 0, 0, 0]),
                  BoostRegressor(monotone={"x0": 1}, rounds=50)):
        model.fit(X, SCORE)
        line = np.zeros((50, 4))
        line[:, 0] = np.linspace(-2, 2, 50)
        assert (np.diff(model.predict(line)) >= 0).all()


@pytest.mark.parametrize("cls", EVERY_CLASSIFIER + EVERY)
def test_shuffled_rows_and_weights_for_repetitions_change_nothing(cls):
    times = RNG.integers(0, 4, size=400)
    y = LABELS if cls in EVERY_CLASSIFIER else np.round(SCORE, 1)
    shuffled = RNG.permutation(400)
    weighted = cls(random_state=0).fit(X[shuffled], y[shuffled], sample_weight=times[shuffled])
    repeated = cls(random_state=0).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    if cls in EVERY_CLASSIFIER:
        close(weighted.predict_proba(X), repeated.predict_proba(X))
    else:
        close(weighted.predict(X), repeated.predict(X))


# Files of the other packages.


@pytest.mark.parametrize("task", ["quantity", "two", "three"])
def test_models_of_xgboost_predict_the_same(task, tmp_path):
    xgboost = pytest.importorskip("xgboost")
    if task == "quantity":
        theirs = xgboost.XGBRegressor(n_estimators=30).fit(X, SCORE)
        expected = theirs.predict(X)
    else:
        y = (SCORE > 0).astype(int) if task == "two" else np.unique(LABELS, return_inverse=True)[1]
        theirs = xgboost.XGBClassifier(n_estimators=30).fit(X, y)
        expected = theirs.predict_proba(X)
    path = tmp_path / "model.json"
    theirs.get_booster().save_model(path)
    for source in (theirs, theirs.get_booster(), path, str(path), path.read_bytes()):
        ours = from_xgboost(source)
        found = ours.predict(X) if task == "quantity" else ours.predict_proba(X)
        close(found, expected)
    if task != "quantity":
        np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    close(induce.load(path).predict(X), theirs.predict(X))


@pytest.mark.parametrize("task", ["quantity", "two", "three"])
def test_models_of_lightgbm_predict_the_same(task, tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    if task == "quantity":
        theirs = lightgbm.LGBMRegressor(n_estimators=30, verbose=-1).fit(X, SCORE)
        expected = theirs.predict(X)
    else:
        y = (SCORE > 0).astype(int) if task == "two" else np.unique(LABELS, return_inverse=True)[1]
        theirs = lightgbm.LGBMClassifier(n_estimators=30, verbose=-1).fit(X, y)
        expected = theirs.predict_proba(X)
    path = tmp_path / "model.txt"
    theirs.booster_.save_model(path)
    for source in (theirs, theirs.booster_, path, path.read_text(), path.read_bytes()):
        ours = from_lightgbm(source)
        close(ours.predict(X) if task == "quantity" else ours.predict_proba(X), expected)


@pytest.mark.parametrize("format", ["json", "ubj"])
@pytest.mark.parametrize("cls", EVERY + EVERY_CLASSIFIER)
def test_xgboost_opens_what_we_write(cls, format):
    xgboost = pytest.importorskip("xgboost")
    classes = cls in EVERY_CLASSIFIER
    ours = cls().fit(X.astype(np.float32), LABELS if classes else SCORE)
    theirs = xgboost.Booster()
    theirs.load_model(bytearray(to_xgboost(ours, format)))
    found = theirs.predict(xgboost.DMatrix(X.astype(np.float32), feature_names=theirs.feature_names))
    np.testing.assert_allclose(found, ours.predict_proba(X.astype(np.float32)) if classes else
                               ours.predict(X.astype(np.float32)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cls", EVERY + EVERY_CLASSIFIER)
def test_lightgbm_opens_what_we_write(cls):
    lightgbm = pytest.importorskip("lightgbm")
    classes = cls in EVERY_CLASSIFIER
    ours = cls().fit(X, LABELS if classes else SCORE)
    theirs = lightgbm.Booster(model_str=to_lightgbm(ours))
    close(theirs.predict(X), ours.predict_proba(X) if classes else ours.predict(X))


@pytest.mark.parametrize("opened", [from_xgboost, from_lightgbm])
@pytest.mark.parametrize("content", [b"", b"{}", b"tree\nversion=v4\n", b'{"learner": {}}', b"\xff" * 64])
def test_broken_files_are_refused(opened, content, tmp_path):
    with pytest.raises(ValueError):
        opened(content)
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "nowhere")

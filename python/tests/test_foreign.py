"""What a user writes who has changed one import: options of XGBoost's and LightGBM's estimators, and their answers.

Each stands for a report; judges are the packages themselves, where they are installed.
"""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression

from induce.boost import (
    LGBMClassifier,
    LGBMRanker,
    LGBMRegressor,
    XGBClassifier,
    XGBRanker,
    XGBRegressor,
    from_xgboost,
    to_xgboost,
)
from induce.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier

X, Y = make_classification(400, 8, n_informative=5, random_state=0)
X3, Y3 = make_classification(600, 8, n_informative=5, n_classes=3, random_state=0)
XR, YR = make_regression(400, 8, noise=10, random_state=0)


def close(a, b, tolerance=1e-6):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


# Parameters.


@pytest.mark.parametrize("base", [XGBClassifier, LGBMClassifier, GradientBoostingClassifier])
def test_clone_of_a_subclass_keeps_all_parameters(base):
    """With `**kwargs` in a user's constructor, `clone` silently fell back to the defaults of all others."""

    class Own(base):
        def __init__(self, extra=1, **kwargs):
            self.extra = extra
            super().__init__(**kwargs)

    own = clone(Own(extra=2, n_estimators=5, max_depth=2)).fit(X, Y)
    assert own.extra == 2 and own.max_depth == 2 and own.n_rounds_ == 5
    assert {"extra", "learning_rate"} <= set(own.get_params())


def test_verbose_below_one_is_silent(capsys):
    for verbose in (-1, 0, False, None):
        LGBMClassifier(n_estimators=3, verbose=verbose).fit(X, Y)
    assert capsys.readouterr() == ("", "")


def test_what_changes_no_number_is_taken_and_what_does_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LGBMClassifier(n_estimators=2, force_col_wise=True, deterministic=True, device="cpu", extra_trees=False).fit(X, Y)
        XGBClassifier(n_estimators=2, use_label_encoder=False, predictor="auto").fit(X, Y)
    for name, value in {"bagging_seed": 3, "nonsense": 1}.items():
        with pytest.warns(UserWarning, match=name):
            LGBMClassifier(n_estimators=2, **{name: value}).fit(X, Y)
    for name, value in {"extra_trees": True, "linear_tree": True, "device": "gpu", "zero_as_missing": True}.items():
        with pytest.raises(ValueError, match=name):
            LGBMClassifier(**{name: value}).fit(X, Y)
    with pytest.raises(ValueError, match="updater"):
        XGBClassifier(updater="refresh").fit(X, Y)


def test_rare_classes_are_weighted_as_lightgbm_does_it():
    lightgbm = pytest.importorskip("lightgbm")
    rare = (np.arange(400) % 10 == 0).astype(int)
    for options in ({"is_unbalance": True}, {"scale_pos_weight": 4.0}):
        # They begin at another constant, which many rounds make good.
        options = {"n_estimators": 60, "num_leaves": 4, **options}
        ours = LGBMClassifier(**options).fit(X, rare).predict_proba(X)[:, 1]
        theirs = lightgbm.LGBMClassifier(**options, verbose=-1).fit(X, rare).predict_proba(X)[:, 1]
        plain = LGBMClassifier(n_estimators=60, num_leaves=4).fit(X, rare).predict_proba(X)[:, 1]
        assert abs(ours.mean() - theirs.mean()) < 0.2 * abs(theirs.mean() - plain.mean())


@pytest.mark.parametrize("name, ours", [("xgboost", XGBClassifier), ("sklearn", HistGradientBoostingClassifier)])
def test_steps_of_several_classes_are_those_of_the_namesake(name, ours):
    """Curvatures were K / (K - 1) p (1 - p), where XGBoost takes 2 p (1 - p) and scikit-learn p (1 - p)."""
    X, y = make_classification(3000, 10, n_informative=7, n_redundant=0, n_classes=5, random_state=0)
    if name == "xgboost":
        theirs = pytest.importorskip("xgboost").XGBClassifier
        options = {"n_estimators": 1, "max_depth": 3}
    else:
        from sklearn.ensemble import HistGradientBoostingClassifier as theirs

        options = {"max_iter": 1, "max_depth": 3, "early_stopping": False, "random_state": 0}
    a, b = (np.log(cls(**options).fit(X, y).predict_proba(X)) for cls in (theirs, ours))
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    assert abs((a * b).sum() / (a * a).sum() - 1) < 0.1


def test_a_mean_to_begin_at():
    for model, data in ((XGBRegressor(n_estimators=1, base_score=3.0, learning_rate=1e-9), (XR, YR)),
                        (XGBClassifier(n_estimators=1, base_score=0.2, learning_rate=1e-9), (X, Y))):
        predicted = model.fit(*data).predict(X) if model.base_score > 1 else model.fit(*data).predict_proba(X)[:, 1]
        close(predicted, model.base_score)
        again = pickle.loads(pickle.dumps(model))
        close(again.predict(X), model.predict(X))


def test_another_number_may_stand_for_a_missing_value():
    holes = np.where(np.random.default_rng(0).random(XR.shape) < 0.1, np.nan, XR)
    marked = np.nan_to_num(holes, nan=-999.0)
    expected = XGBRegressor(n_estimators=5).fit(holes, YR).predict(holes)
    np.testing.assert_array_equal(XGBRegressor(n_estimators=5, missing=-999).fit(marked, YR).predict(marked), expected)


# Rows that are judged.


@pytest.mark.parametrize("metric", ["logloss", "error", "auc", "aucpr", "error@0.7"])
def test_metrics_of_xgboost_are_its_own(metric):
    xgboost = pytest.importorskip("xgboost")
    ours = XGBClassifier(n_estimators=4, eval_metric=metric).fit(X[:300], Y[:300], eval_set=[(X[300:], Y[300:])], verbose=False)
    booster = xgboost.Booster()
    booster.load_model(bytearray(to_xgboost(ours)))
    booster.set_param({"eval_metric": metric, "disable_default_eval_metric": True})
    said = booster.eval(xgboost.DMatrix(X[300:], label=Y[300:]))
    close(ours.evals_result()["validation_0"][metric][-1], float(said.rpartition(":")[2]), 1e-5)


@pytest.mark.parametrize("metric", ["l1", "l2", "rmse", "mape", "huber", "quantile", "fair"])
def test_metrics_of_lightgbm_are_its_own(metric):
    lightgbm = pytest.importorskip("lightgbm")
    train, test = (XR[:300], YR[:300]), (XR[300:], YR[300:])
    options = {"n_estimators": 3, "metric": metric, "num_leaves": 4}
    ours = LGBMRegressor(**options).fit(*train, eval_set=[test])
    theirs = lightgbm.LGBMRegressor(**options, verbose=-1).fit(*train, eval_set=[test])
    close(ours.evals_result_["valid_0"][metric], theirs.evals_result_["valid_0"][metric], 0.02)


def test_several_sets_metrics_and_callables():
    def half(y, f):
        return 0.5

    def own(y, f):
        return [("zero", 0.0, False), ("count", float(len(y)), True)]

    sets = [(X[:300], Y[:300]), (X[300:], Y[300:])]
    model = XGBClassifier(n_estimators=3, eval_metric=["auc", half]).fit(*sets[0], eval_set=sets, verbose=False)
    assert {name: list(own) for name, own in model.evals_result().items()} == dict.fromkeys(
        ("validation_0", "validation_1"), ["auc", "half"]
    )
    model = LGBMClassifier(n_estimators=3).fit(*sets[0], eval_set=sets, eval_metric=["auc", own], eval_names=["a", "b"])
    assert list(model.evals_result_["b"]) == ["auc", "binary_logloss", "zero", "count"]
    assert model.best_score_["b"]["count"] == 100
    weights = np.linspace(0, 1, 100)
    weighted = XGBClassifier(n_estimators=3).fit(*sets[0], eval_set=sets[1:], sample_weight_eval_set=[weights], verbose=False)
    assert weighted.evals_result()["validation_0"]["logloss"] != model.evals_result_["b"]["binary_logloss"]
    with pytest.raises(ValueError, match="sample_weight_eval_set"):
        XGBClassifier().fit(*sets[0], eval_set=sets, sample_weight_eval_set=[weights])


def test_the_values_are_printed_as_xgboost_prints_them(capsys):
    XGBRegressor(n_estimators=3).fit(XR, YR, eval_set=[(XR, YR)])
    lines = capsys.readouterr().out.strip().split("\n")
    assert len(lines) == 3 and lines[0].startswith("[0]\tvalidation_0-rmse:")
    XGBRegressor(n_estimators=3).fit(XR, YR, eval_set=[(XR, YR)], verbose=False)
    assert not capsys.readouterr().out


def test_early_stopping_by_any_metric_and_by_callbacks():
    train, test = (X[:300], Y[:300]), (X[300:], Y[300:])
    model = XGBClassifier(n_estimators=300, eval_metric=["error", "auc"], early_stopping_rounds=5)
    model.fit(*train, eval_set=[test], verbose=False)
    course = model.evals_result()["validation_0"]["auc"]
    assert model.best_iteration == int(np.argmax(course)) == model.get_booster().num_boosted_rounds() - 1 < 299
    assert model.best_score == max(course)
    lightgbm = pytest.importorskip("lightgbm")
    seen = {}
    callbacks = [lightgbm.early_stopping(5, verbose=False), lightgbm.record_evaluation(seen)]
    model = LGBMClassifier(n_estimators=300).fit(*train, eval_set=[test], eval_metric="auc", callbacks=callbacks)
    assert model.best_iteration_ == model.n_estimators_ < 300 and seen["valid_0"]["auc"] == model.evals_result_["valid_0"]["auc"]
    with pytest.raises(ValueError, match="round to round"):
        LGBMClassifier().fit(*train, callbacks=[lightgbm.reset_parameter(learning_rate=[0.1] * 100)])
    xgboost = pytest.importorskip("xgboost")
    stop = xgboost.callback.EarlyStopping(rounds=5)
    model = XGBClassifier(n_estimators=300, callbacks=[stop]).fit(*train, eval_set=[test], verbose=False)
    assert model.best_iteration < 299


def test_a_fit_goes_on_from_a_model_or_from_scores(tmp_path):
    begun = XGBRegressor(n_estimators=5).fit(XR, YR)
    begun.save_model(tmp_path / "m.json")
    whole = XGBRegressor(n_estimators=10).fit(XR, YR).predict(XR)
    for given in (begun, str(tmp_path / "m.json"), begun.get_booster()):
        close(XGBRegressor(n_estimators=5).fit(XR, YR, xgb_model=given).predict(XR), whole, 1e-3)
    close(LGBMRegressor(n_estimators=5).fit(XR, YR, init_model=LGBMRegressor(n_estimators=5).fit(XR, YR)).predict(XR),
          LGBMRegressor(n_estimators=10).fit(XR, YR).predict(XR), 1e-3)
    margin = begun.predict(XR, output_margin=True)
    on_top = XGBRegressor(n_estimators=5).fit(XR, YR, base_margin=margin)
    assert np.abs(on_top.predict(XR, base_margin=margin) - YR).mean() < np.abs(begun.predict(XR) - YR).mean()


@pytest.mark.parametrize("kind", ["list", "floats", "nested", "array", "series", "arrow", "chunked", "polars"])
def test_sizes_of_queries_come_in_any_container(kind):
    """`group` was refused as a list of floats, a nested list, an Arrow array, a series of polars."""
    pandas, polars, arrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    sizes = [40] * 10
    given = {"list": sizes, "floats": [40.0] * 10, "nested": [[40]] * 10, "array": np.asarray(sizes),
             "series": pandas.Series(sizes), "arrow": arrow.array(sizes), "chunked": arrow.chunked_array([sizes]),
             "polars": polars.Series(sizes)}[kind]
    grades = np.digitize(YR, np.quantile(YR, [0.5, 0.8]))
    model = LGBMRanker(n_estimators=3).fit(XR, grades, group=given, eval_set=[(XR, grades)], eval_group=[given], eval_at=[3])
    assert list(model.evals_result_["training"]) == ["ndcg@3"] and model.predict(XR).shape == (400,)
    with pytest.raises(ValueError, match="sum to the number of rows, 400, not 399"):
        XGBRanker().fit(XR, grades, group=[399])


def test_queries_in_a_column_of_the_frame():
    pandas = pytest.importorskip("pandas")
    grades = np.digitize(YR, np.quantile(YR, [0.5, 0.8]))
    frame = pandas.DataFrame(XR, columns=[f"c{j}" for j in range(8)]).assign(qid=np.repeat(np.arange(10), 40))
    model = XGBRanker(n_estimators=3).fit(frame, grades)
    np.testing.assert_array_equal(model.predict(frame), XGBRanker(n_estimators=3).fit(
        frame.drop(columns="qid"), grades, qid=frame["qid"]).predict(frame))
    assert 0 < model.score(frame, grades) <= 1


def test_categories_of_an_array_by_number():
    own = np.c_[np.arange(400) % 5, X[:, 1:]]
    y = np.isin(np.arange(400) % 5, [1, 3]).astype(int)
    assert LGBMClassifier(n_estimators=5, num_leaves=2, learning_rate=1.0).fit(own, y, categorical_feature=[0]).score(own, y) == 1
    kinds = ["c"] + ["q"] * 7
    assert XGBClassifier(n_estimators=5, max_depth=1, max_cat_to_onehot=1, feature_types=kinds).fit(own, y).score(own, y) == 1


# What they answer.


def test_options_of_predictions():
    two, three, value = (XGBClassifier(n_estimators=5).fit(*data) for data in ((X, Y), (X3, Y3))), None, None
    for model, rows in zip(two, (X, X3)):
        margin = model.predict(rows, output_margin=True)
        close(margin, model.decision_function(rows))
        close(model.predict_proba(rows, iteration_range=(0, 5)), model.predict_proba(rows))
        first, rest = (model.predict(rows, output_margin=True, iteration_range=own) for own in ((0, 2), (2, 0)))
        start = model.predict(rows, output_margin=True, iteration_range=(0, 1)) * 0 + model.decision_function(rows) * 0
        start = first + rest - margin + start
        close(start, np.broadcast_to(start[:1], start.shape), 1e-5)
        assert model.apply(rows).shape == (len(rows), 5 * model.model_.outputs)
    for model, rows in ((LGBMClassifier(n_estimators=5).fit(X, Y), X), (LGBMClassifier(n_estimators=5).fit(X3, Y3), X3)):
        raw = model.predict(rows, raw_score=True)
        outputs = model.model_.outputs
        contributions = model.predict(rows, pred_contrib=True)
        assert contributions.shape == (len(rows), 9 * outputs)
        close(contributions.reshape(len(rows), outputs, 9).sum(axis=2).reshape(raw.shape), raw)
        assert model.predict(rows, pred_leaf=True).shape == (len(rows), 5 * outputs)
        close(model.predict_proba(rows, num_iteration=5), model.predict_proba(rows))
        assert np.abs(model.predict_proba(rows, num_iteration=2) - model.predict_proba(rows)).max() > 0.01
    with pytest.raises(TypeError, match="nonsense"):
        model.predict(rows, nonsense=1)


def test_results_by_their_names(tmp_path):
    model = XGBClassifier(n_estimators=4).fit(X, Y)
    booster = model.get_booster()
    assert booster.feature_names is None and set(booster.get_score()) <= {f"f{j}" for j in range(8)}
    assert sum(booster.get_score(importance_type="total_cover").values()) > 0
    for kind in ("weight", "gain", "cover", "total_gain", "total_cover"):
        model.set_params(importance_type=kind)
        close(model.feature_importances_.sum(), 1)
    for name in ("m.json", "m.ubj"):
        model.save_model(tmp_path / name)
        other = XGBClassifier()
        other.load_model(tmp_path / name)
        close(other.predict_proba(X), model.predict_proba(X), 1e-5)
    assert "n_estimators" not in model.get_xgb_params() and model.get_params()["objective"] == "binary:logistic"
    light = LGBMClassifier(n_estimators=4).fit(X, Y)
    assert light.booster_.num_trees() == light.n_estimators_ == light.n_iter_ == 4 and light.n_classes_ == 2
    assert light.feature_name_[0] == "Column_0" and light.objective_ == "binary" and light.n_features_ == 8
    close(light.booster_.predict(X), light.predict_proba(X)[:, 1])
    with pytest.raises(ValueError, match="eval_set"):
        model.evals_result()


def test_xgboost_opens_what_was_fitted_to_an_array():
    """The file called the columns x0, x1, ..., and XGBoost refused the very array it was trained on."""
    xgboost = pytest.importorskip("xgboost")
    model = XGBClassifier(n_estimators=3).fit(X, Y)
    booster = xgboost.Booster()
    booster.load_model(bytearray(to_xgboost(model)))
    close(booster.predict(xgboost.DMatrix(X)), model.predict_proba(X)[:, 1], 1e-5)


def test_several_quantiles_are_columns(tmp_path):
    """A model of XGBoost with two quantiles predicted twice as many rows."""
    xgboost = pytest.importorskip("xgboost")
    theirs = xgboost.XGBRegressor(n_estimators=3, objective="reg:quantileerror", quantile_alpha=[0.1, 0.9]).fit(XR, YR)
    ours = from_xgboost(theirs)
    assert ours.predict(XR).shape == (400, 2)
    close(ours.predict(XR), theirs.predict(XR), 1e-4)


def test_one_class_is_predicted():
    for cls in (LGBMClassifier, HistGradientBoostingClassifier, XGBClassifier):
        model = cls().fit(X, np.full(400, "only"))
        assert (model.predict(X) == "only").all() and (model.predict_proba(X) == 1).all()

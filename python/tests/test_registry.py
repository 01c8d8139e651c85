"""Every model of the registry has its class, and every class its model."""

import importlib
import inspect
import json

import numpy as np
import pytest

import induce
from induce import _native
from induce._language import ELSEWHERE
from induce._registry import CLASSES, class_of, every_estimator, every_language_model
from induce.boost import BoostClassifier, BoostRanker, BoostRegressor

#: Models of ratings, whose users and items are no features: `test_recommend.py`.
RATINGS = {"mf", "gcmc"}
#: Models that learn a target from rows; those of images alone have classes of their own, or none yet.
ROWS = [(kind, task) for kind, about in _native.models().items() if about["input"] == "tables" and kind not in RATINGS for task in about["tasks"]]


def said_by(estimator):
    """What a fitted model says of rows: predictions, or what it makes of them."""
    return getattr(estimator, "predict", None) or estimator.transform


@pytest.mark.parametrize("kind, task", ROWS)
def test_every_model_has_a_class(kind, task):
    if task not in CLASSES.get(kind, {}):
        pytest.fail(f"the registry's `{kind}` for {task} has no class: add one to `induce/_registry.py`")
    assert class_of(kind, task)._kind == kind


@pytest.mark.parametrize("cls", every_estimator(), ids=lambda cls: cls.__name__)
def test_every_class_is_documented(cls):
    assert "Parameters" in cls.__doc__, cls
    assert cls.fit.__doc__ and said_by(cls).__doc__


@pytest.mark.parametrize("cls", every_estimator(), ids=lambda cls: cls.__name__)
def test_saved_and_loaded_is_the_same(cls, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    y = X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=80)
    if cls._kind == "lda":
        X = np.abs(X)
    y = (y > 0).astype(int) if cls._task == "classification" else np.exp(0.3 * y)
    model = cls()
    if cls._task == "ranking":
        model.fit(X, (y > 1).astype(float), group=[40, 40])
    else:
        model.fit(X, y)
    model.save(tmp_path / "model.safetensors")
    again = induce.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(said_by(again)(X), said_by(model)(X))


@pytest.mark.parametrize("cls", every_language_model(), ids=lambda cls: cls.__name__)
def test_language_models_have_the_settings_of_the_registry(cls):
    own = {name: value for name, value in cls().get_params().items() if name not in ELSEWHERE}
    settings = _native.models()[cls._kind]["settings"]
    assert own == {name: json.loads(default) for name, default, _, _ in settings}
    assert all(type(own[name]) is type(json.loads(default)) for name, default, _, _ in settings)
    assert cls.__name__ in importlib.import_module("induce.language").__all__


@pytest.mark.parametrize("cls", every_language_model(), ids=lambda cls: cls.__name__)
def test_language_models_are_documented(cls):
    for method in [cls, *(value for name, value in inspect.getmembers(cls, inspect.isfunction) if name[0] != "_")]:
        assert method.__doc__, method
    for name in cls().get_params():
        assert f"    {name} : " in cls.__doc__ and "Examples" in cls.__doc__
    for name, _, _, sentence in _native.models()[cls._kind]["settings"]:
        assert sentence in cls.__doc__, name


#: What is called otherwise in Python, and what Python says in another way.
OTHERWISE = {"lambda": "lam", "class_weight": None}


@pytest.mark.parametrize("cls", [BoostRegressor, BoostClassifier, BoostRanker], ids=lambda cls: cls.__name__)
def test_boosted_trees_have_the_settings_of_the_registry(cls):
    own = cls().get_params()
    for name, default, _, sentence in _native.models()["boost"]["settings"]:
        name, default = OTHERWISE.get(name, name), json.loads(default)
        if name is None:
            continue
        assert own[name] == (default or own[name] if isinstance(default, (dict, list)) else default), name
        assert f"    {name} : " in cls.__doc__ and sentence in cls.__doc__, name


@pytest.mark.parametrize("cls", [*every_language_model(), BoostRegressor, BoostClassifier], ids=lambda cls: cls.__name__)
def test_earlier_names_are_taken_with_a_warning(cls):
    for old, new in _native.models()[cls._kind]["aliases"].items():
        value = cls().get_params()[new]
        with pytest.warns(DeprecationWarning, match=f"'{old}' .* '{new}'"):
            assert cls(**{old: value}).get_params() == cls().get_params()
        with pytest.warns(DeprecationWarning, match=f"'{old}' .* '{new}'"):
            assert cls().set_params(**{old: value}).get_params() == cls().get_params()
        with pytest.raises(TypeError, match="both"):
            cls(**{old: value, new: value})

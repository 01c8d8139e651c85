"""Models of ratings: pairs, lists, tables beside them, files, and mistakes."""

import inspect
import json
import pickle
import subprocess
import warnings

import numpy as np
import pytest

import induce
from induce import _native
from induce._compat import NotFittedError
from induce._fitted import ELSEWHERE
from induce.recommend import GCMC, MatrixFactorization

EVERY = [MatrixFactorization, GCMC]
SMALL = {GCMC: {"hidden": 40, "embedding": 10, "epochs": 400, "dropout": 0.3}, MatrixFactorization: {"factors": 3}}


def ratings(seed=0, users=60, items=40, share=0.5):
    """Ratings from 1 to 5 by two tastes: who rated what, and how."""
    rng = np.random.default_rng(seed)
    taste, kind = np.arange(users) % 2, np.arange(items) % 2
    chosen = np.argwhere(rng.random((users, items)) < share)
    mean = np.where(taste[chosen[:, 0]] == kind[chosen[:, 1]], 4.3, 1.7)
    return chosen[:, 0], chosen[:, 1], np.clip(np.rint(mean + 0.5 * rng.normal(size=len(chosen))), 1, 5)


U, I, R = ratings()
KNOWN = np.arange(len(U)) % 5 != 0


def small(cls, **more):
    return cls(**{**SMALL[cls], **more})


@pytest.fixture(scope="module", params=EVERY, ids=lambda cls: cls.__name__)
def model(request):
    return small(request.param).fit(U[KNOWN], I[KNOWN], R[KNOWN])


def test_settings_are_those_of_the_registry():
    for cls in EVERY:
        own = {name: value for name, value in cls().get_params().items() if name not in ELSEWHERE}
        settings = {name: json.loads(default) for name, default, *_ in _native.models()[cls._kind]["settings"]}
        assert own == {name: value for name, value in settings.items() if name not in ("user", "item")}
        for method in [cls, *(value for name, value in inspect.getmembers(cls, inspect.isfunction) if name[0] != "_")]:
            assert method.__doc__, method
        for name in cls().get_params():
            assert f"    {name} : " in cls.__doc__


def test_ratings_are_foretold(model):
    found = model.evaluate(U[~KNOWN], I[~KNOWN], R[~KNOWN])
    assert found["rmse"].value < 0.75 and {"recall@10", "ndcg@10"} <= found.keys()
    assert model.score(U[~KNOWN], I[~KNOWN], R[~KNOWN]) == found["r2"].value > 0.6
    error = model.predict(U[~KNOWN], I[~KNOWN]) - R[~KNOWN]
    assert np.isclose(np.sqrt(np.mean(error**2)), found["rmse"].value)


def test_lists_are_the_best_of_what_is_not_rated(model):
    lists = model.recommend([3, 0, 3], top=4)
    assert list(lists) == [3, 0]
    for user, own in lists.items():
        rated = set(I[KNOWN][U[KNOWN] == user].tolist())
        assert len(own) == 4 and not rated & {item for item, _ in own}
        every = [item for item in range(40) if item not in rated]
        best = sorted(model.predict([user] * len(every), every), reverse=True)[:4]
        assert np.allclose([value for _, value in own], best)
        assert all(isinstance(item, int) for item, _ in own)


def test_the_unknown_is_rated_and_said(model):
    assert np.isfinite(model.predict([999, 0], [0, 999])).all()
    with pytest.warns(UserWarning, match="1 user had no rating in training, such as `999`"):
        assert len(model.recommend([999], top=2)[999]) == 2


def test_files_and_pickles_keep_a_model(model, tmp_path):
    said = model.predict(U, I)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(U, I), said)
    model.save(tmp_path / "m.induce")
    opened = induce.load(tmp_path / "m.induce")
    assert type(opened) is type(model) and opened.get_params() == model.get_params()
    assert np.array_equal(opened.predict(U, I), said)
    # A file knows texts.
    assert [name for name, _ in opened.recommend([0], top=2)[0]] == [str(name) for name, _ in model.recommend([0], top=2)[0]]


def test_names_of_any_type_are_the_same_ratings():
    one = small(MatrixFactorization).fit(U, I, R).predict(U, I)
    texts = [f"u{own}" for own in U]
    two = small(MatrixFactorization).fit(texts, I.astype(float), R.tolist())
    assert np.allclose(two.predict(texts, I), one, atol=1e-9)


def test_how_sure_a_rating_is():
    model = small(MatrixFactorization).fit(U[KNOWN], I[KNOWN], R[KNOWN])
    low, high = model.predict_interval(U[~KNOWN], I[~KNOWN], coverage=0.9)
    inside = np.mean((low <= R[~KNOWN]) & (R[~KNOWN] <= high))
    assert 0.8 < inside < 0.99 and (low < high).all()
    with pytest.raises(ValueError, match="coverage"):
        model.predict_interval(U, I, coverage=1.5)


def test_what_is_known_of_users_and_items_is_read():
    taste = {"user": np.arange(60), "taste": np.array(["a", "b"] * 30)}
    kind = {"name": np.arange(40), "kind": np.arange(40) % 2}
    few = KNOWN & (np.arange(len(U)) % 4 == 0)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = small(GCMC).fit(U[few], I[few], R[few], user_features=taste, item_features=kind)
    assert any("`name` of their table is taken for `item`" in str(one.message) for one in said)
    bare = small(GCMC).fit(U[few], I[few], R[few])
    assert model.score(U[~KNOWN], I[~KNOWN], R[~KNOWN]) > bare.score(U[~KNOWN], I[~KNOWN], R[~KNOWN])
    pandas = pytest.importorskip("pandas")
    frames = small(GCMC).fit(U[few], I[few], R[few], user_features=pandas.DataFrame(taste), item_features=pandas.DataFrame(kind))
    assert np.array_equal(frames.predict(U, I), model.predict(U, I))
    with pytest.raises(ValueError, match="is of type ndarray"):
        small(GCMC).fit(U, I, R, user_features=np.ones((60, 2)))
    # Strangers are rated by what is known of them.
    who = {"user": ["new a", "new b"], "taste": ["a", "b"]}
    with pytest.warns(UserWarning, match="by what the table says of them"):
        lists = model.recommend(["new a", "new b"], top=3, user_features=who)
    assert {item % 2 for item, _ in lists["new a"]} != {item % 2 for item, _ in lists["new b"]}
    item, score = lists["new b"][0]
    assert model.predict(["new b"], [item], user_features=who) == pytest.approx([score], abs=1e-6)
    with pytest.warns(UserWarning, match="rated best by all"):
        alike = model.recommend(["new a", "new b"], top=3)
    assert alike["new a"] == alike["new b"]


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_mistakes_are_explained(cls):
    with pytest.raises(NotFittedError):
        cls().predict([1], [1])
    for users, items, values, match in [
        (U, I[:-1], R, "users and"),
        (U, I, R[:-1], "ratings have the shape"),
        (U, I, np.full(len(U), np.nan), "NaN"),
        ([], [], [], "no pairs"),
        ([None], [1], [1.0], "None"),
        ([[1]], [1], [1.0], "no column"),
    ]:
        with pytest.raises(ValueError, match=match):
            small(cls).fit(users, items, values)
    with pytest.raises(ValueError, match="top == 0"):
        small(cls, **({"epochs": 2} if cls is GCMC else {})).fit(U, I, R).recommend([1], top=0)


def test_the_command_line_opens_what_python_saves(tmp_path):
    model = small(MatrixFactorization).fit(U, I, R)
    model.save(tmp_path / "m.induce")
    (tmp_path / "asked.csv").write_text("user,item\n1,2\n3,4\n")
    try:
        done = subprocess.run(["induce", "predict", "m.induce", "asked.csv"], cwd=tmp_path, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        pytest.skip("the command line is not there")
    found = [float(line.rsplit(",", 1)[1]) for line in done.stdout.split()[1:]]
    assert np.allclose(found, model.predict([1, 3], [2, 4]))

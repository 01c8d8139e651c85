"""Auto-encoders of images: what they learn, what they answer, and what they refuse."""

import importlib
import json
import os
import pickle
import subprocess

import numpy as np
import pytest

import induce
from induce import _native
from induce._compat import NotFittedError
from induce._images import ELSEWHERE
from induce._registry import every_auto_encoder
from induce.latent import DVAE, IWAE, JVI, VAE, VQVAE, AutoEncoder, TableVAE
from induce.neural_network import CNNClassifier, GraphCNNClassifier

RNG = np.random.default_rng(0)
#: Bars: one bright row or column of six.
BARS = np.zeros((60, 6, 6), dtype=np.uint8)
for i, image in enumerate(BARS):
    bar = i % 12
    if bar < 6:
        image[bar] = 255
    else:
        image[:, bar - 6] = 255

SMALL = {"latent": 3, "hidden": 24, "epochs": 60, "batch": 20, "learning_rate": 0.01}
WITH_DENSITY = [VAE, IWAE, JVI]


@pytest.mark.parametrize("cls", every_auto_encoder(), ids=lambda cls: cls.__name__)
def test_settings_are_those_of_the_registry(cls):
    own = {name: list(value) if isinstance(value, tuple) else value for name, value in cls().get_params().items() if name not in ELSEWHERE}
    settings = _native.models()[cls._kind]["settings"]
    assert own == {name: json.loads(default) for name, default, _, _ in settings}
    for name, _, _, sentence in settings:
        assert f"    {name} : " in cls.__doc__ and sentence in cls.__doc__, name
    for name in cls().get_params():
        assert f"    {name} : " in cls.__doc__, name
    assert cls.__name__ in importlib.import_module("induce.latent").__all__


def test_every_model_of_images_has_a_class():
    assert {cls._kind for cls in every_auto_encoder()} >= {"vae", "iwae", "jvi", "autoencoder", "vqvae", "dvae"}


@pytest.mark.parametrize("cls", WITH_DENSITY, ids=lambda cls: cls.__name__)
def test_what_is_learnt_is_better_than_nothing(cls):
    # What JVI maximizes is no bound, and large steps lead it astray.
    careful = {"learning_rate": 0.001, "samples": 32, "clip_norm": 1.0, "epochs": 200} if cls is JVI else {}
    model = cls(**{**SMALL, **careful}).fit(BARS, valid=BARS[:12])
    scores = model.score_samples(BARS)
    # Independent pixels of the right means are worth so many nats.
    shares = BARS.mean(0) / 255
    apart = (shares * np.log(shares) + (1 - shares) * np.log(1 - shares)).sum()
    assert scores.shape == (60,) and np.isclose(model.score(BARS), scores.mean()) and scores.mean() > apart + 1
    noise = RNG.integers(0, 2, size=(60, 6, 6)).astype(np.uint8) * 255
    assert model.score(noise) < model.score(BARS) - 10
    found = model.evaluate(BARS, samples=200)
    assert found["elbo"].low < found["elbo"].value < found["elbo"].high
    assert found["elbo"].value < next(score.value for name, score in found.items() if name.startswith("iwae")) + 1e-9
    drawn = model.sample(7)
    assert drawn.shape == (7, 6, 6) and drawn.dtype == np.uint8
    assert (model.sample(7) == drawn).all() and (model.sample(7, random_state=5) != drawn).any()
    assert model.transform(BARS).shape == (60, 3) and model.image_shape_ == (6, 6, 1) and model.n_parameters_ > 1000
    assert model.fit_report_.outcome in ("exhausted", "converged") and len(model.fit_report_.traces["train"]["loss"]) > 0


def test_an_auto_encoder_has_errors_and_no_density():
    model = AutoEncoder(**{**SMALL, "epochs": 150, "latent": 8}).fit(BARS)
    assert -0.05 < model.score(BARS) <= 0 and model.evaluate(BARS).keys() == {"mse"}
    assert not hasattr(model, "sample") and not hasattr(model, "score_samples")
    with pytest.raises(ValueError, match="no bounds"):
        model.evaluate(BARS, samples=10)
    with pytest.raises(ValueError, match="no density"):
        _native.image_log_density(model.model_, model._asked(BARS))
    with pytest.raises(ValueError, match="no prior"):
        _native.image_samples(model.model_, 3)


def test_images_come_in_many_forms():
    few = {**SMALL, "epochs": 2}
    wanted = VAE(**few).fit(BARS).transform(BARS)
    floats = BARS / 255.0
    for X, more in [
        (floats, {}),
        (floats.astype(np.float32), {}),
        (BARS > 0, {}),
        (BARS.astype(int), {}),
        (BARS[..., np.newaxis], {}),
        (BARS.reshape(60, 36), {"image_shape": (6, 6)}),
        (floats.reshape(60, 36).tolist(), {"image_shape": [6, 6, 1]}),
        (np.asfortranarray(BARS), {}),
    ]:
        model = VAE(**few, **more).fit(X)
        assert np.array_equal(model.transform(X), wanted)
        # Rows of values are enough for a model that knows the size.
        assert np.array_equal(model.transform(BARS.reshape(60, 36)), wanted)
    colours = RNG.integers(0, 256, size=(10, 4, 5, 3)).astype(np.uint8)
    model = VAE(latent=2, hidden=8, epochs=1, likelihood="gaussian").fit(colours)
    assert model.sample(2).shape == (2, 4, 5, 3) and model.image_shape_ == (4, 5, 3)


@pytest.mark.parametrize(
    "X, words",
    [
        (BARS.reshape(60, 36), "say `image_shape`"),
        (BARS.astype(float), "floats from 0 to 255, and from 0 to 1 are images\nhint: divide by 255"),
        (BARS / 255 - 0.5, "floats from -0.5 to 0.5"),
        (BARS.astype(int) + 1, "whole numbers from 1 to 256"),
        (np.where(BARS > 0, np.nan, 0.0), "NaN"),
        (BARS[0, 0], "has the shape"),
        (np.zeros((3, 4, 4, 2), dtype=np.uint8), "2 channels"),
        (np.zeros((0, 4, 4), dtype=np.uint8), "no image"),
        (np.zeros((3, 0, 4), dtype=np.uint8), "0 bytes do not make images|0 x 4"),
        (np.array([["a"]]), "images are bytes"),
        (BARS[0] + 0j, "images are bytes"),
    ],
)
def test_what_is_no_image_is_refused(X, words):
    with pytest.raises(ValueError, match=words):
        VAE(**SMALL).fit(X)


def test_other_sizes_and_wrong_settings():
    model = VAE(**{**SMALL, "epochs": 1}).fit(BARS)
    for ask in (model.transform, model.score, model.evaluate):
        with pytest.raises(ValueError, match="images of 5 x 6 x 1 in X do not fit 6 x 6 x 1"):
            ask(BARS[:, 1:])
        with pytest.raises(ValueError, match="rows of 7 values are no images of 6 x 6 x 1"):
            ask(np.zeros((2, 7), dtype=np.uint8))
    with pytest.raises(ValueError, match="do not fit"):
        VAE(**SMALL).fit(BARS, valid=BARS[:, 1:])
    with pytest.raises(ValueError, match="image_shape is"):
        VAE(image_shape=6).fit(BARS)
    with pytest.raises(ValueError, match="`batch` cannot be 0"):
        VAE(batch=0).fit(BARS)
    with pytest.raises(ValueError, match="`likelihood`|likelihood"):
        VAE(likelihood="poisson").fit(BARS)
    with pytest.raises(ValueError, match="samples"):
        model.evaluate(BARS, samples=0)
    with pytest.raises(ValueError, match="n_samples"):
        model.sample(0)
    for ask in ("transform", "score", "evaluate"):
        with pytest.raises(NotFittedError):
            getattr(VAE(), ask)(BARS)
    with pytest.raises(NotFittedError):
        VAE().sample()


@pytest.mark.parametrize("cls", every_auto_encoder(), ids=lambda cls: cls.__name__)
def test_files_and_pickles(cls, tmp_path):
    small = {"codebook": 8, "width": 4, "channels": 6, "blocks": 1, "learning_rate": 0.01} if cls in (VQVAE, DVAE) else SMALL
    model = cls(**{**small, "epochs": 2}, random_state=3).fit(BARS)
    model.save(tmp_path / "model.induce")
    for again in (induce.load(tmp_path / "model.induce"), pickle.loads(pickle.dumps(model))):
        assert type(again) is cls and np.array_equal(again.transform(BARS), model.transform(BARS))
        assert again.learning_rate == 0.01 and again.image_shape_ == (6, 6, 1)


def test_threads_and_seeds():
    of = lambda **more: VAE(**{**SMALL, "epochs": 3}, **more).fit(BARS).transform(BARS)
    assert np.array_equal(of(n_jobs=1), of(n_jobs=2)) and (of(random_state=1) != of()).any()


def test_callbacks_end_a_fit():
    seen = []
    model = VAE(**SMALL, callbacks=lambda step, metrics: seen.append(step) or len(seen) == 4).fit(BARS)
    assert model.fit_report_.outcome == "stopped" and len(seen) == 4


@pytest.mark.skipif("INDUCE_BINARY" not in os.environ, reason="no binary to compare with")
def test_the_command_line_opens_it(tmp_path):
    model = VAE(**{**SMALL, "epochs": 2}).fit(BARS)
    model.save(tmp_path / "bars.induce")
    shown = subprocess.run([os.environ["INDUCE_BINARY"], "show", "--format", "json", tmp_path / "bars.induce"], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["model"] == "vae"


def rows(n=400):
    """A number that another follows, and a category that says its sign."""
    rng = np.random.default_rng(3)
    a = rng.normal(100, 10, size=n)
    return a, 0.2 * (a - 100) + 0.3 * rng.normal(size=n), np.where(a > 100, "high", "low")


QUICK = {"latent": 2, "hidden": 24, "steps": 1500, "learning_rate": 0.01}


def test_rows_of_arrays_have_densities_draws_and_fillings():
    a, b, _ = rows()
    X = np.column_stack([a, b])
    X[::5, 1] = np.nan
    model = TableVAE(**QUICK).fit(X)
    scores = model.score_samples([[110.0, 2.0], [110.0, -2.0]])
    assert scores[0] > scores[1] + 5 and np.isclose(model.score(X), model.score_samples(X).mean())
    filled = model.impute(X)
    assert filled.shape == X.shape and not np.isnan(filled).any()
    there = ~np.isnan(X)
    np.testing.assert_array_equal(filled[there], X[there])
    assert np.sqrt(np.mean((filled[::5, 1] - 0.2 * (a[::5] - 100)) ** 2)) < 0.4
    one, two = model.impute(X, draw=True, random_state=1), model.impute(X, draw=True, random_state=2)
    assert (one != two).any() and (one == model.impute(X, draw=True, random_state=1)).all()
    drawn = model.sample(2000)
    assert drawn.shape == (2000, 2) and abs(np.corrcoef(drawn.T)[0, 1] - 0.99) < 0.02
    assert model.transform(X).shape == (400, 2) and list(model.get_feature_names_out()) == ["tablevae0", "tablevae1"]
    found = model.evaluate(X, samples=100)
    assert found["elbo"].value < found["iwae_100"].value and model.n_parameters_ > 300


def test_rows_of_frames_keep_their_columns(tmp_path):
    pd = pytest.importorskip("pandas")
    a, b, sign = rows()
    frame = pd.DataFrame({"a": a, "b": b, "sign": pd.Categorical(sign)})
    frame.loc[::5, "b"], frame.loc[::9, "sign"] = np.nan, None
    model = TableVAE(bound="iwae", samples=3, **QUICK).fit(frame)
    filled = model.impute(frame)
    assert list(filled.columns) == ["a", "b", "sign"] and not filled.isna().any().any()
    assert (np.asarray(filled["sign"])[::9] == sign[::9]).mean() > 0.85
    drawn = model.sample(50)
    assert list(drawn.columns) == ["a", "b", "sign"] and set(drawn["sign"]) == {"high", "low"}
    model.save(tmp_path / "rows.induce")
    again = induce.load(tmp_path / "rows.induce")
    assert isinstance(again, TableVAE)
    np.testing.assert_array_equal(again.score_samples(frame), model.score_samples(frame))


def test_what_rows_cannot_be_is_said():
    with pytest.raises(ValueError, match="bound"):
        TableVAE(bound="none").fit(np.zeros((9, 2)))
    model = TableVAE(steps=5, hidden=4, latent=1).fit(np.eye(9))
    with pytest.raises(ValueError, match="9 features"):
        model.score_samples(np.zeros((2, 3)))


@pytest.mark.parametrize("cls", [VQVAE, DVAE], ids=lambda cls: cls.__name__)
def test_images_as_codes(cls, tmp_path):
    model = cls(codebook=8, width=6, channels=(6, 8), blocks=1, epochs=150, batch=20, learning_rate=0.01).fit(np.pad(BARS, ((0, 0), (1, 1), (1, 1))))
    padded = np.pad(BARS, ((0, 0), (1, 1), (1, 1)))
    codes = model.transform(padded)
    assert codes.shape == (60, 4) and set(np.unique(codes)) <= set(range(8))
    found = model.evaluate(padded)
    assert found["codebook_perplexity"].value > 1.5 and found["mse"].value < 0.1
    assert model.sample(5).shape == (5, 8, 8) and model.score_samples(padded).shape == (60,)
    model.save(tmp_path / "codes.induce")
    again = induce.load(tmp_path / "codes.induce")
    assert isinstance(again, cls)
    np.testing.assert_array_equal(again.transform(padded), codes)


def test_a_network_of_images_learns_their_classes(tmp_path):
    y = np.where(np.arange(60) % 12 < 6, "row", "column")
    model = CNNClassifier(channels=(8,), hidden=(16,), epochs=60, batch=20, learning_rate=0.01, dropout=0.0).fit(BARS, y)
    assert model.score(BARS, y) > 0.95 and model.classes_.tolist() == ["column", "row"]
    p = model.predict_proba(BARS)
    assert p.shape == (60, 2) and np.allclose(p.sum(1), 1) and (model.classes_[p.argmax(1)] == model.predict(BARS)).all()
    model.save(tmp_path / "net.induce")
    again = induce.load(tmp_path / "net.induce")
    assert isinstance(again, CNNClassifier)
    np.testing.assert_array_equal(again.predict_proba(BARS), p)
    with pytest.raises(ValueError, match="one class for each"):
        CNNClassifier().fit(BARS, y[:5])


@pytest.mark.parametrize("cls", [CNNClassifier, GraphCNNClassifier], ids=lambda cls: cls.__name__)
def test_networks_of_images_have_the_settings_of_the_registry(cls):
    own = {name: list(value) if isinstance(value, tuple) else value for name, value in cls().get_params().items() if name not in ELSEWHERE}
    settings = _native.models()[cls._kind]["settings"]
    assert own == {name: json.loads(default) for name, default, _, _ in settings}
    assert all(f"    {name} : " in cls.__doc__ and sentence in cls.__doc__ for name, _, _, sentence in settings)


def test_classes_of_images_on_the_graph_of_their_pixels(tmp_path):
    y = np.where(np.arange(60) % 12 < 6, "row", "column")
    model = GraphCNNClassifier(channels=8, order=4, hidden=16, epochs=40, batch=20, learning_rate=0.01, dropout=0.0).fit(BARS, y)
    assert model.score(BARS, y) > 0.9
    model.save(tmp_path / "net.induce")
    again = induce.load(tmp_path / "net.induce")
    assert type(again) is GraphCNNClassifier and again.order == 4
    np.testing.assert_array_equal(again.predict_proba(BARS), model.predict_proba(BARS))

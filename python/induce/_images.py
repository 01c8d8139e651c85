"""What models of images share: from arrays to the native fit, and what a model is asked then."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import FitReport, as_json, seed_of, threads_of
from ._compat import BaseEstimator, check_is_fitted
from ._parameters import FITTING, Renamed, aliases_of
from ._progress import listener_of
from ._ranges import Number, check, check_values
from ._words import spoken
from .metrics import Score

if TYPE_CHECKING:
    from ._typing import ArrayLike, PathLike, Self

#: Parameters that say how a fit goes, not what is learnt.
ELSEWHERE = frozenset({"image_shape", "n_jobs", "random_state", "verbose", "callbacks", "max_time"})


#: What docstrings say of these parameters.
TAKEN = f"""    image_shape : tuple of int, default=None
        (height, width) or (height, width, channels) of images that are given as rows of values; None takes it from arrays of images.
{FITTING}"""


class _Given:
    """Images as the native half takes them."""

    def __init__(self, pixels: np.ndarray, codes: np.ndarray | None = None, classes: list[str] | None = None) -> None:
        self.pixels, self.codes, self.classes = pixels, codes, classes or []


def bytes_of(X: Any, name: str = "X") -> np.ndarray:
    """Values as bytes: as they are, black and white of booleans, or 255 times numbers in [0, 1], rounded."""
    values = np.asarray(X)
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype.kind not in "iuf":
        raise ValueError(f"{name} is of type {values.dtype}, and images are bytes, or floats from 0 to 1")
    if values.size and not np.isfinite(values).all():
        raise ValueError(f"{name} contains NaN or infinity, and every pixel has a value")
    low, high = (values.min(), values.max()) if values.size else (0, 0)
    if values.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise ValueError(f"{name} has whole numbers from {low} to {high}\nhint: bytes are from 0 to 255; divide others into floats from 0 to 1")
        return values.astype(np.uint8)
    if low < 0 or high > 1:
        hint = "divide by 255, or give bytes: `X.astype('uint8')`" if high > 1 and low >= 0 else "scale them into this range"
        raise ValueError(f"{name} has floats from {low:g} to {high:g}, and from 0 to 1 are images\nhint: {hint}")
    return np.rint(values * 255).astype(np.uint8)


def shape_of(given: Any) -> tuple[int, int, int]:
    """A shape that was said: height, width and channels."""
    try:
        lengths = tuple(int(own) for own in given)
    except TypeError:
        lengths = ()
    if len(lengths) not in (2, 3) or min(lengths) < 1 or list(lengths) != [own for own in given]:
        raise ValueError(f"image_shape is {given!r}\nhint: it is (height, width) or (height, width, channels)")
    return lengths if len(lengths) == 3 else (*lengths, 1)  # type: ignore[return-value]


def images_of(X: Any, shape: tuple[int, int, int] | None, name: str = "X") -> np.ndarray:
    """Images as bytes. // (images, height, width, channels)"""
    pixels = bytes_of(X, name)
    if pixels.ndim == 2:
        if shape is None:
            raise ValueError(f"{name} of shape {pixels.shape} does not say how high images are\nhint: reshape it to (n, height, width), or say `image_shape`")
        if pixels.shape[1] != int(np.prod(shape)):
            raise ValueError(f"rows of {pixels.shape[1]} values are no images of {' x '.join(map(str, shape))}")
        pixels = pixels.reshape(-1, *shape)
    elif pixels.ndim == 3:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 4:
        raise ValueError(f"{name} has the shape {pixels.shape}\nhint: images are (n, height, width), (n, height, width, channels) or rows of values")
    if pixels.shape[3] not in (1, 3):
        raise ValueError(f"{name} has {pixels.shape[3]} channels\nhint: 1 is grey and 3 are colours; channels are the last axis")
    if len(pixels) == 0:
        raise ValueError(f"{name} has no image")
    if shape is not None and pixels.shape[1:] != shape:
        raise ValueError(f"images of {' x '.join(map(str, pixels.shape[1:]))} in {name} do not fit {' x '.join(map(str, shape))}")
    return np.ascontiguousarray(pixels)


class ImageModel(Renamed, BaseEstimator):
    """A model of the registry that learns from images."""

    _kind: ClassVar[str] = ""
    _RANGES: ClassVar[dict[str, Any]] = {"max_time": [Number(float, 0.0), None]}

    model_: _native.Model

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = True, True
        return tags

    def _learn(self, X: ArrayLike, targets: tuple[np.ndarray, list[str]] | None = None, valid: ArrayLike | None = None) -> Self:
        """The native fit: of images, with the codes and the names of their classes where these are learnt."""
        check(self)
        shape = None if self.image_shape is None else shape_of(self.image_shape)
        pixels = images_of(X, shape)
        judged = None if valid is None else _Given(images_of(valid, pixels.shape[1:], "valid"))
        settings = {name: value for name, value in self.get_params(deep=False).items() if name not in ELSEWHERE}
        with spoken({}):
            found = _native.fit(
                self._kind,
                as_json(settings),
                _Given(pixels, *(targets or ())),
                valid=judged,
                seed=seed_of(self.random_state),
                threads=threads_of(self.n_jobs),
                time=self.max_time,
                listener=listener_of(self.callbacks, self.verbose, type(self).__name__),
            )
        self.model_, outcome, reason, steps, interrupted, traces = found
        self.fit_report_ = FitReport(outcome, reason, steps, [], traces)
        self.n_features_in_ = int(np.prod(pixels.shape[1:]))
        if interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {reason}")
        return self

    def _opened(self, model: _native.Model, card: Any) -> Any:
        """Take a model that was opened, with the settings it was trained with."""
        self.model_ = model
        known = self.get_params(deep=False).keys() - ELSEWHERE
        today = aliases_of(self._kind)
        settings = {today.get(name, name): value for name, value in json.loads(model.settings).items()}
        self.set_params(**{name: value for name, value in settings.items() if name in known})
        self.fit_report_ = FitReport("converged", "opened from a file", 0, [])
        self.n_features_in_ = int(np.prod(self.image_shape_))
        return self

    # What a fitted model tells of itself.

    def _fitted(self) -> _native.Model:
        check_is_fitted(self, "model_")
        return self.model_

    @property
    def image_shape_(self) -> tuple[int, int, int]:
        """Height, width and channels of images."""
        height, width, channels = json.loads(self._fitted().facts)["image"]
        return height, width, channels

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learnt."""
        return json.loads(self._fitted().facts)["parameters"]

    def _asked(self, X: Any) -> _Given:
        self._fitted()
        return _Given(images_of(X, self.image_shape_))

    def save(self, path: PathLike) -> None:
        """Write the model: a file that `induce.load` and the command line open.

        Parameters
        ----------
        path : str or path-like
        """
        self._fitted().save(os.fspath(path))


class AutoEncoderOfImages(ImageModel):
    """An auto-encoder of the registry: images x, explained by latent variables z."""

    def fit(self, X: ArrayLike, y: Any = None, *, valid: ArrayLike | None = None) -> Self:
        """Learn from images.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        X : array-like of shape (n, height, width), (n, height, width, channels) or (n, height * width * channels)
            Bytes, booleans, or floats from 0 to 1, which become the nearest byte. Of rows of values `image_shape` says the rest. Channels are 1 or 3.
        y : Ignored
        valid : as X, default=None
            Images that the model is judged on as it learns.

        Returns
        -------
        self
        """
        return self._learn(X, valid=valid)

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Means of q(z | x), of the latent variables next to the data, of shape (n, width).

        Parameters
        ----------
        X : array-like
            As in `fit`.
        """
        return _native.image_codes(self._fitted(), self._asked(X), threads_of(self.n_jobs))

    def fit_transform(self, X: ArrayLike, y: Any = None) -> np.ndarray:
        """`fit`, then `transform` of the same images.

        Parameters
        ----------
        X : array-like
        y : Ignored
        """
        return self.fit(X).transform(X)

    def evaluate(self, X: ArrayLike, *, samples: int | None = None) -> dict[str, Score]:
        """The metrics of the model on images, by name, with 95 % intervals over images.

        Parameters
        ----------
        X : array-like
        samples : int, default=None
            Samples of z for each image, by which bounds of ln p(x) are computed: 5000 is what papers take. None is 50.

        Returns
        -------
        dict of str to Score
        """
        check_values("evaluate", {"samples": samples}, {"samples": [Number(int, 1, 10_000_000), None]})
        given = self._asked(X)
        found = _native.image_scores(self._fitted(), given, samples, seed_of(self.random_state), threads_of(self.n_jobs))
        return {name: Score(value, low, high) for name, value, low, high in found}


class DensityOfImages(AutoEncoderOfImages):
    """A model of images that knows how likely they are, and draws new ones."""

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """ln p(x) of every image in nats, by importance sampling with 50 samples: a bound that is nearly reached. Of shape (n,).

        Parameters
        ----------
        X : array-like
        """
        given = self._asked(X)
        return _native.image_log_density(self._fitted(), given, seed_of(self.random_state), threads_of(self.n_jobs))

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """The mean of `score_samples`: nats per image, more is better.

        Parameters
        ----------
        X : array-like
        y : Ignored
        """
        return float(self.score_samples(X).mean())

    def sample(self, n_samples: int = 1, *, random_state: Any = None) -> np.ndarray:
        """Images of latent variables drawn from the prior: means of the decoder, as bytes.

        Parameters
        ----------
        n_samples : int, default=1
        random_state : int, RandomState instance or None, default=None
            None is that of the estimator.

        Returns
        -------
        images : ndarray of shape (n_samples, height, width), or (n_samples, height, width, 3) of colours
        """
        check_values("sample", {"n_samples": n_samples}, {"n_samples": [Number(int, 1, 10_000_000)]})
        seed = seed_of(self.random_state if random_state is None else random_state)
        images = _native.image_samples(self._fitted(), int(n_samples), seed, threads_of(self.n_jobs))
        return images[..., 0] if images.shape[3] == 1 else images


class PointOfImages(AutoEncoderOfImages):
    """A model of images that has no density."""

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Minus the mean squared error of what the decoder makes of codes, of values from 0 to 1: more is better.

        Parameters
        ----------
        X : array-like
        y : Ignored
        """
        return -self.evaluate(X)["mse"].value

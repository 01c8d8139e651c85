"""Metadata routing of scikit-learn, and methods that are there if a member has them."""

from __future__ import annotations

import functools
from typing import Any, Callable

from ._compat import HAS_SKLEARN


def _routing() -> bool:
    if not HAS_SKLEARN:
        return False
    from sklearn import get_config

    return bool(get_config()["enable_metadata_routing"])


def router(owner: Any, member: Any, methods: dict[str, str]) -> Any:
    """Which method of `member` what is handed to a method of `owner` goes to."""
    from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

    mapping = MethodMapping()
    for caller, callee in methods.items():
        mapping.add(caller=caller, callee=callee)
    return MetadataRouter(owner=owner).add(estimator=member, method_mapping=mapping)


def routed(owner: Any, method: str, params: dict[str, Any], to: str = "estimator") -> dict[str, Any]:
    """What the method of `to` is given of what `owner`'s was given.

    Raises
    ------
    ValueError
        If something is given though nothing is routed.
    """
    if not params:
        return {}
    if not _routing():
        raise ValueError(
            f"[{', '.join(map(repr, params))}] given to {type(owner).__name__}.{method}: passing extra keyword arguments is "
            "only supported if enable_metadata_routing=True, which you can set using `sklearn.set_config`"
        )
    from sklearn.utils.metadata_routing import process_routing

    found = process_routing(owner, method, **params)[to]
    return dict(next((given for given in found.values() if given), {}))


class available:
    """A method that is there only where `check(instance)` holds."""

    def __init__(self, check: Callable[[Any], bool]) -> None:
        self.check = check

    def __call__(self, method: Any) -> Any:
        self.method = method
        functools.update_wrapper(self, method)  # type: ignore[arg-type]
        return self

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.method
        if not self.check(instance):
            raise AttributeError(f"{type(instance).__name__} has no attribute {self.method.__name__!r}")
        return self.method.__get__(instance, owner)

"""scikit-learn's own checks over every estimator: nothing is expected to fail."""

import pytest

from induce._registry import every_estimator

sklearn_checks = pytest.importorskip("sklearn.utils.estimator_checks")


@sklearn_checks.parametrize_with_checks([cls() for cls in every_estimator()])
def test_check(estimator, check):
    check(estimator)

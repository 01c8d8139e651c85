"""scikit-learn's own checks over every estimator: nothing is expected to fail."""

import pytest

from induce._registry import every_estimator
from induce.latent import TableVAE

sklearn_checks = pytest.importorskip("sklearn.utils.estimator_checks")


#: Settings of estimators whose defaults take long where nothing is asked of what they learn.
SHORT = {TableVAE: {"steps": 40, "hidden": 8, "latent": 2}}


@sklearn_checks.parametrize_with_checks([cls(**SHORT.get(cls, {})) for cls in every_estimator()])
def test_check(estimator, check):
    check(estimator)

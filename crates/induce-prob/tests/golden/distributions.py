"""Distribution functions of families, by SciPy.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python crates/induce-prob/tests/golden/distributions.py

prints the rows of `SCIPY` in src/family/tests.rs.
"""

import numpy as np
from scipy import stats


def tweedie(p, y, mu, phi):
    rate, a, scale = mu ** (2 - p) / (phi * (2 - p)), (2 - p) / (p - 1), phi * (p - 1) * mu ** (p - 1)
    n = np.arange(1, 400)
    return np.exp(-rate) + (stats.poisson.pmf(n, rate) * stats.gamma.cdf(y, n * a, scale=scale)).sum()


for y, mu, phi in [(0.3, 1.7, 0.6), (2.0, 1.7, 0.6), (9.0, 4.0, 1.3), (40.0, 25.0, 0.2)]:
    for family, value in [
        ("Gaussian", stats.norm.cdf(y, mu, phi**0.5)),
        ("Poisson", stats.poisson.cdf(y, mu)),
        ("NegativeBinomial(0.7)", stats.nbinom.cdf(y, 1 / 0.7, 1 / (1 + 0.7 * mu))),
        ("Gamma", stats.gamma.cdf(y, 1 / phi, scale=phi * mu)),
        ("InverseGaussian", stats.invgauss.cdf(y, mu * phi, scale=1 / phi)),
        ("Tweedie(1.3)", tweedie(1.3, y, mu, phi)),
        ("Tweedie(1.8)", tweedie(1.8, y, mu, phi)),
    ]:
        print(f"    (Family::{family}, {y}, {mu}, {phi}, {value:.14}),")

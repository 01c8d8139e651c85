"""Posteriors of Bayesian regressions, by quadrature over what is left when coefficients are integrated out.

    pip install scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 && python bayes_regression.py > bayes_regression.json

`evidence` is ln p(y) of linear regression on one centred column with gammas over alpha and lambda, the intercept integrated over a
flat prior; `logistic` is ln p(y) with the same prior of lambda. `ridge` is scikit-learn's BayesianRidge on standardised rows.
"""

import json

import numpy as np
from scipy.integrate import dblquad, quad
from scipy.special import gammaln, log_expit
from scipy.stats import norm
from sklearn.linear_model import BayesianRidge

rng = np.random.default_rng(5)
n = 40
x = rng.normal(size=n)
x = (x - x.mean()) / x.std()
y = 0.8 * x + 0.6 * rng.normal(size=n)
y = y - y.mean()


def ln_gamma_density(v, a, b):
    return a * np.log(b) - gammaln(a) + (a - 1) * np.log(v) - b * v


a1, b1, a2, b2 = 1.2, 0.7, 1.5, 0.9
sxx, sxy, syy = x @ x, x @ y, y @ y


def ln_joint(alpha, lam):
    precision = lam + alpha * sxx
    rest = syy * alpha - (alpha * sxy) ** 2 / precision
    return ((n - 1) / 2 * np.log(alpha / (2 * np.pi)) - 0.5 * np.log(n) + 0.5 * np.log(lam / precision) - 0.5 * rest
            + ln_gamma_density(alpha, a1, b1) + ln_gamma_density(lam, a2, b2))


# Over logarithms, which makes the integrand smooth at 0.
peak = max(ln_joint(a, l) for a in np.linspace(0.5, 8, 60) for l in np.linspace(0.1, 5, 60))
value, _ = dblquad(lambda u, v: np.exp(ln_joint(np.exp(u), np.exp(v)) - peak + u + v), -8, 4, -3, 4, epsabs=1e-10)
evidence = peak + np.log(value)

t = (rng.random(n) < 1 / (1 + np.exp(-1.5 * x))).astype(float)
sign = 2 * t - 1
scale = 10.0


def ln_likelihood(w):
    f = lambda b: np.exp(log_expit(sign * (b + w * x)).sum() + 25) * norm.pdf(b, 0, scale)
    return np.log(quad(f, -15, 15, limit=400)[0]) - 25


# w is Student's when lambda is integrated out.
def ln_prior(w):
    return gammaln(a2 + 0.5) - gammaln(a2) - 0.5 * np.log(2 * np.pi * b2) - (a2 + 0.5) * np.log1p(w * w / (2 * b2))


shift = 25
logistic = np.log(quad(lambda w: np.exp(ln_likelihood(w) + ln_prior(w) + shift), -6, 12, limit=200)[0]) - shift

m = 400
many = rng.normal(size=(m, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.3], [0.0, 0.0, 1.0]])
target = many @ np.array([1.0, -2.0, 0.5]) + 3.0 + rng.normal(size=m)
many, target = np.round(many, 6), np.round(target, 6)
s = many.std(0)
z = (many - many.mean(0)) / s
u = (target - target.mean()) / target.std()
ridge = BayesianRidge(tol=1e-12, max_iter=2000).fit(z, u)
_, deviation = ridge.predict(z[:3], return_std=True)
print(json.dumps({
    "x": x.tolist(), "y": y.tolist(), "prior": [a1, b1, a2, b2], "evidence": float(evidence),
    "classes": t.tolist(), "intercept_scale": scale, "logistic": float(logistic),
    "rows": many.tolist(), "target": target.tolist(),
    "coefficients": (ridge.coef_ * target.std() / s).tolist(),
    "deviations": (deviation * target.std()).tolist(),
    "noise": float(target.std() / np.sqrt(ridge.alpha_)),
}))

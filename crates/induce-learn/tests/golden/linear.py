"""Golden values of linear models, by statsmodels and scikit-learn.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0
    venv/bin/python crates/induce-learn/tests/golden/linear.py

writes data.csv, cases.json, multinomial.json and bands.json into linear/ beside itself.
"""

import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge

HERE = pathlib.Path(__file__).parent / "linear"
rng = np.random.default_rng(7)
n = 300
a = rng.normal(2.0, 1.5, n)
b = rng.uniform(-1, 3, n)
c = 0.6 * a + rng.normal(0, 1, n)
X = np.column_stack([a, b, c])
eta = 0.3 + 0.25 * a - 0.3 * b + 0.1 * c
y = {
    "gaussian": eta + rng.normal(0, 0.5 + 0.2 * b**2, n),
    "bernoulli": (rng.uniform(size=n) < 1 / (1 + np.exp(-eta))).astype(float),
    "poisson": rng.poisson(np.exp(eta)).astype(float),
    "gamma": rng.gamma(2.0, np.exp(eta) / 2.0),
    "inverse-gaussian": rng.wald(np.exp(eta), 2.0),
    "negative-binomial": rng.negative_binomial(2, 2 / (2 + np.exp(eta))).astype(float),
    "multinomial": np.argmax(np.column_stack([0 * a, 0.5 * a - 1, 0.4 * b]) + rng.gumbel(size=(n, 3)), axis=1).astype(float),
}
shape = rng.poisson(np.exp(eta))
y["tweedie"] = np.array([rng.gamma(1.0, 0.8, k).sum() for k in shape])
weight = rng.integers(1, 4, n).astype(float)
offset = rng.uniform(-0.5, 0.5, n)
# Short decimals, so that the file is exact.
X, weight, offset = X.round(6), weight, offset.round(6)
y = {k: v.round(6) for k, v in y.items()}
names = list(y)
table = np.column_stack([X, weight, offset] + [y[k] for k in names])
np.savetxt(HERE / "data.csv", table, delimiter=",", fmt="%.6f", header=",".join(["a", "b", "c", "weight", "offset"] + names), comments="")

D = sm.add_constant(X)
L = sm.families.links
cases = []


def phi_ml(case, r, family, target, w):
    """R's log-likelihood: the dispersion at deviance / n."""
    mu, dev, total = r.mu, r.deviance, w.sum()
    phi = dev / total
    if family == "gaussian":
        return float((w * stats.norm.logpdf(target, mu, np.sqrt(phi))).sum())
    if family == "gamma":
        return float((w * stats.gamma.logpdf(target, 1 / phi, scale=mu * phi)).sum())
    if family == "inverse-gaussian":
        return float((w * (-0.5 * (np.log(2 * np.pi * phi * target**3) + (target - mu) ** 2 / (phi * mu**2 * target)))).sum())
    return float(r.llf)


def glm(name, family, fam, settings=None, weighted=False, shifted=False, free=True, cov=None):
    target = y[family]
    w = weight if weighted else np.ones(n)
    model = sm.GLM(target, D, family=fam, freq_weights=w if weighted else None, offset=offset if shifted else None)
    options = {"cov_type": cov} if cov else {}
    r = model.fit(tol=1e-14, maxiter=200, use_t=free, **options)
    case = {
        "name": name,
        "target": family,
        "settings": {"family": family, **(settings or {})},
        "weighted": weighted,
        "offset": shifted,
        "estimate": r.params.tolist(),
        "error": r.bse.tolist(),
        "statistic": r.tvalues.tolist(),
        "p": r.pvalues.tolist(),
        "low": r.conf_int()[:, 0].tolist(),
        "high": r.conf_int()[:, 1].tolist(),
        "deviance": float(r.deviance),
        "null_deviance": float(r.null_deviance),
        "dispersion": float(r.scale),
    }
    if family != "tweedie":
        case["log_likelihood"] = phi_ml(case, r, family, target, w)
    cases.append(case)


for cov in [None, "HC0", "HC1", "HC2", "HC3"]:
    r = sm.OLS(y["gaussian"], D).fit(**({"cov_type": cov, "use_t": True} if cov else {}))
    cases.append({
        "name": f"ols {cov}", "target": "gaussian", "weighted": False, "offset": False,
        "settings": {"family": "gaussian", **({"covariance": cov.lower()} if cov else {})},
        "estimate": r.params.tolist(), "error": r.bse.tolist(), "statistic": r.tvalues.tolist(), "p": r.pvalues.tolist(),
        "low": r.conf_int()[:, 0].tolist(), "high": r.conf_int()[:, 1].tolist(), "dispersion": float(r.scale),
        "deviance": float(r.ssr), "null_deviance": float(r.centered_tss), "log_likelihood": float(r.llf),
        "aic": float(r.aic + 2), **({"test": [float(r.fvalue), float(r.f_pvalue)]} if cov is None else {}),
    })
glm("logit", "bernoulli", sm.families.Binomial(), free=False)
glm("logit weighted", "bernoulli", sm.families.Binomial(), weighted=True, free=False)
glm("logit hc0", "bernoulli", sm.families.Binomial(), {"covariance": "hc0"}, free=False, cov="HC0")
glm("probit", "bernoulli", sm.families.Binomial(L.Probit()), {"link": "probit"}, free=False)
glm("cloglog", "bernoulli", sm.families.Binomial(L.CLogLog()), {"link": "cloglog"}, free=False)
glm("cauchit", "bernoulli", sm.families.Binomial(L.Cauchy()), {"link": "cauchit"}, free=False)
glm("poisson", "poisson", sm.families.Poisson(), free=False)
glm("poisson offset", "poisson", sm.families.Poisson(), weighted=True, shifted=True, free=False)
glm("poisson sqrt", "poisson", sm.families.Poisson(L.Sqrt()), {"link": "sqrt"}, free=False)
glm("gamma log", "gamma", sm.families.Gamma(L.Log()))
glm("gamma weighted", "gamma", sm.families.Gamma(L.Log()), weighted=True)
glm("inverse gaussian log", "inverse-gaussian", sm.families.InverseGaussian(L.Log()))
glm("negative binomial", "negative-binomial", sm.families.NegativeBinomial(L.Log(), alpha=0.5), {"alpha": 0.5}, free=False)
glm("tweedie", "tweedie", sm.families.Tweedie(L.Log(), var_power=1.5), {"power": 1.5})


def fitted(name, target, settings, intercept, coefficients):
    cases.append({"name": name, "target": target, "weighted": False, "offset": False, "settings": settings,
                  "estimate": [float(intercept), *map(float, coefficients)]})


raw = {"standardize": False}
r = Ridge(alpha=n * 0.3, tol=1e-14).fit(X, y["gaussian"])
fitted("ridge", "gaussian", {"prior": "gaussian", "lambda": 0.3, **raw}, r.intercept_, r.coef_)
r = Lasso(alpha=0.1, tol=1e-14, max_iter=100000).fit(X, y["gaussian"])
fitted("lasso", "gaussian", {"prior": "laplace", "lambda": 0.1, **raw}, r.intercept_, r.coef_)
r = ElasticNet(alpha=0.2, l1_ratio=0.3, tol=1e-14, max_iter=100000).fit(X, y["gaussian"])
fitted("elastic net", "gaussian", {"prior": "elastic-net", "lambda": 0.2, "l1_ratio": 0.3, **raw}, r.intercept_, r.coef_)
r = Lasso(alpha=0.05, positive=True, tol=1e-14, max_iter=100000).fit(X, y["gaussian"])
fitted("positive lasso", "gaussian", {"prior": "laplace", "lambda": 0.05, "positive": True, **raw}, r.intercept_, r.coef_)
r = LogisticRegression(C=1 / (n * 0.02), tol=1e-12, solver="newton-cholesky", max_iter=1000).fit(X, y["bernoulli"])
fitted("logistic ridge", "bernoulli", {"family": "bernoulli", "prior": "gaussian", "lambda": 0.02, **raw}, r.intercept_[0], r.coef_[0])
r = LogisticRegression(C=1 / (n * 0.02), l1_ratio=1.0, tol=1e-12, solver="saga", max_iter=200000).fit(X, y["bernoulli"])
fitted("logistic lasso", "bernoulli", {"family": "bernoulli", "prior": "laplace", "lambda": 0.02, **raw}, r.intercept_[0], r.coef_[0])
r = LogisticRegression(C=1 / (n * 0.02), tol=1e-12, solver="newton-cholesky", max_iter=1000).fit(X, y["multinomial"])
both = np.column_stack([r.intercept_ - r.intercept_.mean(), r.coef_]).ravel()
fitted("softmax", "multinomial", {"family": "multinomial", "prior": "gaussian", "lambda": 0.02, **raw}, both[0], both[1:])


# Several classes: coefficients less those of class 0, which do not depend on how the softmax is identified.
several = {}
for cov in ["model", "hc0"]:
    r = sm.MNLogit(y["multinomial"], D).fit(
        method="newton", maxiter=100, tol=1e-14, disp=False, **({"cov_type": "HC0"} if cov == "hc0" else {})
    )
    several[cov] = {
        "estimate": r.params.T.ravel().tolist(),
        "error": r.bse.T.ravel().tolist(),
        "statistic": r.tvalues.T.ravel().tolist(),
        "p": r.pvalues.T.ravel().tolist(),
        "log_likelihood": float(r.llf),
        "test": [float(r.llr), float(r.df_model), float(r.llr_pvalue)],
        "aic": float(r.aic),
    }
# The posterior under a Gaussian prior: the inverse of the penalised Hessian, by differences of the gradient.
rows, lam = np.eye(3)[y["multinomial"].astype(int)], 0.02


def slopes(beta):
    scores = D @ beta.reshape(3, 4).T
    pi = np.exp(scores - scores.max(1, keepdims=True))
    pi /= pi.sum(1, keepdims=True)
    return ((pi - rows).T @ D + n * lam * np.column_stack([np.zeros(3), beta.reshape(3, 4)[:, 1:]])).ravel()


step = 1e-5
hessian = np.array([(slopes(both + step * e) - slopes(both - step * e)) / (2 * step) for e in np.eye(12)])
covariance = np.linalg.pinv((hessian + hessian.T) / 2, rcond=1e-8)
differences = np.kron(np.array([[-1, 1, 0], [-1, 0, 1]]), np.eye(4))
several["posterior"] = {
    "estimate": (differences @ both).tolist(),
    "error": np.sqrt(np.diag(differences @ covariance @ differences.T)).tolist(),
}
(HERE / "multinomial.json").write_text(json.dumps(several, indent=1) + "\n")

# Predictions of new rows.
new = np.column_stack([np.linspace(-2, 5, 8), np.linspace(2, -1, 8), np.linspace(0, 3, 8)]).round(6)
E = sm.add_constant(new)
bands = {"rows": new.tolist()}
s = sm.OLS(y["gaussian"], D).fit().get_prediction(E).summary_frame(alpha=0.1)
bands["gaussian"] = {k: s[v].tolist() for k, v in {
    "mean": "mean", "low": "mean_ci_lower", "high": "mean_ci_upper", "new_low": "obs_ci_lower", "new_high": "obs_ci_upper"}.items()}
for family, fam, free in [
    ("bernoulli", sm.families.Binomial(), False),
    ("poisson", sm.families.Poisson(), False),
    ("gamma", sm.families.Gamma(L.Log()), True),
]:
    r = sm.GLM(y[family], D, family=fam).fit(tol=1e-14, maxiter=200, use_t=free)
    s = r.get_prediction(E).summary_frame(alpha=0.1)
    bands[family] = {k: s[v].tolist() for k, v in {"mean": "mean", "low": "mean_ci_lower", "high": "mean_ci_upper"}.items()}
    if family != "bernoulli":
        # Quantiles of the mixture over the normal score, by a fine sum instead of nodes.
        score, deviation = E @ r.params, np.sqrt(np.einsum("ij,jk,ik->i", E, r.cov_params(), E))
        z = np.linspace(-8, 8, 4001)
        w = stats.norm.pdf(z)
        w /= w.sum()

        def share(v, i):
            mu = np.exp(score[i] + deviation[i] * z)
            return (w * (stats.poisson.cdf(v, mu) if family == "poisson" else stats.gamma.cdf(v, 1 / r.scale, scale=r.scale * mu))).sum()

        def quantile(q, i):
            if family == "poisson":
                return float(next(k for k in range(100000) if share(k, i) >= q))
            return float(optimize.brentq(lambda v: share(v, i) - q, 1e-9, 1e4, xtol=1e-14, rtol=1e-14))

        bands[family]["new_low"] = [quantile(0.05, i) for i in range(8)]
        bands[family]["new_high"] = [quantile(0.95, i) for i in range(8)]
# Several classes: the logit of each class against the others, its deviation by differences.
r = sm.MNLogit(y["multinomial"], D).fit(method="newton", maxiter=100, tol=1e-14, disp=False)
flat, C = r.params.T.ravel(), r.cov_params()


def logits(b):
    scores = np.column_stack([np.zeros(8), E @ b.reshape(2, 4).T])
    pi = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    return np.log(pi / (1 - pi)).ravel()


J = np.array([(logits(flat + step * e) - logits(flat - step * e)) / (2 * step) for e in np.eye(8)]).T
half = stats.norm.ppf(0.95) * np.sqrt(np.einsum("ij,jk,ik->i", J, np.asarray(C), J))
sigmoid = lambda v: (1 / (1 + np.exp(-v))).tolist()
bands["multinomial"] = {"mean": sigmoid(logits(flat)), "low": sigmoid(logits(flat) - half), "high": sigmoid(logits(flat) + half)}
(HERE / "bands.json").write_text(json.dumps(bands, indent=1) + "\n")

(HERE / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
print(len(cases), "cases")

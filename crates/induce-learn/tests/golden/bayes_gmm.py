"""Variational posteriors of Gaussian mixtures by scikit-learn, from given responsibilities.

    pip install scikit-learn==1.9.1 numpy==2.4.6 && python bayes_gmm.py > bayes_gmm.json

The rows are standardised first (population deviation), and reg_covar is 0, so that its updates are Bishop's.
"""

import json

import numpy as np
from sklearn.mixture import BayesianGaussianMixture

rng = np.random.default_rng(7)
centres = np.array([[0.0, 0.0], [4.0, 1.0], [-2.0, 5.0]])
raw = np.concatenate([c + rng.normal(size=(n, 2)) @ a for c, n, a in zip(
    centres, [60, 40, 25], [np.eye(2), [[1.0, 0.6], [0.0, 0.5]], [[0.4, 0.0], [0.3, 1.2]]])])
raw = np.round(raw, 6)
x = (raw - raw.mean(0)) / raw.std(0)
labels = np.repeat([0, 1, 2], [60, 40, 25])
labels[::9] = 1
labels[::11] = 3
labels = np.array([np.argsort(np.argsort(-np.bincount(labels)))[label] for label in labels])

cases = []
for kind in ["dirichlet_process", "dirichlet_distribution"]:
    for steps in [1, 20]:
        model = BayesianGaussianMixture(
            n_components=4, covariance_type="full", reg_covar=0.0,
            weight_concentration_prior_type=kind, weight_concentration_prior=0.3,
            mean_precision_prior=0.7, degrees_of_freedom_prior=3.5)
        model._check_parameters(x)
        model._initialize(x, np.eye(4)[labels])
        for _ in range(steps):
            _, log_resp = model._e_step(x)
            model._m_step(x, log_resp)
        model._set_parameters(model._get_parameters())
        concentration = model.weight_concentration_
        cases.append({
            "type": kind, "steps": steps,
            "concentration": np.array(concentration).ravel().tolist(),
            "precision": model.mean_precision_.tolist(),
            "degrees": model.degrees_of_freedom_.tolist(),
            "means": model.means_.tolist(),
            "covariances": model.covariances_.reshape(4, 4).tolist(),
            "weights": model.weights_.tolist(),
            "responsibilities": model.predict_proba(x[:5]).ravel().tolist(),
        })
print(json.dumps({"rows": raw.tolist(), "labels": labels.tolist(), "cases": cases}))

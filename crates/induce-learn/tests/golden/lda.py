"""Topics of documents, statistics and bound for given topics of words, by scikit-learn.

    pip install scikit-learn==1.9.1 numpy==2.4.6 && python lda.py > lda.json
"""

import json

import numpy as np
from scipy.special import psi
from sklearn.decomposition import LatentDirichletAllocation

rng = np.random.default_rng(3)
counts = rng.poisson(0.9, size=(12, 9)).astype(float)
counts[4] = 0.0

cases = []
for k, alpha, eta in [(3, 0.4, 0.2), (5, 0.9, 0.7)]:
    model = LatentDirichletAllocation(
        n_components=k, doc_topic_prior=alpha, topic_word_prior=eta, max_iter=1,
        max_doc_update_iter=20000, mean_change_tol=1e-14, random_state=0)
    model.fit(counts)
    topics = np.round(rng.gamma(2.0, 1.0, size=(k, 9)) + 0.05, 6)
    model.components_ = topics
    expected = np.exp(psi(topics) - psi(topics.sum(1))[:, None])
    model.exp_dirichlet_component_ = expected
    gamma, sums = model._e_step(counts, cal_sstats=True, random_init=False)
    cases.append({
        "alpha": alpha, "eta": eta, "topics": topics.tolist(), "gamma": gamma.tolist(), "sums": sums.tolist(),
        "bound": float(model._approx_bound(counts, gamma, sub_sampling=False)),
    })
print(json.dumps({"counts": counts.tolist(), "cases": cases}))

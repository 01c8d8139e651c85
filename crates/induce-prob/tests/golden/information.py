"""Entropies of counts by mpmath, and estimates by neighbours over all pairs, scikit-learn among them.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1 scikit-learn==1.9.1
    venv/bin/python crates/induce-prob/tests/golden/information.py

writes information.json beside this file.
"""

import json
import pathlib

import mpmath as mp
import numpy as np
from scipy.special import digamma
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

mp.mp.dps = 30


def entropies(counts):
    n, size = sum(counts), len(counts)
    seen = [mp.mpf(c) for c in counts if c]
    plug_in = -sum(c / n * mp.log(c / n) for c in seen)
    g = lambda c: mp.digamma(c) + mp.mpf(-1) ** int(c) / 2 * (mp.digamma((c + 1) / 2) - mp.digamma(c / 2))
    coverage = 1 - mp.mpf(min(sum(c == 1 for c in seen), n - 1)) / n
    shen = [coverage * c / n for c in seen]
    p = [mp.mpf(c) / n for c in counts]
    apart = sum((mp.mpf(1) / size - q) ** 2 for q in p)
    shrink = min(mp.mpf(1), max(mp.mpf(0), (1 - sum(q**2 for q in p)) / ((n - 1) * apart))) if apart else mp.mpf(1)
    shrunk = [shrink / size + (1 - shrink) * q for q in p]

    def weight(b):
        like = mp.loggamma(size * b) - mp.loggamma(n + size * b) + sum(mp.loggamma(c + b) - mp.loggamma(b) for c in counts)
        return mp.exp(like) * (size * mp.psi(1, size * b + 1) - mp.psi(1, b + 1))

    def mean(b):
        total = n + size * b
        return mp.digamma(total + 1) - sum((c + b) / total * mp.digamma(c + b + 1) for c in counts)

    # b = e^t.
    span = [-20, -10, -5, -2, 0, 2, 5, 10, 20]
    evidence = mp.quad(lambda t: weight(mp.exp(t)) * mp.exp(t), span)
    nsb = mp.quad(lambda t: weight(mp.exp(t)) * mp.exp(t) * mean(mp.exp(t)), span) / evidence
    return {
        "counts": counts,
        "plug-in": float(plug_in),
        "miller-madow": float(plug_in + mp.mpf(len(seen) - 1) / (2 * n)),
        "grassberger": float(mp.log(n) - sum(c * g(c) for c in seen) / n),
        "chao-shen": float(sum(-q * mp.log(q) / (1 - (1 - q) ** n) for q in shen if q < 1)),
        "shrinkage": float(-sum(q * mp.log(q) for q in shrunk if q > 0)),
        "nsb": float(nsb),
    }


def far(*columns):
    """The largest coordinate distance of all pairs; a point is infinitely far from itself where `own` says so."""
    return np.max([np.abs(c[:, None] - c[None, :]) for c in columns], axis=0)


def inside(columns, r):
    """Others strictly nearer than r, by row."""
    return (far(*columns) < r[:, None]).sum(1) - (r > 0)


def reach(columns, k=3):
    d = far(*columns)
    np.fill_diagonal(d, np.inf)
    return np.sort(d, axis=1)[:, k - 1]


def ksg1(x, y, k=3):
    r, n = reach([x, y], k), len(x)
    return digamma(k) + digamma(n) - np.mean(digamma(inside([x], r) + 1) + digamma(inside([y], r) + 1))


def ksg2(x, y, k=3):
    d = far(x, y)
    np.fill_diagonal(d, np.inf)
    near = np.argsort(d, axis=1)[:, :k]
    wide = lambda v: np.abs(v[near] - v[:, None]).max(1)
    others = lambda v: (np.abs(v[:, None] - v[None, :]) <= wide(v)[:, None]).sum(1) - 1
    return digamma(k) - 1 / k + digamma(len(x)) - np.mean(digamma(others(x)) + digamma(others(y)))


def gao(x, y, k=3):
    """The loop of the authors' repository, with psi(N) for log(N) so that a constant is nothing."""
    r, d = reach([x, y], k), far(x, y)
    total = 0
    for i in range(len(x)):
        ball = (lambda v: v[i] < r[i]) if r[i] > 0 else (lambda v: v[i] <= 0)
        kp = k if r[i] > 0 else (d[i] <= 0).sum()
        nx, ny = ball(far(x)).sum(), ball(far(y)).sum()
        total += digamma(kp) + digamma(len(x)) - digamma(nx) - digamma(ny)
    return total / len(x)


def conditional(x, y, z, k=3):
    r = reach([x, y, z], k)
    n = lambda *c: digamma(inside(c, r) + 1)
    return digamma(k) - np.mean(n(x, z) + n(y, z) - n(z))


def total(columns, k=3):
    r, n = reach(columns, k), len(columns[0])
    return digamma(k) + (len(columns) - 1) * digamma(n) - np.mean(sum(digamma(inside([c], r) + 1) for c in columns))


def entropy(columns, k=3):
    r, n = reach(columns, k), len(columns[0])
    return digamma(n) - digamma(k) + len(columns) * np.mean(np.log(2 * r))


def vectors(x, y, z, k=3):
    r, n = reach([x, y, z], k), len(x)
    return digamma(k) + digamma(n) - np.mean(digamma(inside([x, y], r) + 1) + digamma(inside([z], r) + 1))


rng = np.random.default_rng(11)
x = rng.normal(size=150)
y = 0.7 * x + 0.6 * rng.normal(size=150)
z = rng.normal(size=150) + 0.3 * x * y
c = (y + rng.normal(size=150) > 0).astype(int) + (x > 1)
ross = mutual_info_classif(x[:, None] / 1.0, c, discrete_features=False, random_state=0)[0]


def ross_by_hand(x, c, k=3):
    """scikit-learn's `_compute_mi_cd` without its noise."""
    terms = []
    for i in range(len(x)):
        own = np.sort(np.abs(x[c == c[i]] - x[i]))[1:]
        r = own[min(k, len(own)) - 1]
        m = (np.abs(x - x[i]) < r).sum()
        terms.append(digamma(len(x)) + digamma(min(k, len(own))) - digamma((c == c[i]).sum()) - digamma(m))
    return np.mean(terms)


assert abs(ross_by_hand(x, c) - ross) < 1e-8, (ross_by_hand(x, c), ross)
scaled = mutual_info_regression(x[:, None], y, random_state=0)[0]
assert abs(ksg1(x / x.std(), y / y.std()) - scaled) < 1e-8

golden = {
    "entropies": [
        entropies(counts)
        for counts in ([4, 2, 3, 0, 2, 4, 0, 0, 2], [1, 1, 1, 1, 0, 0], [30, 1, 1, 5], [250, 250], [7, 0, 0], [3, 1])
    ],
    "sample": {"x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "c": c.tolist()},
    "neighbours": {
        "ksg1": ksg1(x, y),
        "ksg2": ksg2(x, y),
        "gao": gao(x, y),
        "gao_ties": gao(np.sign(x) * np.floor(np.abs(x) + 0.5), np.sign(y) * np.floor(np.abs(y) + 0.5)),
        "ross": ross_by_hand(x, c),
        "conditional": conditional(x, y, z),
        "total": total([x, y, z]),
        "entropy": entropy([x]),
        "joint_entropy": entropy([x, y]),
        "vectors": vectors(x, y, z),
        "scikit-learn": {"regression": scaled, "classif": ross},
    },
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")

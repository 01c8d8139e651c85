"""Interpolants by scipy, and the same polynomials to 60 digits by mpmath.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1
    venv/bin/python crates/induce-prob/tests/golden/interpolation.py

writes interpolation.json beside this file.
"""

import json
import pathlib

import mpmath as mp
import numpy as np
from scipy.interpolate import AAA, BarycentricInterpolator, FloaterHormannInterpolator

mp.mp.dps = 60
AT = [-0.9871, -0.51, -0.0003, 0.2, 0.333, 0.75, 0.99]


def exact(x, y):
    x, y = [mp.mpf(v) for v in x], [mp.mpf(v) for v in y]
    w = [1 / mp.fprod(a - b for b in x if b != a) for a in x]

    def value(t):
        if t in x:
            return y[x.index(t)]
        return sum(a * f / (t - b) for a, b, f in zip(w, x, y)) / sum(a / (t - b) for a, b in zip(w, x))

    def lebesgue(t):
        front = abs(mp.fprod(t - b for b in x))
        return front * sum(abs(a / (t - b)) for a, b in zip(w, x))

    return value, lebesgue


def polynomial(name, x, f):
    x = np.array(x)
    y = f(x)
    value, lebesgue = exact(x.tolist(), y.tolist())
    order = np.sort(x)
    between = [a + (b - a) * s for a, b in zip(order, order[1:]) for s in np.linspace(0.02, 0.98, 49)]
    return {
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "at": AT,
        "exact": [float(value(mp.mpf(t))) for t in AT],
        "derivative": [float(mp.diff(value, mp.mpf(t) + mp.mpf(10) ** -40)) for t in AT],
        "scipy": BarycentricInterpolator(x, y)(np.array(AT)).tolist(),
        "lebesgue": float(max(lebesgue(mp.mpf(t)) for t in between)),
    }


def blended(n, order, f):
    x = np.sort(np.r_[-1, np.random.default_rng(n).uniform(-1, 1, n), 1])
    y = f(x)
    r = FloaterHormannInterpolator(x, y, d=order)
    return {"x": x.tolist(), "y": y.tolist(), "order": order, "at": AT, "scipy": r(np.array(AT)).tolist()}


def fitted(name, f):
    x = np.linspace(-1, 1, 120)
    y = f(x)
    r = AAA(x, y)
    poles = [[p.real, p.imag] for p in r.poles() if abs(p) < 3]
    return {
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "at": AT,
        "support": r.support_points.tolist(),
        "scipy": r(np.array(AT)).tolist(),
        "poles": poles,
    }


runge = lambda x: 1 / (1 + 25 * x**2)
cheb = lambda n: np.cos(np.pi * (2 * np.arange(n) + 1) / (2 * n))
golden = {
    "polynomials": [
        polynomial("chebyshev exp", cheb(18), np.exp),
        polynomial("chebyshev runge", cheb(60), runge),
        polynomial("equispaced exp", np.linspace(-1, 1, 14), np.exp),
        polynomial("equispaced runge", np.linspace(-1, 1, 21), runge),
        polynomial("any", [-1, 0.9, 0.2, -0.35, 0.61, 1.0, -0.8], np.sin),
    ],
    "floater_hormann": [blended(30, 3, runge), blended(12, 0, np.exp), blended(25, 5, np.sin)],
    "aaa": [fitted("runge", runge), fitted("tan", lambda x: np.tan(4 * x)), fitted("log", lambda x: np.log(1.2 - x))],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")

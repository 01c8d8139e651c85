"""Golden decision trees: `python tree.py > tree.json`, with scikit-learn 1.9.1 and numpy 2.4 (see requirements of the metrics).

Features are whole numbers of few values, so that bins and scikit-learn's thresholds are the same, and targets have so
many digits that no two splits tie. Trees are compared by their predictions on all rows.
"""

import json

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

ROWS = 400


def main():
    rng = np.random.default_rng(5)
    x = np.column_stack([rng.integers(0, k, ROWS) for k in (60, 40, 25, 7)]).astype(float)
    y = np.sin(x[:, 0] / 9) + x[:, 1] * x[:, 2] / 400 + rng.normal(size=ROWS) * 0.3
    weight = rng.integers(1, 4, ROWS).astype(float)
    three = np.digitize(y, np.quantile(y, [0.3, 0.7]))
    two = (three > 0).astype(int)
    cases = []

    def add(name, model, target, settings, weighted=False):
        model.fit(x, target, sample_weight=weight if weighted else None)
        predicted = model.predict_proba(x) if hasattr(model, "predict_proba") else model.predict(x)
        if isinstance(predicted, list):
            predicted = np.hstack(predicted)
        cases.append({
            "name": name, "target": target.ravel().tolist(), "settings": settings, "weighted": weighted,
            "classes": 0 if target.ndim == 2 or not hasattr(model, "classes_") else len(model.classes_),
            "outputs": 1 if target.ndim == 1 else target.shape[1],
            "leaves": int(model.get_n_leaves()), "predicted": np.ravel(predicted).tolist(),
        })

    add("squared", DecisionTreeRegressor(max_depth=5, random_state=0), y, {"max_depth": 5})
    add("squared, weighted", DecisionTreeRegressor(max_depth=4, random_state=0), y, {"max_depth": 4}, True)
    add("squared, least gain", DecisionTreeRegressor(min_impurity_decrease=0.01, random_state=0), y, {"min_impurity_decrease": 0.01})
    add("squared, large leaves", DecisionTreeRegressor(min_samples_leaf=30, random_state=0), y, {"min_samples_leaf": 30.0})
    for cost in (0.002, 0.01):
        add(f"pruned at {cost}", DecisionTreeRegressor(ccp_alpha=cost, random_state=0), y, {"pruning": cost})
    for criterion in ("gini", "entropy"):
        for classes, target in ((2, two), (3, three)):
            # Deep nodes of few rows tie, and ties go to chance in scikit-learn.
            model = DecisionTreeClassifier(criterion=criterion, max_depth=3, random_state=0)
            add(f"{criterion}, {classes} classes", model, target, {"criterion": criterion, "max_depth": 3})
    counts = np.floor(np.exp(y))
    both = np.column_stack([y, np.cos(x[:, 0] / 7) + 0.3 * rng.normal(size=ROWS)])
    for criterion, name, target in (("absolute_error", "absolute", y), ("poisson", "poisson", counts)):
        for weighted in (False, True):
            model = DecisionTreeRegressor(criterion=criterion, max_depth=4, random_state=0)
            add(f"{name}{', weighted' * weighted}", model, target, {"criterion": name, "max_depth": 4}, weighted)
    model = DecisionTreeRegressor(max_leaf_nodes=9, random_state=0)
    add("best first", model, y, {"max_leaves": 9})
    for criterion, name in (("squared_error", "squared"), ("absolute_error", "absolute")):
        model = DecisionTreeRegressor(criterion=criterion, max_depth=4, random_state=0)
        add(f"{name}, two targets", model, both, {"criterion": name, "max_depth": 4}, True)
    for criterion in ("gini", "entropy"):
        model = DecisionTreeClassifier(criterion=criterion, max_depth=3, random_state=0)
        add(f"{criterion}, two targets", model, np.column_stack([three, two[::-1]]), {"criterion": criterion, "max_depth": 3})
    print(json.dumps({"scikit-learn": sklearn.__version__, "x": x.T.tolist(), "weight": weight.tolist(), "cases": cases}))


main()

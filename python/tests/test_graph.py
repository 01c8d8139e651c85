"""Classes of the nodes of graphs: the same from every package's graph, with their features, masks and mistakes."""

import importlib
import json
import os
import pickle
import subprocess
import sys
import textwrap
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import induce
from induce import _native
from induce._compat import NotFittedError
from induce._graph_models import ELSEWHERE
from induce._registry import CLASSES, every_graph_model
from induce.graph import GCN, GIN, VGAE, ChebNet, LabelPropagation

sparse = pytest.importorskip("scipy.sparse")
sklearn_base = pytest.importorskip("sklearn.base")

N = 90
EVERY = [GCN, ChebNet, GIN, LabelPropagation]
NETWORKS = [GCN, ChebNet, GIN]


def blocks(seed=0, n=N, classes=3):
    """Edges mostly within classes, their truth, and features that say some of it."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % classes
    near = truth[:, None] == truth[None, :]
    w = np.triu(rng.random((n, n)) < np.where(near, 0.2, 0.02), 1)
    X = rng.normal(size=(n, 5)) + 2.0 * np.eye(classes, 5)[truth]
    return (w | w.T).astype(float), truth, X


W, TRUTH, X = blocks()
NAMES = np.array(["art", "bio", "civ"])
FEW = np.where(np.arange(N) < 24, TRUTH, -1)
REST = np.arange(24, N)
WORDS = (np.random.default_rng(1).random((N, 30)) < 0.1).astype(float)
WORDS[np.arange(N), TRUTH * 3] = 1.0
QUICK = {"epochs": 40}


def quick(cls, **more):
    return cls(**{**(QUICK if cls in NETWORKS else {}), **more})


class Graph:
    """What a graph of NetworkX can do, of which the package makes use."""

    def __init__(self, directed=False):
        self.nodes, self._edges, self._directed = {}, [], directed

    def is_directed(self):
        return self._directed

    def edges(self, data=None, default=None):
        return [(a, b, own.get(data, default)) for a, b, own in self._edges]

    @classmethod
    def of(cls, w, names=None, directed=False, **attributes):
        own = cls(directed)
        names = list(range(len(w))) if names is None else names
        for i, name in enumerate(names):
            own.nodes[name] = {key: values[i] for key, values in attributes.items() if values[i] is not None}
        rows, columns = np.nonzero(w if directed else np.triu(w))
        own._edges = [(names[i], names[j], {} if w[i, j] == 1 else {"weight": w[i, j]}) for i, j in zip(rows, columns)]
        return own


class Tensor:
    """What a tensor of PyTorch can do, of which the package makes use."""

    is_sparse = False

    def __init__(self, values):
        self.values = np.asarray(values)

    def __len__(self):
        return len(self.values)

    def detach(self):
        return self

    cpu = detach

    def dim(self):
        return self.values.ndim

    def numpy(self):
        return self.values


def data(w=W, **more):
    """What data of PyTorch Geometric are."""
    own = {"x": None, "y": None, "edge_weight": None, "num_nodes": len(w), **more}
    return SimpleNamespace(edge_index=Tensor(np.stack(np.nonzero(w))), **{k: Tensor(v) if isinstance(v, np.ndarray) else v for k, v in own.items()})


def mask(*nodes):
    own = np.zeros(N, dtype=bool)
    own[np.concatenate(nodes)] = True
    return own


@pytest.mark.parametrize("cls", every_graph_model(), ids=lambda cls: cls.__name__)
def test_settings_are_those_of_the_registry(cls):
    own = {name: list(value) if isinstance(value, tuple) else value for name, value in cls().get_params().items() if name not in ELSEWHERE}
    settings = _native.models()[cls._kind]["settings"]
    assert own == {name: json.loads(default) for name, default, _, _ in settings}
    for name, _, _, sentence in settings:
        assert f"    {name} : " in cls.__doc__ and sentence in cls.__doc__, name
    for name in cls().get_params():
        assert f"    {name} : " in cls.__doc__, name
    assert cls.__name__ in importlib.import_module("induce.graph").__all__


def test_every_model_of_graphs_has_a_class():
    # Links have no class yet.
    kinds = {kind for kind, about in _native.models().items() if about["input"] == "graphs"} - {"vgae"}
    assert kinds == {cls._kind for cls in every_graph_model()} == {kind for kind in CLASSES if "graphs" in CLASSES[kind]}


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_every_package_has_the_same_graph(cls):
    few = [NAMES[c] if c >= 0 else None for c in FEW]
    models = {
        "dense": quick(cls).fit(W, few, X=X),
        "booleans": quick(cls).fit(W.astype(bool), few, X=X),
        "csr": quick(cls).fit(sparse.csr_array(W), few, X=X),
        "coo": quick(cls).fit(sparse.coo_matrix(W), few, X=X),
        "networkx": quick(cls).fit(Graph.of(W, field=few), "field", X=X),
        "attributes": quick(cls).fit(Graph.of(W, field=few, **{f"x{j}": X[:, j].tolist() for j in range(5)}), "field"),
        "vectors": quick(cls).fit(Graph.of(W, field=few, x=[list(row) for row in X]), "field"),
        "tensors": quick(cls).fit(data(x=X), few),
    }
    first = models["dense"].predict_proba()
    assert first.shape == (N, 3) and np.allclose(first.sum(1), 1) and models["dense"].classes_.tolist() == NAMES.tolist()
    for name, model in models.items():
        np.testing.assert_array_equal(model.predict_proba(), first, err_msg=name)
        assert (model.predict() == NAMES[first.argmax(1)]).all(), name
    model = models["networkx"]
    for graph in (W, sparse.csr_array(W), data()):
        np.testing.assert_array_equal(model.predict_proba(graph, X=X), first)
    assert model.score(y=NAMES[TRUTH], nodes=REST) > 0.8


def test_networkx_itself():
    networkx = pytest.importorskip("networkx")
    club = networkx.karate_club_graph()
    model = LabelPropagation().fit(club, "club", train=[0, 33])
    assert model.score() > 0.85 and model.classes_.tolist() == ["Mr. Hi", "Officer"]
    again = GCN().fit(club, {0: "Mr. Hi", 33: "Officer"}, X=np.eye(34))
    assert again.score(y="club") > 0.7
    with pytest.warns(UserWarning, match="both ways"):
        assert len(GCN(epochs=2).fit(networkx.DiGraph([(0, 1), (1, 2)]), [0, 1, 0]).predict()) == 3


@pytest.mark.parametrize("unknown", [
    [None if c < 0 else int(c) for c in FEW], [np.nan if c < 0 else float(c) for c in FEW], FEW, FEW.astype(np.int8), FEW[:, None],
    ["" if c < 0 else str(c) for c in FEW], {i: int(c) for i, c in enumerate(FEW) if c >= 0},
], ids=["None", "NaN", "-1", "bytes", "column", "empty", "dict"])
def test_unknown_labels(unknown):
    model = LabelPropagation().fit(W, unknown)
    assert [str(int(float(c))) for c in model.classes_] == ["0", "1", "2"]
    np.testing.assert_array_equal(model.predict_proba(), LabelPropagation().fit(W, FEW).predict_proba())
    assert model.score(y=[str(c) for c in TRUTH] if isinstance(unknown, list) and "" in unknown else TRUTH) > 0.8


def test_labels_of_pandas():
    pandas = pytest.importorskip("pandas")
    y = pandas.Series(FEW, name="field").replace(-1, pandas.NA).astype("Int64")
    for own in (y, y.astype(object), y.astype("string"), y.astype("category")):
        np.testing.assert_array_equal(LabelPropagation().fit(W, own).predict().astype(int), LabelPropagation().fit(W, FEW).predict())


def test_minus_one_is_a_class_beside_one_alone():
    model = LabelPropagation().fit(W, np.where(TRUTH > 0, 1, -1))
    assert model.classes_.tolist() == [-1, 1]


@pytest.mark.parametrize("cls", NETWORKS, ids=lambda cls: cls.__name__)
def test_masks_and_numbers_of_nodes_divide(cls):
    by_mask = quick(cls).fit(W, TRUTH, X=X, train=mask(range(20)), valid=mask(range(20, 40)))
    by_number = quick(cls).fit(W, TRUTH, X=X, train=range(20), valid=np.arange(20, 40)[::-1])
    own = data(x=X, y=TRUTH, train_mask=mask(range(20)), val_mask=mask(range(20, 40)), test_mask=mask(range(40, N)))
    of_data = quick(cls).fit(own)
    for model in (by_number, of_data):
        np.testing.assert_array_equal(model.predict_proba(), by_mask.predict_proba())
    assert {part: len(nodes) for part, nodes in of_data.split_.items()} == {"train": 20, "valid": 20, "test": N - 40}
    assert of_data.score(own) == of_data.score() == of_data.score(y=TRUTH, nodes=of_data.split_["test"])
    # What is neither learnt from nor chosen by says nothing.
    others = np.where(np.arange(N) < 40, TRUTH, -1)
    np.testing.assert_array_equal(quick(cls).fit(W, others, X=X, train=range(20), valid=range(20, 40)).predict_proba(), by_mask.predict_proba())
    with pytest.warns(UserWarning, match="10 of the nodes to learn from choose the weights too"):
        more = quick(cls).fit(own, train=range(30))
    assert more.split_["train"].tolist() == list(range(30))


def test_so_many_labels_per_class_are_drawn():
    model = GCN(labels_per_class=4, **QUICK).fit(W, TRUTH, X=X)
    assert np.bincount(TRUTH[model.split_["train"]]).tolist() == [4, 4, 4]
    assert model.score() == model.score(nodes=model.split_["test"]) > 0.5
    assert len(np.unique(np.concatenate(list(model.split_.values())))) == N
    other = GCN(labels_per_class=4, random_state=1, **QUICK).fit(W, TRUTH, X=X)
    assert other.split_["train"].tolist() != model.split_["train"].tolist()
    with pytest.warns(UserWarning, match="labels_per_class"):
        GCN(labels_per_class=4, epochs=2).fit(W, TRUTH, X=X, train=range(20))
    with pytest.raises(ValueError, match="none is left to test"):
        GCN(labels_per_class=40).fit(W, TRUTH, X=X)


@pytest.mark.parametrize("cls", NETWORKS, ids=lambda cls: cls.__name__)
def test_sparse_features_are_dense_ones(cls):
    few = quick(cls).fit(W, FEW, X=WORDS)
    np.testing.assert_array_equal(quick(cls).fit(W, FEW, X=sparse.csr_array(WORDS)).predict_proba(), few.predict_proba())
    np.testing.assert_array_equal(few.predict_proba(W, X=sparse.csc_matrix(WORDS)), few.predict_proba())
    assert few.n_features_in_ == 30 and few.score(y=TRUTH, nodes=REST) > 0.8
    # Without a scale it is the same in both forms, to what rounding leaves.
    dense, rows = (quick(cls, normalize="none", dropout=0.0).fit(W, FEW, X=own) for own in (X, sparse.csr_array(X)))
    np.testing.assert_allclose(dense.predict_proba(), rows.predict_proba(), atol=1e-3)
    np.testing.assert_allclose(dense.predict_proba(X=sparse.csr_array(X)), dense.predict_proba(), atol=1e-12)


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_frames_have_names_and_categories(package):
    frames = pytest.importorskip(package)
    frame = frames.DataFrame({"size": X[:, 0], "kind": np.where(TRUTH == 0, "new", "old"), "late": X[:, 1] > 0})
    model = GCN(**QUICK).fit(W, FEW, X=frame)
    assert model.feature_names_in_.tolist() == ["size", "kind", "late"] and model.n_features_in_ == 3
    other = frames.DataFrame({name: frame[name] for name in ("late", "extra", "kind", "size") if name in frame.columns})
    np.testing.assert_array_equal(model.predict_proba(W, X=other), model.predict_proba())
    with pytest.raises(ValueError, match="`kind`"):
        model.predict(W, X=frame[["size", "late"]])
    if package == "pandas":
        numbered = GCN(**QUICK).fit(W, FEW, X=frames.DataFrame(X))
        np.testing.assert_array_equal(numbered.predict_proba(X=frames.DataFrame(X)), GCN(**QUICK).fit(W, FEW, X=X).predict_proba())
    as_attributes = Graph.of(W, size=X[:, 0].tolist(), kind=frame["kind"].to_list(), late=[bool(own) for own in X[:, 1] > 0])
    np.testing.assert_array_equal(GCN(**QUICK).fit(as_attributes, FEW).predict_proba(), model.predict_proba())
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(), model.predict_proba())


def test_attributes_that_say_nothing_are_left_out():
    names = [f"author {i}" for i in range(N)]
    graph = Graph.of(W, names=names, title=[name.upper() for name in names], size=[None if i == 5 else X[i, 0] for i in range(N)], field=FEW.tolist())
    with pytest.warns(UserWarning, match="`title`"):
        model = GCN(**QUICK).fit(graph, "field")
    assert model.feature_names_in_.tolist() == ["size"] and model.predict_proba(graph).shape == (N, 3)
    assert model.score(graph) == model.score() > 0.3


@pytest.mark.parametrize("cls", NETWORKS, ids=lambda cls: cls.__name__)
def test_another_graph_is_predicted_by_its_features(cls):
    model = cls(epochs=100).fit(W, TRUTH, X=X)
    w, truth, x = blocks(seed=5, n=60)
    # Sums over neighbours depend on degrees, which are others here.
    assert model.predict(w, X=x).shape == (60,) and model.score(w, truth, X=x) > (0.7 if cls is GIN else 0.8)
    width = 64 if cls is GIN else 16
    assert model.transform(w, X=x).shape == (60, width) and model.transform().shape == (N, width)
    assert model.score(data(w, x=x, y=truth)) == model.score(w, truth, X=x)
    with pytest.raises(ValueError, match="give X"):
        model.predict(w)
    with pytest.raises(ValueError, match="X has 4 features, but .* is expecting 5"):
        model.predict(w, X=x[:, :4])


def test_nodes_without_features_are_known_by_name():
    names = [f"n{i}" for i in range(N)]
    model = GCN(**QUICK).fit(Graph.of(W, names), FEW)
    assert model.n_features_in_ == 0 and "no features" in "".join(model.fit_report_.notes)
    order = np.random.default_rng(3).permutation(N)
    turned = Graph.of(W[np.ix_(order, order)], [names[i] for i in order])
    np.testing.assert_allclose(model.predict_proba(turned), model.predict_proba()[order], atol=1e-5)
    with pytest.raises(ValueError, match="no node of this graph"):
        LabelPropagation().fit(Graph.of(W, names), FEW).predict(W)


def test_metrics_have_intervals():
    model = GCN(**QUICK).fit(W, FEW, X=X[:, :4] + 1.5 * np.random.default_rng(7).normal(size=(N, 4)))
    found = model.evaluate(y=TRUTH, nodes=REST)
    assert found["accuracy"].low < found["accuracy"].value < found["accuracy"].high
    assert found["accuracy"].value == model.score(y=TRUTH, nodes=REST) == np.mean(model.predict()[24:] == TRUTH[24:])
    assert "log_loss" in found and model.score() == np.mean(model.predict()[:24] == TRUTH[:24])
    assert model.fit_report_.traces["train"]["loss"] and model.n_parameters_ == 4 * 16 + 16 + 16 * 3 + 3


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_kept_and_taken_up_again(cls, tmp_path):
    model = quick(cls).fit(W, NAMES[TRUTH], X=X)
    p = model.predict_proba()
    for again in (pickle.loads(pickle.dumps(model)), sklearn_base.clone(model).fit(W, NAMES[TRUTH], X=X)):
        np.testing.assert_array_equal(again.predict_proba(), p)
        assert again.classes_.tolist() == NAMES.tolist() and again.score() == model.score()
    model.save(tmp_path / "model.induce")
    again = induce.load(tmp_path / "model.induce")
    lists = {name: list(value) for name, value in model.get_params().items() if isinstance(value, tuple)}
    assert type(again) is cls and again.get_params() == {**model.get_params(), **lists}
    np.testing.assert_array_equal(again.predict_proba(W, X=X), p)
    assert again.predict(W, X=X).dtype == model.predict().dtype and again.n_features_in_ == model.n_features_in_
    with pytest.raises(ValueError, match="give the graph"):
        again.predict()
    assert again.split_ == {} and again.fit_report_.reason == model.fit_report_.reason


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_classes_keep_their_type_in_files(cls, tmp_path):
    for labels in (TRUTH, TRUTH == 1, TRUTH.astype(float), NAMES[TRUTH]):
        model = quick(cls).fit(W, labels, X=X)
        model.save(tmp_path / "model.induce")
        again = induce.load(tmp_path / "model.induce")
        assert again.classes_.tolist() == model.classes_.tolist() and again.classes_.dtype == model.classes_.dtype
        assert again.score(W, labels, X=X) == model.score()


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_threads_and_time_leave_no_trace(cls):
    fits = [quick(cls, n_jobs=jobs).fit(W, FEW, X=X) for jobs in (1, 2, 4)]
    for fit in fits[1:]:
        assert fit.model_.to_bytes() == fits[0].model_.to_bytes()
        np.testing.assert_array_equal(fit.predict_proba(), fits[0].predict_proba())


def test_one_who_watches_may_stop_it():
    seen = []
    model = GCN(callbacks=lambda step, metrics: seen.append(step) or step >= 5).fit(W, FEW, X=X)
    assert model.fit_report_.outcome == "stopped" and seen[-1] == 5


def test_directions_are_taken_both_ways():
    w = np.triu(W)
    with pytest.warns(UserWarning, match="one way only and are taken both ways$"):
        one = GCN(**QUICK).fit(w, FEW, X=X)
    with pytest.warns(UserWarning, match="the graph is directed: its edges are taken both ways$"):
        two = GCN(**QUICK).fit(Graph.of(w, directed=True), FEW, X=X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        both = GCN(**QUICK).fit(W, FEW, X=X)
    for model in (one, two):
        np.testing.assert_array_equal(model.predict_proba(), both.predict_proba())
    uneven = W * np.where(np.triu(np.ones_like(W)), 1.0, 3.0)
    with pytest.warns(UserWarning, match="another weight back: .* the mean of both$"):
        mean = GCN(**QUICK).fit(uneven, FEW, X=X)
    np.testing.assert_array_equal(mean.predict_proba(), GCN(**QUICK).fit(2 * W, FEW, X=X).predict_proba())


def hurt(**more):
    return {"graph": W, "y": FEW, "X": X, **more}


MISTAKES = {
    "the graph is no matrix": (hurt(graph=W[:5]), "no matrix of edges"),
    "the graph is a list of rows": (hurt(graph=X), "features of nodes are X"),
    "the graph holds words": (hurt(graph=np.full((N, N), "a")), "no weights of edges"),
    "no node": (hurt(graph=np.zeros((0, 0)), y=[], X=None), "no node"),
    "one node": (hurt(graph=np.zeros((1, 1)), y=[1], X=None), "of the class `1`"),
    "an edge below nothing": (hurt(graph=-W), "the weight -1 between nodes .*\n?.*at least 0"),
    "an edge of no weight": (hurt(graph=np.where(W > 0, np.nan, 0)), "is nan\nhint: leave edges out"),
    "an edge to nobody": (hurt(graph=SimpleNamespace(edge_index=np.array([[0], [N]]), num_nodes=N)), f"an edge is at node {N}"),
    "ends of edges in columns": (hurt(graph=SimpleNamespace(edge_index=np.zeros((7, 2), dtype=int), num_nodes=N)), "two rows"),
    "few labels": (hurt(y=FEW[:10]), f"y has the shape .10,., and there are {N} nodes"),
    "no labels": (hurt(y=None), "y is None"),
    "unknown labels": (hurt(y=[None] * N), "no node has a known class"),
    "an infinite class": (hurt(y=np.where(TRUTH > 1, np.inf, TRUTH)), "quantities"),
    "edges of complex weight": (hurt(graph=sparse.csr_array(W.astype(complex))), "no weights of edges"),
    "quantities": (hurt(y=X[:, 0]), "quantities"),
    "one class": (hurt(y=np.where(TRUTH == 0, 0, -1)), "nothing to tell apart"),
    "a class that is not learnt": (hurt(y=TRUTH, train=np.flatnonzero(TRUTH < 2)), "no node to learn from is of the class `2`\nhint"),
    "no such attribute": (hurt(graph=Graph.of(W, field=FEW.tolist()), y="club"), "no attribute `club`\nhint: there are `field`"),
    "a stranger": (hurt(y={0: 1, N: 2}), f"label of {N}, which is no node"),
    "few rows": (hurt(X=X[:7]), f"X has 7 rows, and the graph {N} nodes"),
    "a list of features": (hurt(X=X[:, 0]), "X has the shape"),
    "infinite features": (hurt(X=np.where(X > 2, np.inf, X)), "X is infinite at"),
    "sparse features that are missing": (hurt(X=sparse.csr_array(np.where(X > 2, np.nan, X))), "sparse and contains NaN"),
    "features of words": (hurt(X=X.astype(str)), "X is of type"),
    "a short mask": (hurt(train=np.ones(5, dtype=bool)), f"train is a mask of 5, and there are {N} nodes"),
    "a node too far": (hurt(valid=[3, N]), f"valid has the node {N}"),
    "a mask of floats": (hurt(train=np.ones(N)), "train is of type float64"),
    "nobody to learn from": (hurt(train=np.zeros(N, dtype=bool)), "train has no node"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_said_in_words(name):
    given, words = MISTAKES[name]
    with pytest.raises(ValueError, match=words):
        GCN().fit(**given)


def test_mistakes_of_the_fitted():
    with pytest.raises(NotFittedError):
        GCN().predict(W)
    model = GCN(**QUICK).fit(W, FEW, X=X)
    with pytest.raises(ValueError, match="classes that the model does not know: 7\nhint: it knows `0`"):
        model.score(y=np.where(TRUTH == 0, 7, TRUTH))
    with pytest.raises(ValueError, match="none of these nodes has a known class"):
        model.score(nodes=REST)
    with pytest.raises(ValueError, match="a mask of 4"):
        model.score(nodes=[True, False, True, True])
    with pytest.raises(ValueError, match="filter"):
        GCN(filter="fourier").fit(W, FEW, X=X)
    with pytest.raises(ValueError, match="labels_per_class"):
        GCN(labels_per_class=-1).fit(W, FEW, X=X)


def test_missing_features_are_said_to_the_network():
    hidden = np.where(np.random.default_rng(4).random(X.shape) < 0.2, np.nan, X)
    model = GCN(**QUICK).fit(W, FEW, X=hidden)
    assert np.isfinite(model.predict_proba()).all() and model.score(y=TRUTH, nodes=REST) > 0.7


def learnt_by_the_command_line(cls, file, tmp_path, *words):
    out = tmp_path / "theirs.induce"
    words = [*words, *(["--set", "epochs=40"] if cls in NETWORKS else []), "--seed", "3", "-o", out, "-q"]
    done = subprocess.run([os.environ["INDUCE_BINARY"], "train", file, "-m", cls._kind, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return _native.open(str(out))[0].to_bytes()


@pytest.mark.skipif("INDUCE_BINARY" not in os.environ, reason="no binary to compare with")
@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("features", [X, WORDS], ids=["numbers", "words"])
def test_the_command_line_learns_the_same(cls, features, tmp_path):
    masks = {"train_mask": mask(range(20)), "val_mask": mask(range(20, 40)), "test_mask": mask(range(40, N))}
    ends = np.stack(np.nonzero(W))
    np.savez(tmp_path / "graph.npz", edge_index=ends, x=features, y=TRUTH, **masks)
    theirs = learnt_by_the_command_line(cls, tmp_path / "graph.npz", tmp_path)
    model = quick(cls, random_state=3).fit(data(x=features, y=TRUTH, **masks))
    assert model.model_.to_bytes() == theirs
    again = induce.load(tmp_path / "theirs.induce")
    np.testing.assert_array_equal(again.predict_proba(data(x=features)), model.predict_proba())
    model.save(tmp_path / "ours.induce")
    done = subprocess.run([os.environ["INDUCE_BINARY"], "predict", tmp_path / "ours.induce", tmp_path / "graph.npz", "-q"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [int(line.split(",")[1]) for line in done.stdout.split()[1:]] == model.predict().tolist()


@pytest.mark.skipif("INDUCE_BINARY" not in os.environ, reason="no binary to compare with")
@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_the_command_line_draws_the_same_labels(cls, tmp_path):
    np.savez(tmp_path / "graph.npz", edge_index=np.stack(np.nonzero(W)), x=X, y=TRUTH)
    theirs = learnt_by_the_command_line(cls, tmp_path / "graph.npz", tmp_path, "--set", "labels_per_class=4")
    assert quick(cls, random_state=3, labels_per_class=4).fit(data(x=X, y=TRUTH)).model_.to_bytes() == theirs


@pytest.mark.skipif("INDUCE_BINARY" not in os.environ, reason="no binary to compare with")
@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("directed", [False, True], ids=["edges", "arcs"])
def test_a_file_of_networkx_is_its_graph(cls, directed, tmp_path):
    networkx = pytest.importorskip("networkx")
    graph = networkx.DiGraph() if directed else networkx.Graph()
    for i in range(N):
        graph.add_node(f"n{i}", field=str(NAMES[TRUTH[i]]), size=float(X[i, 0]), kind="new" if X[i, 1] > 0 else "old")
    for i, j in zip(*np.nonzero(np.triu(W))):
        graph.add_edge(f"n{j}", f"n{i}", weight=float(1 + (i + j) % 3))
    networkx.write_gml(graph, tmp_path / "graph.gml")
    theirs = learnt_by_the_command_line(cls, tmp_path / "graph.gml", tmp_path, "--target", "field", "--holdout", "0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if directed else "error")
        assert quick(cls, random_state=3).fit(graph, "field").model_.to_bytes() == theirs


def test_graphs_need_no_other_package():
    code = """
        import sys
        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("sklearn", "scipy", "pandas", "polars", "networkx", "torch", "torch_geometric"):
                    raise ImportError(name)
        sys.meta_path.insert(0, Absent())
        import numpy as np, pickle
        from induce._registry import every_graph_model
        w = np.kron(np.eye(2), np.ones((5, 5))) - np.eye(10)
        w[4, 5] = w[5, 4] = 1
        words = (np.arange(10)[:, None] == np.arange(10)[None, :]).astype(int)
        for cls in every_graph_model():
            for X in (None, words, np.random.default_rng(0).normal(size=(10, 2))):
                model = cls(**({"epochs": 20} if hasattr(cls, "transform") else {})).fit(w, ["a"] + [None] * 8 + ["b"], X=X)
                again = pickle.loads(pickle.dumps(model))
                assert (again.predict_proba() == model.predict_proba()).all() and 0 <= again.score(y=["a"] * 5 + ["b"] * 5) <= 1
            assert cls().set_params(random_state=3).get_params()["random_state"] == 3 and repr(model)
        assert not {"sklearn", "scipy", "networkx"} & set(sys.modules)
        print("done")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "done", done.stderr


def shapes(count=40):
    """Rings and stars of 5 to 12 nodes in turn, and their classes."""
    graphs = []
    for g in range(count):
        n, star = 5 + g // 2 % 8, g % 2 == 1
        w = np.zeros((n, n))
        for i in range(n):
            j = 0 if star else (i + 1) % n
            if i != j:
                w[i, j] = w[j, i] = 1.0
        graphs.append(w)
    return graphs, np.array(["ring", "star"] * (count // 2))


@pytest.mark.parametrize("cls", NETWORKS)
def test_whole_graphs_have_classes(cls):
    graphs, y = shapes()
    model = cls(epochs=40, graphs_per_step=8).fit(graphs, y)
    assert model.predict().tolist() == y.tolist()
    assert model.predict_proba(graphs[:3]).shape == (3, 2)
    assert model.predict(graphs[1:2]).tolist() == ["star"]
    assert model.transform().shape[0] == len(graphs)
    assert model.score(graphs, y) == 1.0
    # Matrices of SciPy and graphs of NetworkX are the same graphs.
    assert np.allclose(model.predict_proba([sparse.csr_matrix(w) for w in graphs]), model.predict_proba(), atol=0)
    assert np.allclose(model.predict_proba([Graph.of(w) for w in graphs]), model.predict_proba(), atol=0)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(), model.predict_proba())


def test_batches_of_pytorch_geometric_have_a_class_for_each_graph():
    graphs, y = shapes()
    sizes = [len(w) for w in graphs]
    first = np.cumsum([0, *sizes])
    ends = np.concatenate([np.array(np.nonzero(w)) + start for w, start in zip(graphs, first)], axis=1)
    batch = SimpleNamespace(edge_index=ends, batch=np.repeat(np.arange(len(graphs)), sizes), y=(y == "star").astype(int), num_nodes=int(first[-1]))
    model = GIN(epochs=40, graphs_per_step=8).fit(batch)
    assert model.predict().tolist() == (y == "star").tolist()
    each = [SimpleNamespace(edge_index=np.array(np.nonzero(w)), y=np.array([int(c == "star")]), num_nodes=len(w)) for w, c in zip(graphs, y)]
    assert np.array_equal(GIN(epochs=40, graphs_per_step=8).fit(each).predict_proba(), model.predict_proba())
    few = GIN(epochs=40, graphs_per_step=8, labels_per_class=3).fit(graphs, y)
    assert {part: len(own) for part, own in few.split_.items()} == {"train": 6, "valid": 11, "test": 23}
    assert few.score() == 1.0


def test_mistakes_with_graphs_are_explained():
    graphs, y = shapes(4)
    with pytest.raises(ValueError, match="there are 4 graphs"):
        GIN().fit(graphs, y[:3])
    with pytest.raises(ValueError, match="for each graph"):
        GIN().fit(graphs)
    with pytest.raises(ValueError, match="label propagation says something of nodes"):
        LabelPropagation().fit(graphs, y)
    model = GIN(epochs=2).fit(graphs, y)
    with pytest.raises(ValueError, match="which graph a node is in"):
        model.predict(graphs[0])
    with pytest.raises(ValueError, match="different widths"):
        GIN().fit([SimpleNamespace(edge_index=np.zeros((2, 0), int), x=np.ones((3, k)), y=np.array([k])) for k in (1, 2)])


def cliques(n=12):
    w = np.kron(np.eye(2), np.ones((n, n))) - np.eye(2 * n)
    w[0, 1] = w[1, 0] = 0
    return w


def test_edges_that_are_likely_are_found(tmp_path):
    w = cliques()
    model = VGAE(test_fraction=0.0, validation_fraction=0.0).fit(w)
    nodes, others, probability = model.links(top=2)
    assert nodes.tolist() == np.repeat(np.arange(24), 2).tolist() and (probability[::2] >= probability[1::2]).all()
    assert (others[0], others[2]) == (1, 0)
    places = model.transform()
    assert places.shape == (24, 16) and model.n_parameters_ > 0
    joined = 1 / (1 + np.exp(-places[0] @ places[1]))
    assert np.isclose(joined, probability[0], atol=1e-5)
    # Matrices and graphs of other packages are the same graph.
    assert np.array_equal(model.transform(sparse.csr_matrix(w)), places)
    model.save(tmp_path / "m.induce")
    again = induce.load(tmp_path / "m.induce")
    assert isinstance(again, VGAE) and np.array_equal(again.transform(w), places)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).transform(), places)
    with pytest.raises(ValueError, match="keeps no graph"):
        again.transform()
    with pytest.raises(ValueError, match="top == 0"):
        model.links(top=0)
    with pytest.raises(NotFittedError):
        VGAE().links(w)


def test_links_have_the_settings_of_the_registry():
    own = {name: value for name, value in VGAE().get_params().items() if name not in ELSEWHERE}
    settings = {name: json.loads(default) for name, default, *_ in _native.models()["vgae"]["settings"]}
    assert {name: list(value) if isinstance(value, tuple) else value for name, value in own.items()} == settings
    for name in VGAE().get_params():
        assert f"    {name} : " in VGAE.__doc__

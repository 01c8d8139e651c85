"""Which class stands for which model of the registry."""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: registry name -> task -> "module.Class"
CLASSES: dict[str, dict[str, str]] = {
    "boost": {"regression": "boost.BoostRegressor", "classification": "boost.BoostClassifier", "ranking": "boost.BoostRanker"},
    "linear": {"regression": "linear_model.LinearRegression"},
    "ridge": {"regression": "linear_model.Ridge"},
    "lasso": {"regression": "linear_model.Lasso"},
    "elastic-net": {"regression": "linear_model.ElasticNet"},
    "logistic": {"classification": "linear_model.LogisticRegression"},
    "bayes-linear": {"regression": "linear_model.BayesianLinearRegression"},
    "bayes-logistic": {"classification": "linear_model.BayesianLogisticRegression"},
    "glm": {
        "regression": "linear_model.GeneralizedLinearRegressor",
        "classification": "linear_model.GeneralizedLinearClassifier",
    },
    "tree": {"regression": "tree.DecisionTreeRegressor", "classification": "tree.DecisionTreeClassifier"},
    "forest": {"regression": "ensemble.RandomForestRegressor", "classification": "ensemble.RandomForestClassifier"},
    "extra-trees": {"regression": "ensemble.ExtraTreesRegressor", "classification": "ensemble.ExtraTreesClassifier"},
    "bagging": {"regression": "ensemble.BaggingRegressor", "classification": "ensemble.BaggingClassifier"},
    "adaboost": {"regression": "ensemble.AdaBoostRegressor", "classification": "ensemble.AdaBoostClassifier"},
    "ransac": {"regression": "linear_model.RANSACRegressor"},
    "mlp": {"regression": "neural_network.MLPRegressor", "classification": "neural_network.MLPClassifier"},
    "bayes-mlp": {
        "regression": "neural_network.BayesianMLPRegressor",
        "classification": "neural_network.BayesianMLPClassifier",
    },
    "kmeans": {"clustering": "cluster.KMeans"},
    "mini-batch-kmeans": {"clustering": "cluster.MiniBatchKMeans"},
    "bisecting-kmeans": {"clustering": "cluster.BisectingKMeans"},
    "dp-means": {"clustering": "cluster.DPMeans"},
    "hard-hdp": {"clustering": "cluster.HardHDP"},
    "spectral": {"clustering": "cluster.SpectralClustering"},
    "gmm": {"clustering": "mixture.GaussianMixture"},
    "bayes-gmm": {"clustering": "mixture.BayesianGaussianMixture"},
    "lda": {"transform": "decomposition.LatentDirichletAllocation"},
    "pca": {"transform": "decomposition.PCA"},
    "gpt": {"language": "language.GPT"},
    "llama": {"language": "language.Llama"},
    "lstm": {"language": "language.LSTM"},
    "gru": {"language": "language.GRU"},
    "rnn": {"language": "language.RNN"},
    "vae": {"images": "latent.VAE", "transform": "latent.TableVAE"},
    "iwae": {"images": "latent.IWAE"},
    "jvi": {"images": "latent.JVI"},
    "autoencoder": {"images": "latent.AutoEncoder"},
    "vqvae": {"images": "latent.VQVAE"},
    "dvae": {"images": "latent.DVAE"},
    "cnn": {"images": "neural_network.CNNClassifier"},
    "graph-cnn": {"images": "neural_network.GraphCNNClassifier"},
    "gcn": {"graphs": "graph.GCN"},
    "chebnet": {"graphs": "graph.ChebNet"},
    "gin": {"graphs": "graph.GIN"},
    "vgae": {"links": "graph.VGAE"},
    "mf": {"regression": "recommend.MatrixFactorization"},
    "gcmc": {"regression": "recommend.GCMC"},
    "label-propagation": {"graphs": "graph.LabelPropagation"},
}


def class_of(kind: str, task: str) -> Any:
    """The class for a model called `kind` that does `task`."""
    place = CLASSES.get(kind, {}).get(task)
    if place is None:
        raise ValueError(f"there is no class for a model `{kind}` for {task}")
    module, name = place.split(".")
    return getattr(import_module(f"induce.{module}"), name)


def every_language_model() -> list[Any]:
    """Every class of language models."""
    return [class_of(kind, task) for kind, places in CLASSES.items() for task in places if task == "language"]


def every_auto_encoder() -> list[Any]:
    """Every class of auto-encoders of images."""
    return [class_of(kind, "images") for kind, places in CLASSES.items() if places.get("images", "").startswith("latent.")]


def every_graph_model() -> list[Any]:
    """Every class of models of the nodes of a graph."""
    return [class_of(kind, task) for kind, places in CLASSES.items() for task in places if task == "graphs"]


def every_estimator() -> list[Any]:
    """Every public estimator class of tables."""
    places = [place for tasks in CLASSES.values() for task, place in tasks.items() if task not in ("language", "images", "graphs", "links")]
    found = []
    for module in dict.fromkeys(place.split(".")[0] for place in places):
        space = import_module(f"induce.{module}")
        # Those of images are estimators of another kind.
        found += [cls for name in space.__all__ if hasattr(cls := getattr(space, name), "fit") and hasattr(cls, "_task")]
    return found

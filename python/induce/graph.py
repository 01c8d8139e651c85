"""Classes of the nodes of a graph, learnt from a few that are known; classes of whole graphs; edges that are likely.

A graph is a matrix of SciPy or NumPy, a graph of NetworkX, or data of PyTorch Geometric; none of these packages is needed.
"""

from __future__ import annotations

from ._graph_links import GraphLinks
from ._graph_models import GraphModel, GraphNetwork
from ._parameters import FITTING, documented, keep

__all__ = ["GCN", "GIN", "VGAE", "ChebNet", "LabelPropagation"]

_DOC = """{title}

    Parameters
    ----------
{settings}
{taken}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_features_in_ : int
        Features of a node; 0 where nodes are known by their names alone.
    feature_names_in_ : ndarray
        Of frames and of attributes of nodes.
{more}    split_ : dict of str to ndarray
        Numbers of the nodes of "train", "valid" and "test" where something divides them: masks, or `labels_per_class`.
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.graph import {name}
    >>> cliques = np.kron(np.eye(2), np.ones((5, 5))) - np.eye(10)
    >>> cliques[4, 5] = cliques[5, 4] = 1
    >>> y = ["a", *[None] * 8, "b"]
    >>> model = {name}({small}).fit(cliques, y)
    >>> print(*model.predict()[[1, 8]])
    a b
    """


_LINKS = """A variational graph auto-encoder: P(i and j are joined) = sigmoid(z_i' z_j), z ~ N(0, I) (Kipf & Welling 2016).

    Parameters
    ----------
{settings}
{taken}

    Attributes
    ----------
    n_features_in_ : int
        Features of a node; 0 where nodes are known by their names alone.
    n_parameters_ : int
    fit_report_ : FitReport
        Its notes say how well edges are foretold that were held out (`test_fraction`).

    Examples
    --------
    >>> import numpy as np
    >>> from induce.graph import VGAE
    >>> cliques = np.kron(np.eye(2), np.ones((6, 6))) - np.eye(12)
    >>> cliques[0, 1] = cliques[1, 0] = 0
    >>> model = VGAE(test_fraction=0.0, validation_fraction=0.0).fit(cliques)
    >>> nodes, others, probability = model.links(top=1)
    >>> (nodes[0].item(), others[0].item())
    (0, 1)
    """.format(
    taken=FITTING,
    settings=documented("vgae", hidden=("hidden", "int or list of int, default=(32,)")),
)


def _network(kind: str, name: str, title: str, hidden: str = "(16,)") -> str:
    return _DOC.format(
        name=name,
        title=title,
        small="dropout=0.0",
        taken=FITTING,
        more="    n_parameters_ : int\n",
        settings=documented(
            kind,
            hidden=("hidden", f"int or list of int, default={hidden}"),
            neighbors=("neighbors", "list of int, default=()"),
        ),
    )


class GCN(GraphNetwork):
    _kind = "gcn"
    __doc__ = _network(
        "gcn",
        "GCN",
        "A graph convolutional network: P(y = k) = softmax_k f(X), layers S h W + b with S = D^-1/2 (A + I) D^-1/2 (Kipf & Welling 2017).",
    )

    def __init__(
        self,
        *,
        filter="renormalized",
        order=2,
        largest_eigenvalue=0.0,
        hidden=(16,),
        activation="relu",
        dropout=0.5,
        l2=0.0005,
        normalize="auto",
        labels_per_class=0,
        readout="mean",
        graphs_per_step=32,
        neighbors=(),
        epochs=200,
        validation_fraction=0.2,
        steps=10000,
        batch=512,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=0,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class ChebNet(GraphNetwork):
    _kind = "chebnet"
    __doc__ = _network(
        "chebnet",
        "ChebNet",
        "A network of Chebyshev filters: layers sum_k T_k(L) h W_k + b of the rescaled Laplacian L (Defferrard, Bresson & Vandergheynst 2016).",
    )

    def __init__(
        self,
        *,
        filter="chebyshev",
        order=2,
        largest_eigenvalue=0.0,
        hidden=(16,),
        activation="relu",
        dropout=0.5,
        l2=0.0005,
        normalize="auto",
        labels_per_class=0,
        readout="mean",
        graphs_per_step=32,
        neighbors=(),
        epochs=200,
        validation_fraction=0.2,
        steps=10000,
        batch=512,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=0,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class GIN(GraphNetwork):
    _kind = "gin"
    __doc__ = _network(
        "gin",
        "GIN",
        "A graph isomorphism network, for classes of whole graphs: layers (A + I) h W + b, whose nodes are pooled (Xu, Hu, Leskovec & Jegelka 2019).",
        hidden="(64, 64)",
    )

    def __init__(
        self,
        *,
        filter="sum",
        order=2,
        largest_eigenvalue=0.0,
        hidden=(64, 64),
        activation="relu",
        dropout=0.1,
        l2=0.0,
        normalize="auto",
        labels_per_class=0,
        readout="mean",
        graphs_per_step=32,
        neighbors=(),
        epochs=200,
        validation_fraction=0.2,
        steps=10000,
        batch=512,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=0,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class VGAE(GraphLinks):
    _kind = "vgae"
    __doc__ = _LINKS

    def __init__(
        self,
        *,
        latent=16,
        variational=True,
        test_fraction=0.1,
        validation_fraction=0.05,
        epochs=200,
        filter="renormalized",
        order=2,
        largest_eigenvalue=0.0,
        hidden=(32,),
        activation="relu",
        dropout=0.0,
        normalize="columns",
        steps=10000,
        batch=512,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=0,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class LabelPropagation(GraphModel):
    _kind = "label-propagation"
    _reads_features = False
    __doc__ = _DOC.format(
        name="LabelPropagation",
        title="Label propagation: F = (1 - alpha) (I - alpha D^-1/2 A D^-1/2)^-1 Y, classes in proportion to rows of F (Zhou et al. 2004).\n\n"
        "    It reads no features, and keeps the names of nodes whose classes are known: of another graph it says something as far as it has these.",
        small="",
        taken=FITTING,
        more="",
        settings=documented("label-propagation"),
    )

    def __init__(
        self,
        *,
        method="spreading",
        alpha=0.9,
        labels_per_class=0,
        max_iter=1000,
        tolerance=0.000001,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


def __dir__() -> list[str]:
    return sorted(__all__)

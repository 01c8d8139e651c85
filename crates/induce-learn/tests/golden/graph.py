"""Laplacians, spectra, neighbours and measures of a division, by SciPy and networkx.

pip install numpy==2.4.6 scipy==1.17.1 networkx==3.6.1 scikit-learn==1.9.1
"""
import json, pathlib
import networkx as nx
import numpy as np
from scipy.sparse import csgraph
from sklearn.neighbors import NearestNeighbors

karate = nx.karate_club_graph()
edges = [(i, j, float(d["weight"])) for i, j, d in karate.edges(data=True)]
w = nx.to_numpy_array(karate, weight="weight")
d = w.sum(1)
plain = csgraph.laplacian(w)
symmetric = csgraph.laplacian(w, normed=True)
club = [int(karate.nodes[i]["club"] != "Mr. Hi") for i in karate]
parts = [{i for i in karate if club[i] == c} for c in (0, 1)]
cuts = [nx.cut_size(karate, part, weight="weight") for part in parts]
volumes = [sum(d[list(part)]) for part in parts]
rng = np.random.default_rng(0)
out = {
    "edges": edges,
    "club": club,
    "degrees": d.tolist(),
    "unnormalized": np.linalg.eigvalsh(plain).tolist(),
    "symmetric": np.linalg.eigvalsh(symmetric).tolist(),
    "random_walk": sorted(np.linalg.eigvals(np.eye(len(d)) - w / d[:, None]).real.tolist()),
    "incidence": np.abs(nx.incidence_matrix(karate, weight="weight").toarray()).sum(1).tolist(),
    "cut": cuts[0],
    "normalized_cut": sum(c / v for c, v in zip(cuts, volumes)),
    "modularity": nx.community.modularity(karate, parts, weight="weight"),
    "neighbours": [],
}
for n, p in [(60, 2), (90, 5), (70, 20)]:
    x = rng.normal(size=(n, p)).round(3)
    x[-1] = x[0]  # two at one place
    distance, index = NearestNeighbors(n_neighbors=6, algorithm="brute").fit(x).kneighbors()
    out["neighbours"].append({"p": p, "x": x.ravel().tolist(), "distance": distance.ravel().tolist()})
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")

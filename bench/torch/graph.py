"""GCN by PyTorch Geometric: `graph.py FILE THREADS HOW EPOCHS` writes the seconds of EPOCHS passages, an evaluation after each, and the test accuracy.

HOW is `edges` (messages along edges, as in the library's example), `sparse` (a cached sparse matrix), `compile` (the former, compiled: torch.compile does
not take the latter) or `words` (by hand, as no layer of the library does it: the first layer multiplies sparse features, whose dropout is that of
the values that are not 0; normalized edges are a sparse matrix made once). Network and recipe are those of Kipf & Welling (2017), as in the library's example `gcn.py`.
"""

import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import csr_matrix
from torch_geometric.nn import GCNConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm
from torch_geometric.utils import to_torch_csr_tensor


class GCN(torch.nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.conv1 = GCNConv(inputs, 16, cached=True)
        self.conv2 = GCNConv(16, classes, cached=True)

    def forward(self, x, edges):
        x = F.dropout(x, p=0.5, training=self.training)
        x = self.conv1(x, edges).relu()
        x = F.dropout(x, p=0.5, training=self.training)
        return self.conv2(x, edges)


class Words(torch.nn.Module):
    def __init__(self, inputs, classes, edges, n):
        super().__init__()
        self.first, self.second = torch.nn.Linear(inputs, 16), torch.nn.Linear(16, classes)
        torch.nn.init.xavier_uniform_(self.first.weight)
        torch.nn.init.xavier_uniform_(self.second.weight)
        ends, weight = gcn_norm(edges, num_nodes=n)
        self.edges = torch.sparse_coo_tensor(ends, weight, (n, n)).to_sparse_csr()
        # As the library's layers have it.
        self.conv1, self.conv2 = self.first, self.second

    def forward(self, x, _):
        if self.training:
            x = torch.sparse_coo_tensor(x.indices(), F.dropout(x.values(), p=0.5), x.shape, is_coalesced=True)
        h = (self.edges @ torch.sparse.mm(x, self.first.weight.T) + self.first.bias).relu()
        h = F.dropout(h, p=0.5, training=self.training)
        return self.edges @ (h @ self.second.weight.T) + self.second.bias


def main():
    file, threads, how, epochs = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    data = np.load(file)
    x = csr_matrix((data["x_data"], data["x_indices"], data["x_indptr"]), shape=tuple(data["x_shape"])).toarray()
    x = torch.tensor(x / np.maximum(x.sum(1, keepdims=True), 1), dtype=torch.float32)
    y = torch.tensor(data["labels"].astype(np.int64))
    pairs = torch.tensor(data["edges"].astype(np.int64)).T
    edges = torch.cat([pairs, pairs.flip(0)], dim=1)
    if how == "sparse":
        edges = to_torch_csr_tensor(edges, size=(len(x), len(x)))
    train, valid, test = (torch.tensor(data[name].astype(np.int64)) for name in ("train_idx", "val_idx", "test_idx"))
    if how == "words":
        model, x = Words(x.shape[1], int(y.max()) + 1, edges, len(x)), x.to_sparse_coo().coalesce()
    else:
        model = GCN(x.shape[1], int(y.max()) + 1)
    optimizer = torch.optim.Adam([{"params": model.conv1.parameters(), "weight_decay": 5e-4}, {"params": model.conv2.parameters()}], lr=0.01)
    called = torch.compile(model) if how == "compile" else model

    def step():
        model.train()
        optimizer.zero_grad()
        F.cross_entropy(called(x, edges)[train], y[train]).backward()
        optimizer.step()

    @torch.no_grad()
    def judge(nodes):
        model.eval()
        said = called(x, edges)[nodes]
        return float(F.cross_entropy(said, y[nodes])), float((said.argmax(-1) == y[nodes]).float().mean())

    # What is made and compiled at the first step counts for nobody.
    step()
    judge(valid)
    start = time.perf_counter()
    for _ in range(epochs):
        step()
        judge(valid)
    print(time.perf_counter() - start, judge(test)[1])


if __name__ == "__main__":
    main()

//! Images as signals on a graph: its Laplacians, from fine to coarse, and where pixels are in it.

use std::sync::Arc;

use induce_core::graph::{Laplacian, coarsen, grid, laplacian, rescaled};
use induce_core::linalg::Csr;
use induce_tensor::{Element, Sparse, Tensor};

use crate::inputs::Size;

/// Times that a graph is halved by a layer: as many nodes are left as of 2 x 2 pixels.
const HALVINGS: usize = 2;

/// The graph of an image's pixels, and what is left of it after each layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// The order of the filters.
    pub order: usize,
    /// Rescaled Laplacians that layers filter by, and the places of pixels among nodes.
    graphs: Arc<(Vec<Csr>, Csr)>,
}

impl Signals {
    /// Of images of a size, for so many layers.
    pub fn of(size: Size, layers: usize, order: usize) -> Self {
        let found = coarsen(&grid(size.height, size.width), HALVINGS * layers);
        // The eigenvalues of a symmetric Laplacian are 2 at most.
        let own = |weights: &Csr| rescaled(&laplacian(weights, Laplacian::Symmetric), 2.0);
        let levels = found.levels.iter().step_by(HALVINGS).map(own).collect();
        let (mut starts, mut index) = (vec![0], Vec::new());
        for node in &found.nodes {
            index.extend(*node);
            starts.push(index.len());
        }
        let value = vec![1.0; index.len()];
        let places = Csr::trusted(size.height * size.width, starts, index, value);
        Self {
            order,
            graphs: Arc::new((levels, places)),
        }
    }

    /// Nodes before each layer, and after the last.
    pub fn sizes(&self) -> Vec<usize> {
        self.graphs.0.iter().map(Csr::rows).collect()
    }

    /// Images, (rows, pixels channels), as signals: (nodes, rows channels).
    pub fn spread<'t, T: Element>(&self, x: Tensor<'t, T>, channels: usize) -> Tensor<'t, T> {
        let rows = x.shape().rows();
        let pixels = self.graphs.1.columns();
        let turned = x.reshape(&[rows, pixels, channels]).permute(&[1, 0, 2]);
        turned
            .reshape(&[pixels, rows * channels])
            .sparse_product(&Sparse::from(&self.graphs.1))
    }

    /// `max(0, ...)` or another f of `sum_k T_k(L~) x W_k + b` by layer `i`, and the largest of every four nodes that belong together. // (nodes / 4, rows outputs)
    pub fn filter<'t, T: Element>(
        &self,
        i: usize,
        x: Tensor<'t, T>,
        channels: usize,
        f: impl FnOnce(Tensor<'t, T>) -> Tensor<'t, T>,
    ) -> Tensor<'t, T> {
        let own = &self.graphs.0[i];
        let y = f(x.chebyshev(&Sparse::symmetric(own), self.order, channels));
        let four = 1 << HALVINGS;
        let nodes = own.rows() / four;
        let width = y.shape().elements() / own.rows();
        y.reshape(&[nodes, four, width])
            .max_axis(1)
            .reshape(&[nodes, width])
    }

    /// Signals as rows: (rows, nodes channels).
    pub fn gathered<'t, T: Element>(&self, x: Tensor<'t, T>, rows: usize) -> Tensor<'t, T> {
        let nodes = x.shape().rows();
        let channels = x.shape().last() / rows.max(1);
        let turned = x.reshape(&[nodes, rows, channels]).permute(&[1, 0, 2]);
        turned.reshape(&[rows, nodes * channels])
    }
}

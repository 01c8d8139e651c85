//! Filters of signals on the nodes of a graph: `sum_k p_k(L) x W_k`.

mod chebyshev;
mod contract;
mod matrices;
mod spline;

use std::sync::Arc;

use induce_core::graph::{Laplacian, laplacian, largest_eigenvalue, normalized, rescaled};
use induce_core::linalg::Csr;
use induce_core::model::Graph;
use induce_core::{Result, Run, choices};

pub use chebyshev::{Chebyshev, polynomials};
pub use contract::Filter;
pub use matrices::Matrices;
pub use spline::{NODES, splines};

choices! {
    /// Which functions p_k of the Laplacian L a layer has weights for. `S = I - L = D^-1/2 W D^-1/2`.
    pub enum FilterKind {
        /// `D~^-1/2 (W + I) D~^-1/2` alone, D~ the degrees of W + I: GCN (Kipf & Welling 2017, equation 9).
        Renormalized = "renormalized" | "gcn",
        /// I and S: Chebyshev polynomials of order 1 with the largest eigenvalue 2 (equation 6).
        FirstOrder = "first_order",
        /// `I + S` alone (equation 7).
        SingleParameter = "single_parameter",
        /// S alone.
        FirstOrderTerm = "first_order_term",
        /// Chebyshev polynomials of the rescaled Laplacian up to the order K (Defferrard, Bresson & Vandergheynst 2016).
        Chebyshev = "chebyshev" | "cheb",
        /// Splines of the eigenvalues, in the eigenbasis of a small graph (Bruna et al. 2014).
        Spectral = "spectral",
        /// `W + I`, divided by the mean of its row sums: GIN with epsilon = 0 (Xu, Hu, Leskovec & Jegelka 2019, equation 4.1).
        Sum = "sum" | "gin",
        /// I alone, which sees no edge: a multilayer perceptron.
        Identity = "identity" | "mlp",
    }
}

impl FilterKind {
    /// Whether it sees no farther than neighbours, so that these can be sampled.
    pub fn is_local(self) -> bool {
        !matches!(self, Self::Chebyshev | Self::Spectral)
    }
}

/// Which filters are asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Which functions of the Laplacian.
    pub filter: FilterKind,
    /// Their order.
    pub order: usize,
    /// The largest eigenvalue that the Laplacian is rescaled by, or what sums are divided by; 0 estimates it.
    pub scale: f64,
}

/// The matrices that a graph's filters are made of.
pub enum Base {
    /// The p_k(L) themselves, each its own transpose.
    Matrices(Vec<Csr>),
    /// The rescaled Laplacian, and the order of the polynomials.
    Chebyshev(Csr, usize),
}

/// The functions p_k of an eigenvalue of the Laplacian, and how they came to be scaled.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Response {
    /// Which filters.
    pub filter: FilterKind,
    /// Their order.
    pub order: usize,
    /// The largest eigenvalue that the Laplacian is rescaled by, or what sums are divided by.
    pub scale: f64,
}

impl Response {
    /// That it is what settings say of filters.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, wanted: Wanted) -> std::result::Result<(), String> {
        let same = (self.filter, self.order) == (wanted.filter, wanted.order);
        match same && self.scale > 0.0 && self.scale.is_finite() {
            true => Ok(()),
            false => Err("its filters are others than its settings say".into()),
        }
    }

    /// How many functions there are.
    pub fn terms(&self) -> usize {
        match self.filter {
            FilterKind::FirstOrder => 2,
            FilterKind::Chebyshev | FilterKind::Spectral => self.order + 1,
            _ => 1,
        }
    }

    /// `p_k(lambda)` for every k. Renormalization and sums move the eigenvectors too: of a graph in which all nodes have the degree d both
    /// are `1 - lambda d / (d + 1)`, of which this is the limit of a large d.
    pub fn at(&self, lambda: f64) -> Vec<f64> {
        match self.filter {
            FilterKind::Renormalized | FilterKind::FirstOrderTerm | FilterKind::Sum => vec![1.0 - lambda],
            FilterKind::FirstOrder => vec![1.0, 1.0 - lambda],
            FilterKind::SingleParameter => vec![2.0 - lambda],
            FilterKind::Identity => vec![1.0],
            FilterKind::Chebyshev => polynomials(2.0 * lambda / self.scale - 1.0, self.order),
            FilterKind::Spectral => splines(lambda / 2.0, self.order + 1),
        }
    }
}

impl Base {
    /// Those of a graph with undirected edges, and their response; loops are left out, since nodes see themselves anyway.
    ///
    /// # Errors
    /// If edges lead one way only, a weight is negative, or the graph is too large for its eigenbasis.
    pub fn of(wanted: Wanted, graph: &Graph, run: &Run) -> Result<(Self, Response)> {
        let mut response = Response {
            filter: wanted.filter,
            order: wanted.order,
            scale: 2.0,
        };
        let n = graph.edges.rows();
        if wanted.filter == FilterKind::Identity {
            return Ok((Self::Matrices(vec![identity(n)]), response));
        }
        let weights = graph.undirected()?;
        let matrices = match wanted.filter {
            FilterKind::Renormalized => vec![normalized(&weights, 1.0)],
            FilterKind::FirstOrder => vec![identity(n), normalized(&weights, 0.0)],
            FilterKind::SingleParameter => vec![plus_identity(&normalized(&weights, 0.0))?],
            FilterKind::FirstOrderTerm => vec![normalized(&weights, 0.0)],
            FilterKind::Spectral => {
                spline::matrices(&laplacian(&weights, Laplacian::Symmetric), wanted.order + 1)?
            }
            FilterKind::Identity => Vec::new(),
            FilterKind::Sum => {
                response.scale = match wanted.scale {
                    0.0 => 1.0 + weights.value().iter().sum::<f64>() / n as f64,
                    given => given,
                };
                vec![scaled(&plus_identity(&weights)?, 1.0 / response.scale)]
            }
            FilterKind::Chebyshev => {
                let laplacian = laplacian(&weights, Laplacian::Symmetric);
                response.scale = match wanted.scale {
                    0.0 => largest_eigenvalue(&laplacian, run)?,
                    given => given,
                };
                return Ok((
                    Self::Chebyshev(rescaled(&laplacian, response.scale), wanted.order),
                    response,
                ));
            }
        };
        Ok((Self::Matrices(matrices), response))
    }

    /// The same of other matrices.
    pub fn map(&self, of: impl Fn(&Csr) -> Csr) -> Self {
        match self {
            Self::Matrices(all) => Self::Matrices(all.iter().map(of).collect()),
            Self::Chebyshev(matrix, order) => Self::Chebyshev(of(matrix), *order),
        }
    }

    /// The filter of all nodes.
    pub fn filter(&self) -> Arc<dyn Filter> {
        match self {
            Self::Matrices(all) => Arc::new(Matrices::symmetric(all)),
            Self::Chebyshev(matrix, order) => Arc::new(Chebyshev::new(matrix, *order)),
        }
    }
}

/// The identity matrix of `n` rows.
pub fn identity(n: usize) -> Csr {
    Csr::trusted(n, (0..=n).collect(), (0..n as u32).collect(), vec![1.0; n])
}

fn scaled(matrix: &Csr, factor: f64) -> Csr {
    let value = matrix.value().iter().map(|x| factor * x).collect();
    Csr::trusted(
        matrix.columns(),
        matrix.starts().to_vec(),
        matrix.index().to_vec(),
        value,
    )
}

fn plus_identity(matrix: &Csr) -> Result<Csr> {
    let n = matrix.rows();
    let entries = induce_core::graph::entries(matrix).map(|(i, j, x)| (i as u32, j as u32, x));
    let diagonal = (0..n as u32).map(|i| (i, i, 1.0));
    Csr::from_entries(n, n, entries.chain(diagonal).collect())
}

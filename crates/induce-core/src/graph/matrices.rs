//! Matrices of a graph: weights, degrees, incidence, Laplacians.

use crate::linalg::Csr;
use crate::{Error, Result};

/// Which Laplacian of a graph with weights W and degrees `D = diag(W 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Laplacian {
    /// `L = D - W`
    Unnormalized,
    /// `L_sym = I - D^-1/2 W D^-1/2`
    Symmetric,
    /// `L_rw = I - D^-1 W`, which is not symmetric.
    RandomWalk,
}

/// `d_i = sum_j w_ij`. // (n)
pub fn degrees(weights: &Csr) -> Vec<f64> {
    (0..weights.rows())
        .map(|i| weights.row(i).map(|(_, w)| w).sum())
        .collect()
}

/// Weights as those of an undirected graph: a square matrix, symmetric, nothing negative, loops left out.
///
/// # Errors
/// If they are not.
pub fn undirected(weights: &Csr) -> Result<Csr> {
    let n = weights.rows();
    if weights.columns() != n {
        return Err(Error::data(
            format!(
                "a matrix of weights of {n} rows and {} columns",
                weights.columns()
            ),
            "a graph has as many columns as rows: one of each for every node",
        ));
    }
    if let Some((i, j, w)) = entries(weights).find(|(_, _, w)| !(*w >= 0.0 && w.is_finite())) {
        return Err(Error::data(
            format!("the weight {w} between nodes {i} and {j}"),
            "weights are similarities: at least 0 and finite; make them so, as by `exp(-distance)`",
        ));
    }
    let back = weights.transposed();
    if let Some(i) = (0..n).find(|&i| !weights.row(i).eq(back.row(i))) {
        let same = |j: usize| {
            weights.row(i).find(|e| e.0 == j).map(|e| e.1) == back.row(i).find(|e| e.0 == j).map(|e| e.1)
        };
        let j = (0..n).find(|&j| !same(j)).unwrap_or(i);
        return Err(Error::data(
            format!("the weight of node {i} to {j} is another than from {j} to {i}"),
            "an undirected graph is needed: use (W + W') / 2",
        ));
    }
    Ok(map(weights, |i, j, w| (i != j && w != 0.0).then_some(w)))
}

/// A Laplacian as a sparse matrix. Nodes without edges have rows of 0, so that 0 is an eigenvalue as often as there
/// are components (von Luxburg 2007, *A tutorial on spectral clustering*, propositions 2 and 4).
///
/// ```
/// use induce_core::linalg::Csr;
/// use induce_core::graph::{Laplacian, laplacian};
/// let weights = Csr::from_entries(2, 2, vec![(0, 1, 4.0), (1, 0, 4.0)])?;
/// let of = |kind| laplacian(&weights, kind).value().to_vec();
/// assert_eq!(of(Laplacian::Unnormalized), [4.0, -4.0, -4.0, 4.0]);
/// assert_eq!(of(Laplacian::Symmetric), [1.0, -1.0, -1.0, 1.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn laplacian(weights: &Csr, kind: Laplacian) -> Csr {
    of_degrees(weights, &degrees(weights), kind)
}

/// As [`laplacian`], with degrees other than the sums of the weights.
pub fn of_degrees(weights: &Csr, degrees: &[f64], kind: Laplacian) -> Csr {
    let root: Vec<f64> = degrees.iter().map(|d| d.sqrt()).collect();
    let off = |i: usize, j: usize, w: f64| match kind {
        Laplacian::Unnormalized => -w,
        Laplacian::Symmetric => -(w / root[i] / root[j]),
        Laplacian::RandomWalk => -(w / degrees[i]),
    };
    let n = weights.rows();
    let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
    for i in 0..n {
        let own = if kind == Laplacian::Unnormalized {
            degrees[i]
        } else {
            f64::from(degrees[i] > 0.0)
        };
        let mut diagonal = Some(own).filter(|own| *own != 0.0);
        for (j, w) in weights.row(i).filter(|(_, w)| *w != 0.0) {
            match diagonal.take() {
                Some(own) if j == i => push(&mut index, &mut value, i, own + off(i, i, w)),
                Some(own) if j > i => {
                    push(&mut index, &mut value, i, own);
                    push(&mut index, &mut value, j, off(i, j, w));
                }
                later => {
                    diagonal = later;
                    push(&mut index, &mut value, j, off(i, j, w));
                }
            }
        }
        if let Some(own) = diagonal {
            push(&mut index, &mut value, i, own);
        }
        starts.push(index.len());
    }
    Csr::trusted(n, starts, index, value)
}

fn push(index: &mut Vec<u32>, value: &mut Vec<f64>, j: usize, x: f64) {
    index.push(j as u32);
    value.push(x);
}

/// The incidence matrix B, (edges, nodes): `sqrt(w_ij)` at i and `-sqrt(w_ij)` at j for each edge, i before j, so that
/// `B' B = D - W`.
///
/// ```
/// use induce_core::linalg::Csr;
/// let weights = Csr::from_entries(2, 2, vec![(0, 1, 4.0), (1, 0, 4.0)])?;
/// assert_eq!(induce_core::graph::incidence(&weights).row(0).collect::<Vec<_>>(), [(0, 2.0), (1, -2.0)]);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn incidence(weights: &Csr) -> Csr {
    let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
    for (i, j, w) in entries(weights).filter(|(i, j, w)| i < j && *w != 0.0) {
        push(&mut index, &mut value, i, w.sqrt());
        push(&mut index, &mut value, j, -w.sqrt());
        starts.push(index.len());
    }
    Csr::trusted(weights.rows(), starts, index, value)
}

/// Entries (row, column, value) in their order.
pub fn entries(matrix: &Csr) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
    (0..matrix.rows()).flat_map(|i| matrix.row(i).map(move |(j, x)| (i, j, x)))
}

/// Entries made others, or left out.
fn map(matrix: &Csr, f: impl Fn(usize, usize, f64) -> Option<f64>) -> Csr {
    let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
    for i in 0..matrix.rows() {
        let kept = matrix.row(i).filter_map(|(j, x)| f(i, j, x).map(|x| (j, x)));
        kept.for_each(|(j, x)| push(&mut index, &mut value, j, x));
        starts.push(index.len());
    }
    Csr::trusted(matrix.columns(), starts, index, value)
}

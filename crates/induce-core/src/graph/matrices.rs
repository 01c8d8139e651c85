//! Matrices of a graph: weights, degrees, incidence, Laplacians.

use crate::linalg::{Csr, Partial, smallest};
use crate::{Error, Result, Run};

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

/// `D^-1/2 (W + c I) D^-1/2` with the degrees D of `W + c I`: for c = 0 the `S = I - L_sym` of first-order filters, for c = 1
/// that of the renormalization trick (Kipf & Welling 2017, equation 9), whose eigenvalues lie in (-1, 1]. A node without
/// edges has a row of 0, or a 1 on the diagonal.
///
/// ```
/// use induce_core::linalg::Csr;
/// let weights = Csr::from_entries(2, 2, vec![(0, 1, 1.0), (1, 0, 1.0)])?;
/// assert_eq!(induce_core::graph::normalized(&weights, 0.0).value(), [1.0, 1.0]);
/// assert!(induce_core::graph::normalized(&weights, 1.0).value().iter().all(|s| (s - 0.5).abs() < 1e-15));
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn normalized(weights: &Csr, loops: f64) -> Csr {
    let root: Vec<f64> = degrees(weights)
        .iter()
        .map(|d| 1.0 / (d + loops).sqrt())
        .collect();
    // The same bits from both sides, so that it is symmetric.
    with_loops(weights, loops, |i, j, w| w * (root[i] * root[j]))
}

/// `D^-1 (W + c I)`, a step of the random walk, with the degrees D of `W + c I`.
pub fn random_walk(weights: &Csr, loops: f64) -> Csr {
    let degree = degrees(weights);
    with_loops(weights, loops, |i, _, w| w / (degree[i] + loops))
}

/// `f` of the entries of `W + c I`.
fn with_loops(weights: &Csr, loops: f64, f: impl Fn(usize, usize, f64) -> f64) -> Csr {
    let n = weights.rows();
    let room = weights.value().len() + if loops == 0.0 { 0 } else { n };
    let (mut starts, mut index, mut value) = (vec![0], Vec::with_capacity(room), Vec::with_capacity(room));
    for i in 0..n {
        let mut own = (loops != 0.0).then_some(loops);
        for (j, w) in weights.row(i) {
            let w = if j == i { w + own.take().unwrap_or(0.0) } else { w };
            if let Some(own) = own.take_if(|_| j > i) {
                push(&mut index, &mut value, i, f(i, i, own));
            }
            push(&mut index, &mut value, j, f(i, j, w));
        }
        if let Some(own) = own {
            push(&mut index, &mut value, i, f(i, i, own));
        }
        starts.push(index.len());
    }
    Csr::trusted(weights.columns(), starts, index, value)
}

/// `2 L / lambda_max - I`, whose eigenvalues lie in [-1, 1], where Chebyshev polynomials are bounded (Hammond, Vandergheynst &
/// Gribonval 2011, section 6).
pub fn rescaled(laplacian: &Csr, largest: f64) -> Csr {
    with_loops(
        &map(laplacian, |_, _, x| Some(2.0 * x / largest)),
        -1.0,
        |_, _, x| x,
    )
}

/// The largest eigenvalue of a Laplacian, or a little more, so that nothing rescaled by it lies beyond 1.
///
/// ```
/// use induce_core::{Run, graph, linalg::Csr};
/// let pair = Csr::from_entries(2, 2, vec![(0, 1, 1.0), (1, 0, 1.0)])?;
/// let laplacian = graph::laplacian(&pair, graph::Laplacian::Symmetric);
/// assert!((graph::largest_eigenvalue(&laplacian, &Run::new(0))? - 2.0).abs() < 1e-2);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there is no node.
pub fn largest_eigenvalue(laplacian: &Csr, run: &Run) -> Result<f64> {
    let sought = Partial {
        tolerance: 1e-3,
        products: 500,
        ..Partial::default()
    };
    let found = smallest(&map(laplacian, |_, _, x| Some(-x)), &sought, run)?;
    Ok((found.residuals[0] - found.values[0]).max(f64::MIN_POSITIVE))
}

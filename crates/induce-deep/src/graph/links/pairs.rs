//! Edges to learn from and to judge by, and pairs that are none.

use induce_core::linalg::Csr;
use induce_core::random::Stream;
use induce_core::{Error, Result};

/// Two nodes each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The first.
    pub left: Vec<u32>,
    /// The second.
    pub right: Vec<u32>,
}

impl Pairs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.left.len()
    }

    fn push(&mut self, i: usize, j: usize) {
        self.left.push(i as u32);
        self.right.push(j as u32);
    }

    /// As a matrix of weights, both ways.
    ///
    /// # Errors
    /// If a weight is not finite.
    pub fn weights(&self, all: &Csr) -> Result<Csr> {
        let n = all.rows();
        let weight = |i: u32, j: u32| {
            let own = all.row(i as usize).find(|own| own.0 == j as usize);
            own.map_or(0.0, |own| own.1)
        };
        let both = |(&i, &j): (&u32, &u32)| [(i, j, weight(i, j)), (j, i, weight(i, j))];
        let entries = self.left.iter().zip(&self.right).flat_map(both).collect();
        Csr::from_entries(n, n, entries)
    }
}

/// Every edge of a symmetric matrix once.
pub fn edges(weights: &Csr) -> Pairs {
    let mut all = Pairs::default();
    for i in 0..weights.rows() {
        weights
            .row(i)
            .filter(|own| own.0 > i)
            .for_each(|own| all.push(i, own.0));
    }
    all
}

/// Edges at random: to learn from, to choose by, and to test.
///
/// # Errors
/// If nothing is left to learn from.
pub fn divided(all: &Pairs, valid: f64, test: f64, stream: Stream) -> Result<[Pairs; 3]> {
    let n = all.len();
    let share = |part: f64| (part * n as f64).round() as usize;
    let (test, valid) = (share(test), share(valid));
    if test + valid >= n {
        return Err(Error::data(
            format!("a graph of {n} edges has too few to hold some out"),
            "`--set test_fraction=0 --set validation_fraction=0` learns from all of them",
        ));
    }
    let mut parts = [Pairs::default(), Pairs::default(), Pairs::default()];
    for (k, edge) in stream.permutation(n).into_iter().enumerate() {
        let part = if k < test {
            2
        } else if k < test + valid {
            1
        } else {
            0
        };
        parts[part].push(all.left[edge] as usize, all.right[edge] as usize);
    }
    Ok(parts)
}

/// Draws of a pair before any is taken: a graph of nearly all edges has hardly another.
const TRIES: u64 = 20;

/// So many pairs of different nodes that are no edges, as far as some tries find them.
pub fn strangers(weights: &Csr, count: usize, stream: Stream) -> Pairs {
    let n = weights.rows();
    let mut all = Pairs::default();
    for k in 0..count as u64 {
        let tries = (0..TRIES).map(|own| {
            let at = 2 * (TRIES * k + own);
            (stream.below(at, n), stream.below(at + 1, n))
        });
        let row = |i: usize| &weights.index()[weights.starts()[i]..weights.starts()[i + 1]];
        let stranger = |&(i, j): &(usize, usize)| i != j && row(i).binary_search(&(j as u32)).is_err();
        if let Some((i, j)) = { tries }.find(stranger) {
            all.push(i, j);
        }
    }
    all
}

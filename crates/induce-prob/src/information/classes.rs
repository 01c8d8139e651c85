//! Information between a number and categories (Ross 2014).
//!
//! I = < psi(N) + psi(k_i) - psi(N_c) - psi(m_i) >, N_c the rows of row i's category, m_i the rows of any category strictly
//! nearer than its k-th neighbour in its own, itself among them. Rows whose category has no other row say nothing and are
//! left out, as scikit-learn does. Ties are exact as in [`pointwise`](super::pointwise).

use super::neighbours::marginal_count;
use crate::polygamma::digamma;

/// A number and the order of its rows.
pub(super) struct Ordered {
    /// Rows in the order of their values.
    rows: Vec<u32>,
    values: Vec<f64>,
}

impl Ordered {
    pub fn new(values: &[f64]) -> Self {
        let mut rows: Vec<u32> = (0..values.len() as u32).collect();
        rows.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).then(a.cmp(&b)));
        Self {
            rows,
            values: values.to_vec(),
        }
    }

    /// The terms of the sum, category by category, with the categories `codes` of the rows; `classes` is how many there are.
    pub fn terms(&self, codes: &[u32], classes: usize, k: usize) -> Vec<f64> {
        let mut own = vec![Vec::new(); classes];
        for &row in &self.rows {
            own[codes[row as usize] as usize].push(self.values[row as usize]);
        }
        let alone = |row: &&u32| own[codes[**row as usize] as usize].len() > 1;
        let kept: Vec<f64> = self
            .rows
            .iter()
            .filter(alone)
            .map(|&row| self.values[row as usize])
            .collect();
        let several = own.iter().filter(|values| values.len() > 1);
        several.flat_map(|values| of_class(values, &kept, k)).collect()
    }
}

/// The terms of a category whose values are sorted, among `all`.
fn of_class(values: &[f64], all: &[f64], k: usize) -> Vec<f64> {
    let psi = |count: usize| digamma(count as f64);
    let k = k.min(values.len() - 1);
    let (total, class) = (psi(all.len()), psi(values.len()));
    let one = |at: usize| {
        let (radius, nearer) = kth(values, at, k);
        let closed = radius == 0.0;
        let k = if closed {
            marginal_count(values, values[at], 0.0, true)
        } else {
            nearer + 1
        };
        (psi(k) - class) + (total - psi(marginal_count(all, values[at], radius, closed)))
    };
    (0..values.len()).map(one).collect()
}

/// The distance of the k-th neighbour of `values[at]`, and how many are strictly nearer.
fn kth(values: &[f64], at: usize, k: usize) -> (f64, usize) {
    let (mut low, mut high) = (at, at);
    let (mut distance, mut nearer) = (0.0, 0);
    for found in 0..k {
        let below = if low > 0 {
            values[at] - values[low - 1]
        } else {
            f64::INFINITY
        };
        let above = values.get(high + 1).map_or(f64::INFINITY, |v| v - values[at]);
        let next = if below <= above {
            low -= 1;
            below
        } else {
            high += 1;
            above
        };
        if next > distance {
            (distance, nearer) = (next, found);
        }
    }
    (distance, nearer)
}

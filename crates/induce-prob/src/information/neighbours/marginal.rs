//! How many values of one variable are within a distance.

use super::super::sample::Sample;
use super::tree::KdTree;

/// A variable that is asked for counts: one column is sorted, several make a tree.
#[derive(Debug, Clone)]
pub enum Marginal {
    /// The values of one column in order.
    Sorted {
        /// In their order.
        sorted: Vec<f64>,
        /// By row.
        values: Vec<f64>,
    },
    /// Several columns.
    Tree(KdTree),
}

impl Marginal {
    /// The counts of a sample.
    pub fn new(sample: &Sample) -> Self {
        if sample.dimension() > 1 {
            return Self::Tree(KdTree::new(sample.values(), sample.dimension()));
        }
        let values = sample.values().to_vec();
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Self::Sorted { sorted, values }
    }

    /// How many rows are within `radius` of a row, itself among them: nearer, or where `closed` at that distance too.
    pub fn count(&self, row: usize, radius: f64, closed: bool) -> usize {
        match self {
            Self::Tree(tree) => tree.count(row, radius, closed),
            Self::Sorted { sorted, values } => count_sorted(sorted, values[row], radius, closed),
        }
    }
}

/// Values of `sorted` within `radius` of `x`. Distances are computed as the tree computes them, so that a neighbour at just
/// this distance is on the right side.
pub fn count_sorted(sorted: &[f64], x: f64, radius: f64, closed: bool) -> usize {
    let outside = |distance: f64| {
        if closed {
            distance > radius
        } else {
            distance >= radius
        }
    };
    let first = sorted.partition_point(|&v| v < x && outside(x - v));
    let last = sorted.partition_point(|&v| v <= x || !outside(v - x));
    // An open ball without radius holds nothing, not even its centre.
    last.saturating_sub(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balls_are_open_or_closed() {
        let sample = Sample::numbers(&[3.0, 1.0, 2.0, 2.0, 5.0]).unwrap();
        let marginal = Marginal::new(&sample);
        assert_eq!(marginal.count(2, 1.0, false), 2);
        assert_eq!(marginal.count(2, 1.0, true), 4);
        assert_eq!(marginal.count(2, 0.0, true), 2);
        assert_eq!(marginal.count(4, 100.0, false), 5);
        let twice = Sample::vectors(
            [3.0, 1.0, 2.0, 2.0, 5.0].iter().flat_map(|x| [*x, *x]).collect(),
            2,
        )
        .unwrap();
        for row in 0..5 {
            assert_eq!(
                Marginal::new(&twice).count(row, 1.0, true),
                marginal.count(row, 1.0, true)
            );
        }
    }
}

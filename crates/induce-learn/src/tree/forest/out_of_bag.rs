//! Out-of-bag estimates: every row predicted by the trees that have not seen it (Breiman 2001, section 3.1).

use serde::{Deserialize, Serialize};

/// The forest's error on rows its trees had not seen: an honest estimate without a holdout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutOfBag {
    /// `accuracy` for classes, `rmse` for a quantity.
    pub metric: String,
    /// Its value.
    pub value: f64,
    /// Rows that some tree had left out.
    pub rows: usize,
    /// How many features a node looks at, where these rows chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<usize>,
}

/// Sums of the predictions of the trees that left a row out.
pub(super) struct Votes {
    sums: Vec<f64>,
    trees: Vec<u32>,
    width: usize,
}

impl Votes {
    pub fn new(rows: usize, width: usize) -> Self {
        Self {
            sums: vec![0.0; rows * width],
            trees: vec![0; rows],
            width,
        }
    }

    /// Add a tree's leaves of the rows it left out; trees are added in their order, whoever grew them.
    pub fn add(&mut self, left_out: &[(u32, u32)], leaf_values: &[f64]) {
        let width = self.width;
        for &(row, leaf) in left_out {
            let (row, leaf) = (row as usize, leaf as usize);
            self.trees[row] += 1;
            let value = &leaf_values[leaf * width..(leaf + 1) * width];
            let sum = &mut self.sums[row * width..(row + 1) * width];
            sum.iter_mut().zip(value).for_each(|(s, v)| *s += v);
        }
    }

    /// The mean of the votes of every row, row-major; NaN where no tree left the row out.
    pub fn means(&self) -> Vec<f64> {
        let rows = self.sums.chunks_exact(self.width).zip(&self.trees);
        rows.flat_map(|(sums, &trees)| sums.iter().map(move |sum| sum / f64::from(trees)))
            .collect()
    }

    /// How well the mean of the votes does; `None` before any row was left out.
    pub fn evaluate(&self, target: &[f64], weight: Option<&[f64]>, classes: usize) -> Option<OutOfBag> {
        let (mut sum, mut total, mut rows) = (0.0, 0.0, 0);
        for (row, &trees) in self.trees.iter().enumerate().filter(|(_, trees)| **trees > 0) {
            let w = weight.map_or(1.0, |w| w[row]);
            let votes = &self.sums[row * self.width..(row + 1) * self.width];
            sum += w * loss(votes, f64::from(trees), target[row], classes);
            total += w;
            rows += 1;
        }
        let mean = sum / total;
        let value = if classes == 0 { mean.sqrt() } else { mean };
        // Squares of errors beyond 1e154 are no numbers: then there is no estimate.
        (total > 0.0 && value.is_finite()).then(|| OutOfBag {
            metric: if classes == 0 { "rmse" } else { "accuracy" }.into(),
            value,
            rows,
            features: None,
        })
    }

    /// The mean squared error of the votes: of a quantity, or of the probabilities of classes (Brier 1950).
    pub fn squared_error(&self, target: &[f64], weight: Option<&[f64]>) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (row, &trees) in self.trees.iter().enumerate().filter(|(_, trees)| **trees > 0) {
            let votes = &self.sums[row * self.width..(row + 1) * self.width];
            let error = |(class, vote): (usize, &f64)| {
                let right = match self.width {
                    1 => target[row],
                    _ => f64::from(target[row] == class as f64),
                };
                (vote / f64::from(trees) - right).powi(2)
            };
            let w = weight.map_or(1.0, |w| w[row]);
            sum += w * votes.iter().enumerate().map(error).sum::<f64>();
            total += w;
        }
        sum / total
    }
}

/// A squared error, or 1 for the right class.
fn loss(votes: &[f64], trees: f64, target: f64, classes: usize) -> f64 {
    match classes {
        0 => (votes[0] / trees - target).powi(2),
        2 => f64::from((votes[0] / trees > 0.5) == (target > 0.5)),
        _ => {
            let best = (1..votes.len()).fold(0, |best, k| if votes[k] > votes[best] { k } else { best });
            f64::from(best as f64 == target)
        }
    }
}

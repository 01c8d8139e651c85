//! Rows in order of a score: what every curve over thresholds begins with.

use super::interval::{bessel, effective};
use super::predictions::Predictions;

/// Rows in descending order of score, equal scores together.
pub(super) fn tied(scores: &[f64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
        .chunk_by(|&a, &b| scores[a] == scores[b])
        .map(<[usize]>::to_vec)
        .collect()
}

/// The scores of a class against the rest.
pub(super) fn scores(predictions: &Predictions, class: usize) -> Vec<f64> {
    (0..predictions.rows())
        .map(|row| predictions.probability(row, class))
        .collect()
}

/// A class against the rest, the rows in order of its probability.
pub(super) struct Ranked<'a> {
    predictions: &'a Predictions<'a>,
    class: usize,
    /// Rows by falling probability of the class, equal ones together.
    pub(super) ties: Vec<Vec<usize>>,
    /// Weight of the rows of the class.
    pub(super) positive: f64,
    /// Weight of the others.
    pub(super) negative: f64,
}

impl<'a> Ranked<'a> {
    /// The rows of `predictions` by their probability of `class`.
    pub(super) fn new(predictions: &'a Predictions, class: usize) -> Self {
        let mut ranked = Self {
            predictions,
            class,
            ties: tied(&scores(predictions, class)),
            positive: 0.0,
            negative: 0.0,
        };
        let all: Vec<usize> = (0..predictions.rows()).collect();
        (ranked.positive, ranked.negative) = ranked.sides(&all);
        ranked
    }

    /// Whether a row is of the class.
    pub(super) fn is_positive(&self, row: usize) -> bool {
        self.predictions.class(row) == self.class
    }

    /// The weight of a row.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.predictions.weight(row)
    }

    /// How many rows are ranked.
    pub(super) fn rows(&self) -> usize {
        self.predictions.rows()
    }

    /// Weight of those of `rows` that are of the class, and of the others.
    pub(super) fn sides(&self, rows: &[usize]) -> (f64, f64) {
        rows.iter().fold((0.0, 0.0), |(inside, outside), &row| {
            if self.is_positive(row) {
                (inside + self.weight(row), outside)
            } else {
                (inside, outside + self.weight(row))
            }
        })
    }

    /// Effective rows of the class, or of the others.
    pub(super) fn effective(&self, inside: bool) -> f64 {
        effective(self.rows(), |row| {
            if self.is_positive(row) == inside {
                self.weight(row)
            } else {
                0.0
            }
        })
    }
}

/// The area under the curve of one class.
pub(super) struct Area {
    /// The area.
    pub(super) value: f64,
    /// `w dA / dw` of each row: how much it moves the area. Their sum is 0. // (rows)
    pub(super) influence: Vec<f64>,
    /// How much too high a sample of this size is expected to be.
    pub(super) bias: f64,
    /// Effective rows that the area rests on.
    pub(super) n: f64,
}

/// An area averaged over classes.
pub(super) struct Mean {
    /// The mean of the areas.
    pub(super) value: f64,
    /// The mean of their biases.
    pub(super) bias: f64,
    /// Its variance: the sum of the squared influences of the rows. What the classes have in common is in it, since
    /// the influences are added over the classes row by row.
    pub(super) variance: f64,
    /// Effective rows that it rests on, `C^2 / sum_c 1 / n_c`: the variance of a mean of C proportions that are alike.
    pub(super) n: f64,
}

/// The mean area over the classes, of the positive one alone if there are two; `None` without
/// probabilities, or if a class has no area.
pub(super) fn over_classes(
    predictions: &Predictions,
    area: impl Fn(&Ranked) -> Option<Area>,
) -> Option<Mean> {
    if !predictions.has_probabilities() {
        return None;
    }
    let first = usize::from(predictions.classes == 2);
    let count = (predictions.classes - first) as f64;
    let mut influence = vec![0.0; predictions.rows()];
    let (mut sum, mut bias, mut inverse) = (0.0, 0.0, 0.0);
    for class in first..predictions.classes {
        let own = area(&Ranked::new(predictions, class))?;
        sum += own.value;
        bias += own.bias;
        inverse += 1.0 / own.n;
        influence
            .iter_mut()
            .zip(&own.influence)
            .for_each(|(all, own)| *all += own / count);
    }
    Some(Mean {
        value: sum / count,
        bias: bias / count,
        variance: bessel(predictions.rows()) * influence.iter().map(|i| i * i).sum::<f64>(),
        n: count * count / inverse,
    })
}

//! Sums of any number of targets at once, and of counts.

use super::Criterion;
use super::tally::{Item, Tally, xlogx};

/// One target's place in a sum.
struct Part {
    /// Its first number.
    start: usize,
    /// Its classes, 0 for a quantity.
    classes: usize,
    /// Taken off a quantity, so that squares do not swallow small differences.
    centre: f64,
    /// A sum of counts that is not above this is none.
    least: f64,
}

impl Part {
    fn width(&self) -> usize {
        self.classes.max(1)
    }
}

/// The weight of the rows, then for every target w y, or the weight of every class. The score is the mean of the scores
/// of the targets.
///
/// A row's item is its weight and its number: the targets are looked up, for rows are visited in no order anyhow.
pub(super) struct Joint<'a> {
    /// Row-major (rows, targets).
    values: &'a [f64],
    parts: Vec<Part>,
    criterion: Criterion,
}

impl<'a> Joint<'a> {
    /// Of these targets, row-major, with `classes` of each (0 for a quantity) and `centre` of each.
    pub fn new(values: &'a [f64], classes: &[usize], centres: &[f64], criterion: Criterion) -> Self {
        let mut start = 1;
        let parts = classes
            .iter()
            .zip(centres)
            .enumerate()
            .map(|(k, (&classes, &centre))| {
                let total: f64 = values[k..].iter().step_by(centres.len()).sum();
                let part = Part {
                    start,
                    classes,
                    centre,
                    // What is left of a sum when all of it has been taken off again.
                    least: 1e-13 * total,
                };
                start += part.width();
                part
            });
        Self {
            parts: parts.collect(),
            values,
            criterion,
        }
    }

    fn targets(&self, row: usize) -> &[f64] {
        &self.values[row * self.parts.len()..(row + 1) * self.parts.len()]
    }

    fn part_score(&self, part: &Part, sum: &[f64]) -> f64 {
        let (w, own) = (sum[0], &sum[part.start..part.start + part.width()]);
        match self.criterion {
            Criterion::Entropy => own.iter().map(|&c| xlogx(c)).sum::<f64>() - xlogx(w),
            // A mean of 0 would make rows with counts impossible.
            Criterion::Poisson if own[0] <= part.least => f64::NEG_INFINITY,
            Criterion::Poisson => own[0] * (own[0] / w).ln(),
            _ => own.iter().map(|c| c * c).sum::<f64>() / w,
        }
    }
}

impl Tally for Joint<'_> {
    fn width(&self) -> usize {
        self.parts.last().map_or(1, |part| part.start + part.width())
    }

    fn item(&self, row: usize, weight: f64) -> Item {
        [weight, row as f64]
    }

    fn add(&self, sum: &mut [f64], item: Item) {
        let [weight, row] = item;
        sum[0] += weight;
        for (part, target) in self.parts.iter().zip(self.targets(row as usize)) {
            if part.classes > 0 {
                sum[part.start + *target as usize] += weight;
            } else {
                sum[part.start] += weight * (target - part.centre);
            }
        }
    }

    fn weight(&self, sum: &[f64]) -> f64 {
        sum[0]
    }

    fn score(&self, sum: &[f64]) -> f64 {
        let scores = self.parts.iter().map(|part| self.part_score(part, sum));
        scores.sum::<f64>() / self.parts.len() as f64
    }

    /// Of several targets the first decides.
    fn key(&self, sum: &[f64], class: usize) -> f64 {
        sum[1 + class] / sum[0]
    }

    fn main_class(&self, sum: &[f64]) -> usize {
        let own = &sum[1..=self.parts[0].width()];
        (1..own.len()).fold(0, |best, k| if own[k] > own[best] { k } else { best })
    }

    fn is_pure(&self, rows: &[u32]) -> bool {
        rows.iter()
            .all(|&row| self.targets(row as usize) == self.targets(rows[0] as usize))
    }

    fn mean(&self, sum: &[f64]) -> f64 {
        sum[1] / sum[0] + self.parts[0].centre
    }

    fn value(&self, sum: &[f64], out: &mut Vec<f64>) {
        for part in &self.parts {
            let own = &sum[part.start..part.start + part.width()];
            out.extend(own.iter().map(|c| c / sum[0] + part.centre));
        }
    }
}

//! Absolute errors: leaves are medians.
//!
//! The loss of a set of rows is L = sum_i w_i |y_i - m| with m their weighted median, which no sum of numbers per row
//! tells: splits are scored by [`Ranks`](super::ranks::Ranks) instead.

use super::tally::{Absolute, Item, Tally};

impl Tally for Absolute<'_> {
    fn width(&self) -> usize {
        2 + self.outputs
    }

    fn item(&self, row: usize, weight: f64) -> Item {
        [weight, row as f64]
    }

    fn add(&self, sum: &mut [f64], item: Item) {
        sum[0] += item[0];
    }

    fn total(&self, items: &[Item], sum: &mut [f64]) {
        sum.fill(0.0);
        for output in 0..self.outputs {
            let mut rows: Vec<Item> = items.iter().map(|i| [self.target(i[1], output), i[0]]).collect();
            rows.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
            sum[0] = rows.iter().map(|row| row[1]).sum();
            let median = median(&rows, sum[0]);
            let loss: f64 = rows.iter().map(|[y, w]| w * (y - median).abs()).sum();
            sum[1] -= loss / self.outputs as f64;
            sum[2 + output] = median;
        }
    }

    fn ranked(&self) -> Option<&Absolute<'_>> {
        Some(self)
    }

    fn weight(&self, sum: &[f64]) -> f64 {
        sum[0]
    }

    fn score(&self, sum: &[f64]) -> f64 {
        sum[1]
    }

    fn key(&self, sum: &[f64], _class: usize) -> f64 {
        sum[2]
    }

    fn main_class(&self, _sum: &[f64]) -> usize {
        0
    }

    fn is_pure(&self, rows: &[u32]) -> bool {
        let own = |row: u32| &self.values[row as usize * self.outputs..(row as usize + 1) * self.outputs];
        rows.iter().all(|&row| own(row) == own(rows[0]))
    }

    fn mean(&self, sum: &[f64]) -> f64 {
        sum[2] + self.centres[0]
    }

    fn value(&self, sum: &[f64], out: &mut Vec<f64>) {
        out.extend(
            sum[2..]
                .iter()
                .zip(self.centres)
                .map(|(median, centre)| median + centre),
        );
    }
}

/// The weighted median of (value, weight), ascending, of weight `total`: midway where both sides weigh the same.
pub(super) fn median(rows: &[Item], total: f64) -> f64 {
    let mut below = 0.0;
    for (i, [value, weight]) in rows.iter().enumerate() {
        below += weight;
        if below == 0.5 * total && i + 1 < rows.len() {
            return 0.5 * (value + rows[i + 1][0]);
        }
        if below >= 0.5 * total {
            return *value;
        }
    }
    rows.last().map_or(0.0, |row| row[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_weighted() {
        assert!((median(&[[1.0, 1.0], [2.0, 1.0]], 2.0) - 1.5).abs() < 1e-15);
        assert!((median(&[[1.0, 1.0], [2.0, 3.0]], 4.0) - 2.0).abs() < 1e-15);
        assert!((median(&[[1.0, 2.0], [2.0, 1.0], [5.0, 1.0]], 4.0) - 1.5).abs() < 1e-15);
    }
}

//! Mean and deviation of a column in one pass over it.

use super::sums::{count_and_sum, square_weighted};
use crate::model::Source;

/// Rows read at a time; they stay in the first-level cache for the second pass.
const BLOCK: usize = 2048;

/// Statistics of a numeric column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Rows without a value.
    pub missing: usize,
    /// Rows of value 0.
    pub zeros: usize,
    /// The first infinite value and its row.
    pub infinite: Option<(usize, f64)>,
    /// The weighted mean of the rows with a value.
    pub mean: f64,
    /// Their root mean square difference from the mean (from 0 if that is asked).
    pub deviation: f64,
}

/// Sums that two halves of a column add to.
#[derive(Default)]
struct Moments {
    weight: f64,
    mean: f64,
    square: f64,
    most: f64,
}

impl Summary {
    /// Of `source` with `weight` (all alike if there are none), deviations about the mean or about 0.
    pub fn of(source: &Source, weight: Option<&[f64]>, centred: bool) -> Self {
        let mut seen = Self::default();
        let mut moments = seen.read(source, weight, centred, 1.0);
        let mut unit = 1.0;
        if moments.most.is_infinite() {
            seen.infinite = first_infinite(source);
            return seen;
        }
        if moments.most > 0.0 && !(1e-150..1e150).contains(&moments.most) {
            // Relative to a power of two near the largest, so that squares of neither 1e200 nor 1e-200 leave the range.
            unit = power_of_two_near(moments.most);
            seen = Self::default();
            moments = seen.read(source, weight, centred, 1.0 / unit);
        }
        seen.mean = moments.mean * unit;
        seen.deviation = (moments.square / moments.weight.max(f64::MIN_POSITIVE)).sqrt() * unit;
        seen
    }

    fn read(&mut self, source: &Source, weight: Option<&[f64]>, centred: bool, factor: f64) -> Moments {
        let (mut buffer, ones) = ([0.0; BLOCK], [1.0; BLOCK]);
        let mut all = Moments::default();
        // Differences from some value of the column, so that a far mean costs no digits.
        let mut shift = 0.0;
        for start in (0..source.len()).step_by(BLOCK) {
            let range = start..(start + BLOCK).min(source.len());
            let block = match source.doubles().filter(|_| factor == 1.0) {
                Some(values) => &values[range.clone()],
                None => {
                    let block = &mut buffer[..range.len()];
                    source.read_f64(start, block);
                    block.iter_mut().for_each(|x| *x *= factor);
                    &*block
                }
            };
            let w = weight.map_or(&ones[..block.len()], |w| &w[range]);
            if start == 0 {
                shift = block.iter().copied().find(|x| x.is_finite()).unwrap_or(0.0);
            }
            let counts = count_and_sum(block, w, shift);
            self.missing += counts.missing as usize;
            self.zeros += counts.zeros as usize;
            all.most = all.most.max(counts.most);
            let mean = if counts.weight > 0.0 {
                counts.sum / counts.weight
            } else {
                0.0
            };
            let about = if centred { shift + mean } else { 0.0 };
            all.merge(counts.weight, mean, square_weighted(block, w, about), centred);
        }
        all.mean += shift;
        all
    }
}

impl Moments {
    /// With the moments of further rows (Chan, Golub & LeVeque 1983).
    fn merge(&mut self, weight: f64, mean: f64, square: f64, centred: bool) {
        let total = self.weight + weight;
        if total <= 0.0 {
            return;
        }
        let (apart, fraction) = (mean - self.mean, weight / total);
        self.square += square;
        if centred {
            self.square += apart * apart * self.weight * fraction;
        }
        self.mean += apart * fraction;
        self.weight = total;
    }
}

fn first_infinite(source: &Source) -> Option<(usize, f64)> {
    let mut buffer = [0.0; BLOCK];
    (0..source.len()).step_by(BLOCK).find_map(|start| {
        let block = &mut buffer[..BLOCK.min(source.len() - start)];
        source.read_f64(start, block);
        let place = block.iter().position(|x| x.is_infinite())?;
        Some((start + place, block[place]))
    })
}

fn power_of_two_near(x: f64) -> f64 {
    // Within the range in which the reciprocal is a number too.
    x.log2().floor().clamp(-1021.0, 1021.0).exp2()
}

#[cfg(test)]
mod tests {
    use crate::Column;

    use super::*;

    fn values(n: usize) -> Vec<f64> {
        (0..n)
            .map(|i| 7.0 + (i as f64 * 0.37).sin() * (1 + i % 3) as f64)
            .collect()
    }

    #[test]
    fn blocks_come_together_to_the_moments_of_the_column() {
        for scale in [1.0, 1e200, 1e-200, 1e-300] {
            let x: Vec<f64> = values(5000).iter().map(|x| x * scale).collect();
            let w: Vec<f64> = (0..x.len()).map(|i| (i % 4) as f64).collect();
            for weight in [None, Some(&w[..])] {
                let of = |i: usize| weight.map_or(1.0, |w| w[i]);
                let total: f64 = (0..x.len()).map(of).sum();
                let mean = (0..x.len()).map(|i| of(i) * (x[i] / scale)).sum::<f64>() / total;
                let square = (0..x.len()).map(|i| of(i) * (x[i] / scale - mean).powi(2));
                let deviation = (square.sum::<f64>() / total).sqrt();
                let column = Column::from_f64("x", x.clone());
                let seen = Summary::of(&Source::number(&column), weight, true);
                assert!((seen.mean / scale / mean - 1.0).abs() < 1e-13, "{scale} {seen:?}");
                assert!(
                    (seen.deviation / scale / deviation - 1.0).abs() < 1e-13,
                    "{scale} {seen:?}"
                );
            }
        }
    }

    #[test]
    fn missing_zero_and_infinite_rows_are_told() {
        let mut x = values(3000);
        (x[2999], x[17], x[18]) = (f64::NAN, 0.0, -0.0);
        let column = Column::from_f64("x", x.clone());
        let seen = Summary::of(&Source::number(&column), None, true);
        assert_eq!((seen.missing, seen.zeros, seen.infinite), (1, 2, None));
        x[2500] = f64::NEG_INFINITY;
        let column = Column::from_f64("x", x);
        let seen = Summary::of(&Source::number(&column), None, true);
        assert_eq!(seen.infinite, Some((2500, f64::NEG_INFINITY)));
    }

    /// Squares of a year's differences keep their digits, which sums of squares less the square of the sum lose.
    #[test]
    fn a_far_mean_costs_no_digits() {
        let x: Vec<f64> = (0..10_000).map(|i| 1e9 + (i % 10) as f64).collect();
        let column = Column::from_f64("x", x);
        let seen = Summary::of(&Source::number(&column), None, true);
        assert!((seen.deviation / 8.25_f64.sqrt() - 1.0).abs() < 1e-12);
    }
}

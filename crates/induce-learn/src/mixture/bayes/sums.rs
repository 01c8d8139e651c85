//! Statistics about other points than those they were taken at.

use crate::mixture::forms::Covariance;
use crate::mixture::gmm::Parameters;
use crate::mixture::statistics::Statistics;

/// The same rows about `to[k]` instead of `from[k]`.
pub fn moved(mut all: Statistics, from: &[Vec<f64>], to: &[Vec<f64>]) -> Statistics {
    let width = from[0].len();
    let size = all.square.len() / all.mass.len();
    for k in 0..all.mass.len() {
        let d: Vec<f64> = from[k].iter().zip(&to[k]).map(|(a, b)| a - b).collect();
        let (mass, square) = (all.mass[k], &mut all.square[k * size..][..size]);
        let sum = &mut all.sum[k * width..][..width];
        for i in 0..width {
            if size == width {
                square[i] += d[i] * (2.0 * sum[i] + mass * d[i]);
                continue;
            }
            for j in 0..=i {
                square[i * width + j] += d[i] * sum[j] + sum[i] * d[j] + mass * d[i] * d[j];
            }
        }
        sum.iter_mut().zip(&d).for_each(|(s, d)| *s += mass * d);
    }
    all
}

/// `all = keep * all + add * other`, with the log likelihood and entropy.
pub fn blend(all: &mut Statistics, keep: f64, other: &Statistics, add: f64) {
    let pairs = [
        (&mut all.mass, &other.mass),
        (&mut all.sum, &other.sum),
        (&mut all.square, &other.square),
    ];
    for (own, other) in pairs {
        own.iter_mut()
            .zip(other)
            .for_each(|(a, b)| *a = keep * *a + add * b);
    }
    all.log_likelihood = keep * all.log_likelihood + add * other.log_likelihood;
    all.entropy = keep * all.entropy + add * other.entropy;
}

/// sum_k sum_i r_ik score_k(x_i) from statistics about the means of `under`; the component is the error whose covariance is singular.
pub fn expected(found: &Statistics, under: &Parameters) -> Result<f64, usize> {
    let forms = under.forms()?;
    let width = under.means[0].len();
    let size = found.square.len() / found.mass.len();
    let mut sum = 0.0;
    for (k, form) in forms.iter().enumerate().filter(|(k, _)| found.mass[*k] > 0.0) {
        let square = &found.square[k * size..][..size];
        let distance: f64 = match &under.covariances[k] {
            Covariance::Diagonal(v) if size == width => square.iter().zip(v).map(|(q, v)| q / v).sum(),
            other => {
                let inverse = induce_core::linalg::invert(&other.dense(), width).ok_or(k)?;
                let of = |i: usize| {
                    let below: f64 = (0..i)
                        .map(|j| inverse[i * width + j] * square[i * width + j])
                        .sum();
                    2.0 * below + inverse[i * width + i] * square[i * width + i]
                };
                (0..width).map(of).sum()
            }
        };
        sum += found.mass[k] * form.constant - 0.5 * distance;
    }
    Ok(sum)
}

/// Components in another order: `order[new] = old`.
pub fn reordered(all: &Statistics, order: &[usize]) -> Statistics {
    let pick = |values: &[f64]| {
        let size = values.len() / order.len();
        order
            .iter()
            .flat_map(|&k| values[k * size..][..size].to_vec())
            .collect()
    };
    Statistics {
        mass: pick(&all.mass),
        sum: pick(&all.sum),
        square: pick(&all.square),
        ..*all
    }
}

/// The largest component first, which is the order of sticks with the highest bound: swapping two neighbours changes it by
/// ln(alpha + later + first) - ln(alpha + later + second) only.
pub fn by_size(mass: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..mass.len()).collect();
    order.sort_by(|&a, &b| mass[b].total_cmp(&mass[a]));
    order
}

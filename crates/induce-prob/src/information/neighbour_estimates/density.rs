//! The entropy of a density.

use induce_core::{Error, Result, parallel};

use super::super::estimate::{Estimate, Inference, mean_of_neighbours};
use super::super::neighbours::KdTree;
use super::super::pointwise;
use super::super::sample::Sample;
use crate::polygamma::digamma;

/// Rows that a thread takes at once.
const BLOCK: usize = 1024;

/// h(X) = < psi(N) - psi(k) + d ln(2 r_i) >, r_i the distance of the k-th neighbour (Kozachenko & Leonenko 1987, in the maximum
/// norm). // x: (rows, dimension)
///
/// A density's entropy may be negative, and is -infinity where more than k rows are equal: then there is none. The upper bound
/// is that of the normal distribution of the same variances. There is no null hypothesis, and so no p-value.
///
/// ```
/// use induce_prob::information::{Inference, Sample, differential_entropy};
/// let stream = induce_core::random::Stream::new(1, "uniform");
/// let uniform: Vec<f64> = (0..1000).map(|i| stream.uniform(i)).collect();
/// let own = differential_entropy(&Sample::numbers(&uniform)?, 3, &Inference::default(), 1)?;
/// assert!(own.value.abs() < 0.1);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there are no more than k + 1 rows, or what is asked for are categories.
pub fn differential_entropy(x: &Sample, k: usize, inference: &Inference, threads: usize) -> Result<Estimate> {
    inference.check()?;
    let rows = pointwise::check(&[x], None, k)?;
    if x.is_categories() {
        return Err(Error::data(
            "categories have no density",
            "estimate their entropy from counts",
        ));
    }
    let tree = KdTree::new(x.values(), x.dimension());
    let d = x.dimension() as f64;
    let constant = digamma(rows as f64) - digamma(k as f64);
    let block = |b: usize| tree.reaches(k, b * BLOCK..((b + 1) * BLOCK).min(rows));
    let reaches = parallel::map(threads, rows.div_ceil(BLOCK), block);
    let terms: Vec<f64> = reaches
        .into_iter()
        .flatten()
        .map(|own| constant + d * (2.0 * own.distance).ln())
        .collect();
    let (raw, variance) = mean_of_neighbours(&terms);
    let raw = if terms.contains(&f64::NEG_INFINITY) {
        f64::NEG_INFINITY
    } else {
        raw
    };
    // That of a normal density of the sample's variance is none: the sample's is not the truth's.
    let bounds = (f64::NEG_INFINITY, f64::INFINITY);
    Ok(Estimate {
        value: raw,
        raw,
        interval: inference.normal(raw, variance, bounds),
        p_value: None,
        test: "a density's entropy has no value of its own to be tested against",
        bounds,
        estimator: "kozachenko-leonenko",
        rows,
    })
}

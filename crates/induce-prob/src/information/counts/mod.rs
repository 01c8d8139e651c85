//! The entropy of a distribution of which only counts are known.
//!
//! The plug-in estimate -sum (n_i / N) ln(n_i / N) is too small by about (K - 1) / (2 N) (Miller 1955); the others take that
//! back, each in its way.

mod estimators;
mod nsb;

pub use estimators::Estimator;
pub(super) use estimators::mostly_single;

use induce_core::{Error, Result};

use super::estimate::{Estimate, Inference};
use crate::special::chi_squared_tail;

/// H of the distribution that these counts were drawn from; zeros are outcomes that could have occurred.
///
/// Bounds: [0, ln K], K the number of outcomes; unbounded above where there are more than are known: see [`Estimator::ChaoShen`], and,
/// except for NSB, where more than half of what was drawn is outcomes drawn once, which have no interval either. The p-value is of the hypothesis that all K are equally likely: G = 2 N (ln K - H) is chi-squared
/// of K - 1 degrees of freedom. The interval is that of the mean of -ln p, for NSB that of the posterior.
///
/// ```
/// use induce_prob::information::{entropy_of_counts, Estimator, Inference};
/// let own = entropy_of_counts(&[4, 2, 3, 0, 2, 4, 0, 0, 2], Estimator::PlugIn, &Inference::none())?;
/// assert!((own.value - 1.742327).abs() < 1e-6);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the confidence is out of range.
pub fn entropy_of_counts(counts: &[u64], estimator: Estimator, inference: &Inference) -> Result<Estimate> {
    inference.check()?;
    let total = counts.iter().try_fold(0_u64, |sum, own| sum.checked_add(*own));
    let total = total.ok_or_else(|| {
        Error::data(
            "the counts sum to more than 64 bits hold",
            "divide them: only their shares and their number count",
        )
    })?;
    let outcomes = counts.len();
    let bounds = (0.0, estimator.most(counts));
    if total == 0 || outcomes < 2 {
        return Ok(certain(bounds, estimator, total));
    }
    let n = total as f64;
    let plug_in = estimators::plug_in(counts, n);
    let (raw, variance) = match estimator {
        Estimator::Nsb => nsb::posterior(counts, n),
        // Where all outcomes are equally likely -ln p has no variance, but 2 N (ln K - H) is chi-squared.
        _ => (
            estimator.of(counts, n),
            estimators::variance(counts, n) + 0.5 * (outcomes as f64 - 1.0) / (n * n),
        ),
    };
    let g = 2.0 * n * ((outcomes as f64).ln() - plug_in);
    Ok(Estimate {
        value: raw.clamp(bounds.0, bounds.1),
        raw,
        // How likely is what was never seen nobody knows, but for a prior.
        interval: inference
            .normal(raw, variance, bounds)
            .filter(|_| estimator == Estimator::Nsb || !mostly_single(counts)),
        p_value: Some(chi_squared_tail(g.max(0.0), outcomes as f64 - 1.0)),
        test: "all outcomes are equally likely: G-test",
        bounds,
        estimator: estimator.name(),
        rows: total as usize,
    })
}

/// Nothing was seen, or nothing else could have been: the entropy is 0.
fn certain(bounds: (f64, f64), estimator: Estimator, total: u64) -> Estimate {
    Estimate {
        value: 0.0,
        raw: 0.0,
        interval: Some((0.0, 0.0)),
        p_value: None,
        test: "one outcome: there is nothing to test",
        bounds,
        estimator: estimator.name(),
        rows: total as usize,
    }
}

#[cfg(test)]
mod tests;

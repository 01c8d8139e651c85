//! The final estimate of a linear model: all rows, with the noise estimated.

use induce_core::Stop;
use induce_core::parallel::Team;

use super::linear::{Gain, Linear};
use crate::linear::matrix::Pass;
use crate::robust::Mixture;

/// Rounds of the estimate of the noise.
const ROUNDS: usize = 20;

/// Where a row is as likely an outlier once the noise is known, in its standard deviations.
const CUT: f64 = 3.5;

/// The noise stands still when its variance changes by less than this share.
const STILL: f64 = 1e-5;

/// The estimate from all rows.
pub(super) struct Settled {
    /// Intercept and coefficients, scaled.
    pub(super) beta: Vec<f64>,
    /// Variance of the inliers' residuals.
    pub(super) variance: f64,
    /// `X' P X`.
    pub(super) information: Vec<f64>,
}

/// Improve `beta` on all rows and let the noise be what it is.
///
/// The threshold may be far wider than the noise: the median absolute deviation of the target holds all that the
/// columns explain. Outliers just within would move the line, so the mixture narrows to the inliers' own deviation,
/// as long as it keeps half of them.
pub(super) fn settle(
    linear: &Linear,
    mut beta: Vec<f64>,
    threshold: f64,
    team: &mut Team,
    stop: &Stop,
) -> Settled {
    let mut mixture = Mixture::new(threshold);
    let mut pass = linear.agree(team, &beta, &mixture, Gain::Squares);
    let first = inliers(&pass);
    let mut before = [f64::NAN; 2];
    for _ in 0..ROUNDS {
        let ahead = extrapolated(before, variance(&pass));
        before = [before[1], variance(&pass)];
        let next = mixture.narrowed(ahead, CUT, threshold);
        let moved = Linear::solved(&beta, &pass).filter(|_| inliers(&pass) >= 0.5 * first);
        let Some(moved) = moved.filter(|_| !stop.is_due()) else {
            break;
        };
        let still = (next.variance - mixture.variance).abs() <= STILL * mixture.variance;
        (beta, mixture) = (moved, next);
        // What the last pass added up stands for the end: nothing in it would change by more than that share.
        if still {
            break;
        }
        pass = linear.agree(team, &beta, &mixture, Gain::Squares);
    }
    Settled {
        variance: variance(&pass),
        information: pass.hessian,
        beta,
    }
}

/// Where a sequence that closes in by the same share each time ends (Aitken); `last` if it does not look like one.
fn extrapolated([first, second]: [f64; 2], last: f64) -> f64 {
    let ratio = (last - second) / (second - first);
    if ratio > 0.0 && ratio < 0.5 {
        last + (last - second) * ratio / (1.0 - ratio)
    } else {
        last
    }
}

/// The sum of the posteriors: the first column is of ones.
fn inliers(pass: &Pass) -> f64 {
    pass.hessian[0]
}

fn variance(pass: &Pass) -> f64 {
    pass.loss / (inliers(pass) - pass.gradient.len() as f64).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_geometric_sequence_ends_is_known_from_three_of_it() {
        let at = |k: i32| 5.0 + 2.0 * 0.1_f64.powi(k);
        assert!((extrapolated([at(0), at(1)], at(2)) - 5.0).abs() < 1e-12);
        // Too slow, to and fro, at its end, and without a past: nothing is made of it.
        for (before, last) in [
            ([4.0, 3.0], 2.1),
            ([4.0, 3.0], 3.5),
            ([3.0, 3.0], 3.0),
            ([f64::NAN; 2], 1.0),
        ] {
            assert_eq!(extrapolated(before, last), last);
        }
    }
}

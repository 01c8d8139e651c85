//! The loss of `AdaBoost`.

use std::ops::Range;

use induce_core::Result;

use super::classify::check_fractions;
use super::contract::{Derivatives, Loss, weighted_mean};
use crate::{Link, math};

/// l = y exp(-s / 2) + (1 - y) exp(s / 2) with y in {0, 1}: what `AdaBoost` minimises (Friedman, Hastie & Tibshirani
/// 2000, section 4).
///
/// Its best score is the log-odds, so the link is that of [`Logistic`](super::Logistic); other texts call s / 2 the score.
/// Rows on the wrong side count exponentially, where the likelihood counts them linearly.
pub struct Exponential;

/// Scores beyond this say no more: exp(40) squared is what single precision holds.
const LARGEST: f64 = 80.0;

/// Value, first and second derivative. The second is a quarter of the value.
#[inline(always)]
fn parts(y: f64, s: f64) -> (f64, f64, f64) {
    let half = 0.5 * s.clamp(-LARGEST, LARGEST);
    let (for_one, for_zero) = (y * math::exp(-half), (1.0 - y) * math::exp(half));
    let value = for_one + for_zero;
    (value, 0.5 * (for_zero - for_one), 0.25 * value)
}

impl Loss for Exponential {
    fn name(&self) -> &str {
        "exponential"
    }
    fn link(&self) -> Link {
        Link::Logit
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        check_fractions("exponential", target)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        let p = weighted_mean(target.len(), weight, |i| target[i]).clamp(1e-12, 1.0 - 1e-12);
        vec![(p / (1.0 - p)).ln()]
    }
    fn derivatives(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        for (i, (&y, &s)) in target.iter().zip(scores[0]).enumerate() {
            let (_, g, h) = parts(y, s);
            out.gradient[0][i] = g as f32;
            out.curvature[0][i] = h as f32;
        }
    }
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        for ((out, &y), &s) in out.iter_mut().zip(target).zip(scores[0]) {
            *out = parts(y, s).0;
        }
    }
    fn row_derivatives(&self, _: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        let (_, g, h) = parts(target, scores[0]);
        (g, h)
    }
    fn metric(&self) -> &'static str {
        "exponential"
    }
}

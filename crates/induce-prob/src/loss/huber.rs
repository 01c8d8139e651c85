//! Squared near the target, linear far from it.

use std::ops::Range;
use std::sync::Arc;

use induce_core::{Error, Result};

use super::contract::{Derivatives, LeafRows, Loss, Step, weighted_quantile};
use super::regress::{each, each_value, quantile};

/// l = r^2 / 2 for |r| <= delta, else delta (|r| - delta / 2), with r = y - s (Huber 1964).
pub struct Huber {
    delta: f64,
    /// The quantile of |r| that delta is in every round; 0 if it is fixed.
    turn: f64,
}

impl Huber {
    /// Linear beyond `delta > 0`, in units of the target.
    ///
    /// # Errors
    /// If `delta` is not above 0.
    pub fn new(delta: f64) -> Result<Self> {
        if delta > 0.0 && delta.is_finite() {
            return Ok(Self { delta, turn: 0.0 });
        }
        Err(Error::setting(
            "huber_delta",
            delta,
            "it must be positive and finite",
        ))
    }

    /// Linear beyond the quantile `turn` of the absolute residuals at the time (Friedman 2001, section 4.4); 0 is none.
    ///
    /// # Errors
    /// If `turn` is not a quantile.
    pub fn turning_at(self, turn: f64) -> Result<Self> {
        if (0.0..1.0).contains(&turn) {
            return Ok(Self { turn, ..self });
        }
        Err(Error::setting(
            "huber_quantile",
            turn,
            "it must be at least 0 and below 1",
        ))
    }
}

impl Loss for Huber {
    fn name(&self) -> &str {
        "huber"
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![quantile(target, weight, 0.5)]
    }
    fn derivatives(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        induce_core::multiversion! {
            fn derivatives(target: &[f64], score: &[f64], gradient: &mut [f32], curvature: &mut [f32], d: f64) {
                each(target, score, gradient, curvature, |y, s| ((s - y).clamp(-d, d), 1.0));
            }
        }
        derivatives(
            target,
            scores[0],
            &mut *out.gradient[0],
            &mut *out.curvature[0],
            self.delta,
        );
    }
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        let d = self.delta;
        each_value(target, scores, out, |y, s| {
            let r = (y - s).abs();
            if r <= d { 0.5 * r * r } else { d * (r - 0.5 * d) }
        });
    }
    /// One step from the median m of the residuals: m + mean(clamp(r - m, -delta, delta)) (Friedman 2001, equation 28).
    fn step(&self, _: usize, rows: &LeafRows) -> Step {
        let mut residuals = rows.residuals();
        let middle = weighted_quantile(&mut residuals, 0.5);
        let far = |r: f64| (r - middle).clamp(-self.delta, self.delta);
        let (sum, total) = residuals
            .iter()
            .fold((0.0, 0.0), |(sum, total), &(r, w)| (sum + w * far(r), total + w));
        Step::Constant(if total > 0.0 { middle + sum / total } else { 0.0 })
    }
    fn at(&self, target: &[f64], weight: Option<&[f64]>, scores: &[Vec<f64>]) -> Option<Arc<dyn Loss>> {
        if self.turn == 0.0 {
            return None;
        }
        let size = |(y, s): (&f64, &f64)| (y - s).abs();
        let sizes: Vec<f64> = target.iter().zip(&scores[0]).map(size).collect();
        // Residuals that are all zero leave nothing to learn, and any positive turn.
        let delta = quantile(&sizes, weight, self.turn).max(f64::MIN_POSITIVE);
        Some(Arc::new(Self { delta, ..*self }))
    }
    fn metric(&self) -> &'static str {
        "huber"
    }
}

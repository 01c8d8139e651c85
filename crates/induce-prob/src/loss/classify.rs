//! Losses of a class target.

use std::ops::Range;

use induce_core::{Error, Result, choices};

use super::contract::{Derivatives, Loss, weighted_mean};
use crate::{Link, math};

/// The smallest curvature a row may have: below it Newton steps lose their meaning.
const LEAST_CURVATURE: f64 = 1e-16;

/// l = ln(1 + exp(s)) - y s with y in {0, 1}: the Bernoulli likelihood.
///
/// The sigmoid is its mean because the log-odds ln(p / (1 - p)) are the
/// natural parameter of the Bernoulli family.
pub struct Logistic;

impl Loss for Logistic {
    fn name(&self) -> &str {
        "logistic"
    }
    fn link(&self) -> Link {
        Link::Logit
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        check_fractions("logistic", target)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        let p = weighted_mean(target.len(), weight, |i| target[i]).clamp(1e-12, 1.0 - 1e-12);
        vec![(p / (1.0 - p)).ln()]
    }
    fn derivatives(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        logistic_derivatives(target, scores[0], &mut *out.gradient[0], &mut *out.curvature[0]);
    }
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        logistic_values(target, scores[0], out);
    }
    fn row_derivatives(&self, _: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        let odds = (-scores[0].abs()).exp();
        let (q, rest) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        // Of the two ways to say p - y, the one that keeps its digits where p is next to 1.
        let gradient = if scores[0] < 0.0 {
            q - target
        } else {
            (1.0 - target) - q
        };
        (gradient, (q * rest).max(LEAST_CURVATURE))
    }
    fn metric(&self) -> &'static str {
        "log_loss"
    }
}

/// An error unless every target is a fraction.
pub(super) fn check_fractions(name: &str, target: &[f64]) -> Result<()> {
    match target.iter().find(|y| !(0.0..=1.0).contains(*y)) {
        None => Ok(()),
        Some(y) => Err(Error::data(
            format!("the objective `{name}` needs targets between 0 and 1, found {y}"),
            "use `--set objective=softmax` for more classes, `squared` for a quantity",
        )),
    }
}

induce_core::multiversion! {
    /// g = p - y and h = p (1 - p). In terms of q, the probability of the less likely class, a confident
    /// row keeps all its digits: g is q - y or (1 - y) - q.
    fn logistic_derivatives(target: &[f64], score: &[f64], gradient: &mut [f32], curvature: &mut [f32]) {
        let n = target.len().min(score.len()).min(gradient.len()).min(curvature.len());
        for i in 0..n {
            let odds = math::exp_single(-score[i].abs());
            let q = odds / (1.0 + odds);
            let y = target[i] as f32;
            gradient[i] = if score[i] < 0.0 { q - y } else { (1.0 - y) - q };
            let h = q * (1.0 - q);
            curvature[i] = if h > LEAST_CURVATURE as f32 { h } else { LEAST_CURVATURE as f32 };
        }
    }
}

induce_core::multiversion! {
    fn logistic_values(target: &[f64], score: &[f64], out: &mut [f64]) {
        for ((out, &y), &s) in out.iter_mut().zip(target).zip(score) {
            *out = math::softplus(s) - y * s;
        }
    }
}

/// l = ln(sum_k exp(s_k)) - s_y: the categorical likelihood over `classes` classes.
///
/// The curvature of a class is p (1 - p) times a factor that [`SoftmaxCurvature`] names: a tree per class knows nothing
/// of the others', and the full second derivative is no diagonal.
pub struct Softmax {
    classes: usize,
    factor: f64,
}

choices! {
    /// What p (1 - p) is multiplied with for the curvature of one of K classes.
    #[derive(Default)]
    pub enum SoftmaxCurvature {
        /// K / (K - 1): two classes agree with the logistic loss (Friedman 2001, LogitBoost for K classes); `LightGBM`'s.
        #[default]
        Shared = "shared",
        /// 2: the diagonal that lies above the full second derivative whatever the classes are (Gershgorin); `XGBoost`'s.
        Bound = "bound",
        /// 1: the second derivative's own diagonal; scikit-learn's.
        Diagonal = "diagonal",
    }
}

impl SoftmaxCurvature {
    /// The factor for so many classes.
    fn factor(self, classes: usize) -> f64 {
        match self {
            Self::Shared => classes as f64 / (classes as f64 - 1.0),
            Self::Bound => 2.0,
            Self::Diagonal => 1.0,
        }
    }
}

impl Softmax {
    /// `classes` of at least 2.
    ///
    /// # Errors
    /// If there are fewer than 2 classes.
    pub fn new(classes: usize) -> Result<Self> {
        if classes >= 2 {
            let factor = SoftmaxCurvature::default().factor(classes);
            return Ok(Self { classes, factor });
        }
        Err(Error::data(
            format!("softmax needs at least 2 classes, the target has {classes}"),
            "check the target",
        ))
    }

    /// With this curvature.
    #[must_use]
    pub fn curved(self, curvature: SoftmaxCurvature) -> Self {
        Self {
            factor: curvature.factor(self.classes),
            ..self
        }
    }
}

/// Rows whose exponentials are held at a time.
const TILE: usize = 256;

impl Loss for Softmax {
    fn name(&self) -> &str {
        "softmax"
    }
    fn outputs(&self) -> usize {
        self.classes
    }
    fn link(&self) -> Link {
        Link::Softmax
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        let mut fraction = vec![0.0; self.classes];
        for (i, &y) in target.iter().enumerate() {
            fraction[y as usize] += weight.map_or(1.0, |w| w[i]);
        }
        let total: f64 = fraction.iter().sum();
        fraction.iter().map(|s| (s / total).max(1e-12).ln()).collect()
    }
    fn derivatives(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        let factor = self.factor as f32;
        for start in (0..target.len()).step_by(TILE) {
            let rows = start..(start + TILE).min(target.len());
            let target = &target[rows.clone()];
            let mut max = [0.0; TILE];
            maxima(scores, &rows, &mut max);
            let mut sums = Sums::default();
            for (k, score) in scores.iter().enumerate() {
                let gradient = &mut out.gradient[k][rows.clone()];
                exponentials(k as f64, target, &score[rows.clone()], &max, gradient, &mut sums);
            }
            for k in 0..scores.len() {
                let (gradient, curvature) = (&mut *out.gradient[k], &mut *out.curvature[k]);
                let (gradient, curvature) = (&mut gradient[rows.clone()], &mut curvature[rows.clone()]);
                softmax_derivatives(k as f64, target, &sums, factor, gradient, curvature);
            }
        }
    }
    fn values(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        for start in (0..target.len()).step_by(TILE) {
            let rows = start..(start + TILE).min(rows.len());
            let (mut max, mut sum) = ([0.0; TILE], [0.0; TILE]);
            maxima(scores, &rows, &mut max);
            for score in scores {
                add_exponentials(&score[rows.clone()], &max, &mut sum);
            }
            for (i, row) in rows.enumerate() {
                out[row] = max[i] + sum[i].ln() - scores[target[row] as usize][row];
            }
        }
    }
    fn row_derivatives(&self, output: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own = (scores[output] - highest).exp();
        let others = scores.iter().enumerate().filter(|&(k, _)| k != output);
        let others: f64 = others.map(|(_, s)| (s - highest).exp()).sum();
        let (p, rest) = (own / (own + others), others / (own + others));
        let gradient = if target as usize == output { -rest } else { p };
        (gradient, (self.factor * p * rest).max(LEAST_CURVATURE))
    }
    fn metric(&self) -> &'static str {
        "log_loss"
    }
}

/// Per row of a tile: the sum of its exponentials, and that without the true class, which a confident row needs exactly.
struct Sums {
    all: [f32; TILE],
    others: [f32; TILE],
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            all: [0.0; TILE],
            others: [0.0; TILE],
        }
    }
}

induce_core::multiversion! {
    /// Row maxima of the scores.
    fn maxima(scores: &[&[f64]], rows: &Range<usize>, max: &mut [f64; TILE]) {
        max[..rows.len()].copy_from_slice(&scores[0][rows.clone()]);
        for score in &scores[1..] {
            for (m, &s) in max.iter_mut().zip(&score[rows.clone()]) {
                *m = if s > *m { s } else { *m };
            }
        }
    }
}

induce_core::multiversion! {
    /// exp(s - max) of class `class` into `out`, and into the sums.
    fn exponentials(class: f64, target: &[f64], score: &[f64], max: &[f64; TILE], out: &mut [f32], sums: &mut Sums) {
        let n = score.len().min(TILE).min(out.len()).min(target.len());
        for i in 0..n {
            let e = math::exp_single(score[i] - max[i]);
            out[i] = e;
            sums.all[i] += e;
            sums.others[i] += if target[i] == class { 0.0 } else { e };
        }
    }
}

induce_core::multiversion! {
    /// g = p - [y = k] and h = factor p (1 - p), from the exponentials that `gradient` holds.
    fn softmax_derivatives(class: f64, target: &[f64], sums: &Sums, factor: f32, gradient: &mut [f32], curvature: &mut [f32]) {
        let n = target.len().min(TILE).min(gradient.len()).min(curvature.len());
        for i in 0..n {
            let is_true = target[i] == class;
            let p = gradient[i] / sums.all[i];
            let rest = if is_true { sums.others[i] / sums.all[i] } else { 1.0 - p };
            gradient[i] = if is_true { -rest } else { p };
            let h = factor * p * rest;
            curvature[i] = if h > LEAST_CURVATURE as f32 { h } else { LEAST_CURVATURE as f32 };
        }
    }
}

induce_core::multiversion! {
    /// Add exp(s - max) to the sums.
    fn add_exponentials(score: &[f64], max: &[f64; TILE], sum: &mut [f64; TILE]) {
        for ((sum, &max), &s) in sum.iter_mut().zip(max).zip(score) {
            *sum += math::exp(s - max);
        }
    }
}

//! Losses of a real-valued target.

use std::ops::Range;

use induce_core::{Error, Result};

use super::contract::{Derivatives, Leaf, Loss, weighted_mean, weighted_quantile};
use crate::{Link, math};

/// Both derivatives of every row of the block: `f(target, score) -> (g, h)`.
#[inline(always)]
pub(super) fn each(
    target: &[f64],
    score: &[f64],
    gradient: &mut [f32],
    curvature: &mut [f32],
    f: impl Fn(f64, f64) -> (f64, f64),
) {
    let n = target
        .len()
        .min(score.len())
        .min(gradient.len())
        .min(curvature.len());
    for i in 0..n {
        let (g, h) = f(target[i], score[i]);
        gradient[i] = g as f32;
        curvature[i] = h as f32;
    }
}

/// A method `derivatives` whose loop is compiled for every instruction set.
///
/// `self, y, s => (g, h)`, with parameters of the loss passed by name.
macro_rules! derivatives {
    ($self:ident, $y:ident, $s:ident $(, $p:ident = $value:expr)* => $body:expr) => {
        fn derivatives(&$self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
            induce_core::multiversion! {
                fn derivatives(target: &[f64], score: &[f64], gradient: &mut [f32], curvature: &mut [f32] $(, $p: f64)*) {
                    each(target, score, gradient, curvature, |$y, $s| $body);
                }
            }
            derivatives(target, scores[0], &mut *out.gradient[0], &mut *out.curvature[0] $(, $value)*);
        }
    };
}

pub(super) fn each_value(target: &[f64], scores: &[&[f64]], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    for ((out, &y), &s) in out.iter_mut().zip(target).zip(scores[0]) {
        *out = f(y, s);
    }
}

fn mean(target: &[f64], weight: Option<&[f64]>) -> f64 {
    weighted_mean(target.len(), weight, |i| target[i])
}

pub(super) fn quantile(target: &[f64], weight: Option<&[f64]>, q: f64) -> f64 {
    let mut pairs: Vec<_> = target
        .iter()
        .enumerate()
        .map(|(i, &y)| (y, weight.map_or(1.0, |w| w[i])))
        .collect();
    weighted_quantile(&mut pairs, q)
}

fn require(target: &[f64], name: &str, rule: &str, ok: impl Fn(f64) -> bool) -> Result<()> {
    match target.iter().find(|y| !ok(**y)) {
        None => Ok(()),
        Some(y) => Err(Error::data(
            format!("the objective `{name}` needs a target {rule}, found {y}"),
            "use `--set objective=squared`, or transform the target",
        )),
    }
}

/// l = (y - s)^2 / 2: the Gaussian likelihood with unit variance.
pub struct Squared;

impl Loss for Squared {
    fn name(&self) -> &str {
        "squared"
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![mean(target, weight)]
    }
    derivatives!(self, y, s => (s - y, 1.0));
    fn row_derivatives(&self, _: usize, target: f64, scores: &[f64]) -> (f64, f64) {
        (scores[0] - target, 1.0)
    }
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        each_value(target, scores, out, |y, s| (y - s) * (y - s));
    }
    fn metric(&self) -> &'static str {
        "mse"
    }
}

/// l = |y - s|: the Laplace likelihood, whose best constant is the median.
pub struct Absolute;

impl Loss for Absolute {
    fn name(&self) -> &str {
        "absolute"
    }
    fn leaf(&self) -> Leaf {
        Leaf::Quantile(0.5)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![quantile(target, weight, 0.5)]
    }
    derivatives!(self, y, s => (if s > y { 1.0 } else { -1.0 }, 1.0));
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        each_value(target, scores, out, |y, s| (y - s).abs());
    }
    fn metric(&self) -> &'static str {
        "mae"
    }
}

/// l = q max(y - s, 0) + (1 - q) max(s - y, 0): Koenker and Bassett 1978.
pub struct Quantile {
    q: f64,
}

impl Quantile {
    /// The quantile `q` in (0, 1).
    ///
    /// # Errors
    /// If the parameter is out of its range.
    pub fn new(q: f64) -> Result<Self> {
        if q > 0.0 && q < 1.0 {
            return Ok(Self { q });
        }
        Err(Error::setting(
            "quantile",
            q,
            "it must lie strictly between 0 and 1",
        ))
    }
}

impl Loss for Quantile {
    fn name(&self) -> &str {
        "quantile"
    }
    fn leaf(&self) -> Leaf {
        Leaf::Quantile(self.q)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![quantile(target, weight, self.q)]
    }
    derivatives!(self, y, s, q = self.q => (if s > y { 1.0 - q } else { -q }, 1.0));
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        let q = self.q;
        each_value(target, scores, out, |y, s| {
            if y > s { q * (y - s) } else { (1.0 - q) * (s - y) }
        });
    }
    fn metric(&self) -> &'static str {
        "mean_pinball_loss"
    }
}

/// l = exp(s) - y s: the Poisson likelihood with log link; targets are counts or rates >= 0.
pub struct Poisson;

/// The logarithm of the mean, however small it is; of no mean at all, that of a small one.
fn ln_mean(target: &[f64], weight: Option<&[f64]>) -> f64 {
    let mean = mean(target, weight);
    if mean > 0.0 { mean.ln() } else { 1e-10_f64.ln() }
}

impl Loss for Poisson {
    fn name(&self) -> &str {
        "poisson"
    }
    fn link(&self) -> Link {
        Link::Log
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        require(target, "poisson", "that is never negative", |y| y >= 0.0)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![ln_mean(target, weight)]
    }
    derivatives!(self, y, s => {
        let mu = math::exp(s);
        (mu - y, mu)
    });
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        each_value(target, scores, out, |y, s| {
            let saturated = if y > 0.0 { y * y.ln() - y } else { 0.0 };
            2.0 * (saturated - y * s + s.exp())
        });
    }
    fn metric(&self) -> &'static str {
        "poisson_deviance"
    }
}

/// l = s + y exp(-s): the gamma likelihood of unit shape with log link; targets > 0.
pub struct Gamma;

impl Loss for Gamma {
    fn name(&self) -> &str {
        "gamma"
    }
    fn link(&self) -> Link {
        Link::Log
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        require(target, "gamma", "that is positive", |y| y > 0.0)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![mean(target, weight).ln()]
    }
    derivatives!(self, y, s => {
        let ratio = y * math::exp(-s);
        (1.0 - ratio, ratio)
    });
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        each_value(target, scores, out, |y, s| {
            2.0 * (s - y.ln() + y * (-s).exp() - 1.0)
        });
    }
    fn metric(&self) -> &'static str {
        "gamma_deviance"
    }
}

/// l = -y exp((1-p) s) / (1-p) + exp((2-p) s) / (2-p): Tweedie likelihood, 1 < p < 2, log link.
pub struct Tweedie {
    power: f64,
}

impl Tweedie {
    /// Variance proportional to mean^`power`, `power` in (1, 2).
    ///
    /// # Errors
    /// If the parameter is out of its range.
    pub fn new(power: f64) -> Result<Self> {
        if power > 1.0 && power < 2.0 {
            return Ok(Self { power });
        }
        Err(Error::setting(
            "tweedie_power",
            power,
            "it must lie strictly between 1 and 2",
        ))
    }
}

impl Loss for Tweedie {
    fn name(&self) -> &str {
        "tweedie"
    }
    fn link(&self) -> Link {
        Link::Log
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        require(target, "tweedie", "that is never negative", |y| y >= 0.0)
    }
    fn start(&self, target: &[f64], weight: Option<&[f64]>) -> Vec<f64> {
        vec![ln_mean(target, weight)]
    }
    derivatives!(self, y, s, a = 1.0 - self.power, b = 2.0 - self.power => {
        let (first, second) = (y * math::exp(a * s), math::exp(b * s));
        (second - first, b * second - a * first)
    });
    fn values(&self, _: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        let p = self.power;
        let (a, b) = (1.0 - p, 2.0 - p);
        each_value(target, scores, out, |y, s| {
            2.0 * (y.powf(b) / (a * b) - y * (a * s).exp() / a + (b * s).exp() / b)
        });
    }
    fn metric(&self) -> &'static str {
        "tweedie_deviance"
    }
}

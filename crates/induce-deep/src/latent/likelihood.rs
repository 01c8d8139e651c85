//! Likelihoods of values given what a decoder says of them.

use std::f64::consts::TAU;

use induce_core::choices;
use induce_tensor::{Element, Tensor};

choices! {
    /// p(x | z) of a value.
    pub enum Likelihood {
        /// Black or white: a probability.
        Bernoulli = "bernoulli",
        /// Any number: mean and deviation.
        Gaussian = "gaussian",
        /// Between 0 and 1: ln(x / (1 - x)) is of a Laplace distribution (Ramesh et al. 2021, equation 4).
        LogitLaplace = "logit-laplace",
    }
}

/// Values of a logit-Laplace likelihood are mapped into (EPSILON, 1 - EPSILON), as DALL-E's are.
const EPSILON: f64 = 0.1;

impl Likelihood {
    /// Numbers that a decoder says of a value.
    pub fn parameters(self) -> usize {
        match self {
            Self::Bernoulli => 1,
            Self::Gaussian | Self::LogitLaplace => 2,
        }
    }

    /// What the likelihood is of, of a value in [0, 1].
    pub fn target(self, x: f64) -> f64 {
        match self {
            Self::Bernoulli | Self::Gaussian => x,
            Self::LogitLaplace => {
                let x = (1.0 - 2.0 * EPSILON) * x + EPSILON;
                (x / (1.0 - x)).ln()
            }
        }
    }

    /// What is added to ln p(x | z) of a value in [0, 1] for the change of variables: -ln(x (1 - x)), and ln of the stretch.
    pub fn ln_volume(self, x: f64) -> f64 {
        match self {
            Self::Bernoulli | Self::Gaussian => 0.0,
            Self::LogitLaplace => {
                let x = (1.0 - 2.0 * EPSILON) * x + EPSILON;
                (1.0 - 2.0 * EPSILON).ln() - (x * (1.0 - x)).ln()
            }
        }
    }

    /// -ln p(target | raw) of every row, without the volume; targets repeat where there are fewer of them.
    /// raw (rows, parameters x values), targets (rows / times, values)
    pub fn loss<'t, T: Element>(self, raw: Tensor<'t, T>, targets: Tensor<'t, T>) -> Tensor<'t, T> {
        if self == Self::Bernoulli {
            return raw.bernoulli_loss(targets);
        }
        let (own, all) = (targets.shape(), raw.shape());
        let (n, values) = (own.rows(), own.last());
        let times = all.rows() / n.max(1);
        let parts = raw.split(1, &[values, values]);
        let each = [times, n, values];
        let (mean, ln_scale) = (parts[0].reshape(&each), parts[1].reshape(&each));
        let away = (targets - mean) * ln_scale.affine(-1.0, 0.0).exp();
        let terms = match self {
            Self::Gaussian => away.square().affine(0.5, 0.5 * TAU.ln()) + ln_scale,
            _ => away.abs().affine(1.0, std::f64::consts::LN_2) + ln_scale,
        };
        terms.sum_last().reshape(&[times * n])
    }

    /// The mean of a value in [0, 1], or of what is nearest to it, given what is said of it.
    pub fn mean(self, first: f64) -> f64 {
        match self {
            Self::Bernoulli => 1.0 / (1.0 + (-first).exp()),
            Self::Gaussian => first,
            Self::LogitLaplace => {
                let x = 1.0 / (1.0 + (-first).exp());
                (x - EPSILON) / (1.0 - 2.0 * EPSILON)
            }
        }
    }

    /// What a decoder says first of a value whose mean over the data is `mean`, in [0, 1]: where it begins.
    pub fn start(self, mean: f64) -> f64 {
        match self {
            Self::Bernoulli => {
                let p = mean.clamp(0.001, 0.999);
                (p / (1.0 - p)).ln()
            }
            Self::Gaussian | Self::LogitLaplace => self.target(mean),
        }
    }
}

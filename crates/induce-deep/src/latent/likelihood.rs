//! Likelihoods of values given what a decoder says of them.

use std::f64::consts::TAU;

use induce_core::{Result, choices};
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
        /// One of `levels` steps from 0 to 1: a probability of each.
        Categorical = "categorical",
    }
}

/// Values of a logit-Laplace likelihood are mapped into (EPSILON, 1 - EPSILON), as DALL-E's are.
const EPSILON: f64 = 0.1;

/// What a decoder says of values.
pub struct Said<'t, T: Element = f32> {
    likelihood: Likelihood,
    /// Per parameter of the likelihood (rows, values); of a categorical one the logits, (rows x values, levels).
    parts: Vec<Tensor<'t, T>>,
}

impl Likelihood {
    /// Numbers that a decoder says of a value of so many levels.
    pub fn parameters(self, levels: usize) -> usize {
        match self {
            Self::Bernoulli => 1,
            Self::Gaussian | Self::LogitLaplace => 2,
            Self::Categorical => levels,
        }
    }

    /// What the likelihood is of, of a value in [0, 1].
    pub fn target(self, x: f64, levels: usize) -> f64 {
        match self {
            Self::Bernoulli | Self::Gaussian => x,
            Self::LogitLaplace => {
                let x = (1.0 - 2.0 * EPSILON) * x + EPSILON;
                (x / (1.0 - x)).ln()
            }
            Self::Categorical => (x * (levels - 1) as f64).round(),
        }
    }

    /// What is added to ln p(x | z) of a value in [0, 1] for the change of variables: -ln(x (1 - x)), and ln of the stretch.
    pub fn ln_volume(self, x: f64) -> f64 {
        match self {
            Self::Bernoulli | Self::Gaussian | Self::Categorical => 0.0,
            Self::LogitLaplace => {
                let x = (1.0 - 2.0 * EPSILON) * x + EPSILON;
                (1.0 - 2.0 * EPSILON).ln() - (x * (1.0 - x)).ln()
            }
        }
    }

    /// Whether it is of a value between 0 and 1, and not of one of few.
    pub fn is_continuous(self) -> bool {
        matches!(self, Self::Gaussian | Self::LogitLaplace)
    }

    /// What the last layer of a decoder says, by parameters: raw (rows, parameters x channels of all pixels) of a linear layer has one
    /// parameter of all values before the next, raw (rows, height, width, parameters x channels) the same of every pixel. A categorical one
    /// has the levels of a value side by side.
    pub fn read<'t, T: Element>(self, raw: Tensor<'t, T>, levels: usize) -> Said<'t, T> {
        let shape = raw.shape();
        // Of a poisoned tape it is a scalar's.
        let (axis, rows) = (
            shape.lengths().len().saturating_sub(1),
            shape.lengths().first().copied().unwrap_or(1),
        );
        let own = self.parameters(levels);
        let flat = |part: Tensor<'t, T>| part.reshape(&[rows, part.shape().elements() / rows.max(1)]);
        let parts = match (self, own) {
            (Self::Categorical, _) => vec![raw.reshape(&[shape.elements() / levels, levels])],
            (_, 1) => vec![flat(raw)],
            _ => raw
                .split(axis, &vec![shape.last() / own; own])
                .into_iter()
                .map(flat)
                .collect(),
        };
        Said {
            likelihood: self,
            parts,
        }
    }

    /// What a decoder says first of a value whose mean over the data is `mean`, in [0, 1]: where it begins.
    pub fn start(self, mean: f64) -> f64 {
        match self {
            Self::Bernoulli => {
                let p = mean.clamp(0.001, 0.999);
                (p / (1.0 - p)).ln()
            }
            Self::Gaussian | Self::LogitLaplace => self.target(mean, 0),
            Self::Categorical => 0.0,
        }
    }
}

impl<'t, T: Element> Said<'t, T> {
    /// -ln p(target | this) of every row, without the volume; targets repeat where there are fewer of them. targets (rows / times, values)
    pub fn loss(&self, targets: Tensor<'t, T>) -> Tensor<'t, T> {
        let (n, values) = (targets.shape().rows(), targets.shape().last());
        let first = self.parts[0];
        match self.likelihood {
            Likelihood::Bernoulli => first.bernoulli_loss(targets),
            Likelihood::Categorical => self.categorical_loss(targets),
            Likelihood::Gaussian | Likelihood::LogitLaplace => {
                let times = first.shape().rows() / n.max(1);
                let [mean, ln_scale] = [0, 1].map(|i| self.parts[i].reshape(&[times, n, values]));
                let away = (targets - mean) * ln_scale.affine(-1.0, 0.0).exp();
                let terms = match self.likelihood {
                    Likelihood::Gaussian => away.square().affine(0.5, 0.5 * TAU.ln()) + ln_scale,
                    _ => away.abs().affine(1.0, std::f64::consts::LN_2) + ln_scale,
                };
                terms.sum_last().reshape(&[times * n])
            }
        }
    }

    /// ln sum exp of the logits, less that of the target's level.
    fn categorical_loss(&self, targets: Tensor<'t, T>) -> Tensor<'t, T> {
        let (logits, values) = (self.parts[0], targets.shape().last());
        let all = logits.shape().rows();
        let own = targets.values().unwrap_or_default();
        let levels: Vec<u32> = own
            .iter()
            .cycle()
            .take(all)
            .map(|level| level.to_f64() as u32)
            .collect();
        let losses = logits.cross_entropy(&levels);
        losses.reshape(&[all / values.max(1), values]).sum_last()
    }

    /// The mean of every value in [0, 1], or of what is nearest to it. // (rows x values)
    ///
    /// # Errors
    /// If the tape is poisoned.
    pub fn means(&self) -> Result<Vec<f64>> {
        let first = self.parts[0];
        let levels = first.shape().last();
        let all = first.values()?;
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let stretched = |x: f64| (sigmoid(x) - EPSILON) / (1.0 - 2.0 * EPSILON);
        let each = all.iter().map(|x| x.to_f64());
        Ok(match self.likelihood {
            Likelihood::Bernoulli => each.map(sigmoid).collect(),
            Likelihood::Gaussian => each.collect(),
            Likelihood::LogitLaplace => each.map(stretched).collect(),
            Likelihood::Categorical => all.chunks_exact(levels).map(mean_level).collect(),
        })
    }
}

/// The mean of levels from 0 to 1 with these logits.
fn mean_level<T: Element>(logits: &[T]) -> f64 {
    let largest = logits
        .iter()
        .map(|x| x.to_f64())
        .fold(f64::NEG_INFINITY, f64::max);
    let weights = logits.iter().map(|x| (x.to_f64() - largest).exp());
    let sums = weights
        .enumerate()
        .fold((0.0, 0.0), |(sum, all), (i, w)| (sum + i as f64 * w, all + w));
    sums.0 / sums.1 / (logits.len() - 1) as f64
}

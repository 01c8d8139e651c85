//! What a network predicts: a quantity, or classes.

use induce_core::metrics::Task;
use induce_core::model::{Source as Values, Target};
use induce_core::points::Summary;
use induce_core::{Column, Error, Result};
use induce_tensor::{Element, Tensor};
use serde::{Deserialize, Serialize};

/// What is predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// A quantity y = centre + scale (f + noise eps): a Gaussian likelihood.
    Quantity {
        /// The mean of the target.
        centre: f64,
        /// Its deviation.
        scale: f64,
        /// The deviation of the noise, in the unit of `scale`; what random weights learn with it is among the parameters.
        noise: f64,
    },
    /// One of so many classes.
    Classes(usize),
}

impl Outcome {
    /// That of a target.
    ///
    /// # Errors
    /// If a network of this kind cannot predict it.
    pub fn of(target: &Target, weight: Option<&[f64]>) -> Result<Self> {
        if !target.further.is_empty() {
            return Err(Error::data(
                format!("there are {} targets", 1 + target.further.len()),
                "a network of this kind learns one: `-m forest` learns several together",
            ));
        }
        match target.task {
            Task::Regression => Ok(Self::quantity(target, weight)),
            Task::Classification if !target.classes.is_empty() => Ok(Self::Classes(target.classes.len())),
            other => Err(Error::data(
                format!("a network of this kind does not learn {}", other.name()),
                "it learns quantities and classes",
            )),
        }
    }

    fn quantity(target: &Target, weight: Option<&[f64]>) -> Self {
        let column = Column::from_f64("target", target.values.clone());
        let seen = Summary::of(&Values::number(&column), weight, true);
        let constant = seen.deviation <= 1e-13 * seen.mean.abs() || seen.deviation == 0.0;
        Self::Quantity {
            centre: seen.mean,
            scale: if constant { 1.0 } else { seen.deviation },
            noise: 1.0,
        }
    }

    /// Numbers that the network gives.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Quantity { .. } | Self::Classes(2) => 1,
            Self::Classes(n) => *n,
        }
    }

    /// Whether it is a quantity.
    pub fn is_quantity(&self) -> bool {
        matches!(self, Self::Quantity { .. })
    }

    /// The task.
    pub fn task(&self) -> Task {
        match self {
            Self::Quantity { .. } => Task::Regression,
            Self::Classes(_) => Task::Classification,
        }
    }

    /// A target as the network sees it.
    pub fn inside(&self, y: f64) -> f32 {
        match self {
            Self::Quantity { centre, scale, .. } => (y / scale - centre / scale) as f32,
            Self::Classes(_) => y as f32,
        }
    }

    /// -ln p(y) of every row, without constants; `ln_noise` where it is learnt with the weights. raw (rows, outputs), y (rows) // (rows)
    pub fn losses<'t, T: Element>(
        &self,
        raw: Tensor<'t, T>,
        y: &[f32],
        ln_noise: Option<Tensor<'t, T>>,
    ) -> Tensor<'t, T> {
        let numbers = || -> Vec<T> { y.iter().map(|y| T::of(f64::from(*y))).collect() };
        let target = || raw.tape().input(&[y.len(), 1], &numbers());
        match self {
            Self::Quantity { .. } => {
                let away = (raw - target()).reshape(&[y.len()]);
                let half = away.square().affine(0.5, 0.0);
                match ln_noise {
                    None => half,
                    Some(ln) => half * ln.affine(-2.0, 0.0).exp() + ln,
                }
            }
            Self::Classes(2) => raw.bernoulli_loss(target()),
            Self::Classes(_) => {
                let classes: Vec<u32> = y.iter().map(|y| *y as u32).collect();
                raw.cross_entropy(&classes)
            }
        }
    }

    /// What a row of raw numbers says: probabilities of classes, or a quantity in the unit of `scale`.
    pub fn read(&self, raw: &[f32], out: &mut Vec<f64>) {
        match self {
            Self::Quantity { .. } => out.extend(raw.iter().map(|x| f64::from(*x))),
            Self::Classes(2) => {
                let p = induce_prob::math::sigmoid(f64::from(raw[0]));
                out.extend([1.0 - p, p]);
            }
            Self::Classes(_) => {
                let most = raw.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let start = out.len();
                out.extend(raw.iter().map(|x| f64::from(x - most).exp()));
                let sum: f64 = out[start..].iter().sum();
                out[start..].iter_mut().for_each(|p| *p /= sum);
            }
        }
    }

    /// Numbers per row that [`read`](Self::read) gives.
    pub fn width(&self) -> usize {
        match self {
            Self::Quantity { .. } => 1,
            Self::Classes(n) => *n,
        }
    }

    /// That that of a file can be.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, classes: usize) -> std::result::Result<(), String> {
        let right = match self {
            Self::Quantity { centre, scale, noise } => {
                let sound = [scale, noise].iter().all(|x| x.is_finite() && **x >= 0.0);
                classes == 0 && centre.is_finite() && sound && *scale > 0.0
            }
            Self::Classes(n) => *n > 0 && *n == classes,
        };
        match right {
            true => Ok(()),
            false => Err("what it predicts does not fit its classes".into()),
        }
    }
}

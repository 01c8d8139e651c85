//! The settings of variational auto-encoders: plain data.

use induce_core::model::{Range, SettingValue, range};
use induce_core::{Error, Result, choices, settings};
use induce_tensor::Activation;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::likelihood::Likelihood;
use super::pixels::{Binarize, Pixels};
use crate::train::{ScheduleKind, Training};

choices! {
    /// What is maximized.
    pub enum Bound {
        /// ln p(x | z) of the mean of q(z | x): no bound, an auto-encoder.
        None = "none",
        /// E ln w (Kingma & Welling 2014).
        Elbo = "elbo",
        /// E ln mean_k w (Burda, Grosse & Salakhutdinov 2016).
        Iwae = "iwae",
        /// The same without the first terms of its bias (Nowozin 2018).
        Jvi = "jvi",
    }
}

choices! {
    /// How the ELBO is estimated (Kingma & Welling 2014, section 2.3).
    pub enum Estimator {
        /// All of it by samples.
        A = "a",
        /// KL(q(z | x) || p(z)) in closed form.
        B = "b",
    }
}

choices! {
    /// How gradients pass through samples.
    pub enum GradientKind {
        /// Through z = mu + sigma eps.
        Reparameterized = "reparameterized",
        /// The same without the part whose mean is 0 (Roeder, Wu & Duvenaud 2017).
        StickingTheLanding = "sticking-the-landing",
        /// The same for importance weights: w^2 in the place of w where the gradient passes through z (Tucker, Lawson, Gu & Maddison 2019).
        DoublyReparameterized = "doubly-reparameterized",
        /// Not through z: by the gradient of ln q(z | x) (Williams 1992), less the mean of the other samples.
        Score = "score",
    }
}

choices! {
    /// Activations of hidden layers.
    pub enum Hidden {
        /// tanh x.
        Tanh = "tanh",
        /// max(x, 0).
        Relu = "relu",
    }
}

impl Hidden {
    /// The same for a layer.
    pub fn activation(self) -> Activation {
        match self {
            Self::Tanh => Activation::Tanh,
            Self::Relu => Activation::Relu,
        }
    }
}

choices! {
    /// What encoder and decoder are made of.
    pub enum Architecture {
        /// Linear layers.
        Mlp = "mlp",
        /// Convolutions that halve the sides, then linear layers; and back.
        Conv = "conv",
        /// The same with residual blocks between them.
        Residual = "residual",
    }
}

/// Widths of layers: a number, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Widths(pub Vec<usize>);

impl From<Widths> for Value {
    fn from(widths: Widths) -> Self {
        widths.0.into()
    }
}

impl TryFrom<Value> for Widths {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        let one = |value: &Value| value.as_u64().map(|n| n as usize);
        let all: Option<Vec<usize>> = match &value {
            Value::Array(all) => all.iter().map(one).collect(),
            other => one(other).map(|n| vec![n]),
        };
        match all {
            Some(all) if all.iter().all(|n| *n > 0) => Ok(Self(all)),
            _ => Err(format!(
                "widths are whole numbers of at least 1, as in `200,200`, not {value}"
            )),
        }
    }
}

impl SettingValue for Widths {
    const RANGE: Range = Range::Said("a width, or several as in 200,200");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

settings! {
    /// What a variational auto-encoder may be told.
    pub struct Spec {
        /// Widths of the latent variables, those next to the data first
        latent: Widths = Widths(vec![20]);
        /// Widths of the hidden layers of the encoder; the decoder has them in reverse
        hidden: Widths = Widths(vec![200, 200]);
        /// What encoder and decoder are made of
        architecture: Architecture = Architecture::Mlp;
        /// Channels of the convolutions, every one of which halves the sides of an image
        channels: Widths = Widths(vec![32, 64]), when architecture ["conv", "residual"];
        /// Residual blocks above the convolutions
        blocks: usize = 2, in range::to(1, 100), when architecture ["residual"];
        /// Activation of hidden layers
        activation: Hidden = Hidden::Tanh;
        /// Likelihood of a value
        likelihood: Likelihood = Likelihood::Bernoulli;
        /// Levels of a value
        levels: usize = 256, in range::to(2, 256), when likelihood ["categorical"];
        /// How grey values become black or white
        binarize: Binarize = Binarize::Dynamic, when likelihood ["bernoulli"];
        /// Whether grey values are spread evenly over the interval that their byte stands for (Theis, van den Oord & Bethge 2016)
        dequantize: bool = true, when likelihood ["gaussian", "logit-laplace"];
        /// What is maximized
        bound: Bound = Bound::Elbo;
        /// Samples of the latent variables per image
        samples: usize = 1, in range::to(1, 10_000), when bound ["elbo", "iwae", "jvi"];
        /// Terms of the bias that are taken off
        order: usize = 1, in range::to(1, 3), when bound ["jvi"];
        /// The ELBO by samples alone (a), or with its KL divergence in closed form (b)
        estimator: Estimator = Estimator::B, when bound ["elbo"];
        /// How gradients pass through samples
        gradient: GradientKind = GradientKind::Reparameterized, when bound ["elbo", "iwae", "jvi"];
        /// Weight of the KL divergence (Higgins et al. 2017); 1 is the bound
        beta: f64 = 1.0, in range::at_least(0.0), when bound ["elbo"];
        /// Steps over which `beta` rises from 0
        beta_warmup: u64 = 0, when bound ["elbo"];
        /// Nats of every latent dimension that cost nothing (Kingma et al. 2016)
        free_bits: f64 = 0.0, in range::at_least(0.0), when bound ["elbo"];
        /// Share of the values that the encoder sees as 0 (Vincent et al. 2008)
        corruption: f64 = 0.0, in range::half_open(0.0, 1.0);
        /// Passes over the images; 0 takes `steps` instead
        epochs: u64 = 30;
        ..
        /// How it is trained
        training: Training = Training {
            steps: 10_000,
            batch: 100,
            warmup: 0,
            beta2: 0.999,
            weight_decay: 0.0,
            clip_norm: 0.0,
            evaluate_every: 500,
            schedule: ScheduleKind::Cosine,
            ..Training::default()
        };
    }
}

impl Spec {
    /// Hold every setting against its range, and against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        let layers = self.latent.0.len();
        if layers == 0 {
            return Err(Error::setting("latent", "[]", "there must be a latent variable"));
        }
        if self.bound == Bound::Jvi && self.samples <= self.order {
            return Err(Error::setting(
                "samples",
                self.samples,
                format!(
                    "a jackknife of order {} leaves out as many: it must be larger",
                    self.order
                ),
            ));
        }
        if self.gradient == GradientKind::Score && self.bound != Bound::Elbo {
            return Err(Error::setting(
                "gradient",
                "score",
                "it is known of the ELBO only: `bound=elbo`",
            ));
        }
        if self.gradient == GradientKind::DoublyReparameterized && self.bound != Bound::Iwae {
            return Err(Error::setting(
                "gradient",
                "doubly-reparameterized",
                "it is known of the importance-weighted bound only: `bound=iwae`",
            ));
        }
        if self.closed_form() && layers > 1 {
            return Err(Error::setting(
                "estimator",
                "b",
                "there is no closed form with several layers of latent variables: `estimator=a`",
            ));
        }
        if self.free_bits > 0.0 && !self.closed_form() {
            return Err(Error::setting(
                "free_bits",
                self.free_bits,
                "it is known with `estimator=b` only",
            ));
        }
        Ok(())
    }

    /// How bytes become numbers.
    pub fn pixels(&self) -> Pixels {
        Pixels::new(self.likelihood, self.levels)
            .binarized(self.binarize)
            .dequantized(self.dequantize)
            .corrupted(self.corruption)
    }

    /// Whether the KL divergence is computed in closed form.
    pub fn closed_form(&self) -> bool {
        let through = self.gradient != GradientKind::Score;
        self.bound == Bound::Elbo && self.estimator == Estimator::B && through
    }

    /// The weight of the KL divergence at a step.
    pub fn beta(&self, step: u64) -> f64 {
        match self.beta_warmup {
            0 => self.beta,
            warmup => self.beta * (step as f64 / warmup as f64).min(1.0),
        }
    }
}

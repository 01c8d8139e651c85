//! The settings of variational auto-encoders: plain data.

use induce_core::model::range;
use induce_core::{Error, Result, choices, settings};

use super::likelihood::Likelihood;
use super::pixels::{Binarize, Pixels};
use crate::layers::{Hidden, Widths};
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
        /// The same without the first terms of its bias (Nowozin 2018); where that is above the largest weight, as no mean can be, `iwae`.
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
        /// Samples of the latent variables per image or row
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
        /// Smallest deviation of a number of a table, in deviations of its column: values that repeat would have a density without bound
        min_deviation: f64 = 0.01, in range::open(0.0, 1.0);
        /// Share of the rows of a table that is kept apart to choose the best weights by; 0 takes the last
        validation_fraction: f64 = 0.1, in range::half_open(0.0, 1.0);
        /// Passes over the data; 0 takes `steps` instead
        epochs: u64 = 0;
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
            patience: 20,
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

    /// That nothing is set that only tables have.
    ///
    /// # Errors
    /// For the first that is.
    pub fn check_images(&self) -> Result<()> {
        let plain = Self::default();
        let of_tables = [
            ("min_deviation", self.min_deviation, plain.min_deviation),
            (
                "validation_fraction",
                self.validation_fraction,
                plain.validation_fraction,
            ),
        ];
        match of_tables.into_iter().find(|(_, own, default)| own != default) {
            None => Ok(()),
            Some((name, own, _)) => Err(Error::setting(
                name,
                own,
                "that is of tables, and these are images: leave it out",
            )),
        }
    }

    /// That nothing is set that only images have.
    ///
    /// # Errors
    /// For the first that is.
    pub fn check_rows(&self) -> Result<()> {
        let of_images = |name: &str, value: &str| {
            Error::setting(
                name,
                value,
                "that is of images; of a table every number is Gaussian, every category one of its levels, and the layers are linear",
            )
        };
        match (self.likelihood, self.architecture, self.binarize) {
            (Likelihood::Bernoulli | Likelihood::Gaussian, Architecture::Mlp, Binarize::Dynamic) => Ok(()),
            (likelihood, Architecture::Mlp, Binarize::Dynamic) => {
                Err(of_images("likelihood", likelihood.name()))
            }
            (_, Architecture::Mlp, binarize) => Err(of_images("binarize", binarize.name())),
            (_, architecture, _) => Err(of_images("architecture", architecture.name())),
        }
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

//! The settings of auto-encoders with codes: plain data.

use std::f64::consts::PI;

use induce_core::model::range;
use induce_core::{Error, Result, choices, settings};

use crate::latent::likelihood::Likelihood;
use crate::latent::pixels::{Binarize, Pixels};
use crate::layers::Widths;
use crate::train::{ScheduleKind, Training};

choices! {
    /// How an encoder chooses codes.
    pub enum Quantization {
        /// The nearest to a vector (van den Oord, Vinyals & Kavukcuoglu 2017).
        Nearest = "nearest",
        /// One of a categorical distribution (Jang, Gu & Poole 2017; Maddison, Mnih & Teh 2017).
        Gumbel = "gumbel",
    }
}

choices! {
    /// How nearest codes are learnt.
    pub enum Update {
        /// Moving averages of the vectors they are nearest to.
        Average = "average",
        /// Gradient descent on the squared distance to these.
        Gradient = "gradient",
    }
}

settings! {
    /// What an auto-encoder with codes may be told.
    pub struct Spec {
        /// Codes of the codebook
        codebook: usize = 128, in range::to(2, 65_536);
        /// Embedding width of a code
        width: usize = 32, in range::to(1, 65_536);
        /// Channels of the convolutions, every one of which halves the sides of an image
        channels: Widths = Widths(vec![32, 64]);
        /// Residual blocks above the convolutions
        blocks: usize = 2, in range::to(0, 100);
        /// Likelihood of a value
        likelihood: Likelihood = Likelihood::LogitLaplace;
        /// Levels of a value
        levels: usize = 256, in range::to(2, 256), when likelihood ["categorical"];
        /// How grey values become black or white
        binarize: Binarize = Binarize::Dynamic, when likelihood ["bernoulli"];
        /// Whether grey values are spread evenly over the interval that their byte stands for (Theis, van den Oord & Bethge 2016)
        dequantize: bool = true, when likelihood ["gaussian", "logit-laplace"];
        /// How an encoder chooses codes
        quantization: Quantization = Quantization::Nearest;
        /// Weight of the squared distance of vectors to their codes
        commitment: f64 = 0.25, in range::at_least(0.0), when quantization ["nearest"];
        /// How nearest codes are learnt
        update: Update = Update::Average, when quantization ["nearest"];
        /// Decay rate of the moving averages
        codebook_decay: f64 = 0.99, in range::half_open(0.0, 1.0), when update ["average"];
        /// Share of the mean use of a code below which it is dead and begins anew at a vector of the mini-batch; 0 never revives
        revive: f64 = 0.1, in range::half_open(0.0, 1.0), when update ["average"];
        /// Temperature of the relaxation at first
        temperature: f64 = 1.0, in range::above(0.0), when quantization ["gumbel"];
        /// Temperature at last
        final_temperature: f64 = 0.0625, in range::above(0.0), when quantization ["gumbel"];
        /// Steps over which it falls, by half a cosine; 0 is all
        temperature_steps: u64 = 0, when quantization ["gumbel"];
        /// Whether the decoder sees codes and not their mixtures, with the gradient of the relaxation
        straight_through: bool = false, when quantization ["gumbel"];
        /// Weight of the KL divergence to uniform codes; 1 is the bound
        beta: f64 = 1.0, in range::at_least(0.0), when quantization ["gumbel"];
        /// Steps over which `beta` rises from 0
        beta_warmup: u64 = 0, when quantization ["gumbel"];
        /// Passes over the images; 0 takes `steps` instead
        epochs: u64 = 0;
        ..
        /// How it is trained
        training: Training = Training {
            steps: 10_000,
            batch: 64,
            warmup: 100,
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
        if self.final_temperature > self.temperature {
            return Err(Error::setting(
                "final_temperature",
                self.final_temperature,
                format!("it is above the first, {}: a relaxation cools", self.temperature),
            ));
        }
        Ok(())
    }

    /// How bytes become numbers.
    pub fn pixels(&self) -> Pixels {
        Pixels::new(self.likelihood, self.levels)
            .binarized(self.binarize)
            .dequantized(self.dequantize)
    }

    /// The weight of the KL divergence at a step.
    pub fn beta(&self, step: u64) -> f64 {
        match self.beta_warmup {
            0 => self.beta,
            warmup => self.beta * (step as f64 / warmup as f64).min(1.0),
        }
    }

    /// The temperature at a step of so many.
    pub fn temperature(&self, step: u64, steps: u64) -> f64 {
        let last = if self.temperature_steps == 0 {
            steps
        } else {
            self.temperature_steps
        };
        let share = (step as f64 / last.max(1) as f64).min(1.0);
        let cooled = 0.5 * (1.0 - (PI * share).cos());
        self.temperature + (self.final_temperature - self.temperature) * cooled
    }
}

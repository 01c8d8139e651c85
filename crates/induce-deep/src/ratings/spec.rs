//! The settings of graph convolutional matrix completion: plain data. Defaults are those of the paper for MovieLens-100K.

use induce_core::model::range;
use induce_core::model::ratings::Relevant;
use induce_core::{Error, Result, choices, settings};

use crate::train::{ScheduleKind, Training};

choices! {
    /// How messages of several levels become one.
    pub enum Accumulation {
        /// Side by side: a part of the hidden layer for each level.
        Stack = "stack",
        /// Added, with weights that levels share: W_r = sum over s up to r of T_s.
        Sum = "sum",
    }
}

choices! {
    /// By what a message from j to i is divided.
    pub enum Normalization {
        /// The ratings that i has.
        Left = "left",
        /// The root of those that i has times those that j has.
        Symmetric = "symmetric",
    }
}

settings! {
    /// What graph convolutional matrix completion may be told.
    pub struct Spec {
        /// Column that names the user; guessed from the names of columns where it is not said
        user: String = String::new();
        /// Column that names the item
        item: String = String::new();
        /// Width of the graph convolution, over all levels together
        hidden: usize = 500, in range::to(1, 100_000);
        /// Width of the embeddings of users and items
        embedding: usize = 75, in range::to(1, 10_000);
        /// Matrices P_b that the bilinear forms of all levels are made of
        bases: usize = 2, in range::to(1, 100);
        /// How messages of several levels become one
        accumulation: Accumulation = Accumulation::Stack;
        /// By what messages are divided
        normalization: Normalization = Normalization::Left;
        /// Dropout probability, of whole nodes in the graph and of hidden units
        dropout: f64 = 0.7, in range::half_open(0.0, 1.0);
        /// Whether columns that belong to a user or to an item are learnt from
        features: bool = true;
        /// Width of the layer that reads them
        feature_width: usize = 10, in range::to(1, 10_000), when features ["true"];
        /// Passes over the data; 0 takes `steps` instead
        epochs: u64 = 1000;
        /// Share of the ratings that is kept apart to choose the best weights by; 0 takes the last
        validation_fraction: f64 = 0.0, in range::half_open(0.0, 1.0);
        /// From which rating on an item is relevant, for recall and NDCG: a rating, or `auto`, three quarters up the scale
        relevant: Relevant = Relevant::Auto;
        /// Rank at which recall and NDCG are judged
        at: usize = 10, in range::from(1);
        ..
        /// How it is trained
        training: Training = Training {
            steps: 1000,
            batch: 1_000_000,
            learning_rate: 0.01,
            schedule: ScheduleKind::Constant,
            warmup: 0,
            beta2: 0.999,
            weight_decay: 0.0,
            clip_norm: 0.0,
            ema_decay: 0.995,
            evaluate_every: 0,
            ..Training::default()
        };
    }
}

/// Evaluations of a training that says no other number: points of its curve.
const EVALUATIONS: u64 = 100;

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.training.bayes.is_on() {
            let reason = "its weights are points; `-m mf` says how sure it is of a rating";
            return Err(Error::setting("weights", "bayes", reason));
        }
        Ok(())
    }

    /// How it is trained with so many ratings: in steps, and with evaluations.
    pub fn training(&self, ratings: usize) -> Training {
        let steps = self.training.steps_of(self.epochs, ratings);
        Training {
            steps,
            evaluate_every: match self.training.evaluate_every {
                0 => (steps / EVALUATIONS).max(1),
                every => every,
            },
            ..self.training.clone()
        }
    }
}

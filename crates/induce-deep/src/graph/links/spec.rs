//! The settings of graph auto-encoders: plain data.

use induce_core::model::range;
use induce_core::{Result, settings};

use super::super::spec::{Encoder, Normalize};
use crate::layers::Widths;
use crate::train::Training;

settings! {
    /// What a graph auto-encoder may be told.
    pub struct Spec {
        /// Width of the embedding of a node
        latent: usize = 16, in range::to(1, 10_000);
        /// Whether embeddings are random and their evidence lower bound is maximized; else they are points
        variational: bool = true;
        /// Share of the edges that is held out to test the model, with as many pairs that are none
        test_fraction: f64 = 0.1, in range::half_open(0.0, 1.0);
        /// Share of the edges that is kept apart to choose the best weights by
        validation_fraction: f64 = 0.05, in range::half_open(0.0, 1.0);
        /// Passes over the edges, a step each; 0 takes `steps` instead
        epochs: u64 = 200;
        ..
        /// The network
        encoder: Encoder = Encoder {
            hidden: Widths(vec![32]),
            dropout: 0.0,
            // Rows of words divided by their sums are so small that the prior wins: embeddings collapse to it.
            normalize: Normalize::Columns,
            ..Encoder::default()
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
        if self.test_fraction + self.validation_fraction >= 1.0 {
            return Err(induce_core::Error::setting(
                "test_fraction",
                self.test_fraction,
                "with validation_fraction it leaves no edge to learn from",
            ));
        }
        self.encoder.training.check()
    }

    /// How it is trained: a step is a passage.
    pub fn training(&self) -> Training {
        let training = &self.encoder.training;
        Training {
            steps: training.steps_of(self.epochs, training.batch),
            evaluate_every: training.evaluate_every.max(1),
            ..training.clone()
        }
    }
}

//! The settings of supervised networks: plain data.

use induce_core::model::range;
use induce_core::{Result, choices, settings};

use crate::layers::{Hidden, Widths};
use crate::train::Training;

choices! {
    /// What convolutions of an image are.
    pub enum Convolution {
        /// Weights for each of 3 x 3 pixels; the largest of 2 x 2 is kept.
        Grid = "grid",
        /// Chebyshev filters of the graph in which a pixel is joined to its eight neighbours; the largest of two pairs of neighbours is kept
        /// (Defferrard, Bresson & Vandergheynst 2016).
        Graph = "graph",
    }
}

settings! {
    /// What a supervised network may be told.
    pub struct Spec {
        /// Channels of the convolutions of 3 x 3, after each of which the largest of 2 x 2 is kept (images); `[]` is none
        channels: Widths = Widths(Vec::new());
        /// What convolutions are: of pixels, or filters of a graph of pixels
        convolution: Convolution = Convolution::Grid;
        /// Order of the filters: polynomials of the Laplacian up to this power
        order: usize = 24, in range::to(1, 100), when convolution ["graph"];
        /// Widths of the hidden layers; `[]` is none
        hidden: Widths = Widths(vec![128, 64]);
        /// Activation of hidden layers
        activation: Hidden = Hidden::Relu;
        /// Dropout probability of hidden layers
        dropout: f64 = 0.0, in range::half_open(0.0, 1.0);
        /// Whether inputs are centred and divided by their deviation
        standardize: bool = true;
        /// Draws of the weights per step
        samples: usize = 1, in range::to(1, 1000), when weights ["bayes"];
        /// Whether what a dense layer gives is drawn instead of its weights (Kingma, Salimans & Welling 2015)
        local_reparameterization: bool = false, when weights ["bayes"];
        /// Networks that are drawn to predict with, whose probabilities are averaged
        draws: usize = 10, in range::to(1, 10_000), when weights ["bayes"];
        /// Passes over the data; 0 takes `steps` instead
        epochs: u64 = 100;
        /// Share of what is learnt from that is kept apart to choose the best weights by; 0 takes the last
        validation_fraction: f64 = 0.1, in range::half_open(0.0, 1.0);
        ..
        /// How it is trained
        training: Training = Training {
            steps: 10_000,
            batch: 64,
            warmup: 0,
            beta2: 0.999,
            weight_decay: 0.01,
            clip_norm: 0.0,
            evaluate_every: 0,
            patience: 20,
            ..Training::default()
        };
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        self.training.bayes.check()
    }

    /// Whether weights are random.
    pub fn bayes(&self) -> bool {
        self.training.bayes.is_on()
    }

    /// How it is trained with so many rows: in steps, and with an evaluation after every passage, or as often as the settings say.
    pub fn training(&self, rows: usize) -> Training {
        Training {
            steps: self.training.steps_of(self.epochs, rows),
            evaluate_every: match self.training.evaluate_every {
                0 => self.training.passage(rows),
                every => every,
            },
            ..self.training.clone()
        }
    }
}

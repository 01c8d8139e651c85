//! Recurrent networks: LSTM, GRU and the plain one of Elman.

pub mod model;
pub mod network;
pub mod shape;

use std::sync::Arc;

use induce_core::model::range;
use induce_core::{Error, Result, settings};
use induce_tensor::Parameters;
use serde_json::Value;

use super::architecture::Architecture;
use super::network::Network;
use super::settings::{Common, Hyperparameters, Settings, parse};
use super::shape::{Shape, check_sizes};
use super::tokens::TokenizerKind;
use crate::layers::Cell;
use crate::train::Training;
use network::RecurrentNetwork;
use shape::RecurrentShape;

settings! {
    /// The settings of a recurrent network.
    pub struct RecurrentSpec {
        /// Tokenizer: characters, byte pairs, or words between white space
        tokenizer: TokenizerKind = TokenizerKind::Char;
        /// Vocabulary size, at most; 0 is all characters, 1024 byte pairs, or 10,000 words
        vocab_size: usize = 0, alias "vocabulary", when tokenizer ["bpe", "word"];
        /// Number of layers
        layers: usize = 2, in range::from(1);
        /// Hidden size: width of states and of embeddings
        hidden_size: usize = 256, in range::from(1), alias "width";
        /// Length of truncated back-propagation through time, in tokens
        context: usize = 64, in range::from(1);
        /// Dropout probability
        dropout: f64 = 0.0, in range::half_open(0.0, 1.0);
        /// Share weights between token embeddings and output layer
        tie_embeddings: bool = false, alias "tied";
        /// Range of the uniform initial weights; 0 is 1 / sqrt(hidden_size)
        init: f64 = 0.0, in range::at_least(0.0);
        ..
        /// How it is trained
        training: Training = Training {
            batch: 32,
            learning_rate: 3e-3,
            weight_decay: 0.0,
            ..Training::default()
        };
    }
}

/// The architecture of a cell.
#[derive(Debug)]
pub struct Recurrent(pub Cell);

/// The settings of a network of a cell.
#[derive(Debug, Clone, PartialEq)]
struct OfCell(Cell, RecurrentSpec);

impl RecurrentSpec {
    /// These settings, for a network of this cell.
    pub fn of(self, cell: Cell) -> Settings {
        OfCell(cell, self).into()
    }
}

impl Architecture for Recurrent {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn kind(&self) -> &'static str {
        shape::KIND
    }

    fn settings(&self, json: &Value) -> Result<Settings> {
        Ok(parse::<RecurrentSpec>("the language model", json)?.of(self.0))
    }

    fn shape(&self, json: &Value) -> Result<Arc<dyn Shape>> {
        Ok(Arc::new(parse::<RecurrentShape>("the shape", json)?))
    }
}

impl Hyperparameters for OfCell {
    fn check_ranges(&self) -> Result<()> {
        self.1.check_ranges()
    }

    fn common(&self) -> Common<'_> {
        let Self(_, own) = self;
        Common {
            tokenizer: own.tokenizer,
            vocab_size: own.vocab_size,
            dropout: own.dropout,
            training: &own.training,
        }
    }

    fn init(&self) -> f64 {
        self.1.init
    }

    fn shape(&self, vocab_size: usize) -> Arc<dyn Shape> {
        let Self(cell, own) = self;
        Arc::new(RecurrentShape {
            cell: *cell,
            vocab_size,
            layers: own.layers,
            hidden_size: own.hidden_size,
            context: own.context,
            tie_embeddings: own.tie_embeddings,
        })
    }
}

impl Shape for RecurrentShape {
    fn architecture(&self) -> &'static str {
        self.cell.name()
    }

    fn kind(&self) -> &'static str {
        shape::KIND
    }

    fn json(&self) -> Result<Value> {
        serde_json::to_value(self)
            .map_err(|error| Error::data(format!("the shape cannot be written: {error}"), "report this"))
    }

    fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    fn context(&self) -> usize {
        self.context
    }

    fn check(&self) -> Result<()> {
        check_sizes(&[
            ("layers", self.layers),
            ("hidden_size", self.hidden_size),
            ("context", self.context),
        ])
    }

    fn size(&self) -> Option<u64> {
        let product = |a: usize, b: usize| (a as u64).checked_mul(b as u64);
        let width = self.hidden_size;
        let layer = 2 * product(width, self.cell.gates() * width)?;
        layer
            .checked_mul(self.layers as u64)?
            .checked_add(2 * product(self.vocab_size, width)?)
    }

    fn activations(&self, tokens: u64) -> Option<u64> {
        let token = self.layers as u64 * (6 + 2 * self.cell.gates() as u64) * self.hidden_size as u64;
        token.checked_add(3 * self.vocab_size as u64)?.checked_mul(tokens)
    }

    fn network(&self, init: f64, seed: Option<u64>) -> Result<(Box<dyn Network>, Parameters)> {
        self.check()?;
        let mut parameters = Parameters::default();
        let network = RecurrentNetwork::new(self, &mut parameters, init, seed);
        Ok((Box::new(network), parameters))
    }
}

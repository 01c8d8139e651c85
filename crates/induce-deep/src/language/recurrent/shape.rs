//! The shape of a recurrent network.

use induce_core::{Error, Result};
use induce_tensor::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::network::RecurrentNetwork;
use crate::language::network::Network;
use crate::language::shape::{Shape, check_sizes};
use crate::layers::Cell;

/// What model files call it, whatever its cell.
pub const KIND: &str = "recurrent";

/// The shape of a recurrent network, under the names that model files have for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecurrentShape {
    /// What a step computes.
    pub cell: Cell,
    /// The number of tokens.
    #[serde(rename = "vocabulary")]
    pub vocab_size: usize,
    /// The number of layers.
    pub layers: usize,
    /// The width of states and of embeddings.
    #[serde(rename = "width")]
    pub hidden_size: usize,
    /// The length of truncated back-propagation through time, in tokens.
    pub context: usize,
    /// Whether the output layer shares its weights with the token embeddings (Press & Wolf 2017).
    #[serde(rename = "tied")]
    pub tie_embeddings: bool,
}

impl Shape for RecurrentShape {
    fn architecture(&self) -> &'static str {
        self.cell.name()
    }

    fn kind(&self) -> &'static str {
        KIND
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

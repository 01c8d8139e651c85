//! The shape of a recurrent network.

use serde::{Deserialize, Serialize};

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

//! What an architecture is made of.
//!
//! An architecture is a folder with five small parts: [`Architecture`] (its name, and how its settings and its shape are
//! read), [`Hyperparameters`](super::settings::Hyperparameters) (what is set), [`Shape`] (what a file has to say besides
//! the weights), [`Network`](super::network::Network) (on a tape, for training) and
//! [`Inference`](super::inference::Inference) (in memory, for generation). What other programs read and write of it goes
//! through [`Interchange`]. The list of them is in `architectures.rs`.

use std::fmt::Debug;
use std::sync::Arc;

use induce_core::Result;
use serde_json::Value;

use super::settings::Settings;
use super::shape::Shape;
use super::transformer::interchange::Interchange;

/// A kind of language model, by name.
pub trait Architecture: Debug + Send + Sync {
    /// Its name: `gpt`, `llama`, `lstm`, `gru`, `rnn`.
    fn name(&self) -> &'static str;

    /// What model files call its shape: the same for all that share one.
    fn kind(&self) -> &'static str {
        self.name()
    }

    /// Its settings out of JSON; names of earlier versions are read too.
    ///
    /// # Errors
    /// If a setting is unknown, missing or of another type.
    fn settings(&self, json: &Value) -> Result<Settings>;

    /// The shape that a model file has written down.
    ///
    /// # Errors
    /// If a field is missing or of another type.
    fn shape(&self, json: &Value) -> Result<Arc<dyn Shape>>;

    /// How other programs keep such models, if they know them.
    fn interchange(&self) -> Option<&'static dyn Interchange> {
        None
    }
}

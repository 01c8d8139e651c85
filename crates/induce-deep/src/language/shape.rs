//! What is to be known of a network besides its weights.

use std::fmt::Debug;

use induce_core::{Error, Result};
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::Network;

/// The shape of a network: besides its weights all that is to be known of it.
pub trait Shape: Debug + Send + Sync {
    /// The name of its architecture.
    fn architecture(&self) -> &'static str;

    /// As it is kept in files, without its kind.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    fn json(&self) -> Result<Value>;

    /// What files call its kind.
    fn kind(&self) -> &'static str;

    /// The number of tokens.
    fn vocab_size(&self) -> usize;

    /// Tokens of a window in training.
    fn context(&self) -> usize;

    /// Whether the sizes can belong to one network.
    ///
    /// # Errors
    /// The first setting that cannot be.
    fn check(&self) -> Result<()>;

    /// How many weights the network has, roughly; none if there are more than can be counted.
    fn size(&self) -> Option<u64>;

    /// How many activations and gradients of activations a batch of this many tokens needs, roughly.
    fn activations(&self, tokens: u64) -> Option<u64>;

    /// The network of this shape, with initial parameters: zeros without a seed. `init` is the range of initial weights
    /// where it can be set, or 0 for the default.
    ///
    /// # Errors
    /// If the shape cannot be.
    fn network(&self, init: f64, seed: Option<u64>) -> Result<(Box<dyn Network>, Parameters)>;
}

/// The largest of any size of a shape: far above what anybody trains, far below what could overflow.
const LARGEST: usize = 1 << 20;

/// Whether all sizes of a shape are in the range of what can be computed with.
///
/// # Errors
/// The first that is not.
pub fn check_sizes(sizes: &[(&'static str, usize)]) -> Result<()> {
    match sizes.iter().find(|(_, size)| *size == 0 || *size > LARGEST) {
        None => Ok(()),
        Some((name, size)) => Err(Error::setting(
            *name,
            size,
            format!("it must be from 1 to {LARGEST}"),
        )),
    }
}

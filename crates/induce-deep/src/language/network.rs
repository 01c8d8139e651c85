//! Networks on a tape, for training.

use std::fmt::Debug;

use induce_core::Result;
use induce_tensor::{Parameters, Tape, Tensor};

use super::inference::LanguageModel;
use crate::layers::Noise;

/// Tokens that are read at once: `count` texts of `time` tokens, text by text.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'x> {
    /// The tokens.
    pub tokens: &'x [u32],
    /// How many texts.
    pub count: usize,
}

impl Texts<'_> {
    /// Tokens of each.
    pub fn time(&self) -> usize {
        self.tokens.len() / self.count.max(1)
    }
}

/// A network on a tape, for training.
pub trait Network: Debug + Send + Sync {
    /// Logits of what follows every token, (texts * time, vocabulary), and the state of a recurrent network after the
    /// last; `state` is that before the first, or empty for zeros.
    fn logits<'t>(
        &self,
        tape: &'t Tape<'t>,
        texts: Texts,
        state: &[f32],
        noise: Option<Noise>,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>);

    /// The same network in memory, for generation.
    ///
    /// # Errors
    /// If the parameters are of another network.
    fn model(&self, parameters: &Parameters) -> Result<LanguageModel>;

    /// Whether what was read before is carried on in a state.
    fn is_recurrent(&self) -> bool {
        false
    }

    /// Values of the state of so many texts.
    fn state_size(&self, _texts: usize) -> usize {
        0
    }
}

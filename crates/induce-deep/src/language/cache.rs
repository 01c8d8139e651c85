//! What a model remembers of a text.

use induce_core::parallel::Team;

/// What a model keeps of the tokens that it has read: keys and values of attention, or the states of recurrent layers.
pub trait Cache: Send + Sync {
    /// The largest number of tokens in one pass.
    fn pass_limit(&self) -> usize;

    /// All layers over `tokens`, which follow `past` others.
    fn pass(&mut self, team: &Team, past: usize, tokens: &[u32]);

    /// The logits that follow the last `rows` tokens of the last pass.
    fn logits(&mut self, team: &Team, rows: usize, logits: &mut [f32]);

    /// Go back to where only the first `length` tokens were read.
    fn rewind(&mut self, length: usize);

    /// Begin another text; what does not depend on its length is carried over.
    fn forget(&mut self);
}

//! Recurrent models that read a text: their whole past is in a state.

use induce_core::parallel::Team;
use induce_core::{Error, Result};
use induce_tensor::inference::{RecurrentLayer, RecurrentRoom, Rounded, Weight, add_bias, project};

/// A recurrent model in memory: embeddings, layers, logits.
#[derive(Debug, Clone)]
pub struct RecurrentModel {
    /// The name of its cell.
    pub cell: &'static str,
    /// A row per token.
    pub embedding: Weight,
    /// Each reads the outputs of the one before.
    pub layers: Vec<RecurrentLayer>,
    /// Logits; without it they are products with the embeddings.
    pub head: Option<Weight>,
    /// What is added to logits.
    pub bias: Vec<f32>,
}

impl RecurrentModel {
    /// Tokens there are.
    pub fn vocabulary(&self) -> usize {
        self.embedding.rows()
    }

    /// Bytes of the weights in memory.
    pub fn bytes(&self) -> usize {
        let layers: usize = self.layers.iter().map(RecurrentLayer::bytes).sum();
        self.embedding.bytes() + self.head.as_ref().map_or(0, Weight::bytes) + layers
    }

    /// Numbers of the state of all layers.
    fn state(&self) -> usize {
        self.layers.iter().map(RecurrentLayer::state).sum()
    }
}

/// Most tokens of one pass.
const PASS: usize = 64;

/// A recurrent model within a text. It keeps the state after every token, so that it can go back to any.
pub struct RecurrentDecoder<'m> {
    model: &'m RecurrentModel,
    room: usize,
    tokens: Vec<u32>,
    /// Per layer, the states after every token, and before the first.
    states: Vec<Vec<f32>>,
    buffers: RecurrentRoom,
    rounded: Rounded,
    inputs: Vec<f32>,
    logits: Vec<f32>,
    passes: u64,
}

impl<'m> RecurrentDecoder<'m> {
    /// At the beginning of a text of at most `room` tokens.
    pub fn new(model: &'m RecurrentModel, room: usize) -> Self {
        Self {
            model,
            room,
            tokens: Vec::new(),
            states: model
                .layers
                .iter()
                .map(|layer| vec![0.0; layer.state()])
                .collect(),
            buffers: RecurrentRoom::default(),
            rounded: Rounded::default(),
            inputs: Vec::new(),
            logits: Vec::new(),
            passes: 0,
        }
    }

    /// The model.
    pub fn model(&self) -> &'m RecurrentModel {
        self.model
    }

    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many tokens may still be read.
    pub fn left(&self) -> usize {
        self.room - self.tokens.len()
    }

    /// Passes over the weights so far.
    pub fn passes(&self) -> u64 {
        self.passes
    }

    /// Go back to where only the first `length` tokens were read.
    pub fn rewind(&mut self, length: usize) {
        self.tokens.truncate(length);
        for (states, layer) in self.states.iter_mut().zip(&self.model.layers) {
            states.truncate((self.tokens.len() + 1) * layer.state());
        }
    }

    /// Forget the text, but go on from where it ended: the next token is the first of a text of `room` again.
    pub fn forget(&mut self) {
        self.tokens.clear();
        for (states, layer) in self.states.iter_mut().zip(&self.model.layers) {
            let last = states.len() - layer.state();
            states.drain(..last);
        }
    }

    /// Read `tokens`; the logits that follow the last `wanted` of them, row by row.
    ///
    /// # Errors
    /// If there is no room for them, a token is none of the model's, or more rows are wanted than tokens are read.
    pub fn read(&mut self, team: &mut Team, tokens: &[u32], wanted: usize) -> Result<&[f32]> {
        super::reader::check(tokens, wanted, &self.tokens, self.room, self.model.vocabulary())?;
        if self.model.state() == 0 {
            return Err(Error::data("the model has no layers", "take another"));
        }
        self.logits.clear();
        let mut unread = tokens.len();
        for pass in tokens.chunks(PASS) {
            unread -= pass.len();
            let rows = wanted.saturating_sub(unread).min(pass.len());
            self.pass(team, pass, rows);
        }
        Ok(&self.logits)
    }

    /// All layers over some tokens, and the logits of the last `rows`.
    fn pass(&mut self, team: &mut Team, tokens: &[u32], rows: usize) {
        let (model, count) = (self.model, tokens.len());
        let width = model.embedding.columns();
        self.inputs.resize(count * width, 0.0);
        for (token, row) in tokens.iter().zip(self.inputs.chunks_exact_mut(width)) {
            model.embedding.row(*token as usize, row);
        }
        for (layer, states) in model.layers.iter().zip(&mut self.states) {
            let (state, past) = (layer.state(), states.len());
            states.resize(past + count * state, 0.0);
            let (before, new) = states.split_at_mut(past);
            let before = &before[past - state..];
            layer.read(team, &mut self.buffers, &self.inputs, before, new);
            self.inputs.clear();
            for state in new.chunks_exact(state) {
                self.inputs.extend_from_slice(&state[..layer.width()]);
            }
        }
        self.tokens.extend_from_slice(tokens);
        self.passes += 1;
        let first = self.logits.len();
        self.logits.resize(first + rows * model.vocabulary(), 0.0);
        let above = self.inputs.len() / count;
        let x = &self.inputs[(count - rows) * above..];
        let head = model.head.as_ref().unwrap_or(&model.embedding);
        let out = &mut self.logits[first..];
        project(team, x, &mut self.rounded, [(head, &mut *out)]);
        add_bias(&model.bias, out);
    }
}

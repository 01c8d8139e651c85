//! Recurrent models that read a text: their whole past is in a state.

use induce_core::parallel::Team;
use induce_tensor::inference::{RecurrentLayer, RecurrentRoom, Rounded, Weight, add_bias, project};

use crate::language::cache::Cache;
use crate::language::inference::Inference;
use crate::layers::Cell;

/// A recurrent model in memory: embeddings, layers, logits.
#[derive(Debug, Clone)]
pub struct RecurrentModel {
    /// What a step computes.
    pub cell: Cell,
    /// A row per token.
    pub embedding: Weight,
    /// Each reads the outputs of the one before.
    pub layers: Vec<RecurrentLayer>,
    /// Logits; without it they are products with the embeddings.
    pub head: Option<Weight>,
    /// What is added to logits.
    pub bias: Vec<f32>,
}

impl Inference for RecurrentModel {
    fn architecture(&self) -> &'static str {
        self.cell.name()
    }

    fn vocab_size(&self) -> usize {
        self.embedding.rows()
    }

    fn context(&self) -> Option<usize> {
        None
    }

    fn bytes(&self) -> usize {
        let layers: usize = self.layers.iter().map(RecurrentLayer::bytes).sum();
        self.embedding.bytes() + self.head.as_ref().map_or(0, Weight::bytes) + layers
    }

    fn sizes(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("layers", self.layers.len()),
            ("hidden_size", self.embedding.columns()),
        ]
    }

    fn cache(&self, _capacity: usize) -> Box<dyn Cache + '_> {
        Box::new(RecurrentState::new(self))
    }

    fn rounded(self: Box<Self>) -> Box<dyn Inference> {
        self
    }

    fn copy(&self) -> Box<dyn Inference> {
        Box::new(self.clone())
    }
}

/// The largest number of tokens of one pass.
const PASS: usize = 64;

/// What a recurrent model keeps of a text: the state after every token, so that it can go back to any.
pub struct RecurrentState<'m> {
    model: &'m RecurrentModel,
    /// Per layer, the states after every token, and before the first.
    states: Vec<Vec<f32>>,
    room: RecurrentRoom,
    rounded: Rounded,
    /// What a layer reads; after a pass, what the last one made of it.
    stream: Vec<f32>,
    /// The width of a row of the residual stream.
    width: usize,
}

impl<'m> RecurrentState<'m> {
    /// Those before a text.
    pub fn new(model: &'m RecurrentModel) -> Self {
        let first = |layer: &RecurrentLayer| vec![0.0; layer.state()];
        Self {
            model,
            states: model.layers.iter().map(first).collect(),
            room: RecurrentRoom::default(),
            rounded: Rounded::default(),
            stream: Vec::new(),
            width: model
                .layers
                .last()
                .map_or(model.embedding.columns(), RecurrentLayer::width),
        }
    }

    fn embed(&mut self, tokens: &[u32]) {
        let width = self.model.embedding.columns();
        self.stream.resize(tokens.len() * width, 0.0);
        for (token, row) in tokens.iter().zip(self.stream.chunks_exact_mut(width)) {
            self.model.embedding.row(*token as usize, row);
        }
    }
}

impl Cache for RecurrentState<'_> {
    fn pass_limit(&self) -> usize {
        PASS
    }

    fn pass(&mut self, team: &Team, _: usize, tokens: &[u32]) {
        self.embed(tokens);
        for (layer, states) in self.model.layers.iter().zip(&mut self.states) {
            let (state, past) = (layer.state(), states.len());
            states.resize(past + tokens.len() * state, 0.0);
            let (before, new) = states.split_at_mut(past);
            let before = &before[past - state..];
            layer.read(team, &mut self.room, &self.stream, before, new);
            self.stream.clear();
            for state in new.chunks_exact(state) {
                self.stream.extend_from_slice(&state[..layer.width()]);
            }
        }
    }

    fn logits(&mut self, team: &Team, rows: usize, logits: &mut [f32]) {
        let model = self.model;
        let x = &self.stream[self.stream.len() - rows * self.width..];
        let head = model.head.as_ref().unwrap_or(&model.embedding);
        project(team, x, &mut self.rounded, [(head, &mut *logits)]);
        add_bias(&model.bias, logits);
    }

    fn rewind(&mut self, length: usize) {
        for (states, layer) in self.states.iter_mut().zip(&self.model.layers) {
            states.truncate((length + 1) * layer.state());
        }
    }

    fn forget(&mut self) {
        for (states, layer) in self.states.iter_mut().zip(&self.model.layers) {
            let last = states.len() - layer.state();
            states.drain(..last);
        }
    }
}

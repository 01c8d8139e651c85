//! A model that reads a text: logits of what follows, and a cache of keys and values.
//!
//! Several tokens are read in one pass, each position seeing those before it. A position has the same bits however the
//! text was cut into passes, so that a draft is judged by the very logits that plain decoding would see.

use induce_core::Result;
use induce_core::parallel::Team;
use induce_tensor::inference::{Angles, Cache, Rounded, Scores, add, gate, gelu, project};

use super::model::{Layer, Linear, Model};
use super::reader::check;

/// Most tokens of one pass: the weights are read once for all of them, and buffers stay in the caches.
const PASS: usize = 128;

/// A model within a text.
pub struct TransformerDecoder<'m> {
    model: &'m Model,
    room: usize,
    tokens: Vec<u32>,
    /// Keys and values of every layer.
    caches: Vec<Cache>,
    buffers: Buffers,
    passes: u64,
}

#[derive(Default)]
struct Buffers {
    stream: Vec<f32>,
    normed: Vec<f32>,
    rounded: Rounded,
    angles: Angles,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    scores: Scores,
    seen: Vec<f32>,
    hidden: Vec<f32>,
    gate: Vec<f32>,
    out: Vec<f32>,
    logits: Vec<f32>,
}

/// `buffer` with room for `length` numbers, whose values do not matter.
fn sized(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    buffer.resize(length, 0.0);
    buffer
}

impl<'m> TransformerDecoder<'m> {
    /// At the beginning of a text of at most `room` tokens, or as many as the model can tell apart if that is less.
    pub fn new(model: &'m Model, room: usize) -> Self {
        let room = room.clamp(1, model.spec.context);
        let cache = |_| Cache::new(model.spec.attention(room));
        Self {
            model,
            room,
            tokens: Vec::new(),
            caches: (0..model.spec.layers).map(cache).collect(),
            buffers: Buffers::default(),
            passes: 0,
        }
    }

    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// The model.
    pub fn model(&self) -> &'m Model {
        self.model
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
    }

    /// Read `tokens`; the logits that follow the last `wanted` of them, row by row.
    ///
    /// # Errors
    /// If there is no room for them, a token is none of the model's, or more rows are wanted than tokens are read.
    pub fn read(&mut self, team: &mut Team, tokens: &[u32], wanted: usize) -> Result<&[f32]> {
        check(
            tokens,
            wanted,
            &self.tokens,
            self.room,
            self.model.spec.vocabulary,
        )?;
        self.buffers.logits.clear();
        let mut unread = tokens.len();
        for pass in tokens.chunks(PASS) {
            unread -= pass.len();
            let rows = wanted.saturating_sub(unread).min(pass.len());
            self.pass(team, pass);
            if rows > 0 {
                self.logits(team, pass.len(), rows);
            }
        }
        Ok(&self.buffers.logits)
    }

    /// All layers over some tokens: leaves what the last layer made of them in the stream.
    fn pass(&mut self, team: &mut Team, tokens: &[u32]) {
        self.embed(tokens);
        let past = self.tokens.len();
        if let Some(turns) = &self.model.spec.rotary {
            turns.angles(past, tokens.len(), &mut self.buffers.angles);
        }
        for (layer, cache) in self.model.layers.iter().zip(&mut self.caches) {
            attention(self.model, layer, team, past, cache, &mut self.buffers);
            feed_forward(self.model, layer, team, &mut self.buffers);
        }
        self.tokens.extend_from_slice(tokens);
        self.passes += 1;
    }

    fn embed(&mut self, tokens: &[u32]) {
        let width = self.model.spec.width;
        let stream = sized(&mut self.buffers.stream, tokens.len() * width);
        let mut learned = vec![0.0; width];
        for (i, (row, token)) in stream.chunks_exact_mut(width).zip(tokens).enumerate() {
            self.model.embedding.row(*token as usize, row);
            if let Some(positions) = &self.model.positions {
                positions.row(self.tokens.len() + i, &mut learned);
                add(&learned, row);
            }
        }
    }

    /// Add the logits of the last `rows` positions of a pass of `count`.
    fn logits(&mut self, team: &mut Team, count: usize, rows: usize) {
        let Model {
            spec,
            norm,
            head,
            embedding,
            ..
        } = self.model;
        let Buffers {
            stream,
            normed,
            rounded,
            logits,
            ..
        } = &mut self.buffers;
        let stream = &stream[(count - rows) * spec.width..];
        let normed = sized(normed, rows * spec.width);
        norm.apply(team, stream, spec.epsilon, normed);
        let first = logits.len();
        logits.resize(first + rows * spec.vocabulary, 0.0);
        let head = head.as_ref().unwrap_or(embedding);
        project(team, normed, rounded, [(head, &mut logits[first..])]);
    }
}

/// stream += output(attend(queries, cache with new keys and values))
fn attention(
    model: &Model,
    layer: &Layer,
    team: &mut Team,
    past: usize,
    cache: &mut Cache,
    buffers: &mut Buffers,
) {
    let spec = &model.spec;
    let count = buffers.stream.len() / spec.width;
    let normed = sized(&mut buffers.normed, count * spec.width);
    layer
        .attention_norm
        .apply(team, &buffers.stream, spec.epsilon, normed);
    let query = sized(&mut buffers.query, count * spec.queries());
    let key = sized(&mut buffers.key, count * spec.keys());
    let value = sized(&mut buffers.value, count * spec.keys());
    let products = [
        (&layer.query, &mut *query),
        (&layer.key, &mut *key),
        (&layer.value, &mut *value),
    ];
    Linear::apply(team, normed, &mut buffers.rounded, products);
    if let Some(turns) = &spec.rotary {
        turns.apply(query, spec.heads, spec.head_width, &buffers.angles);
        turns.apply(key, spec.shared, spec.head_width, &buffers.angles);
    }
    cache.keep(past, key, value);
    let seen = sized(&mut buffers.seen, count * spec.queries());
    cache.attend(team, past, query, &mut buffers.scores, seen);
    let out = sized(&mut buffers.out, count * spec.width);
    Linear::apply(team, seen, &mut buffers.rounded, [(&layer.output, &mut *out)]);
    add(out, &mut buffers.stream);
}

/// stream += down(silu(gate x) up x), or down(gelu(up x))
fn feed_forward(model: &Model, layer: &Layer, team: &mut Team, buffers: &mut Buffers) {
    let spec = &model.spec;
    let count = buffers.stream.len() / spec.width;
    let normed = sized(&mut buffers.normed, count * spec.width);
    layer.feed_norm.apply(team, &buffers.stream, spec.epsilon, normed);
    let hidden = sized(&mut buffers.hidden, count * spec.hidden);
    match &layer.gate {
        Some(linear) => {
            let open = sized(&mut buffers.gate, count * spec.hidden);
            let products = [(linear, &mut *open), (&layer.up, &mut *hidden)];
            Linear::apply(team, normed, &mut buffers.rounded, products);
            gate(team, open, hidden);
        }
        None => {
            Linear::apply(team, normed, &mut buffers.rounded, [(&layer.up, &mut *hidden)]);
            gelu(team, hidden);
        }
    }
    let out = sized(&mut buffers.out, count * spec.width);
    Linear::apply(team, hidden, &mut buffers.rounded, [(&layer.down, &mut *out)]);
    add(out, &mut buffers.stream);
}

//! A transformer that reads a text: its past is a cache of keys and values.
//!
//! Several tokens are read in one pass, each position seeing those before it. A position has the same bits however the
//! text was cut into passes, so that a draft is judged by the very logits that plain decoding would see.

use induce_core::parallel::Team;
use induce_tensor::inference::{Angles, Cache, Rounded, Scores, add, gate, gelu, project};

use super::model::{Layer, Linear, Model};
use super::reader::Past;

/// Most tokens of one pass: the weights are read once for all of them, and buffers stay in the caches.
const PASS: usize = 128;

/// What a transformer keeps of a text, and with what it goes on.
pub(super) struct Attended<'m> {
    model: &'m Model,
    /// Keys and values of every layer.
    caches: Vec<Cache>,
    buffers: Buffers,
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
}

/// `buffer` with room for `length` numbers, whose values do not matter.
fn sized(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    buffer.resize(length, 0.0);
    buffer
}

impl<'m> Attended<'m> {
    /// Nothing of a text of at most `room` tokens.
    pub(super) fn new(model: &'m Model, room: usize) -> Self {
        let cache = |_| Cache::new(model.spec.attention(room));
        Self {
            model,
            caches: (0..model.spec.layers).map(cache).collect(),
            buffers: Buffers::default(),
        }
    }

    fn embed(&mut self, past: usize, tokens: &[u32]) {
        let width = self.model.spec.width;
        let stream = sized(&mut self.buffers.stream, tokens.len() * width);
        let mut learned = vec![0.0; width];
        for (i, (row, token)) in stream.chunks_exact_mut(width).zip(tokens).enumerate() {
            self.model.embedding.row(*token as usize, row);
            if let Some(positions) = &self.model.positions {
                positions.row(past + i, &mut learned);
                add(&learned, row);
            }
        }
    }
}

impl Past for Attended<'_> {
    fn most(&self) -> usize {
        PASS
    }

    /// Leaves what the last layer made of the tokens in the stream.
    fn pass(&mut self, team: &Team, past: usize, tokens: &[u32]) {
        self.embed(past, tokens);
        if let Some(turns) = &self.model.spec.rotary {
            turns.angles(past, tokens.len(), &mut self.buffers.angles);
        }
        for (layer, cache) in self.model.layers.iter().zip(&mut self.caches) {
            attention(self.model, layer, team, past, cache, &mut self.buffers);
            feed_forward(self.model, layer, team, &mut self.buffers);
        }
    }

    fn logits(&mut self, team: &Team, rows: usize, logits: &mut [f32]) {
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
            ..
        } = &mut self.buffers;
        let stream = &stream[stream.len() - rows * spec.width..];
        let normed = sized(normed, rows * spec.width);
        norm.apply(team, stream, spec.epsilon, normed);
        let head = head.as_ref().unwrap_or(embedding);
        project(team, normed, rounded, [(head, logits)]);
    }

    // What is kept of later tokens is written over, and not looked at before.
    fn rewind(&mut self, _: usize) {}

    fn forget(&mut self) {}
}

/// stream += output(attend(queries, cache with new keys and values))
fn attention(
    model: &Model,
    layer: &Layer,
    team: &Team,
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
fn feed_forward(model: &Model, layer: &Layer, team: &Team, buffers: &mut Buffers) {
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

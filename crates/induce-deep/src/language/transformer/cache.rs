//! A transformer that reads a text: its past is a cache of keys and values.
//!
//! Several tokens are read in one pass, each position seeing those before it. A position has the same bits however the
//! text was cut into passes, so that a draft is verified by the very logits that plain decoding would see.

use induce_core::parallel::Team;
use induce_tensor::inference::{self, Angles, Rounded, Scores, add, gate, gelu, project};

use super::model::{Layer, Linear, Transformer};
use crate::language::cache::Cache;
use crate::language::inference::Inference;

/// The largest number of tokens of one pass: the weights are read once for all of them, and buffers stay in the caches.
const PASS: usize = 128;

/// What a transformer keeps of a text, and with what it goes on.
pub struct KvCache<'m> {
    model: &'m Transformer,
    /// Keys and values of every layer.
    layers: Vec<inference::Cache>,
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

/// `buffer` with room for `length` values, whose values do not matter.
fn sized(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    buffer.resize(length, 0.0);
    buffer
}

impl<'m> KvCache<'m> {
    /// Nothing of a text of at most `capacity` tokens.
    pub fn new(model: &'m Transformer, capacity: usize) -> Self {
        let cache = |_| inference::Cache::new(model.spec.attention(capacity));
        Self {
            model,
            layers: (0..model.spec.layers).map(cache).collect(),
            buffers: Buffers::default(),
        }
    }

    fn embed(&mut self, past: usize, tokens: &[u32]) {
        let width = self.model.spec.embedding_width;
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

impl Cache for KvCache<'_> {
    fn pass_limit(&self) -> usize {
        PASS
    }

    /// Leaves what the last layer made of the tokens in the stream.
    fn pass(&mut self, team: &Team, past: usize, tokens: &[u32]) {
        self.embed(past, tokens);
        if let Some(rope) = &self.model.spec.rotary {
            rope.angles(past, tokens.len(), &mut self.buffers.angles);
        }
        for (layer, cache) in self.model.layers.iter().zip(&mut self.layers) {
            attention(self.model, layer, team, past, cache, &mut self.buffers);
            feed_forward(self.model, layer, team, &mut self.buffers);
        }
    }

    fn logits(&mut self, team: &Team, rows: usize, logits: &mut [f32]) {
        let Transformer {
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
        let stream = &stream[stream.len() - rows * spec.embedding_width..];
        let normed = sized(normed, rows * spec.embedding_width);
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
    model: &Transformer,
    layer: &Layer,
    team: &Team,
    past: usize,
    cache: &mut inference::Cache,
    buffers: &mut Buffers,
) {
    let spec = &model.spec;
    let count = buffers.stream.len() / spec.embedding_width;
    let normed = sized(&mut buffers.normed, count * spec.embedding_width);
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
    if let Some(rope) = &spec.rotary {
        rope.apply(query, spec.heads, spec.head_width, &buffers.angles);
        rope.apply(key, spec.kv_heads, spec.head_width, &buffers.angles);
    }
    cache.keep(past, key, value);
    let seen = sized(&mut buffers.seen, count * spec.queries());
    cache.attend(team, past, query, &mut buffers.scores, seen);
    let out = sized(&mut buffers.out, count * spec.embedding_width);
    Linear::apply(team, seen, &mut buffers.rounded, [(&layer.output, &mut *out)]);
    add(out, &mut buffers.stream);
}

/// stream += down(silu(gate x) up x), or down(gelu(up x))
fn feed_forward(model: &Transformer, layer: &Layer, team: &Team, buffers: &mut Buffers) {
    let spec = &model.spec;
    let count = buffers.stream.len() / spec.embedding_width;
    let normed = sized(&mut buffers.normed, count * spec.embedding_width);
    layer.feed_norm.apply(team, &buffers.stream, spec.epsilon, normed);
    let hidden = sized(&mut buffers.hidden, count * spec.feed_forward_width);
    match &layer.gate {
        Some(linear) => {
            let open = sized(&mut buffers.gate, count * spec.feed_forward_width);
            let products = [(linear, &mut *open), (&layer.up, &mut *hidden)];
            Linear::apply(team, normed, &mut buffers.rounded, products);
            gate(team, open, hidden);
        }
        None => {
            Linear::apply(team, normed, &mut buffers.rounded, [(&layer.up, &mut *hidden)]);
            gelu(team, hidden);
        }
    }
    let out = sized(&mut buffers.out, count * spec.embedding_width);
    Linear::apply(team, hidden, &mut buffers.rounded, [(&layer.down, &mut *out)]);
    add(out, &mut buffers.stream);
}

impl Inference for Transformer {
    fn architecture(&self) -> &'static str {
        self.spec.architecture
    }

    fn vocab_size(&self) -> usize {
        self.spec.vocab_size
    }

    fn context(&self) -> Option<usize> {
        Some(self.spec.context)
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }

    fn sizes(&self) -> Vec<(&'static str, usize)> {
        let spec = &self.spec;
        vec![
            ("layers", spec.layers),
            ("heads", spec.heads),
            ("kv_heads", spec.kv_heads),
            ("embedding_width", spec.embedding_width),
            ("feed_forward_width", spec.feed_forward_width),
            ("context", spec.context),
        ]
    }

    fn cache(&self, capacity: usize) -> Box<dyn Cache + '_> {
        Box::new(KvCache::new(self, capacity))
    }

    fn rounded(self: Box<Self>) -> Box<dyn Inference> {
        Box::new(Transformer::rounded(*self))
    }

    fn copy(&self) -> Box<dyn Inference> {
        Box::new(self.clone())
    }

    fn as_transformer(&self) -> Option<&Transformer> {
        Some(self)
    }

    fn as_transformer_mut(&mut self) -> Option<&mut Transformer> {
        Some(self)
    }
}

//! Transformers: x + attention(norm x), then x + feed-forward(norm x) (Vaswani et al. 2017; norms first as in GPT-2).

use induce_core::Result;
use induce_tensor::inference::{Rope, RopeLayout, Weight, transpose};
use induce_tensor::{Heads, Parameter, Parameters, Tape, Tensor};

use super::model::{self, Layer, Transformer};
use super::shape::TransformerShape;
use super::spec::Spec;
use crate::language::fault::damaged;
use crate::language::inference::LanguageModel;
use crate::language::network::{Network, Texts};
use crate::layers::{Linear, Noise, Norm, attend, drop, normal, step};

/// What variances are added to.
const EPSILON: f64 = 1e-5;
/// Standard deviation of weights in the beginning (Radford et al. 2019).
const DEVIATION: f64 = 0.02;
/// The base of rotary positions.
const BASE: f64 = 10_000.0;

#[derive(Debug, Clone)]
struct Block {
    attention_norm: Norm,
    /// Queries, keys and values of all heads, side by side.
    all: Linear,
    output: Linear,
    feed_norm: Norm,
    /// Into the feed-forward activations; Llama's gates stand before them.
    up: Linear,
    down: Linear,
}

#[derive(Debug, Clone)]
enum Positions {
    /// A row per position, added to the embeddings.
    Learned(Parameter),
    /// Cosines and sines of every position, (context, head width).
    Rotary(Vec<f32>),
}

/// A transformer on a tape.
#[derive(Debug, Clone)]
pub struct TransformerNetwork {
    design: &'static Design,
    shape: TransformerShape,
    embedding: Parameter,
    positions: Positions,
    blocks: Vec<Block>,
    norm: Norm,
    /// None where logits are products with the embeddings.
    head: Option<Linear>,
}

/// What makes a transformer one of its architecture: its name, and what its parameters are called.
#[derive(Debug)]
pub struct Design {
    /// The name of the architecture.
    pub architecture: &'static str,
    /// Learned positions, with layer norms, biases and GELU; without them rotary positions, RMS norms and SwiGLU.
    pub positions: Option<&'static str>,
    /// Token embeddings.
    pub embedding: &'static str,
    /// What stands before the number of a layer.
    pub layer: &'static str,
    /// The norm before attention.
    pub attention_norm: &'static str,
    /// Queries, keys and values of all heads, side by side.
    pub all: &'static str,
    /// Out of attention.
    pub output: &'static str,
    /// The norm before the feed-forward layer.
    pub feed_norm: &'static str,
    /// Into the feed-forward layer; gates stand before, if there are any.
    pub up: &'static str,
    /// Out of the feed-forward layer.
    pub down: &'static str,
    /// The norm before the logits.
    pub norm: &'static str,
}

impl TransformerNetwork {
    /// A network of a design, with initial parameters: zeros without a seed.
    pub fn new(
        shape: &TransformerShape,
        parameters: &mut Parameters,
        design: &'static Design,
        seed: Option<u64>,
    ) -> Self {
        let positions = match design.positions {
            Some(name) => {
                let lengths = [shape.context, shape.embedding_width];
                Positions::Learned(normal(parameters, name, &lengths, DEVIATION, seed))
            }
            None => Positions::Rotary(rotations(shape)),
        };
        let names = design;
        let learned = matches!(positions, Positions::Learned(_));
        let table = [shape.vocab_size, shape.embedding_width];
        let embedding = normal(parameters, names.embedding, &table, DEVIATION, seed);
        let blocks = (0..shape.layers)
            .map(|i| Block::new(shape, parameters, names, i, learned, seed))
            .collect();
        let norm = Norm::new(parameters, names.norm, shape.embedding_width, learned, EPSILON);
        let sizes = (shape.embedding_width, shape.vocab_size);
        let head = (!shape.tie_embeddings)
            .then(|| Linear::new(parameters, "lm_head", sizes, false, DEVIATION, seed));
        Self {
            design,
            shape: shape.clone(),
            embedding,
            positions,
            blocks,
            norm,
            head,
        }
    }
}

impl Network for TransformerNetwork {
    fn logits<'t>(
        &self,
        tape: &'t Tape<'t>,
        texts: Texts,
        _state: &[f32],
        noise: Option<Noise>,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>) {
        let (count, time, width) = (texts.count, texts.time(), self.shape.embedding_width);
        let rows = tape.parameter(self.embedding).rows(texts.tokens);
        let mut x = rows.reshape(&[count, time, width]); // (texts, time, width)
        let table = match &self.positions {
            Positions::Learned(table) => {
                x = x + tape.parameter(*table).narrow(0, time);
                None
            }
            Positions::Rotary(table) => {
                let head = width / self.shape.heads;
                Some(tape.input(&[time, head], &table[..time * head]))
            }
        };
        x = drop(noise, x, 0);
        for (i, block) in self.blocks.iter().enumerate() {
            let _layer = tape.numbered("layer", i);
            // After the embeddings two places of what is added in every layer, then one of its attention.
            let (added, seen) = (2 * i + 1, 2 * self.blocks.len() + 1 + i);
            x = block.apply(&self.shape, x, table, noise, [added, seen].map(|n| n as u64));
        }
        let _head = tape.scope("head");
        let x = self.norm.apply(x).reshape(&[count * time, width]);
        let logits = match &self.head {
            Some(head) => head.apply(x),
            None => x.matmul(tape.parameter(self.embedding).transpose()),
        };
        (logits, Vec::new()) // (texts * time, vocabulary)
    }

    fn model(&self, parameters: &Parameters) -> Result<LanguageModel> {
        let s = &self.shape;
        let (head, learned) = (
            s.embedding_width / s.heads,
            matches!(self.positions, Positions::Learned(_)),
        );
        let table = |p, rows| matrix(parameters.values(p), rows, s.embedding_width);
        let positions = match &self.positions {
            Positions::Learned(positions) => Some(table(*positions, s.context)?),
            Positions::Rotary(_) => None,
        };
        let model = Transformer {
            spec: Spec {
                architecture: self.design.architecture,
                vocab_size: s.vocab_size,
                embedding_width: s.embedding_width,
                feed_forward_width: s.feed_forward_width,
                layers: s.layers,
                heads: s.heads,
                kv_heads: s.kv_heads,
                head_width: head,
                context: s.context,
                epsilon: EPSILON as f32,
                rotary: (!learned).then(|| rope(s)),
            },
            embedding: table(self.embedding, s.vocab_size)?,
            positions,
            layers: self
                .blocks
                .iter()
                .map(|block| block.model(s, parameters, learned))
                .collect::<Result<_>>()?,
            norm: norm(&self.norm, parameters),
            head: match &self.head {
                Some(head) => Some(linear(head, parameters, 0, s.vocab_size)?.weight),
                None => None,
            },
        };
        model.check("memory")?;
        Ok(LanguageModel::new(model))
    }
}

/// Cosines and sines of every position, (context, head width).
fn rotations(shape: &TransformerShape) -> Vec<f32> {
    let rope = rope(shape);
    let angles = |t: usize| {
        rope.frequencies()
            .iter()
            .map(move |frequency| t as f64 * frequency)
    };
    let row = |t: usize| angles(t).map(f64::cos).chain(angles(t).map(f64::sin));
    (0..shape.context).flat_map(row).map(|x| x as f32).collect()
}

fn rope(shape: &TransformerShape) -> Rope {
    Rope::new(BASE, shape.embedding_width / shape.heads, RopeLayout::Halves)
}

impl Block {
    fn new(
        shape: &TransformerShape,
        parameters: &mut Parameters,
        names: &Design,
        i: usize,
        biases: bool,
        seed: Option<u64>,
    ) -> Self {
        let (width, head) = (shape.embedding_width, shape.embedding_width / shape.heads);
        let name = |part: &str| format!("{}.{i}.{part}", names.layer);
        // What is added to the stream by all layers together keeps its size (Radford et al. 2019, section 2.3).
        let residual = DEVIATION / (2.0 * shape.layers as f64).sqrt();
        let halves = if biases { 1 } else { 2 };
        let mut linear = |part: &str, sizes, deviation| {
            Linear::new(parameters, &name(part), sizes, biases, deviation, seed)
        };
        let all = width + 2 * shape.kv_heads * head;
        let all = linear(names.all, (width, all), DEVIATION);
        let output = linear(names.output, (width, width), residual);
        let up = linear(names.up, (width, halves * shape.feed_forward_width), DEVIATION);
        let down = linear(names.down, (shape.feed_forward_width, width), residual);
        let mut norm = |part: &str| Norm::new(parameters, &name(part), width, biases, EPSILON);
        Self {
            attention_norm: norm(names.attention_norm),
            feed_norm: norm(names.feed_norm),
            all,
            output,
            up,
            down,
        }
    }

    fn apply<'t>(
        &self,
        shape: &TransformerShape,
        x: Tensor<'t>,
        rope: Option<Tensor<'t>>,
        noise: Option<Noise>,
        [added, seen]: [u64; 2],
    ) -> Tensor<'t> {
        let heads = Heads {
            queries: shape.heads,
            keys: shape.kv_heads,
        };
        let all = self.all.apply(self.attention_norm.apply(x));
        let all = rope.map_or(all, |table| all.rotate(table, heads.queries + heads.keys));
        let x = step(noise, x, &self.output, attend(noise, all, heads, seen), added);
        let up = self.up.apply(self.feed_norm.apply(x));
        let hidden = if rope.is_some() { up.swiglu() } else { up.gelu() };
        step(noise, x, &self.down, hidden, added + 1)
    }

    fn model(&self, s: &TransformerShape, parameters: &Parameters, learned: bool) -> Result<Layer> {
        let (queries, keys) = (s.embedding_width, s.kv_heads * (s.embedding_width / s.heads));
        let part = |layer: &Linear, from, to| linear(layer, parameters, from, to);
        let gates = if learned { 0 } else { s.feed_forward_width };
        Ok(Layer {
            attention_norm: norm(&self.attention_norm, parameters),
            query: part(&self.all, 0, queries)?,
            key: part(&self.all, queries, queries + keys)?,
            value: part(&self.all, queries + keys, queries + 2 * keys)?,
            output: part(&self.output, 0, s.embedding_width)?,
            feed_norm: norm(&self.feed_norm, parameters),
            gate: (!learned).then(|| part(&self.up, 0, gates)).transpose()?,
            up: part(&self.up, gates, gates + s.feed_forward_width)?,
            down: part(&self.down, 0, s.embedding_width)?,
        })
    }
}

fn norm(norm: &Norm, parameters: &Parameters) -> model::Norm {
    model::Norm {
        scale: parameters.values(norm.gain).to_vec(),
        shift: norm.shift.map(|shift| parameters.values(shift).to_vec()),
    }
}

/// Outputs `from..to` of a layer: a row for each, where training has a column.
fn linear(layer: &Linear, parameters: &Parameters, from: usize, to: usize) -> Result<model::Linear> {
    let (values, shape) = (parameters.values(layer.weight), parameters.shape(layer.weight));
    let bias = layer.bias.map(|bias| parameters.values(bias)[from..to].to_vec());
    Ok(model::Linear {
        weight: columns(values, shape.last(), from, to)?,
        bias,
    })
}

/// Columns `from..to` of a matrix of so many, as rows.
///
/// # Errors
/// If the values do not fill the shape.
pub fn columns(values: &[f32], all: usize, from: usize, to: usize) -> Result<Weight> {
    matrix(
        &transpose(values, all, from..to),
        to - from,
        values.len() / all.max(1),
    )
}

/// A matrix of so many rows and columns.
///
/// # Errors
/// If the values do not fill the shape.
pub fn matrix(values: &[f32], rows: usize, columns: usize) -> Result<Weight> {
    Weight::new(values, rows, columns)
        .ok_or_else(|| damaged("memory", "the number of its values does not match its shapes"))
}

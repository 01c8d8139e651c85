//! A decoder out of named tensors, whatever they are called.

use induce_core::Result;
use induce_tensor::inference::Weight;

use super::model::{Layer, Linear, Norm, Transformer};
use super::spec::Spec;
use crate::language::fault::damaged;

/// Tensors by name.
pub trait Parts {
    /// Whether there is such a tensor.
    fn has(&self, name: &str) -> bool;
    /// The tensor of this shape, a row for every element of a product; anything else is an error.
    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Weight>;
    /// The tensor of this length; anything else is an error.
    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>>;
}

/// What tensors are called, without `.weight` and `.bias`; `#` is the number of the layer.
pub struct TensorNames {
    pub embedding: &'static str,
    pub positions: &'static str,
    pub norm: &'static str,
    pub head: &'static str,
    pub attention_norm: &'static str,
    /// Queries, keys and values, one after the other, in GPT-2.
    pub all: &'static str,
    pub query: &'static str,
    pub key: &'static str,
    pub value: &'static str,
    pub output: &'static str,
    pub feed_norm: &'static str,
    pub gate: &'static str,
    pub up: &'static str,
    pub down: &'static str,
}

/// The model of `spec` in `parts`. Logits are made with the embeddings if it is `tied`; where nothing says so, if there is no
/// tensor for them.
///
/// # Errors
/// If a tensor is missing or of another shape, or one is for logits of a tied model and differs from the embeddings.
pub fn assemble(
    file: &str,
    spec: Spec,
    names: &TensorNames,
    parts: &dyn Parts,
    tied: Option<bool>,
) -> Result<Transformer> {
    let build = Build {
        spec: &spec,
        names,
        parts,
    };
    let (vocabulary, width) = (spec.vocab_size, spec.embedding_width);
    let embedding = build.weight(names.embedding, vocabulary, width)?;
    let positions = match spec.rotary {
        Some(_) => None,
        None => Some(build.weight(names.positions, spec.context, width)?),
    };
    let there = parts.has(&format!("{}.weight", names.head));
    let tied = tied.unwrap_or(!there);
    let head = (there || !tied)
        .then(|| build.weight(names.head, vocabulary, width))
        .transpose()?;
    let head = match (tied, head) {
        (true, Some(head)) if !same(&head, &embedding) => {
            return Err(damaged(
                file,
                format!(
                    "by its header logits are made with the embeddings, but `{}` differs from them",
                    names.head
                ),
            ));
        }
        (true, _) => None,
        (false, head) => head,
    };
    let norm = build.norm(names.norm)?;
    let layers: Result<Vec<Layer>> = (0..spec.layers).map(|i| build.layer(i)).collect();
    let layers = layers?;
    let model = Transformer {
        spec,
        embedding,
        positions,
        layers,
        norm,
        head,
    };
    model.check(file)?;
    Ok(model)
}

/// Whether all values of two matrices of one shape are the same.
fn same(a: &Weight, b: &Weight) -> bool {
    let (mut left, mut right) = (vec![0.0; a.columns()], vec![0.0; b.columns()]);
    (0..a.rows()).all(|row| {
        a.row(row, &mut left);
        b.row(row, &mut right);
        left == right
    })
}

struct Build<'a> {
    spec: &'a Spec,
    names: &'a TensorNames,
    parts: &'a dyn Parts,
}

impl Build<'_> {
    fn weight(&self, name: &str, rows: usize, columns: usize) -> Result<Weight> {
        self.parts.matrix(&format!("{name}.weight"), rows, columns)
    }

    fn bias(&self, name: &str, length: usize) -> Result<Option<Vec<f32>>> {
        let name = format!("{name}.bias");
        self.parts
            .has(&name)
            .then(|| self.parts.vector(&name, length))
            .transpose()
    }

    fn norm(&self, name: &str) -> Result<Norm> {
        let scale = self
            .parts
            .vector(&format!("{name}.weight"), self.spec.embedding_width)?;
        let shift = self.bias(name, self.spec.embedding_width)?;
        Ok(Norm { scale, shift })
    }

    fn linear(&self, name: &str, rows: usize, columns: usize) -> Result<Linear> {
        let weight = self.weight(name, rows, columns)?;
        let bias = self.bias(name, rows)?;
        Ok(Linear { weight, bias })
    }

    fn layer(&self, i: usize) -> Result<Layer> {
        let Spec {
            embedding_width: width,
            feed_forward_width: hidden,
            ..
        } = *self.spec;
        let (queries, n) = (self.spec.queries(), self.names);
        let name = |pattern: &str| pattern.replace('#', &i.to_string());
        let [query, key, value] = self.attention(&name)?;
        let gated = self.parts.has(&format!("{}.weight", name(n.gate)));
        Ok(Layer {
            attention_norm: self.norm(&name(n.attention_norm))?,
            query,
            key,
            value,
            output: self.linear(&name(n.output), width, queries)?,
            feed_norm: self.norm(&name(n.feed_norm))?,
            gate: gated
                .then(|| self.linear(&name(n.gate), hidden, width))
                .transpose()?,
            up: self.linear(&name(n.up), hidden, width)?,
            down: self.linear(&name(n.down), width, hidden)?,
        })
    }

    fn attention(&self, name: &dyn Fn(&str) -> String) -> Result<[Linear; 3]> {
        let (queries, keys, width, n) = (
            self.spec.queries(),
            self.spec.keys(),
            self.spec.embedding_width,
            self.names,
        );
        if self.parts.has(&format!("{}.weight", name(n.all))) {
            let all = self.linear(&name(n.all), queries + 2 * keys, width)?;
            let part = |from, to| cut(&all, from, to).ok_or_else(|| damaged(n.all, "it has too few rows"));
            return Ok([
                part(0, queries)?,
                part(queries, queries + keys)?,
                part(queries + keys, queries + 2 * keys)?,
            ]);
        }
        Ok([
            self.linear(&name(n.query), queries, width)?,
            self.linear(&name(n.key), keys, width)?,
            self.linear(&name(n.value), keys, width)?,
        ])
    }
}

/// Some rows of a layer.
fn cut(all: &Linear, from: usize, to: usize) -> Option<Linear> {
    let columns = all.weight.columns();
    let values = all.weight.single().get(from * columns..to * columns)?.to_vec();
    let bias = match &all.bias {
        Some(bias) => Some(bias.get(from..to)?.to_vec()),
        None => None,
    };
    Some(Linear {
        weight: Weight::new(&values, to - from, columns)?,
        bias,
    })
}

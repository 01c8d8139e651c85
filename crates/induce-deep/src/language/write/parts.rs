//! The tensors of a model under the names of a format, one after the other.

use induce_core::Result;
use induce_tensor::inference::{Rope, RopeLayout, Weight};

use crate::language::transformer::assemble::TensorNames;
use crate::language::transformer::interchange::Interchange;
use crate::language::transformer::model::{Layer, Linear, Norm, Transformer};

/// A tensor.
pub struct Part {
    pub name: String,
    /// Rows and columns, or a length.
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
    pub role: Role,
}

/// What a tensor is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A row per token.
    Table,
    /// A row per position.
    Positions,
    /// A matrix of a layer.
    Matrix,
    /// Biases and norms.
    Vector,
}

/// What receives tensors.
pub type Take<'a> = dyn FnMut(Part) -> Result<()> + 'a;

/// The tensors of `model`, called by `names`, with those values side by side that rotate together in this layout.
///
/// # Errors
/// The first that `take` has.
pub fn each(
    model: &Transformer,
    kind: &dyn Interchange,
    names: &TensorNames,
    layout: RopeLayout,
    take: &mut Take,
) -> Result<()> {
    // GPT-2 has all biases.
    let biased = model.biased().map(|any| any || kind.is_fused());
    let mut parts = Parts { names, biased, take };
    parts.table(names.embedding, &model.embedding, Role::Table)?;
    if let Some(positions) = &model.positions {
        parts.table(names.positions, positions, Role::Positions)?;
    }
    for (i, layer) in model.layers.iter().enumerate() {
        let rotated = |linear: &Linear| rotated(linear, model, layout);
        let attention = [rotated(&layer.query), rotated(&layer.key), layer.value.clone()];
        parts.layer(i, layer, kind, &attention)?;
    }
    parts.norm(names.norm, &model.norm)?;
    match &model.head {
        Some(head) => parts.table(names.head, head, Role::Table),
        None => Ok(()),
    }
}

struct Parts<'a, 'b> {
    names: &'a TensorNames,
    /// Of attention, and of feed-forward parts.
    biased: [bool; 2],
    take: &'a mut Take<'b>,
}

impl Parts<'_, '_> {
    fn layer(
        &mut self,
        i: usize,
        layer: &Layer,
        kind: &dyn Interchange,
        attention: &[Linear; 3],
    ) -> Result<()> {
        let name = |pattern: &str| pattern.replace('#', &i.to_string());
        let (names, [attends, feeds]) = (self.names, self.biased);
        self.norm(&name(names.attention_norm), &layer.attention_norm)?;
        if kind.is_fused() {
            self.linear(&name(names.all), &attention.each_ref(), attends)?;
        } else {
            for (own, part) in [names.query, names.key, names.value].into_iter().zip(attention) {
                self.linear(&name(own), &[part], attends)?;
            }
        }
        self.linear(&name(names.output), &[&layer.output], attends)?;
        self.norm(&name(names.feed_norm), &layer.feed_norm)?;
        if let Some(gate) = &layer.gate {
            self.linear(&name(names.gate), &[gate], feeds)?;
        }
        self.linear(&name(names.up), &[&layer.up], feeds)?;
        self.linear(&name(names.down), &[&layer.down], feeds)
    }

    fn table(&mut self, name: &str, weight: &Weight, role: Role) -> Result<()> {
        (self.take)(Part {
            name: format!("{name}.weight"),
            shape: vec![weight.rows(), weight.columns()],
            values: weight.single(),
            role,
        })
    }

    fn vector(&mut self, name: String, values: Vec<f32>) -> Result<()> {
        (self.take)(Part {
            name,
            shape: vec![values.len()],
            values,
            role: Role::Vector,
        })
    }

    fn norm(&mut self, name: &str, norm: &Norm) -> Result<()> {
        self.vector(format!("{name}.weight"), norm.scale.clone())?;
        match &norm.shift {
            Some(shift) => self.vector(format!("{name}.bias"), shift.clone()),
            None => Ok(()),
        }
    }

    /// Linear maps one below the other; biases that are not there are zeros, if they are `biased`.
    fn linear(&mut self, name: &str, all: &[&Linear], biased: bool) -> Result<()> {
        let rows = all.iter().map(|one| one.weight.rows()).sum();
        let columns = all.first().map_or(0, |one| one.weight.columns());
        (self.take)(Part {
            name: format!("{name}.weight"),
            shape: vec![rows, columns],
            values: all.iter().flat_map(|one| one.weight.single()).collect(),
            role: Role::Matrix,
        })?;
        if !biased {
            return Ok(());
        }
        let bias = |one: &&Linear| one.bias.clone().unwrap_or_else(|| vec![0.0; one.weight.rows()]);
        self.vector(format!("{name}.bias"), all.iter().flat_map(bias).collect())
    }
}

/// Queries or keys in the order of `layout`: row by row of every head, as their values go.
fn rotated(linear: &Linear, model: &Transformer, layout: RopeLayout) -> Linear {
    let width = model.spec.head_width;
    match &model.spec.rotary {
        Some(rope) if rope.layout() != layout => {
            let places = places(rope, width);
            let columns = linear.weight.columns();
            let values = reordered(&linear.weight.single(), width, columns, &places);
            let bias = linear
                .bias
                .as_ref()
                .map(|bias| reordered(bias, width, 1, &places));
            let weight = Weight::new(&values, linear.weight.rows(), columns);
            let weight = weight.unwrap_or_else(|| linear.weight.clone());
            Linear { weight, bias }
        }
        _ => linear.clone(),
    }
}

/// For every number of a head in the other order, where it is in that of `turns`.
fn places(rope: &Rope, width: usize) -> Vec<usize> {
    let pairs = rope.frequencies().len();
    let mut places: Vec<usize> = (0..width).collect();
    for i in 0..pairs {
        match rope.layout() {
            RopeLayout::Halves => (places[2 * i], places[2 * i + 1]) = (i, i + pairs),
            RopeLayout::Neighbours => (places[i], places[i + pairs]) = (2 * i, 2 * i + 1),
        }
    }
    places
}

fn reordered(values: &[f32], width: usize, columns: usize, places: &[usize]) -> Vec<f32> {
    let heads = values.chunks_exact(width * columns);
    heads
        .flat_map(|head| {
            places
                .iter()
                .flat_map(|at| &head[at * columns..(at + 1) * columns])
        })
        .copied()
        .collect()
}

//! Layers `y = f(sum_k p_k(L) x W_k + b)` on a tape.

use induce_core::random::Stream;
use induce_tensor::{Activation, Parameter, Parameters, Tape, Tensor};

use super::field::Field;
use super::filter::Filter;
use super::reader::Matrix;
use crate::layers::{Noise, constant, drop, uniform};

/// Widths of a network of graphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Features of a node.
    pub inputs: usize,
    /// Hidden layers, and the outputs.
    pub widths: Vec<usize>,
    /// Functions of the Laplacian with weights of their own.
    pub terms: usize,
    /// Whether the last layer pools the nodes of a graph, with one weight for each input.
    pub pooled: bool,
}

impl Shape {
    /// How many weights there are, if they can be counted.
    pub fn size(&self) -> Option<u64> {
        let (mut inputs, mut sum) = (self.inputs as u64, 0_u64);
        for (layer, &width) in self.widths.iter().enumerate() {
            let terms = self.terms_of(layer) as u64;
            let weights = inputs.checked_mul(terms)?.checked_mul(width as u64)?;
            sum = sum.checked_add(weights)?.checked_add(width as u64)?;
            inputs = width as u64;
        }
        Some(sum)
    }

    /// Functions of a layer.
    pub fn terms_of(&self, layer: usize) -> usize {
        if self.pooled && layer + 1 == self.widths.len() {
            1
        } else {
            self.terms
        }
    }

    /// Numbers that a node leaves on the tape, with their gradients.
    pub fn activations(&self) -> u64 {
        let all: u64 = self.widths.iter().map(|n| *n as u64).sum();
        2 * all * (3 + self.terms as u64)
    }
}

/// A layer: weights of every term, one under the other, and a bias.
#[derive(Debug, Clone, Copy)]
struct Layer {
    /// (terms inputs, outputs)
    weight: Parameter,
    bias: Parameter,
    inputs: usize,
}

/// The layers.
#[derive(Debug, Clone)]
pub struct Network {
    /// Their widths.
    pub shape: Shape,
    layers: Vec<Layer>,
    activation: Activation,
}

impl Network {
    /// Weights of each term uniform within sqrt(6 / (inputs + outputs)) of 0 (Glorot & Bengio 2010), biases 0; without a seed 0, to be read.
    pub fn new(
        shape: &Shape,
        activation: Activation,
        parameters: &mut Parameters,
        seed: Option<u64>,
    ) -> Self {
        let (mut inputs, mut layers) = (shape.inputs, Vec::new());
        for (i, &outputs) in shape.widths.iter().enumerate() {
            let most = (6.0 / (inputs + outputs) as f64).sqrt();
            let lengths = [shape.terms_of(i) * inputs, outputs];
            layers.push(Layer {
                weight: uniform(parameters, &format!("layers.{i}.weight"), &lengths, most, seed),
                bias: constant(parameters, &format!("layers.{i}.bias"), &[outputs], 0.0),
                inputs,
            });
            inputs = outputs;
        }
        Self {
            shape: shape.clone(),
            layers,
            activation,
        }
    }

    /// How many layers there are.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The weights of the first layer.
    pub fn first<'t>(&self, tape: &'t Tape<'t>) -> Tensor<'t> {
        tape.parameter(self.layers[0].weight)
    }

    /// The weights of a layer, by term: (terms, inputs, outputs) one after the other.
    pub fn weights<'p>(&self, parameters: &'p Parameters, layer: usize) -> &'p [f32] {
        parameters.values(self.layers[layer].weight)
    }

    /// Logits of the nodes that a field is of; `depth` layers, of which all but the network's last end in the activation. // (nodes, outputs)
    pub fn apply<'t>(
        &self,
        tape: &'t Tape<'t>,
        field: &Field,
        depth: usize,
        noise: Option<Noise>,
    ) -> Tensor<'t> {
        let mut x: Option<Tensor<'t>> = None;
        for (i, (layer, filter)) in self.layers.iter().zip(&field.filters).take(depth).enumerate() {
            let own = match x {
                None => layer.of_inputs(tape, &field.inputs, filter.as_ref(), noise),
                Some(x) => layer.of(drop(noise, x, i as u64), filter.as_ref()),
            };
            x = Some(if i + 1 < self.layers.len() {
                activated(own, self.activation)
            } else {
                own
            });
        }
        let x = x.unwrap_or_else(|| tape.input(&[0, 0], &[]));
        match &field.rows {
            Some(rows) if depth == self.layers.len() => x.rows(rows),
            _ => x,
        }
    }
}

impl Layer {
    /// W_k of every term.
    fn weights<'t>(self, tape: &'t Tape<'t>, terms: usize) -> impl Iterator<Item = Tensor<'t>> {
        let all = tape.parameter(self.weight);
        (0..terms).map(move |k| all.narrow(k * self.inputs, self.inputs))
    }

    fn of<'t>(self, x: Tensor<'t>, filter: &dyn Filter) -> Tensor<'t> {
        let h: Vec<Tensor<'t>> = self
            .weights(x.tape(), filter.terms())
            .map(|w| x.matmul(w))
            .collect();
        filter.sum(&h) + x.tape().parameter(self.bias)
    }

    /// Of inputs, whose dropout is that of the values that are not 0.
    fn of_inputs<'t>(
        self,
        tape: &'t Tape<'t>,
        inputs: &Matrix,
        filter: &dyn Filter,
        noise: Option<Noise>,
    ) -> Tensor<'t> {
        match inputs {
            Matrix::Dense(values, width) => {
                let x = tape.input(&[values.len() / width.max(&1), *width], values);
                self.of(drop(noise, x, 0), filter)
            }
            Matrix::Sparse(x) => {
                let stream = noise.map_or_else(|| Stream::new(0, ""), |own| own.stream.child(0));
                let share = noise.map_or(0.0, |own| own.probability);
                let own = |w: Tensor<'t>| w.sparse_product_dropout(x, share, stream);
                let h: Vec<Tensor<'t>> = self.weights(tape, filter.terms()).map(own).collect();
                filter.sum(&h) + tape.parameter(self.bias)
            }
        }
    }
}

fn activated(x: Tensor, activation: Activation) -> Tensor {
    match activation {
        Activation::Relu => x.relu(),
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => x.sigmoid(),
        Activation::Identity => x,
    }
}

//! Recurrent layers, one above the other.

use induce_tensor::{Direction, Parameter, Parameters, Recurrent, Tensor};
use serde::{Deserialize, Serialize};

use super::init::uniform;
use super::{Noise, drop};

/// What a step of a recurrent layer computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// h' = tanh(x W + h U + b) (Elman 1990; Goodfellow, Bengio & Courville 2016, equations 10.8 and 10.9).
    Rnn,
    /// A gated recurrent unit (Cho et al. 2014).
    Gru,
    /// A long short-term memory (Hochreiter & Schmidhuber 1997).
    Lstm,
}

impl Cell {
    /// Gates: how many times as wide as the state its products are.
    pub fn gates(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    /// Biases, in the same unit.
    pub fn biases(self) -> usize {
        match self {
            Self::Rnn => 1,
            Self::Gru | Self::Lstm => 4,
        }
    }

    /// Vectors of a state: h, and c of a long short-term memory.
    pub fn states(self) -> usize {
        match self {
            Self::Rnn | Self::Gru => 1,
            Self::Lstm => 2,
        }
    }
}

/// Layers of recurrent units, each reading the outputs of the one below, with dropout between them (Zaremba et al. 2014).
#[derive(Debug, Clone)]
pub struct Stack {
    cell: Cell,
    width: usize,
    /// Per layer, forwards and, where text is read both ways, backwards.
    layers: Vec<Vec<Recurrent<Parameter>>>,
}

impl Stack {
    /// `count` layers above `inputs`, uniform within `most` of 0; with `both`, half of each reads backwards (Schuster &
    /// Paliwal 1997), and outputs are twice as wide.
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        cell: Cell,
        (inputs, width, count): (usize, usize, usize),
        both: bool,
        (most, seed): (f64, Option<u64>),
    ) -> Self {
        let ways = 1 + usize::from(both);
        let mut part = |layer: usize, way: usize| {
            let inputs = if layer == 0 { inputs } else { ways * width };
            let back = if way == 1 { "_reverse" } else { "" };
            let mut add = |part: &str, lengths: &[usize]| {
                uniform(
                    parameters,
                    &format!("{name}.{layer}.{part}{back}"),
                    lengths,
                    most,
                    seed,
                )
            };
            Recurrent {
                into: add("into", &[inputs, cell.gates() * width]),
                across: add("across", &[width, cell.gates() * width]),
                bias: add("bias", &[cell.biases() * width]),
            }
        };
        let layers = (0..count).map(|layer| (0..ways).map(|way| part(layer, way)).collect());
        Self {
            cell,
            width,
            layers: layers.collect(),
        }
    }

    /// The cell.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// The weights of every layer, forwards first.
    pub fn layers(&self) -> &[Vec<Recurrent<Parameter>>] {
        &self.layers
    }

    /// Tensors of the state of all layers, each (batch, width).
    pub fn states(&self) -> usize {
        self.layers.iter().map(Vec::len).sum::<usize>() * self.cell.states()
    }

    /// The outputs (time, batch, width) of the last layer, of width 2 width where text is read both ways, and the states
    /// after the last step; `start` has as many, or begins at 0.
    pub fn apply<'t, 'a, 'm>(
        &self,
        x: Tensor<'t, 'a, 'm>,
        start: Option<&[Tensor<'t, 'a, 'm>]>,
        noise: Option<Noise>,
    ) -> (Tensor<'t, 'a, 'm>, Vec<Tensor<'t, 'a, 'm>>) {
        let mut states = Vec::with_capacity(self.states());
        let mut x = x; // (time, batch, inputs)
        for (i, layer) in self.layers.iter().enumerate() {
            let below = drop(noise, x, i as u64);
            let ways = [Direction::Forwards, Direction::Backwards];
            let outputs: Vec<_> = layer
                .iter()
                .zip(ways)
                .map(|(weights, way)| {
                    let start = start.map(|all| &all[states.len()..states.len() + self.cell.states()]);
                    let (outputs, last) = self.layer(below, weights, start, way);
                    states.extend(last);
                    outputs
                })
                .collect();
            x = match outputs[..] {
                [only] => only,
                _ => x.tape().concat(&outputs, 2),
            };
        }
        (x, states)
    }

    fn layer<'t, 'a, 'm>(
        &self,
        x: Tensor<'t, 'a, 'm>,
        weights: &Recurrent<Parameter>,
        start: Option<&[Tensor<'t, 'a, 'm>]>,
        way: Direction,
    ) -> (Tensor<'t, 'a, 'm>, Vec<Tensor<'t, 'a, 'm>>) {
        let of = |parameter| x.tape().parameter(parameter);
        let weights = Recurrent {
            into: of(weights.into),
            across: of(weights.across),
            bias: of(weights.bias),
        };
        let h = start.map(|start| start[0]);
        match self.cell {
            Cell::Lstm => {
                let (outputs, h, c) = x.lstm_from(weights, start.map(|s| (s[0], s[1])), way);
                (outputs, vec![h, c])
            }
            Cell::Gru => {
                let (outputs, h) = x.gru(weights, h, way);
                (outputs, vec![h])
            }
            Cell::Rnn => {
                let (outputs, h) = x.rnn(weights, h, way);
                (outputs, vec![h])
            }
        }
    }

    /// Numbers of a state vector.
    pub fn width(&self) -> usize {
        self.width
    }
}

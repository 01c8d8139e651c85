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
    /// Its name: `rnn`, `gru`, `lstm`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "rnn",
            Self::Gru => "gru",
            Self::Lstm => "lstm",
        }
    }

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
    pub fn apply<'t>(
        &self,
        x: Tensor<'t>,
        start: Option<&[Tensor<'t>]>,
        noise: Option<Noise>,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>) {
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

    fn layer<'t>(
        &self,
        x: Tensor<'t>,
        weights: &Recurrent<Parameter>,
        start: Option<&[Tensor<'t>]>,
        way: Direction,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>) {
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

    /// The width of a state vector.
    pub fn width(&self) -> usize {
        self.width
    }
}

#[cfg(test)]
mod tests {
    use induce_core::parallel::Team;
    use induce_core::random::Stream;
    use induce_tensor::{Tape, Workspace};

    use super::*;

    const SIZES: [usize; 3] = [5, 2, 3];

    /// Outputs of `stack` for `x`, (time, batch, inputs).
    fn outputs(stack: &Stack, parameters: &Parameters, x: &[f32]) -> Vec<f32> {
        let (mut workspace, team) = (Workspace::default(), Team::alone());
        let tape = Tape::new(&mut workspace, parameters, &team);
        let (outputs, states) = stack.apply(tape.input(&SIZES, x), None, None);
        assert_eq!(states.len(), stack.states());
        outputs.values().unwrap()
    }

    /// What reads backwards says of a text what the other half, with its weights, says of the text turned round.
    #[test]
    fn both_ways_are_one_way_and_the_other() {
        for cell in [Cell::Rnn, Cell::Gru, Cell::Lstm] {
            let mut parameters = Parameters::default();
            let sizes = (SIZES[2], 4, 1);
            let stack = Stack::new(&mut parameters, "s", cell, sizes, true, (0.8, Some(1)));
            let stream = Stream::new(2, "x");
            let x: Vec<f32> = (0..30).map(|i| stream.uniform(i) as f32).collect();
            let both = outputs(&stack, &parameters, &x);
            let turned: Vec<f32> = x.chunks_exact(6).rev().flatten().copied().collect();
            let way = |i: usize| Stack {
                layers: vec![vec![stack.layers[0][i]]],
                ..stack.clone()
            };
            let forwards = outputs(&way(0), &parameters, &x);
            let backwards = outputs(&way(1), &parameters, &turned);
            for (row, both) in both.chunks_exact(8).enumerate() {
                let (time, text) = (row / 2, row % 2);
                assert_eq!(both[..4], forwards[row * 4..row * 4 + 4]);
                let other = (4 - time) * 2 + text;
                assert_eq!(both[4..], backwards[other * 4..other * 4 + 4]);
            }
        }
    }

    #[test]
    fn layers_above_read_both_ways_and_dropout_is_drawn_again_alike() {
        let mut parameters = Parameters::default();
        let stack = Stack::new(&mut parameters, "s", Cell::Lstm, (3, 4, 3), true, (0.5, Some(1)));
        let names: Vec<&str> = parameters.iter().map(|(_, name, _)| name).collect();
        assert_eq!(names.len(), 18);
        assert!(names.contains(&"s.2.across_reverse"));
        let noise = |seed| Noise {
            probability: 0.4,
            stream: Stream::new(seed, "noise"),
        };
        let drawn = |seed| {
            let (mut workspace, team) = (Workspace::default(), Team::alone());
            let tape = Tape::new(&mut workspace, &parameters, &team);
            let x = tape.input(&SIZES, &[0.5; 30]);
            stack.apply(x, None, Some(noise(seed))).0.values().unwrap()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_eq!(drawn(1).len(), 5 * 2 * 8);
    }
}

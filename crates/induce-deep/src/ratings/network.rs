//! Encoder and decoder on a tape.

use induce_core::random::Stream;
use induce_tensor::{Activation, Element, Pairs, Parameter, Parameters, Sparse, Tape, Tensor};

use super::spec::{Accumulation, Spec};
use crate::layers::{constant, uniform};

/// Length of the rows of the matrices P_b to begin with, which are orthogonal (Saxe, McClelland & Ganguli 2014).
const LENGTH: f64 = 1.1;

/// The sizes of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Nodes: users and items.
    pub nodes: [usize; 2],
    /// Features of users and of items; 0 without.
    pub features: [usize; 2],
    /// Levels of ratings.
    pub levels: usize,
    /// Width of the messages of a level.
    pub message: usize,
    /// Width of all of them together.
    pub hidden: usize,
    /// Width of what features give.
    pub side: usize,
    /// Width of embeddings.
    pub embedding: usize,
    /// Matrices that bilinear forms are made of.
    pub bases: usize,
}

impl Shape {
    /// That of settings.
    pub fn new(spec: &Spec, nodes: [usize; 2], features: [usize; 2], levels: usize) -> Self {
        let (message, hidden) = match spec.accumulation {
            Accumulation::Stack => {
                let message = (spec.hidden / levels.max(1)).max(1);
                (message, message.saturating_mul(levels))
            }
            Accumulation::Sum => (spec.hidden, spec.hidden),
        };
        Self {
            nodes,
            features,
            levels,
            message,
            hidden,
            side: if features == [0, 0] { 0 } else { spec.feature_width },
            embedding: spec.embedding,
            bases: spec.bases,
        }
    }

    /// How many values its parameters have; none if there are more than can be counted.
    pub fn size(&self) -> Option<u64> {
        let product = |all: &[usize]| all.iter().try_fold(1_u64, |n, k| n.checked_mul(*k as u64));
        let nodes = self.nodes[0].checked_add(self.nodes[1])?;
        let features = self.features[0].checked_add(self.features[1])?.checked_add(2)?;
        let dense = product(&[
            self.hidden.checked_add(self.side)?,
            self.embedding,
            1 + usize::from(self.side > 0),
        ])?;
        let decoder = product(&[self.embedding, self.embedding, self.bases])?
            .checked_add(product(&[self.bases, self.levels])?)?;
        [product(&[self.side, features])?, dense, decoder]
            .into_iter()
            .try_fold(product(&[nodes, self.levels, self.message])?, u64::checked_add)
    }

    /// Values that a pass keeps for so many pairs.
    pub fn activations(&self, pairs: usize) -> Option<u64> {
        let nodes = (self.nodes[0] as u64).checked_add(self.nodes[1] as u64)?;
        let each = 6 * (self.hidden as u64) + (4 + 2 * self.bases as u64) * self.embedding as u64;
        let pair = 3 * (self.bases as u64 + self.levels as u64);
        nodes
            .checked_mul(each)?
            .checked_add((pairs as u64).checked_mul(pair)?)
    }
}

/// A dense layer of features of users, or of items.
#[derive(Debug, Clone, Copy)]
struct Features {
    weight: Parameter,
    bias: Parameter,
}

/// A network.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its sizes.
    pub shape: Shape,
    accumulation: Accumulation,
    /// Of every level the rows of users, and of items. // (nodes, message)
    messages: Vec<[Parameter; 2]>,
    features: [Option<Features>; 2],
    /// D of users and of items: one without features, as in the paper's experiments. // (hidden + side, embedding)
    dense: [Parameter; 2],
    /// P_b side by side. // (embedding, bases embedding)
    forms: Parameter,
    /// a. // (bases, levels)
    mixture: Parameter,
}

/// Embeddings on a tape: P_1' z_u, P_2' z_u, ... of users side by side, and z_i of items.
#[derive(Clone, Copy)]
pub struct Embedded<'t, T: Element = f32> {
    /// (users, bases embedding).
    pub users: Tensor<'t, T>,
    /// (items, embedding).
    pub items: Tensor<'t, T>,
}

const SIDES: [&str; 2] = ["users", "items"];

impl Network {
    /// Without a seed its parameters are 0, to be read from a file.
    pub fn new(spec: &Spec, shape: &Shape, parameters: &mut Parameters, seed: Option<u64>) -> Self {
        let glorot = |a: usize, b: usize| (6.0 / (a as f64 + b as f64)).sqrt();
        // One weight for both sides, whose rows are the nodes of either.
        let most = glorot(shape.nodes[0] + shape.nodes[1], shape.hidden);
        let message = |level: usize, side: usize, parameters: &mut Parameters| {
            let name = format!("level.{level}.{}", SIDES[side]);
            uniform(parameters, &name, &[shape.nodes[side], shape.message], most, seed)
        };
        let messages = (0..shape.levels)
            .map(|r| [message(r, 0, parameters), message(r, 1, parameters)])
            .collect();
        let of_features = |side: usize, parameters: &mut Parameters| {
            (shape.side > 0).then(|| {
                let (inputs, name) = (shape.features[side], SIDES[side]);
                let most = glorot(inputs.max(1), shape.side);
                Features {
                    weight: uniform(
                        parameters,
                        &format!("features.{name}.weight"),
                        &[inputs, shape.side],
                        most,
                        seed,
                    ),
                    bias: constant(parameters, &format!("features.{name}.bias"), &[shape.side], 0.0),
                }
            })
        };
        let features = [of_features(0, parameters), of_features(1, parameters)];
        let width = shape.hidden + shape.side;
        let mut dense = |name: &str| {
            let most = glorot(width, shape.embedding);
            uniform(
                parameters,
                &format!("dense{name}"),
                &[width, shape.embedding],
                most,
                seed,
            )
        };
        let dense = match shape.side {
            0 => [dense(""); 2],
            _ => [dense(".users"), dense(".items")],
        };
        let values = seed.map(|seed| orthogonal(shape, seed));
        Self {
            accumulation: spec.accumulation,
            shape: shape.clone(),
            messages,
            features,
            dense,
            forms: parameters.add("forms", &[shape.embedding, shape.bases * shape.embedding], |i| {
                values.as_ref().map_or(0.0, |all| all[i])
            }),
            mixture: uniform(
                parameters,
                "mixture",
                &[shape.bases, shape.levels],
                glorot(shape.bases, shape.levels),
                seed,
            ),
        }
    }

    /// a. // (bases, levels)
    pub fn mixture<'p>(&self, parameters: &'p Parameters) -> &'p [f32] {
        parameters.values(self.mixture)
    }

    /// Embeddings of all nodes, from the graph and their features // (users, features), (items, features)
    pub fn embed<'t, T: Element>(
        &self,
        tape: &'t Tape<'t, T>,
        graph: &[[Sparse<T>; 2]],
        features: [&[T]; 2],
        noise: Option<(f64, Stream)>,
    ) -> Embedded<'t, T> {
        let side = |side: usize| {
            let _scope = tape.scope(SIDES[side]);
            let hidden = self.hidden(tape, graph, side);
            let all = match self.features[side] {
                None => hidden,
                Some(own) => {
                    let x = tape.input(
                        &[self.shape.nodes[side], self.shape.features[side]],
                        features[side],
                    );
                    tape.concat(&[hidden, self.read(tape, own, x)], 1)
                }
            };
            let all = match noise {
                Some((probability, stream)) if probability > 0.0 => {
                    all.dropout(probability, stream.child(side as u64))
                }
                _ => all,
            };
            all.matmul(tape.parameter(self.dense[side]))
        };
        Embedded {
            users: side(0).matmul(tape.parameter(self.forms)),
            items: side(1),
        }
    }

    fn read<'t, T: Element>(&self, tape: &'t Tape<'t, T>, own: Features, x: Tensor<'t, T>) -> Tensor<'t, T> {
        x.linear(
            tape.parameter(own.weight),
            tape.parameter(own.bias),
            Activation::Relu,
        )
    }

    /// relu of the messages that a side gets from the other. // (nodes, hidden)
    fn hidden<'t, T: Element>(
        &self,
        tape: &'t Tape<'t, T>,
        graph: &[[Sparse<T>; 2]],
        side: usize,
    ) -> Tensor<'t, T> {
        let all: Vec<Tensor<T>> = graph
            .iter()
            .zip(&self.messages)
            .map(|(matrix, own)| tape.parameter(own[1 - side]).sparse_product(&matrix[side]))
            .collect();
        let joined = match self.accumulation {
            Accumulation::Stack => tape.concat(&all, 1),
            Accumulation::Sum => {
                let mut rest = all.iter().copied();
                let first = rest.next().unwrap_or_else(|| tape.input(&[0], &[]));
                rest.fold(first, |sum, own| sum + own)
            }
        };
        joined.relu()
    }

    /// Embeddings of nodes that no rating is known of, by their features. x (nodes, features) // as in `embed`
    pub fn embed_by_features<'t>(
        &self,
        tape: &'t Tape<'t>,
        side: usize,
        x: Tensor<'t>,
    ) -> Option<Tensor<'t>> {
        let own = self.features[side]?;
        let nodes = x.shape().lengths().first().copied().unwrap_or(0);
        let none = tape.input(&[nodes, self.shape.hidden], &vec![0.0; nodes * self.shape.hidden]);
        let all = tape.concat(&[none, self.read(tape, own, x)], 1);
        let z = all.matmul(tape.parameter(self.dense[side]));
        Some(if side == 0 {
            z.matmul(tape.parameter(self.forms))
        } else {
            z
        })
    }

    /// Logits of the levels of pairs. // (pairs, levels)
    pub fn decode<'t, T: Element>(&self, embedded: Embedded<'t, T>, pairs: &Pairs) -> Tensor<'t, T> {
        let tape = embedded.users.tape();
        embedded
            .users
            .pair_products(embedded.items, pairs)
            .matmul(tape.parameter(self.mixture))
    }
}

/// Orthogonal rows of one length for each of the matrices, by Gram and Schmidt from normal draws. // (embedding, bases embedding)
fn orthogonal(shape: &Shape, seed: u64) -> Vec<f32> {
    let d = shape.embedding;
    let mut all = vec![0.0; d * shape.bases * d];
    for basis in 0..shape.bases {
        let stream = Stream::new(seed, "forms").child(basis as u64);
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(d);
        for row in 0..d {
            let mut own: Vec<f64> = (0..d).map(|k| normal(stream, (row * d + k) as u64)).collect();
            // Twice is enough (Kahan).
            for _ in 0..2 {
                for other in &rows {
                    let along: f64 = own.iter().zip(other).map(|(x, y)| x * y).sum();
                    own.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
                }
            }
            let length = own
                .iter()
                .map(|x| x * x)
                .sum::<f64>()
                .sqrt()
                .max(f64::MIN_POSITIVE);
            own.iter_mut().for_each(|x| *x /= length);
            let to = &mut all[row * shape.bases * d + basis * d..][..d];
            to.iter_mut()
                .zip(&own)
                .for_each(|(to, x)| *to = (LENGTH * x) as f32);
            rows.push(own);
        }
    }
    all
}

/// A standard normal draw (Box & Muller 1958).
fn normal(stream: Stream, i: u64) -> f64 {
    let (u, angle) = (
        1.0 - stream.uniform(2 * i),
        std::f64::consts::TAU * stream.uniform(2 * i + 1),
    );
    (-2.0 * u.ln()).sqrt() * angle.cos()
}

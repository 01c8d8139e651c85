//! What is minimized: the mean cross-entropy of known classes, and the L2 penalty of the first layer.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Tape, Tensor};

use super::field::Field;
use super::file::Header;
use super::filter::Base;
use super::network::Network;
use super::pool::Members;
use super::reader::Inputs;
use super::spec::Spec;
use crate::layers::Noise;
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext};

/// Nodes that are evaluated together, where neighbours are sampled for training.
const TOGETHER: usize = 4096;
/// Graphs that are evaluated together.
const GRAPHS: usize = 256;
/// About how many are evaluated during training.
const QUICK: usize = 20_000;

/// Nodes, or graphs, whose classes are known: their numbers, and a class each.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// The nodes or graphs.
    pub examples: Vec<u32>,
    /// Their classes.
    pub classes: Vec<u32>,
}

/// A graph to learn from.
pub struct Examples {
    /// The matrices of its filters.
    pub base: Base,
    /// What its nodes are.
    pub inputs: Inputs,
    /// The nodes of each graph, where classes are those of graphs.
    pub members: Option<Members>,
    /// What is learnt from.
    pub train: Labels,
    /// What the best weights are chosen by.
    pub valid: Labels,
}

/// A network over nodes, or over graphs.
pub struct OfExamples<'c> {
    network: &'c Network,
    spec: &'c Spec,
    header: &'c Header,
    examples: &'c Examples,
    order: Order,
    held_out: HeldOut,
    /// The fields of all nodes to learn from and to choose by, where a step computes all of them.
    fields: Option<[Field; 2]>,
}

impl<'c> OfExamples<'c> {
    /// Of these examples.
    pub fn new(network: &'c Network, (spec, header): (&'c Spec, &'c Header), examples: &'c Examples) -> Self {
        let (train, valid) = (&examples.train.examples, &examples.valid.examples);
        let field = |nodes| Field::of(&examples.base, &examples.inputs, network.depth(), nodes, None);
        let batch = spec.batch(examples.members.is_some());
        let together = match (batch, &examples.members) {
            (None, _) => usize::MAX,
            (_, Some(_)) => GRAPHS,
            (_, None) => TOGETHER,
        };
        Self {
            network,
            spec,
            header,
            examples,
            order: Order::new(
                Stream::new(header.seed, "graph/order"),
                train.len(),
                batch.unwrap_or(train.len()),
            ),
            held_out: HeldOut {
                examples: valid.len(),
                quick: if batch.is_some() { QUICK } else { usize::MAX },
                together: together.min(valid.len().max(1)),
            },
            fields: batch.is_none().then(|| [field(train), field(valid)]),
        }
    }

    /// What a step computes for some of the examples, and their classes; with a stream neighbours are drawn.
    fn some(&self, labels: &Labels, some: &[usize], stream: Option<Stream>) -> (Field, Vec<u32>) {
        let chosen: Vec<u32> = some.iter().map(|&i| labels.examples[i]).collect();
        let (base, inputs, layers) = (&self.examples.base, &self.examples.inputs, self.network.depth());
        let fanouts = stream.map(|stream| (&self.spec.neighbors.0[..], stream));
        let field = match &self.examples.members {
            Some(members) => members.field(base, inputs, layers, &chosen),
            None => Field::of(base, inputs, layers, &chosen, fanouts),
        };
        (field, some.iter().map(|&i| labels.classes[i]).collect())
    }
}

impl Objective for OfExamples<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let noise = Some(Noise {
            probability: self.spec.encoder.dropout,
            stream: at.noise.child(0),
        });
        let depth = self.network.depth();
        let losses = match &self.fields {
            Some([field, _]) => {
                let logits = self.network.apply(tape, field, depth, noise);
                logits.cross_entropy(&self.examples.train.classes)
            }
            None => {
                let some = self.order.choose(at.batch).to_vec();
                let (field, classes) = self.some(&self.examples.train, &some, Some(at.noise.child(1)));
                self.network
                    .apply(tape, &field, depth, noise)
                    .cross_entropy(&classes)
            }
        };
        let loss = losses.mean();
        if self.spec.l2 == 0.0 {
            return Ok(loss);
        }
        let penalty = self.network.first(tape).square().sum();
        Ok(loss + penalty.affine(0.5 * self.spec.l2, 0.0))
    }

    fn examples(&self) -> (usize, &'static str) {
        let of_graphs = self.examples.members.is_some();
        (self.order.size(), if of_graphs { "graphs" } else { "nodes" })
    }

    fn all_examples(&self) -> usize {
        self.examples.train.examples.len()
    }

    fn held_out(&self, quick: bool) -> usize {
        self.held_out.batches(quick)
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let depth = self.network.depth();
        let own = match &self.fields {
            Some([_, field]) => {
                let logits = self.network.apply(tape, field, depth, None);
                tape.values(logits.cross_entropy(&self.examples.valid.classes))?
            }
            None => {
                let some: Vec<usize> = self.held_out.batch(batch).collect();
                let (field, classes) = self.some(&self.examples.valid, &some, None);
                let logits = self.network.apply(tape, &field, depth, None);
                tape.values(logits.cross_entropy(&classes))?
            }
        };
        losses
            .groups
            .extend(own.iter().map(|loss| (f64::from(*loss), 1.0)));
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(parameters)
    }
}

//! Recurrent layers over embeddings, and logits of every output (Mikolov et al. 2010; Zaremba et al. 2014).

use induce_core::Result;
use induce_tensor::inference::{Kind, RecurrentLayer};
use induce_tensor::{Activation, Parameter, Parameters, Recurrent, Tape, Tensor};

use super::model::RecurrentModel;
use super::shape::RecurrentShape;
use crate::language::fault::damaged;
use crate::language::inference::LanguageModel;
use crate::language::network::{Network, Texts};
use crate::language::transformer::network::{columns, matrix};
use crate::layers::{Cell, Noise, Stack, constant, drop, uniform};

/// Recurrent layers on a tape.
#[derive(Debug, Clone)]
pub struct RecurrentNetwork {
    shape: RecurrentShape,
    embedding: Parameter,
    stack: Stack,
    /// (width, vocabulary); none where logits are products with the embeddings.
    head: Option<Parameter>,
    bias: Parameter,
}

impl RecurrentNetwork {
    /// Weights are uniform within `start` of 0, or 1 / sqrt(width) if that is 0.
    pub fn new(shape: &RecurrentShape, parameters: &mut Parameters, start: f64, seed: Option<u64>) -> Self {
        let (vocabulary, width) = (shape.vocab_size, shape.hidden_size);
        let most = if start > 0.0 {
            start
        } else {
            1.0 / (width as f64).sqrt()
        };
        let table = [vocabulary, width];
        let embedding = uniform(parameters, "embedding.weight", &table, most, seed);
        let sizes = (width, width, shape.layers);
        let stack = Stack::new(parameters, "layers", shape.cell, sizes, false, (most, seed));
        let turned = [width, vocabulary];
        let head = (!shape.tie_embeddings).then(|| uniform(parameters, "head.weight", &turned, most, seed));
        Self {
            shape: shape.clone(),
            embedding,
            stack,
            head,
            bias: constant(parameters, "head.bias", &[vocabulary], 0.0),
        }
    }
}

impl Network for RecurrentNetwork {
    fn is_recurrent(&self) -> bool {
        true
    }

    fn state_size(&self, texts: usize) -> usize {
        self.stack.states() * texts * self.shape.hidden_size
    }

    fn logits<'t>(
        &self,
        tape: &'t Tape<'t>,
        texts: Texts,
        state: &[f32],
        noise: Option<Noise>,
    ) -> (Tensor<'t>, Vec<Tensor<'t>>) {
        let (count, time, width) = (texts.count, texts.time(), self.shape.hidden_size);
        let by_time: Vec<u32> = (0..texts.tokens.len())
            .map(|i| texts.tokens[i % count * time + i / count])
            .collect();
        let rows = tape.parameter(self.embedding).rows(&by_time);
        let x = rows.reshape(&[time, count, width]);
        let start: Vec<_> = state
            .chunks_exact((count * width).max(1))
            .map(|own| tape.input(&[count, width], own))
            .collect();
        let start = (!state.is_empty()).then_some(&start[..]);
        let (outputs, last) = self.stack.apply(x, start, noise);
        let above = drop(noise, outputs, self.shape.layers as u64);
        let h = above.permute(&[1, 0, 2]).reshape(&[count * time, width]); // (texts, time, width)
        let _head = tape.scope("head");
        let head = match self.head {
            Some(head) => tape.parameter(head),
            None => tape.parameter(self.embedding).transpose(),
        };
        let bias = tape.parameter(self.bias);
        (h.linear(head, bias, Activation::Identity), last)
    }

    fn model(&self, parameters: &Parameters) -> Result<LanguageModel> {
        let (s, values) = (&self.shape, |p| parameters.values(p));
        let kind = match s.cell {
            Cell::Lstm => Kind::Lstm,
            Cell::Gru => Kind::Gru,
            Cell::Rnn => Kind::Rnn,
        };
        let layer = |weights: &Vec<Recurrent<Parameter>>| {
            let own = weights.first().map(|w| [w.into, w.across, w.bias].map(values));
            own.and_then(|own| RecurrentLayer::new(kind, s.hidden_size, own))
                .ok_or_else(|| damaged("memory", "its layers do not have the shape of the header"))
        };
        Ok(LanguageModel::new(RecurrentModel {
            cell: s.cell,
            embedding: matrix(values(self.embedding), s.vocab_size, s.hidden_size)?,
            layers: self.stack.layers().iter().map(layer).collect::<Result<_>>()?,
            head: match self.head {
                Some(head) => Some(columns(values(head), s.vocab_size, 0, s.vocab_size)?),
                None => None,
            },
            bias: values(self.bias).to_vec(),
        }))
    }
}

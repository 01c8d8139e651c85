//! Recurrent layers over embeddings, and logits of every output (Mikolov et al. 2010; Zaremba et al. 2014).

use induce_tensor::{Activation, Parameter, Parameters, Tape, Tensor};

use super::{RecurrentShape, Texts};
use crate::layers::{Noise, Stack, constant, drop, uniform};

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
        let (vocabulary, width) = (shape.vocabulary, shape.width);
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
        let head = (!shape.tied).then(|| uniform(parameters, "head.weight", &turned, most, seed));
        Self {
            shape: shape.clone(),
            embedding,
            stack,
            head,
            bias: constant(parameters, "head.bias", &[vocabulary], 0.0),
        }
    }

    /// Numbers of the state of so many texts.
    pub fn state(&self, texts: usize) -> usize {
        self.stack.states() * texts * self.shape.width
    }

    /// Logits of what follows every token, (tokens, vocabulary), and the state after the last; `state` is that before the
    /// first, or empty for 0.
    pub fn logits<'t, 'a, 'm>(
        &self,
        tape: &'t Tape<'a, 'm>,
        texts: Texts,
        state: &[f32],
        noise: Option<Noise>,
    ) -> (Tensor<'t, 'a, 'm>, Vec<Tensor<'t, 'a, 'm>>) {
        let (count, time, width) = (texts.count, texts.time(), self.shape.width);
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
}

//! Linear layers, one after the other.

use induce_tensor::{Activation, Element, Parameters, Tensor};

use super::linear::Linear;

/// h_0 = x, h_i = f(h_{i-1} W_i + b_i): a multilayer perceptron without an output layer (Goodfellow, Bengio & Courville 2016, chapter 6).
#[derive(Debug, Clone)]
pub struct Mlp {
    layers: Vec<Linear>,
    activation: Activation,
    width: usize,
}

impl Mlp {
    /// Layers of `widths` above `inputs`: `name.0.weight`, `name.0.bias` and so on.
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        inputs: usize,
        widths: &[usize],
        activation: Activation,
        seed: Option<u64>,
    ) -> Self {
        let mut width = inputs;
        let mut layers = Vec::with_capacity(widths.len());
        for (i, &outputs) in widths.iter().enumerate() {
            layers.push(Linear::glorot(
                parameters,
                &format!("{name}.{i}"),
                (width, outputs),
                seed,
            ));
            width = outputs;
        }
        Self {
            layers,
            activation,
            width,
        }
    }

    /// The width of the last layer, or of the input where there is none.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The last layer. // (..., width)
    pub fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        let layer = |h: Tensor<'t, T>, layer: &Linear| layer.apply_with(h, self.activation);
        self.layers.iter().fold(x, layer)
    }
}

//! y = x W + b.

use induce_tensor::{Activation, Parameter, Parameters, Tensor};

use super::init::{constant, normal};

/// A linear layer of (inputs, outputs), with or without a bias.
#[derive(Debug, Clone, Copy)]
pub struct Linear {
    /// W, (inputs, outputs).
    pub weight: Parameter,
    /// b, (outputs).
    pub bias: Option<Parameter>,
}

impl Linear {
    /// `name.weight` normal with this deviation, `name.bias` 0.
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        (inputs, outputs): (usize, usize),
        bias: bool,
        deviation: f64,
        seed: Option<u64>,
    ) -> Self {
        let weight = format!("{name}.weight");
        let weight = normal(parameters, &weight, &[inputs, outputs], deviation, seed);
        let bias = bias.then(|| constant(parameters, &format!("{name}.bias"), &[outputs], 0.0));
        Self { weight, bias }
    }

    /// (..., outputs) of (..., inputs).
    pub fn apply<'t>(&self, x: Tensor<'t>) -> Tensor<'t> {
        let weight = x.tape().parameter(self.weight);
        match self.bias {
            Some(bias) => x.linear(weight, x.tape().parameter(bias), Activation::Identity),
            None => x.matmul(weight),
        }
    }

    /// z + x W + b, (..., outputs).
    pub fn apply_onto<'t>(&self, x: Tensor<'t>, z: Tensor<'t>) -> Tensor<'t> {
        let bias = self.bias.map(|bias| x.tape().parameter(bias));
        x.linear_onto(x.tape().parameter(self.weight), bias, z)
    }
}

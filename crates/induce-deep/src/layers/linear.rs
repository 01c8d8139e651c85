//! y = x W + b.

use induce_tensor::{Activation, Element, Parameter, Parameters, Tensor};

use super::init::{constant, normal, uniform};

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

    /// `name.weight` uniform within sqrt(6 / (inputs + outputs)) of 0 (Glorot & Bengio 2010), `name.bias` 0.
    pub fn glorot(
        parameters: &mut Parameters,
        name: &str,
        (inputs, outputs): (usize, usize),
        seed: Option<u64>,
    ) -> Self {
        let most = (6.0 / (inputs + outputs) as f64).sqrt();
        let weight = uniform(
            parameters,
            &format!("{name}.weight"),
            &[inputs, outputs],
            most,
            seed,
        );
        let bias = constant(parameters, &format!("{name}.bias"), &[outputs], 0.0);
        Self {
            weight,
            bias: Some(bias),
        }
    }

    /// (..., outputs) of (..., inputs).
    pub fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        self.apply_with(x, Activation::Identity)
    }

    /// f(x W + b), (..., outputs).
    pub fn apply_with<'t, T: Element>(&self, x: Tensor<'t, T>, activation: Activation) -> Tensor<'t, T> {
        let weight = x.tape().parameter(self.weight);
        match (self.bias, activation) {
            (Some(bias), _) => x.linear(weight, x.tape().parameter(bias), activation),
            (None, Activation::Identity) => x.matmul(weight),
            (None, Activation::Tanh) => x.matmul(weight).tanh(),
            (None, Activation::Sigmoid) => x.matmul(weight).sigmoid(),
            (None, Activation::Relu) => x.matmul(weight).relu(),
        }
    }

    /// z + x W + b, (..., outputs).
    pub fn apply_onto<'t>(&self, x: Tensor<'t>, z: Tensor<'t>) -> Tensor<'t> {
        let bias = self.bias.map(|bias| x.tape().parameter(bias));
        x.linear_onto(x.tape().parameter(self.weight), bias, z)
    }
}

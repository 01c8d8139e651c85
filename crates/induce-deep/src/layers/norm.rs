//! Layer norm and RMS norm.

use induce_tensor::{Parameter, Parameters, Tensor};

use super::init::constant;

/// A norm over the last axis: layer norm where there is a shift, else RMS norm.
#[derive(Debug, Clone, Copy)]
pub struct Norm {
    /// What normalized values are multiplied by.
    pub gain: Parameter,
    /// What is added then, where means are taken off before.
    pub shift: Option<Parameter>,
    epsilon: f64,
}

impl Norm {
    /// `name.weight` 1 and, if there is a shift, `name.bias` 0.
    pub fn new(parameters: &mut Parameters, name: &str, width: usize, shift: bool, epsilon: f64) -> Self {
        Self {
            gain: constant(parameters, &format!("{name}.weight"), &[width], 1.0),
            shift: shift.then(|| constant(parameters, &format!("{name}.bias"), &[width], 0.0)),
            epsilon,
        }
    }

    /// The rows, normalized.
    pub fn apply<'t>(&self, x: Tensor<'t>) -> Tensor<'t> {
        let gain = x.tape().parameter(self.gain);
        match self.shift {
            Some(shift) => x.layer_norm(gain, x.tape().parameter(shift), self.epsilon),
            None => x.rms_norm(gain, self.epsilon),
        }
    }
}

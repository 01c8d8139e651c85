//! Convolutions and their transposes, with a bias.

use induce_tensor::{Activation, Element, Parameter, Parameters, Stride, Tensor};

use super::init::{constant, uniform};

/// y = f(x * W + b) over images of (rows, height, width, channels).
#[derive(Debug, Clone, Copy)]
pub struct Conv {
    /// W, (height, width, inputs, outputs).
    pub weight: Parameter,
    /// b, (outputs).
    pub bias: Parameter,
    stride: Stride,
    /// Pixels that a transpose adds to the sides that its stride does not decide; nothing of a plain convolution.
    extra: Option<[usize; 2]>,
}

impl Conv {
    /// A square kernel of this side; W uniform with the variance 2 / (fan in) (He et al. 2015), b 0.
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        (kernel, stride): (usize, Stride),
        (inputs, outputs): (usize, usize),
        seed: Option<u64>,
    ) -> Self {
        Self::with_fan_in(
            parameters,
            name,
            (kernel, stride),
            (inputs, outputs),
            kernel * kernel * inputs,
            seed,
        )
    }

    /// The transpose, whose output has `extra` pixels more than the stride alone makes of its input.
    pub fn transposed(
        parameters: &mut Parameters,
        name: &str,
        (kernel, stride, extra): (usize, Stride, [usize; 2]),
        (inputs, outputs): (usize, usize),
        seed: Option<u64>,
    ) -> Self {
        // An output meets one tap of the kernel in stride x stride.
        let [down, across] = stride.stride;
        let fan_in = (kernel * kernel * inputs / (down * across)).max(1);
        Self {
            extra: Some(extra),
            ..Self::with_fan_in(
                parameters,
                name,
                (kernel, stride),
                (inputs, outputs),
                fan_in,
                seed,
            )
        }
    }

    fn with_fan_in(
        parameters: &mut Parameters,
        name: &str,
        (kernel, stride): (usize, Stride),
        (inputs, outputs): (usize, usize),
        fan_in: usize,
        seed: Option<u64>,
    ) -> Self {
        let most = (6.0 / fan_in as f64).sqrt();
        let lengths = [kernel, kernel, inputs, outputs];
        Self {
            weight: uniform(parameters, &format!("{name}.weight"), &lengths, most, seed),
            bias: constant(parameters, &format!("{name}.bias"), &[outputs], 0.0),
            stride,
            extra: None,
        }
    }

    /// f(x * W + b). // (rows, height, width, outputs)
    pub fn apply_with<'t, T: Element>(&self, x: Tensor<'t, T>, activation: Activation) -> Tensor<'t, T> {
        let (weight, bias) = (x.tape().parameter(self.weight), x.tape().parameter(self.bias));
        match self.extra {
            None => x.conv2d(weight, bias, self.stride, activation),
            Some(extra) => x.conv2d_transpose(weight, bias, self.stride, extra, activation),
        }
    }

    /// Parameters of a kernel of this side; nothing if they cannot be counted.
    pub fn size(kernel: usize, inputs: usize, outputs: usize) -> Option<u64> {
        let weights = (kernel * kernel).checked_mul(inputs)?.checked_mul(outputs)?;
        Some(weights.checked_add(outputs)? as u64)
    }
}

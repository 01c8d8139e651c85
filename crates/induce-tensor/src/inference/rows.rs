//! What is done to every row on its own: norms, activations, biases.

use induce_core::multiversion;
use induce_core::parallel::Team;

use crate::kernels::elementwise::gelu_of;
use crate::kernels::rms::rms_norm_row;
use crate::kernels::rows::layer_norm_row;
use crate::math;
use crate::threads::rows;

/// out = scale x / sqrt(mean x^2 + epsilon), row by row (Zhang & Sennrich 2019, equation 4).
pub fn rms_norm(team: &Team, x: &[f32], scale: &[f32], epsilon: f32, out: &mut [f32]) {
    let width = scale.len().max(1);
    rows(team, x.len() / width, [(out, width)], |range, [out]| {
        rms_rows(&x[range.start * width..range.end * width], scale, epsilon, out);
    });
}

multiversion! {
    fn rms_rows(x: &[f32], scale: &[f32], epsilon: f32, out: &mut [f32]) {
        let width = scale.len().max(1);
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            rms_norm_row(x, scale, epsilon, out);
        }
    }
}

/// out = scale (x - mean x) / sqrt(var x + epsilon) + shift, row by row (Ba et al. 2016).
pub fn layer_norm(team: &Team, x: &[f32], scale: &[f32], shift: &[f32], epsilon: f32, out: &mut [f32]) {
    let width = scale.len().max(1);
    rows(team, x.len() / width, [(out, width)], |range, [out]| {
        layer_rows(
            &x[range.start * width..range.end * width],
            scale,
            shift,
            epsilon,
            out,
        );
    });
}

multiversion! {
    fn layer_rows(x: &[f32], scale: &[f32], shift: &[f32], epsilon: f32, out: &mut [f32]) {
        let width = scale.len().max(1);
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            layer_norm_row(x, scale, shift, epsilon, out);
        }
    }
}

multiversion! {
    /// out += x
    pub fn add(x: &[f32], out: &mut [f32]) {
        out.iter_mut().zip(x).for_each(|(o, x)| *o += x);
    }
}

/// Every row of `out` += bias
pub fn add_bias(bias: &[f32], out: &mut [f32]) {
    for row in out.chunks_exact_mut(bias.len().max(1)) {
        add(bias, row);
    }
}

/// up = silu(gate) up with silu(x) = x / (1 + e^-x): the gated unit SwiGLU (Shazeer 2020, equation 6).
pub fn gate(team: &Team, gate: &[f32], up: &mut [f32]) {
    rows(team, gate.len(), [(up, 1)], |range, [up]| {
        gate_some(&gate[range], up);
    });
}

multiversion! {
    fn gate_some(gate: &[f32], up: &mut [f32]) {
        for (up, gate) in up.iter_mut().zip(gate) {
            *up *= gate / (1.0 + math::exp(-*gate));
        }
    }
}

/// x = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks & Gimpel 2016).
pub fn gelu(team: &Team, x: &mut [f32]) {
    rows(team, x.len(), [(x, 1)], |_, [x]| gelu_some(x));
}

multiversion! {
    fn gelu_some(x: &mut [f32]) {
        x.iter_mut().for_each(|x| *x = gelu_of(*x));
    }
}

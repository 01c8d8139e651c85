//! A tensor on a tape.

mod axes;
mod images;
mod places;
mod random;
mod sequences;

use std::ops::{Add, Div, Mul, Neg, Sub};

use induce_core::Result;
use induce_core::random::Stream;

use crate::element::Element;
use crate::kernels::elementwise::{Binary, Unary};
use crate::ops;
use crate::shape::Shape;
use crate::tape::{Id, NONE, Tape};

/// A tensor that a [`Tape`] knows; as light as a reference, and copied like one.
pub struct Tensor<'t, T: Element = f32> {
    pub(crate) tape: &'t Tape<'t, T>,
    pub(crate) id: Id,
}

impl<T: Element> Clone for Tensor<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Element> Copy for Tensor<'_, T> {}

impl<'t, T: Element> Tensor<'t, T> {
    /// The tape that knows it.
    pub fn tape(self) -> &'t Tape<'t, T> {
        self.tape
    }

    /// Its shape; that of a scalar if the tape is poisoned.
    pub fn shape(self) -> Shape {
        self.tape.shape_of(self.id)
    }

    /// Its values.
    ///
    /// # Errors
    /// If an operation before was poisoned.
    pub fn values(self) -> Result<Vec<T>> {
        self.tape.values(self)
    }

    /// Its first value.
    ///
    /// # Errors
    /// If an operation before was poisoned.
    pub fn item(self) -> Result<T> {
        self.tape
            .with_values(self, |values| values.first().copied().unwrap_or_default())
    }

    /// The same values in another shape.
    #[must_use]
    pub fn reshape(self, lengths: &[usize]) -> Self {
        self.tape
            .record("reshape", |work| ops::view::reshape(work, self.id, lengths))
    }

    /// `length` places of the first axis, from `start` on; no value is moved.
    #[must_use]
    pub fn narrow(self, start: usize, length: usize) -> Self {
        self.tape
            .record("narrow", |work| ops::view::narrow(work, self.id, start, length))
    }

    /// The same values with no gradient flowing back.
    #[must_use]
    pub fn detach(self) -> Self {
        self.tape
            .record("detach", |work| ops::view::detach(work, self.id))
    }

    /// The same values; [`scale_gradient`](Self::scale_gradient) may say later by what their gradient is multiplied.
    #[must_use]
    pub fn gate(self) -> Self {
        self.tape.record("gate", |work| ops::gate::gate(work, self.id))
    }

    /// Multiply the gradient that passes a [`gate`](Self::gate) by a factor per row, which may have been computed from it: for gradients that are
    /// those of no function, such as doubly reparameterized ones. Nothing else changes.
    pub fn scale_gradient(self, factors: Self) {
        let _ = self
            .tape
            .record("scale_gradient", |work| ops::gate::set(work, self.id, factors.id));
    }

    /// The last two axes exchanged.
    #[must_use]
    pub fn transpose(self) -> Self {
        self.tape
            .record("transpose", |work| ops::transpose::record(work, self.id))
    }

    fn unary(self, name: &str, f: Unary) -> Self {
        self.tape
            .record(name, |work| ops::unary::record(work, f, self.id))
    }

    /// e^x.
    #[must_use]
    pub fn exp(self) -> Self {
        self.unary("exp", Unary::Exp)
    }

    /// The natural logarithm.
    #[must_use]
    pub fn ln(self) -> Self {
        self.unary("ln", Unary::Ln)
    }

    /// tanh x.
    #[must_use]
    pub fn tanh(self) -> Self {
        self.unary("tanh", Unary::Tanh)
    }

    /// 1 / (1 + e^-x).
    #[must_use]
    pub fn sigmoid(self) -> Self {
        self.unary("sigmoid", Unary::Sigmoid)
    }

    /// max(x, 0).
    #[must_use]
    pub fn relu(self) -> Self {
        self.unary("relu", Unary::Relu)
    }

    /// x Phi(x) by tanh (Hendrycks & Gimpel 2016), as GPT-2 has it.
    #[must_use]
    pub fn gelu(self) -> Self {
        self.unary("gelu", Unary::Gelu)
    }

    /// x / (1 + e^-x), or swish (Ramachandran et al. 2017).
    #[must_use]
    pub fn silu(self) -> Self {
        self.unary("silu", Unary::Silu)
    }

    /// ln(1 + e^x).
    #[must_use]
    pub fn softplus(self) -> Self {
        self.unary("softplus", Unary::Softplus)
    }

    /// x^2.
    #[must_use]
    pub fn square(self) -> Self {
        self.unary("square", Unary::Square)
    }

    /// The square root.
    #[must_use]
    pub fn sqrt(self) -> Self {
        self.unary("sqrt", Unary::Sqrt)
    }

    /// |x|, of gradient 0 at 0.
    #[must_use]
    pub fn abs(self) -> Self {
        self.unary("abs", Unary::Abs)
    }

    /// a x + b, for values a and b.
    #[must_use]
    pub fn affine(self, a: f64, b: f64) -> Self {
        self.tape
            .record("affine", |work| ops::unary::affine(work, self.id, a, b))
    }

    fn binary(self, name: &str, f: Binary, other: Self) -> Self {
        self.tape
            .record(name, |work| ops::binary::record(work, f, self.id, other.id))
    }

    /// The sum of all values.
    #[must_use]
    pub fn sum(self) -> Self {
        self.tape.record("sum", |work| ops::reduce::sum(work, self.id))
    }

    /// The mean of all values.
    #[must_use]
    pub fn mean(self) -> Self {
        let count = self.shape().elements().max(1) as f64;
        self.sum().affine(1.0 / count, 0.0)
    }

    /// Sums over the last axis, which goes.
    #[must_use]
    pub fn sum_last(self) -> Self {
        self.tape
            .record("sum_last", |work| ops::reduce::sum_last(work, self.id))
    }

    /// Means over the last axis, which goes.
    #[must_use]
    pub fn mean_last(self) -> Self {
        let count = self.shape().last().max(1) as f64;
        self.sum_last().affine(1.0 / count, 0.0)
    }

    /// ln sum e^x over the last axis, which goes.
    #[must_use]
    pub fn log_sum_exp(self) -> Self {
        self.tape
            .record("log_sum_exp", |work| ops::reduce::log_sum_exp(work, self.id))
    }

    /// e^x / sum e^x over the last axis.
    #[must_use]
    pub fn softmax(self) -> Self {
        self.tape
            .record("softmax", |work| ops::reduce::softmax(work, self.id))
    }

    /// The matrix product of (..., m, k) with (k, n), or with (..., k, n) of the same leading axes.
    #[must_use]
    pub fn matmul(self, other: Self) -> Self {
        self.tape
            .record("matmul", |work| ops::linear::matmul(work, self.id, other.id))
    }

    /// f(x W + b) of (..., inputs), with W of (inputs, outputs) and b of (outputs).
    #[must_use]
    pub fn linear(self, weight: Self, bias: Self, activation: ops::Activation) -> Self {
        self.tape.record("linear", |work| {
            ops::linear::linear(work, self.id, weight.id, bias.id, activation)
        })
    }

    /// z + x W + b, with or without b: [`linear`](Self::linear) added to z = `onto`, of the result's shape, the step of a
    /// residual network (He et al. 2016).
    #[must_use]
    pub fn linear_onto(self, weight: Self, bias: Option<Self>, onto: Self) -> Self {
        let bias = bias.map_or(NONE, |bias| bias.id);
        self.tape.record("linear_onto", |work| {
            ops::linear::linear_onto(work, self.id, weight.id, bias, onto.id)
        })
    }

    /// sum_j ln(1 + e^(x_j)) - t_j x_j over the last axis: minus the log-likelihood of t under Bernoulli logits x.
    #[must_use]
    pub fn bernoulli_loss(self, target: Self) -> Self {
        self.tape.record("bernoulli_loss", |work| {
            ops::loss::bernoulli(work, self.id, target.id)
        })
    }

    /// ln sum_j e^(x_j) - x_target of every row of (..., classes): minus the log-likelihood of classes under logits x.
    /// A target of `u32::MAX` is left out: its loss is 0.
    #[must_use]
    pub fn cross_entropy(self, targets: &[u32]) -> Self {
        self.tape.record("cross_entropy", |work| {
            ops::loss::cross_entropy(work, self.id, targets)
        })
    }

    /// x / sqrt(mean x^2 + epsilon) * gain over the last axis (Zhang & Sennrich 2019).
    #[must_use]
    pub fn rms_norm(self, gain: Self, epsilon: f64) -> Self {
        self.tape.record("rms_norm", |work| {
            ops::norm::rms_norm(work, self.id, gain.id, epsilon)
        })
    }

    /// silu(a) b for halves (a, b) of the last axis, which is half as long then (Shazeer 2020).
    #[must_use]
    pub fn swiglu(self) -> Self {
        self.tape
            .record("swiglu", |work| ops::norm::swiglu(work, self.id))
    }

    /// x / (1 - probability), or 0 with this probability, drawn from the stream (Srivastava et al. 2014).
    ///
    /// The backward pass draws them again: nothing is stored.
    #[must_use]
    pub fn dropout(self, probability: f64, stream: Stream) -> Self {
        self.tape.record("dropout", |work| {
            ops::dropout::dropout(work, self.id, probability, stream)
        })
    }

    /// (x - mean) / sqrt(variance + epsilon) * gain + shift over the last axis (Ba, Kiros & Hinton 2016).
    #[must_use]
    pub fn layer_norm(self, gain: Self, shift: Self, epsilon: f64) -> Self {
        self.tape.record("layer_norm", |work| {
            ops::norm::layer_norm(work, [self.id, gain.id, shift.id], epsilon)
        })
    }

    /// The rows of (rows, width) with these values, (indices, width).
    #[must_use]
    pub fn rows(self, indices: &[u32]) -> Self {
        self.tape
            .record("rows", |work| ops::lookup::rows(work, self.id, indices))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $name:literal, $f:expr) => {
        impl<T: Element> $trait for Tensor<'_, T> {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                self.binary($name, $f, other)
            }
        }
    };
}

operator!(Add, add, "add", Binary::Add);
operator!(Sub, sub, "sub", Binary::Sub);
operator!(Mul, mul, "mul", Binary::Mul);
operator!(Div, div, "div", Binary::Div);

impl<T: Element> Neg for Tensor<'_, T> {
    type Output = Self;

    fn neg(self) -> Self {
        self.affine(-1.0, 0.0)
    }
}

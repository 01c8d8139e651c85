//! What a tensor is made of.

use crate::kernels::micro::Microkernel;

/// An element of a tensor: `f32`, or `f64` where gradients are checked; a [`Number`](crate::Number) that matrix products
/// have a kernel for.
pub trait Element: Microkernel {}

impl Element for f32 {}

impl Element for f64 {}

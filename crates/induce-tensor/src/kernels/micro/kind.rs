//! Which numbers products have kernels for, and how they add up.

use super::block::Kernel;
use super::fused;
use crate::number::Number;

/// A number that products have a kernel for.
pub trait Microkernel: Number {
    /// Two kernels for single precision, as kernels for this if that is what this is.
    #[doc(hidden)]
    fn of_single(best: Kernel<f32>, next: Kernel<f32>) -> Option<[Kernel<Self>; 2]>;
    /// Whether this is single precision.
    #[doc(hidden)]
    fn is_single() -> bool;
    /// `sum + x y` as kernels for this add up products: with one rounding where vector units fuse.
    #[doc(hidden)]
    fn add_product(sum: Self, x: Self, y: Self) -> Self;
}

impl Microkernel for f32 {
    fn of_single(best: Kernel<Self>, next: Kernel<Self>) -> Option<[Kernel<Self>; 2]> {
        Some([best, next])
    }

    fn is_single() -> bool {
        true
    }

    #[inline(always)]
    fn add_product(sum: Self, x: Self, y: Self) -> Self {
        fused::add_product(sum, x, y)
    }
}

impl Microkernel for f64 {
    fn of_single(_: Kernel<f32>, _: Kernel<f32>) -> Option<[Kernel<Self>; 2]> {
        None
    }

    fn is_single() -> bool {
        false
    }

    #[inline(always)]
    fn add_product(sum: Self, x: Self, y: Self) -> Self {
        sum + x * y
    }
}

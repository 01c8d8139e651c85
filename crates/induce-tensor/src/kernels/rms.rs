//! Rows divided by their root mean square, and gated halves of rows.

use induce_core::multiversion;

use super::rows::{dot, squares};
use crate::element::Element;

/// y = x / sqrt(mean x^2 + epsilon) * gain of one row; its factor
#[inline(always)]
pub fn rms_norm_row<T: Element>(x: &[T], gain: &[T], epsilon: T, y: &mut [T]) -> T {
    let inverse = T::ONE / T::of(gain.len().max(1) as f64);
    let scale = T::ONE / (squares(x) * inverse + epsilon).sqrt();
    for j in 0..gain.len() {
        y[j] = x[j] * scale * gain[j];
    }
    scale
}

multiversion! {
    /// [`rms_norm_row`] of every row; `kept` has the factor of each
    pub fn rms_norm<T: Element>(x: &[T], gain: &[T], epsilon: T, y: &mut [T], kept: &mut [T]) {
        let width = gain.len().max(1);
        for ((x, y), kept) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)).zip(kept) {
            *kept = rms_norm_row(x, gain, epsilon, y);
        }
    }
}

multiversion! {
    /// dx (+)= scale (g - h mean(g h)), with h = scale x and g = gain dy; `sums` gains that of the gain
    pub fn rms_norm_gradient<T: Element>(x: &[T], gain: &[T], kept: &[T], dy: &[T], dx: &mut [T], add: bool, sums: &mut [T]) {
        let width = gain.len().max(1);
        let inverse = T::ONE / T::of(width as f64);
        let rows = x.chunks_exact(width).zip(dy.chunks_exact(width)).zip(dx.chunks_exact_mut(width)).zip(kept);
        for (((x, dy), dx), scale) in rows {
            let mut own = [T::ZERO; 32];
            for j in 0..gain.len() {
                let h = x[j] * *scale;
                sums[j] += dy[j] * h;
                own[j % 32] += dy[j] * gain[j] * h;
            }
            let along = dot(&own, &[T::ONE; 32]) * inverse;
            for j in 0..gain.len() {
                let gradient = *scale * (dy[j] * gain[j] - x[j] * *scale * along);
                dx[j] = if add { dx[j] + gradient } else { gradient };
            }
        }
    }
}

multiversion! {
    /// y = silu(a) b for rows (a, b)
    pub fn swiglu<T: Element>(x: &[T], width: usize, y: &mut [T]) {
        for (x, y) in x.chunks_exact(2 * width).zip(y.chunks_exact_mut(width)) {
            let (a, b) = x.split_at(width);
            for j in 0..width {
                y[j] = a[j] * a[j].sigmoid() * b[j];
            }
        }
    }
}

multiversion! {
    /// dx (+)= what dy says of (a, b)
    pub fn swiglu_gradient<T: Element>(x: &[T], width: usize, dy: &[T], dx: &mut [T], add: bool) {
        let rows = x.chunks_exact(2 * width).zip(dx.chunks_exact_mut(2 * width)).zip(dy.chunks_exact(width));
        for ((x, dx), dy) in rows {
            let ((a, b), (da, db)) = (x.split_at(width), dx.split_at_mut(width));
            for j in 0..width {
                let s = a[j].sigmoid();
                let by_a = dy[j] * b[j] * s * (T::ONE + a[j] * (T::ONE - s));
                let by_b = dy[j] * a[j] * s;
                (da[j], db[j]) = if add { (da[j] + by_a, db[j] + by_b) } else { (by_a, by_b) };
            }
        }
    }
}

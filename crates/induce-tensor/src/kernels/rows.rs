//! Sums, and what needs a whole row: eight lanes each, added in halves, whatever the instruction set.

use induce_core::multiversion;

use crate::element::Element;

/// Lanes of a sum: two vectors of AVX-512.
pub const LANES: usize = 32;

/// The lanes as one value, in halves.
#[inline(always)]
pub fn halves<T: Element>(mut lanes: [T; LANES], f: impl Fn(T, T) -> T) -> T {
    let mut n = LANES;
    while n > 1 {
        n /= 2;
        for l in 0..n {
            lanes[l] = f(lanes[l], lanes[l + n]);
        }
    }
    lanes[0]
}

/// The sum of `term` over the places of `x`.
#[inline(always)]
fn sum_of<T: Element>(x: &[T], term: impl Fn(T) -> T) -> T {
    let (whole, last) = x.as_chunks::<LANES>();
    let mut sums = [T::ZERO; LANES];
    for chunk in whole {
        for l in 0..LANES {
            sums[l] += term(chunk[l]);
        }
    }
    for (sum, x) in sums.iter_mut().zip(last) {
        *sum += term(*x);
    }
    halves(sums, |a, b| a + b)
}

#[inline(always)]
fn sum_of_two<T: Element>(x: &[T], y: &[T], term: impl Fn(T, T) -> T) -> T {
    let (x, last_x) = x.as_chunks::<LANES>();
    let (y, last_y) = y.as_chunks::<LANES>();
    let mut sums = [T::ZERO; LANES];
    for (x, y) in x.iter().zip(y) {
        for l in 0..LANES {
            sums[l] += term(x[l], y[l]);
        }
    }
    for (sum, (x, y)) in sums.iter_mut().zip(last_x.iter().zip(last_y)) {
        *sum += term(*x, *y);
    }
    halves(sums, |a, b| a + b)
}

#[inline(always)]
fn largest_of<T: Element>(x: &[T]) -> T {
    let (whole, last) = x.as_chunks::<LANES>();
    let mut most = [T::LEAST; LANES];
    for chunk in whole {
        for l in 0..LANES {
            most[l] = most[l].largest(chunk[l]);
        }
    }
    for (most, x) in most.iter_mut().zip(last) {
        *most = most.largest(*x);
    }
    halves(most, T::largest)
}

multiversion! {
    /// sum_i x_i
    pub fn sum<T: Element>(x: &[T]) -> T {
        sum_of(x, |x| x)
    }
}

multiversion! {
    /// sum_i x_i^2
    pub fn squares<T: Element>(x: &[T]) -> T {
        sum_of(x, |x| x * x)
    }
}

multiversion! {
    /// sum_i x_i y_i
    pub fn dot<T: Element>(x: &[T], y: &[T]) -> T {
        sum_of_two(x, y, |x, y| x * y)
    }
}

multiversion! {
    /// sums += the rows of x, each of the width of `sums`
    pub fn add_rows<T: Element>(x: &[T], sums: &mut [T]) {
        for row in x.chunks_exact(sums.len().max(1)) {
            sums.iter_mut().zip(row).for_each(|(s, x)| *s += *x);
        }
    }
}

multiversion! {
    /// Keep what is larger, and `place` for where it is; NaN is larger than any number, and of equals the first stays.
    /// A place of `u32::MAX` has nothing yet.
    pub fn keep_larger<T: Element>(x: &[T], place: u32, most: &mut [T], places: &mut [u32]) {
        for ((x, most), own) in x.iter().zip(most).zip(places) {
            if *own == u32::MAX || *x > *most || x.to_f64().is_nan() {
                (*most, *own) = (*x, place);
            }
        }
    }
}

/// max x + ln sum e^(x - max x); -inf for a row of -inf.
#[inline(always)]
fn log_sum_exp_of<T: Element>(x: &[T]) -> T {
    let most = largest_of(x);
    if !most.is_finite() {
        return most;
    }
    most + sum_of(x, |x| (x - most).exp()).ln()
}

multiversion! {
    /// ln sum_j e^(x_ij) of every row
    pub fn log_sum_exp<T: Element>(x: &[T], width: usize, y: &mut [T]) {
        for (row, y) in x.chunks_exact(width).zip(y) {
            *y = log_sum_exp_of(row);
        }
    }
}

multiversion! {
    /// dx (+)= dy softmax(x) of every row, given y = log_sum_exp(x)
    pub fn log_sum_exp_gradient<T: Element>(x: &[T], width: usize, y: &[T], dy: &[T], dx: &mut [T], add: bool) {
        let rows = x.chunks_exact(width).zip(dx.chunks_exact_mut(width)).zip(y.iter().zip(dy));
        for ((x, dx), (y, dy)) in rows {
            if add {
                x.iter().zip(dx).for_each(|(x, dx)| *dx += *dy * (*x - *y).exp());
            } else {
                x.iter().zip(dx).for_each(|(x, dx)| *dx = *dy * (*x - *y).exp());
            }
        }
    }
}

multiversion! {
    /// e^(x - ln sum e^x) of every row
    pub fn softmax<T: Element>(x: &[T], width: usize, y: &mut [T]) {
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let most = largest_of(x);
            x.iter().zip(y.iter_mut()).for_each(|(x, y)| *y = (*x - most).exp());
            let scale = T::ONE / sum_of(y, |y| y);
            y.iter_mut().for_each(|y| *y = *y * scale);
        }
    }
}

multiversion! {
    /// dx (+)= y (dy - dy' y) of every row, given y = softmax(x)
    pub fn softmax_gradient<T: Element>(y: &[T], width: usize, dy: &[T], dx: &mut [T], add: bool) {
        let rows = y.chunks_exact(width).zip(dy.chunks_exact(width)).zip(dx.chunks_exact_mut(width));
        for ((y, dy), dx) in rows {
            let mean = sum_of_two(y, dy, |y, d| y * d);
            let all = y.iter().zip(dy).zip(dx);
            if add {
                all.for_each(|((y, d), dx)| *dx += *y * (*d - mean));
            } else {
                all.for_each(|((y, d), dx)| *dx = *y * (*d - mean));
            }
        }
    }
}

multiversion! {
    /// sum_j softplus(x_ij) - t_ij x_ij of every row: minus the Bernoulli log-likelihood of targets t under logits x
    pub fn bernoulli<T: Element>(x: &[T], t: &[T], width: usize, y: &mut [T]) {
        for ((x, t), y) in x.chunks_exact(width).zip(t.chunks_exact(width)).zip(y) {
            let (blocks_x, blocks_t) = (x.chunks(TOGETHER * LANES), t.chunks(TOGETHER * LANES));
            *y = blocks_x.zip(blocks_t).fold(T::ZERO, |sum, (x, t)| sum + bernoulli_block(x, t));
        }
    }
}

/// Factors 1 + e^-|x|, between 1 and 2, of which one logarithm is taken.
const TOGETHER: usize = 32;

/// The sum of max(x, 0) - t x, and of ln(1 + e^-|x|) as a logarithm of products: an exponential less the last digit of 1 is lost, and that is the
/// last digit of the sum.
#[inline(always)]
fn bernoulli_block<T: Element>(x: &[T], t: &[T]) -> T {
    let (x, last_x) = x.as_chunks::<LANES>();
    let (t, last_t) = t.as_chunks::<LANES>();
    let (mut sums, mut products) = ([T::ZERO; LANES], [T::ONE; LANES]);
    let mut add = |l: usize, x: T, t: T| {
        products[l] = products[l] * (T::ONE + (-x.abs()).exp());
        sums[l] += x.largest(T::ZERO) - t * x;
    };
    for (x, t) in x.iter().zip(t) {
        for l in 0..LANES {
            add(l, x[l], t[l]);
        }
    }
    for (l, (x, t)) in last_x.iter().zip(last_t).enumerate() {
        add(l, *x, *t);
    }
    for l in 0..LANES {
        sums[l] += products[l].ln();
    }
    halves(sums, |a, b| a + b)
}

multiversion! {
    /// dx (+)= dy_i (sigmoid(x_ij) - t_ij)
    pub fn bernoulli_gradient<T: Element>(x: &[T], t: &[T], width: usize, dy: &[T], dx: &mut [T], add: bool) {
        let rows = x.chunks_exact(width).zip(t.chunks_exact(width)).zip(dx.chunks_exact_mut(width)).zip(dy);
        for (((x, t), dx), dy) in rows {
            let all = x.iter().zip(t).zip(dx);
            if add {
                all.for_each(|((x, t), dx)| *dx += *dy * (x.sigmoid() - *t));
            } else {
                all.for_each(|((x, t), dx)| *dx = *dy * (x.sigmoid() - *t));
            }
        }
    }
}

/// y = (x - mean) / sqrt(var + epsilon) * gain + shift of one row; its mean and 1 / deviation
#[inline(always)]
pub fn layer_norm_row<T: Element>(x: &[T], gain: &[T], shift: &[T], epsilon: T, y: &mut [T]) -> (T, T) {
    let width = gain.len();
    let inverse = T::ONE / T::of(width as f64);
    let mean = sum_of(x, |x| x) * inverse;
    let spread = sum_of(x, |x| (x - mean) * (x - mean)) * inverse;
    let scale = T::ONE / (spread + epsilon).sqrt();
    for j in 0..width {
        y[j] = (x[j] - mean) * scale * gain[j] + shift[j];
    }
    (mean, scale)
}

multiversion! {
    /// [`layer_norm_row`] of every row; `kept` has mean and 1 / deviation of each
    pub fn layer_norm<T: Element>(x: &[T], gain: &[T], shift: &[T], epsilon: T, y: &mut [T], kept: &mut [T]) {
        let width = gain.len();
        for ((x, y), kept) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)).zip(kept.chunks_exact_mut(2)) {
            (kept[0], kept[1]) = layer_norm_row(x, gain, shift, epsilon, y);
        }
    }
}

multiversion! {
    /// dx (+)= what dy says of layer norm's x; `sums` gains those of gain and shift, one after the other
    pub fn layer_norm_gradient<T: Element>(x: &[T], gain: &[T], kept: &[T], dy: &[T], dx: &mut [T], add: bool, sums: &mut [T]) {
        let width = gain.len();
        let inverse = T::ONE / T::of(width as f64);
        let (gains, shifts) = sums.split_at_mut(width);
        let rows = x.chunks_exact(width).zip(dy.chunks_exact(width)).zip(dx.chunks_exact_mut(width)).zip(kept.chunks_exact(2));
        for (((x, dy), dx), kept) in rows {
            let (mean, scale) = (kept[0], kept[1]);
            let (mut p, mut a) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            let mut one = |j: usize, l: usize| {
                let h = (x[j] - mean) * scale;
                let g = dy[j] * gain[j];
                gains[j] += dy[j] * h;
                shifts[j] += dy[j];
                p[l] += g;
                a[l] += g * h;
            };
            let whole = width / LANES * LANES;
            for first in (0..whole).step_by(LANES) {
                (0..LANES).for_each(|l| one(first + l, l));
            }
            (whole..width).for_each(|j| one(j, j - whole));
            let (plain, along) = (halves(p, |a, b| a + b) * inverse, halves(a, |a, b| a + b) * inverse);
            for j in 0..width {
                let h = (x[j] - mean) * scale;
                let own = scale * (dy[j] * gain[j] - plain - h * along);
                dx[j] = if add { dx[j] + own } else { own };
            }
        }
    }
}

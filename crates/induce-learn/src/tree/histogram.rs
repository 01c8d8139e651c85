//! Histograms of derivatives in fixed point.
//!
//! One row's gradient and curvature are one 64-bit integer, gradient (signed) in
//! the high half, curvature (unsigned) in the low half, so one addition updates
//! both and the sum does not depend on the order: threads cannot change it. The
//! scales keep the whole table's sums in range, and rounding is stochastic,
//! which keeps sums of many small values unbiased.

use induce_core::simd::prefetch;

use super::bins::{CodeColumn, Codes, Packed, STRIDE};

/// The histogram of one packed column.
pub type Bins = [i64; STRIDE];

/// A sum of fixed-point derivatives.
pub type Sum = i64;

/// The gradient part of a sum.
#[inline(always)]
pub fn gradient(sum: Sum) -> i32 {
    (sum >> 32) as i32
}

/// The curvature part of a sum.
#[inline(always)]
pub fn curvature(sum: Sum) -> u32 {
    sum as u32
}

/// Fixed-point units per unit of gradient and of curvature: powers of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// For gradients.
    pub gradient: f64,
    /// For curvatures.
    pub curvature: f64,
}

impl Scale {
    /// The finest scales for which no sum over `n` rows can overflow, given the
    /// sums of |g| and of h over all rows. Rounding adds less than 1 per row. (The
    /// curvature could have one bit more, but single values must fit 31 bits.)
    pub fn new(n: usize, gradient: f64, curvature: f64) -> Self {
        let limit = |bits: f64| bits.exp2() - n as f64 - 1.0;
        Self {
            gradient: power_below(limit(31.0), gradient),
            curvature: power_below(limit(31.0), curvature),
        }
    }

    /// The real gradient sum.
    pub fn gradient_of(&self, sum: Sum) -> f64 {
        f64::from(gradient(sum)) / self.gradient
    }

    /// The real curvature sum.
    pub fn curvature_of(&self, sum: Sum) -> f64 {
        f64::from(curvature(sum)) / self.curvature
    }
}

/// The largest power of two s with s * total <= limit, between 2^-120 and 2^120: as far as single precision goes.
fn power_below(limit: f64, total: f64) -> f64 {
    if total <= 0.0 {
        return 1.0;
    }
    (limit / total).log2().floor().clamp(-120.0, 120.0).exp2()
}

induce_core::multiversion! {
    /// Fixed-point derivatives of rows `first..`, rounded up or down at random in
    /// proportion; the coin is a hash of (key, row), so threads do not matter.
    pub fn quantise(first: usize, key: u32, scale: Scale, gradients: &[f32], curvatures: &[f32], out: &mut [i64]) {
        let (by_gradient, by_curvature) = (scale.gradient as f32, scale.curvature as f32);
        let n = out.len().min(gradients.len()).min(curvatures.len());
        for i in 0..n {
            let coin = hash((first + i) as u32 ^ key);
            let g = round(gradients[i] * by_gradient, coin >> 24);
            let h = round(curvatures[i] * by_curvature, coin & 0xFF);
            out[i] = pack(i64::from(g), i64::from(h));
        }
    }
}

/// Beyond this a rounding error is a few millionths, and needs no coin.
const COARSE: f32 = 32_768.0;

/// floor(x + coin / 256); plain truncation where |x| is so large that the sum would not be exact.
#[inline(always)]
fn round(x: f32, coin: u32) -> i32 {
    let coin = if x.abs() < COARSE {
        coin as f32 * (1.0 / 256.0)
    } else {
        0.0
    };
    let sum = x + coin;
    let whole = truncate(sum);
    whole - i32::from(whole as f32 > sum)
}

/// `x as i32` in a form that vectorises: the language's own conversion saturates by branches.
#[inline(always)]
fn truncate(x: f32) -> i32 {
    const LIMIT: f32 = 2_147_483_520.0;
    let x = if x > LIMIT { LIMIT } else { x };
    // A NaN fails this comparison too.
    let x = if x >= -LIMIT { x } else { -LIMIT };
    #[expect(unsafe_code, reason = "the value was just brought into range")]
    // SAFETY: x is a number between -LIMIT and LIMIT, which i32 holds.
    unsafe {
        x.to_int_unchecked()
    }
}

/// One fixed-point pair.
#[inline(always)]
pub fn pack(gradient: i64, curvature: i64) -> Sum {
    (gradient << 32).wrapping_add(curvature)
}

/// A 32-bit mixer (Wellons' lowbias32).
#[inline(always)]
pub fn hash(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// How many rows ahead memory is asked for: random rows arrive in about that time.
const AHEAD: usize = 32;

/// Add the derivatives of `rows` to the histograms of all packed columns.
pub fn add_rows(packed: &Packed, derivatives: &[i64], rows: &[u32], out: &mut [Bins]) {
    let width = packed.width();
    if width == 0 {
        return;
    }
    let out = &mut out[..width];
    let span = rows.last().map_or(0, |&last| (last - rows[0]) as usize);
    // Rows that stand close together arrive without being asked for.
    if span > 4 * rows.len() {
        add_ahead::<true>(packed, derivatives, rows, out);
    } else {
        add_ahead::<false>(packed, derivatives, rows, out);
    }
}

#[inline(always)]
fn add_ahead<const PREFETCH: bool>(packed: &Packed, derivatives: &[i64], rows: &[u32], out: &mut [Bins]) {
    let width = out.len();
    for (i, &row) in rows.iter().enumerate() {
        if PREFETCH && let Some(&next) = rows.get(i + AHEAD) {
            prefetch(derivatives, next as usize);
            prefetch(&packed.bytes, next as usize * width);
            if width > 16 {
                prefetch(&packed.bytes, next as usize * width + width - 1);
            }
        }
        let start = row as usize * width;
        let record = &packed.bytes[start..start + width];
        let derivative = derivatives[row as usize];
        add_record(record, derivative, out);
    }
}

#[inline(always)]
fn add_record(record: &[u8], derivative: i64, out: &mut [Bins]) {
    let mut columns = out.chunks_exact_mut(4);
    let mut bytes = record.chunks_exact(4);
    for (columns, bytes) in (&mut columns).zip(&mut bytes) {
        // One load for four codes: loads and stores share the bottleneck.
        let four = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let [a, b, c, d] = columns else {
            unreachable!("chunks of four")
        };
        add(a, four & 0xFF, derivative);
        add(b, four >> 8 & 0xFF, derivative);
        add(c, four >> 16 & 0xFF, derivative);
        add(d, four >> 24, derivative);
    }
    for (column, &byte) in columns.into_remainder().iter_mut().zip(bytes.remainder()) {
        add(column, u32::from(byte), derivative);
    }
}

#[inline(always)]
fn add(column: &mut Bins, code: u32, derivative: i64) {
    let bin = &mut column[(code & 0xFF) as usize];
    *bin = bin.wrapping_add(derivative);
}

/// Add the derivatives of `rows` to the histogram of one wide feature.
pub fn add_rows_wide(codes: &Codes, feature: usize, derivatives: &[i64], rows: &[u32], out: &mut [i64]) {
    let CodeColumn::Wide(column) = &codes.columns[feature] else {
        return;
    };
    for &row in rows {
        let bin = &mut out[column[row as usize] as usize];
        *bin = bin.wrapping_add(derivatives[row as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_do_not_leak_into_each_other() {
        let pairs = [
            (-5_i64, 7_i64),
            (1 << 30, 1 << 31),
            (-(1 << 30), 3),
            (0, (1 << 31) - 20),
        ];
        let sum: i64 = pairs.iter().map(|&(g, h)| pack(g, h)).sum();
        assert_eq!(i64::from(gradient(sum)), pairs.iter().map(|p| p.0).sum::<i64>());
        assert_eq!(i64::from(curvature(sum)), pairs.iter().map(|p| p.1).sum::<i64>());
    }

    #[test]
    fn rounding_is_unbiased_and_sums_stay_in_range() {
        let n = 100_000;
        let g: Vec<f32> = (0..n).map(|i| if i % 3 == 0 { -0.9 } else { 1e-4 }).collect();
        let h = vec![0.01_f32; n];
        let total = |v: &[f32]| v.iter().map(|x| f64::from(x.abs())).sum::<f64>();
        let scale = Scale::new(n, total(&g), total(&h));
        let mut out = vec![0; n];
        quantise(0, 99, scale, &g, &h, &mut out);
        let sum: i64 = out.iter().sum();
        let exact: f64 = g.iter().map(|&x| f64::from(x)).sum();
        assert!((scale.gradient_of(sum) - exact).abs() < 1e-3 * exact.abs());
        assert!((scale.curvature_of(sum) - 1000.0).abs() < 0.1);
    }

    /// The scan reads both halves as signed numbers. With one bit more for curvatures (which
    /// are never negative) totals came out negative, and tables such as donors, where the
    /// power of two happened to fall that way, lost their best splits.
    #[test]
    fn both_sums_have_room_for_a_sign() {
        for total in [1.0, 27_573.0, 30_000.0, 60_000.0, 1e-6, 1e9] {
            let scale = Scale::new(495_563, total, total);
            for units in [scale.gradient, scale.curvature] {
                assert!(units * total + 495_563.0 < f64::from(i32::MAX));
            }
        }
    }

    #[test]
    fn any_number_can_be_truncated() {
        for x in [
            0.0,
            -0.5,
            1.5,
            -7.9,
            1e9,
            -1e9,
            1e30,
            -1e30,
            f32::INFINITY,
            f32::NEG_INFINITY,
        ] {
            let expected = (f64::from(x) as i64).clamp(-2_147_483_520, 2_147_483_520);
            assert_eq!(i64::from(truncate(x)), expected, "{x}");
        }
        assert_eq!(truncate(f32::NAN), truncate(f32::NEG_INFINITY));
    }

    #[test]
    fn whole_curvatures_are_exact() {
        let n = 1000;
        let scale = Scale::new(n, 1.0, n as f64);
        let mut out = vec![0; n];
        quantise(0, 1, scale, &vec![0.0; n], &vec![1.0; n], &mut out);
        assert_eq!(scale.curvature_of(out.iter().sum()), 1000.0);
    }
}

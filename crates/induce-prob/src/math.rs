//! Elementary functions that compilers can vectorise and that give the same
//! bits on every instruction set.
//!
//! The standard library's `exp` and `ln` are calls into the platform's libm:
//! one value at a time, and not the same bits everywhere. These are plain
//! arithmetic without fused multiply-adds, so a loop over them becomes SIMD
//! code of whatever width the caller was compiled for.

/// `exp(x)` to 2 units in the last place; 0 below -708, about 8.2e307 above 709.
///
/// Cody-Waite reduction x = n ln 2 + r, then the Taylor polynomial of degree 13
/// on |r| <= ln 2 / 2, whose truncation error is below 5e-18.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// 1.5 * 2^52: adding it leaves the nearest integer in the low mantissa bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let clamped = if x > 709.0 { 709.0 } else { x };
    let clamped = if clamped < -708.0 { -708.0 } else { clamped };
    let shifted = clamped * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    let mut sum = 1.0 / 6_227_020_800.0;
    for c in EXP_TAYLOR {
        sum = sum * r + c;
    }
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let value = sum * scale;
    if x < -708.0 { 0.0 } else { value }
}

/// 1/12!, 1/11!, ..., 1/0!.
const EXP_TAYLOR: [f64; 13] = [
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];

/// `exp(x)` for x <= 0 to single precision (relative error below 3e-7), at a quarter of the price; 0 below -87.
///
/// exp(x) = 2^n 2^r with n + r = x log2(e): the argument is reduced in double precision, where large scores keep
/// their digits, and the Taylor polynomial of degree 7 on |r| <= 1/2 is evaluated in single.
#[inline(always)]
pub fn exp_single(x: f64) -> f32 {
    /// 1.5 * 2^52, see [`exp`].
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let clamped = if x < -87.0 { -87.0 } else { x };
    let t = clamped * std::f64::consts::LOG2_E;
    let shifted = t + ROUND;
    let r = (t - (shifted - ROUND)) as f32 * std::f32::consts::LN_2;
    let mut sum = 1.0 / 5_040.0;
    for c in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * r + c;
    }
    let scale = f32::from_bits((shifted.to_bits() as u32).wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { sum * scale }
}

/// The logistic function 1 / (1 + exp(-x)), in (0, 1) wherever f64 allows.
#[inline(always)]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// ln(1 + exp(x)) without overflow: the negative log-likelihood of a Bernoulli.
#[inline(always)]
pub fn softplus(x: f64) -> f64 {
    (if x > 0.0 { x } else { 0.0 }) + ln_1p_unit(exp(-x.abs()))
}

/// ln(1 + e) for e in [0, 1], to 2 units in the last place.
///
/// ln(1 + e) = 2 artanh(z), z = e / (2 + e) <= 1/3, by its series; term 17 is below 1e-18.
#[inline(always)]
fn ln_1p_unit(e: f64) -> f64 {
    let z = e / (2.0 + e);
    let square = z * z;
    let mut sum = 1.0 / 33.0;
    for denominator in [
        31.0, 29.0, 27.0, 25.0, 23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0,
    ] {
        sum = sum * square + 1.0 / denominator;
    }
    2.0 * z * sum
}

/// ln(sum exp(x_i)) without overflow; -inf for an empty slice.
pub fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let max = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if max.is_finite() {
        max + values.map(|v| (v - max).exp()).sum::<f64>().ln()
    } else {
        max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_ulps_of_the_standard_library() {
        let mut worst = 0.0_f64;
        for i in -70_000..70_000 {
            let x = f64::from(i) * 0.01 + 1e-3;
            let (ours, std) = (exp(x), x.exp());
            if std.is_normal() {
                worst = worst.max((ours - std).abs() / (std * f64::EPSILON));
            }
        }
        assert!(worst <= 2.0, "{worst} ulps");
    }

    #[test]
    fn single_precision_exp_is_that_precise() {
        for i in 0..87_000 {
            let x = -f64::from(i) * 1e-3;
            let (ours, exact) = (f64::from(exp_single(x)), x.exp());
            assert!((ours - exact).abs() <= 3e-7 * exact, "{x}: {ours} {exact}");
        }
        assert_eq!(exp_single(0.0), 1.0);
        assert_eq!(exp_single(-1e300), 0.0);
        assert!(exp_single(f64::NAN).is_nan());
    }

    #[test]
    fn softplus_is_ln_of_one_plus_exp() {
        for i in -4000..4000 {
            let x = f64::from(i) * 0.01;
            let expected = x.max(0.0) + (-x.abs()).exp().ln_1p();
            assert!(
                (softplus(x) - expected).abs() <= 8.0 * f64::EPSILON * expected,
                "{x}"
            );
        }
    }

    #[test]
    fn the_ends_are_defined() {
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert!(exp(f64::INFINITY).is_finite());
        assert_eq!(sigmoid(0.0), 0.5);
        assert!(sigmoid(-800.0) >= 0.0 && sigmoid(800.0) <= 1.0);
        assert!(exp(f64::NAN).is_nan());
        assert_eq!(log_sum_exp([1000.0, 1000.0].into_iter()), 1000.0 + 2.0_f64.ln());
    }
}

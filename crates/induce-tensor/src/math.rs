//! Elementary functions in single precision, as plain arithmetic that compilers turn into vectors.

/// 1.5 * 2^23: adding it leaves the nearest integer in the low mantissa bits.
const ROUND: f32 = 12_582_912.0;

/// exp(x) to 2 units in the last place; 0 below -87, infinite above 88.7.
///
/// Cody-Waite reduction x = n ln 2 + r, then the Taylor polynomial of degree 7 on |r| <= ln 2 / 2.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let clamped = if x > 88.0 { 88.0 } else { x };
    let clamped = if clamped < -87.0 { -87.0 } else { clamped };
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    let mut sum = 1.0 / 5_040.0;
    for c in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * r + c;
    }
    let value = sum * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    let value = if x < -87.0 { 0.0 } else { value };
    let value = if x > 88.7 { f32::INFINITY } else { value };
    if x.is_nan() { x } else { value }
}

/// ln(x) to 2 units in the last place for normal x > 0; -inf at 0, NaN below.
///
/// x = 2^n m with m in [sqrt(1/2), sqrt(2)), and ln m by the polynomial of Cephes' `logf` (Moshier 1992).
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    const P: [f32; 9] = [
        7.037_683_6e-2,
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ];
    let bits = x.to_bits();
    // The exponent of x / sqrt(1/2), so that m lies around 1.
    let n = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let m = f32::from_bits(bits.wrapping_sub((n as u32) << 23)) - 1.0;
    let n = n as f32;
    let square = m * m;
    let mut sum = P[0];
    for c in &P[1..] {
        sum = sum * m + c;
    }
    let tail = sum * m * square + n * -2.121_944_4e-4 - 0.5 * square;
    let value = m + tail + n * 0.693_359_4;
    let value = if x > 0.0 { value } else { f32::NAN };
    let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
    if x == f32::INFINITY { x } else { value }
}

/// tanh(x) to 4 units in the last place: an odd rational function within |x| < 7.9, beyond which it is 1 to the last bit.
///
/// The coefficients are those of Eigen's `ptanh`.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    const P: [f32; 7] = [
        -2.760_768_5e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297_1e-8,
        1.485_722_4e-5,
        6.372_619_3e-4,
        4.893_525e-3,
    ];
    const Q: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
    const END: f32 = 7.905_311;
    let c = if x > END { END } else { x };
    let c = if c < -END { -END } else { c };
    let square = c * c;
    let (mut p, mut q) = (P[0], Q[0]);
    for a in &P[1..] {
        p = p * square + a;
    }
    for b in &Q[1..] {
        q = q * square + b;
    }
    if x.is_nan() { x } else { c * p / q }
}

/// sin(2 pi t) and cos(2 pi t) for t in [0, 1), by Taylor polynomials within an eighth of a turn.
#[inline(always)]
pub fn turn(t: f32) -> (f32, f32) {
    // The nearest quarter, and what is left of the turn, within an eighth on either side.
    let shifted = t * 4.0 + ROUND;
    let quarter = shifted.to_bits();
    let r = (t * 4.0 - (shifted - ROUND)) * std::f32::consts::FRAC_PI_2;
    let s = r * r;
    let sine = r * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5_040.0 + s / 362_880.0))));
    let cosine = 1.0 + s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s / 40_320.0)));
    let (a, b) = if quarter & 1 == 0 {
        (sine, cosine)
    } else {
        (cosine, sine)
    };
    let sign = |bit: u32| if bit & 2 == 0 { 1.0 } else { -1.0 };
    (a * sign(quarter), b * sign(quarter.wrapping_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(from: f64, to: f64, own: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        let mut worst = 0.0_f64;
        for i in 0..200_000 {
            let x = (from + (to - from) * f64::from(i) / 200_000.0) as f32;
            let (own, exact) = (f64::from(own(x)), exact(f64::from(x)));
            let ulp = f64::from(f32::EPSILON) * exact.abs().max(f64::from(f32::MIN_POSITIVE));
            worst = worst.max((own - exact).abs() / ulp);
        }
        worst
    }

    #[test]
    fn functions_are_right_to_a_few_units() {
        assert!(worst(-86.9, 88.0, exp, f64::exp) < 2.0);
        assert!(worst(1e-6, 50.0, ln, f64::ln) < 4.0);
        assert!(worst(-10.0, 10.0, tanh, f64::tanh) < 5.0);
        for i in 0..1000 {
            let t = i as f32 / 1000.0;
            let (sine, cosine) = turn(t);
            let exact = (f64::from(t) * std::f64::consts::TAU).sin_cos();
            assert!((f64::from(sine) - exact.0).abs() < 1e-6, "{t}: {sine} {exact:?}");
            assert!(
                (f64::from(cosine) - exact.1).abs() < 1e-6,
                "{t}: {cosine} {exact:?}"
            );
        }
    }

    #[test]
    fn edges_are_what_they_should_be() {
        assert_eq!((exp(-1e30), exp(1e30), exp(0.0)), (0.0, f32::INFINITY, 1.0));
        assert_eq!(
            (ln(0.0), ln(1.0), ln(f32::INFINITY)),
            (f32::NEG_INFINITY, 0.0, f32::INFINITY)
        );
        assert!(ln(-1.0).is_nan() && exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
        assert_eq!((tanh(0.0), tanh(f32::INFINITY)), (0.0, 1.0));
    }
}

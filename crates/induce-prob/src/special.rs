//! Special functions of likelihoods and of the tests built on them.
#![allow(
    clippy::excessive_precision,
    reason = "coefficients stand as their authors printed them"
)]

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// ln |Gamma(x)| for x > 0, to about 1e-14 (Lanczos 1964, g = 7, nine terms).
///
/// ```
/// assert!((induce_prob::special::ln_gamma(5.0) - 24.0_f64.ln()).abs() < 1e-13);
/// ```
pub fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin().abs()).ln() - ln_gamma(1.0 - x);
    }
    // Beyond this the sum below loses digits to the size of the result; Stirling's series does not.
    if x > 50.0 {
        let square = 1.0 / (x * x);
        let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x;
        return (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + series;
    }
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    for (i, c) in COEFFICIENTS.iter().enumerate() {
        sum += c / (x + i as f64 + 1.0);
    }
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// erfc(x) = 2 / sqrt(pi) * integral of exp(-t^2) from x on, to 1e-15 relative (Cody 1969).
pub fn erfc(x: f64) -> f64 {
    let y = x.abs();
    if y <= SMALL {
        return 1.0 - erf_small(x);
    }
    let upper = (-y * y).exp() * erfcx_large(y);
    if x > 0.0 { upper } else { 2.0 - upper }
}

/// exp(x^2) erfc(x) for x >= 0: the tail without its underflow.
pub fn erfcx(x: f64) -> f64 {
    if x <= SMALL {
        (x * x).exp() * erfc(x)
    } else {
        erfcx_large(x)
    }
}

/// Where Cody's first approximation ends.
const SMALL: f64 = 0.468_75;

/// N(x) / D(x), highest powers first.
fn ratio(x: f64, numerator: &[f64], denominator: &[f64]) -> f64 {
    let horner = |c: &[f64]| c.iter().fold(0.0, |sum, c| sum * x + c);
    horner(numerator) / horner(denominator)
}

fn erf_small(x: f64) -> f64 {
    const A: [f64; 5] = [
        1.857_777_061_846_031_53e-1,
        3.161_123_743_870_565_6,
        1.138_641_541_510_501_56e2,
        3.774_852_376_853_020_21e2,
        3.209_377_589_138_469_47e3,
    ];
    const B: [f64; 5] = [
        1.0,
        2.360_129_095_234_412_09e1,
        2.440_246_379_344_441_73e2,
        1.282_616_526_077_372_28e3,
        2.844_236_833_439_170_62e3,
    ];
    x * ratio(x * x, &A, &B)
}

fn erfcx_large(y: f64) -> f64 {
    const C: [f64; 9] = [
        2.153_115_354_744_038_46e-8,
        5.641_884_969_886_700_89e-1,
        8.883_149_794_388_375_94,
        6.611_919_063_714_162_95e1,
        2.986_351_381_974_001_31e2,
        8.819_522_212_417_690_9e2,
        1.712_047_612_634_070_58e3,
        2.051_078_377_826_071_47e3,
        1.230_339_354_797_997_25e3,
    ];
    const D: [f64; 9] = [
        1.0,
        1.574_492_611_070_983_47e1,
        1.176_939_508_913_124_99e2,
        5.371_811_018_620_098_58e2,
        1.621_389_574_566_690_19e3,
        3.290_799_235_733_459_63e3,
        4.362_619_090_143_247_16e3,
        3.439_367_674_143_721_64e3,
        1.230_339_354_803_749_42e3,
    ];
    const P: [f64; 6] = [
        1.631_538_713_730_209_78e-2,
        3.053_266_349_612_323_44e-1,
        3.603_448_999_498_044_39e-1,
        1.257_817_261_112_292_46e-1,
        1.608_378_514_874_227_66e-2,
        6.587_491_615_298_378_03e-4,
    ];
    const Q: [f64; 6] = [
        1.0,
        2.568_520_192_289_822_42,
        1.872_952_849_923_467_25,
        5.279_051_029_514_284_12e-1,
        6.051_834_131_244_131_91e-2,
        2.335_204_976_268_691_85e-3,
    ];
    if y <= 4.0 {
        return ratio(y, &C, &D);
    }
    let square = 1.0 / (y * y);
    let tail = square * ratio(square, &P, &Q);
    (1.0 / PI.sqrt() - tail) / y
}

/// The normal distribution function.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// ln of the normal distribution function, finite far into the tail.
pub fn ln_normal_cdf(x: f64) -> f64 {
    if x > -1.0 {
        return (-0.5 * erfc(x * FRAC_1_SQRT_2)).ln_1p();
    }
    -0.5 * x * x + (0.5 * erfcx(-x * FRAC_1_SQRT_2)).ln()
}

/// phi(x) / Phi(x), the inverse of Mills' ratio at -x, finite far into the tail.
pub fn normal_hazard(x: f64) -> f64 {
    if x > 0.0 {
        return normal_density(x) / normal_cdf(x);
    }
    (2.0 / PI).sqrt() / erfcx(-x * FRAC_1_SQRT_2)
}

/// The standard normal density.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// x with Phi(x) = p, for p in (0, 1): bisection, since it is called a few times per fit.
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    bisect(-40.0, 0.0, |x| normal_cdf(x) < p)
}

/// The point where `below` turns false, `below(low)` being true.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// P(chi^2 > x) with `df` degrees of freedom.
pub fn chi_squared_tail(x: f64, df: f64) -> f64 {
    gamma_tail(0.5 * df, 0.5 * x)
}

/// The upper regularised incomplete gamma function Q(a, x) (DLMF 8.7.1 and 8.9.2).
pub fn gamma_tail(a: f64, x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return if x.is_nan() { f64::NAN } else { 1.0 };
    }
    if a > 1e6 {
        return gamma_tail_of_many(a, x);
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for k in 1..10_000 {
            term *= x / (a + f64::from(k));
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        return 1.0 - front * sum;
    }
    front * lentz(x + 1.0 - a, |k| (-k * (k - a), x + 2.0 * k + 1.0 - a))
}

/// Q(a, x) for large a (Temme 1979; DLMF 8.12.4 with the first coefficient of 8.12.7): series and fraction would need as
/// many terms as the root of a. What is left out is of the size of a^-3/2 / 540.
fn gamma_tail_of_many(a: f64, x: f64) -> f64 {
    let mu = (x - a) / a;
    // eta^2 / 2 = mu - ln(1 + mu), by its series where that would cancel.
    let half = if mu.abs() < 0.01 {
        let mut power = -mu;
        let term = |k: i32| {
            power *= -mu;
            power / f64::from(k)
        };
        (2..12).map(term).sum()
    } else {
        mu - mu.ln_1p()
    };
    let eta = (2.0 * half).sqrt().copysign(mu);
    let first = if eta.abs() < 1e-3 {
        -1.0 / 3.0 + eta / 12.0 - 2.0 * eta * eta / 135.0
    } else {
        1.0 / mu - 1.0 / eta
    };
    let rest = first * (-a * half).exp() / (2.0 * PI * a).sqrt();
    (0.5 * erfc(eta * (0.5 * a).sqrt()) + rest).clamp(0.0, 1.0)
}

/// 1 / (b_0 + a_1 / (b_1 + a_2 / ...)) by Lentz's method; `step(k)` is (a_k, b_k).
fn lentz(first: f64, step: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / if first == 0.0 { TINY } else { first };
    let mut value = d;
    for k in 1..10_000 {
        let (a, b) = step(f64::from(k));
        d = b + a * d;
        d = 1.0 / if d == 0.0 { TINY } else { d };
        c = b + a / c;
        c = if c == 0.0 { TINY } else { c };
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// The regularised incomplete beta function I_x(a, b) (DLMF 8.17.22).
pub fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(1.0 - x, b, a);
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta).exp() / a;
    let fraction = lentz(1.0, |k| {
        let half = (k / 2.0).floor();
        let a_k = if k % 2.0 == 0.0 {
            half * (b - half) * x / ((a + 2.0 * half - 1.0) * (a + 2.0 * half))
        } else {
            -(a + half) * (a + b + half) * x / ((a + 2.0 * half) * (a + 2.0 * half + 1.0))
        };
        (a_k, 1.0)
    });
    front * fraction
}

/// P(|T| > |t|) for Student's t with `df` degrees of freedom; the normal for infinite `df`.
pub fn student_tails(t: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return erfc(t.abs() * FRAC_1_SQRT_2);
    }
    beta_share(df / (df + t * t), 0.5 * df, 0.5)
}

/// t with P(|T| > t) = tails, for `df` degrees of freedom.
pub fn student_quantile(tails: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return -normal_quantile(0.5 * tails);
    }
    bisect(0.0, 1e10, |t| student_tails(t, df) > tails)
}

/// P(F > f) for Fisher's F with `(a, b)` degrees of freedom.
pub fn fisher_tail(f: f64, a: f64, b: f64) -> f64 {
    beta_share(b / (b + a * f.max(0.0)), 0.5 * b, 0.5 * a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, expected: f64) {
        assert!((ours / expected - 1.0).abs() < 1e-12, "{ours} {expected}");
    }

    /// Values from mpmath 1.3 at 30 digits.
    #[test]
    fn values_of_tables() {
        close(ln_gamma(0.1), 2.252_712_651_734_206);
        close(ln_gamma(12.5), 18.734_347_511_936_446);
        close(ln_gamma(1e5), 1_051_287.708_973_656_9);
        close(erfc(0.3), 0.671_373_240_540_872_6);
        close(erfc(2.0), 0.004_677_734_981_047_266);
        close(erfc(6.0), 2.151_973_671_249_891_3e-17);
        close(ln_normal_cdf(-40.0), -804.608_442_013_753_8);
        close(normal_quantile(0.975), 1.959_963_984_540_054);
        close(chi_squared_tail(3.841_458_820_694_124, 1.0), 0.05);
        close(chi_squared_tail(1.0, 5.0), 0.962_565_773_247_287);
        // Quadrature of the density.
        for (a, x, q) in [
            (2e6, 1_997_171.572_875_253_9, 0.977_288_058_920_843_95),
            (2e6, 2_000_000.0, 0.499_905_968_402_480_84),
            (2e6, 2_004_242.640_687_119_2, 0.001_358_266_984_588_526_8),
            (1e6, 1_000_500.0, 0.308_449_524_228_502_82),
            (1_000_000.001, 1_000_500.0, 0.308_449_876_220_637_14),
            (1e8, 100_010_000.0, 0.158_655_253_528_201_19),
            (1e12, 999_998_500_000.0, 0.933_192_852_696_869_53),
            (1e12, 1_000_002_000_000.0, 0.022_750_185_939_118_725),
        ] {
            assert!(
                (gamma_tail(a, x) / q - 1.0).abs() < 1e-9,
                "{a} {x} {}",
                gamma_tail(a, x)
            );
        }
        close(student_quantile(0.05, 4.0), 2.776_445_105_197_793);
        close(student_tails(2.0, 10.0), 0.073_388_034_770_740_39);
        close(fisher_tail(3.0, 2.0, 20.0), 0.072_538_150_286_405_71);
    }

    #[test]
    fn the_hazard_is_the_derivative_of_the_logarithm() {
        for x in [-60.0, -8.0, -1.2, 0.4, 3.0] {
            let derivative = (ln_normal_cdf(x + 1e-5) - ln_normal_cdf(x - 1e-5)) / 2e-5;
            assert!(
                (derivative - normal_hazard(x)).abs() < 1e-6 * normal_hazard(x).max(1e-3),
                "{x}"
            );
        }
    }
}

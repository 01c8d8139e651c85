//! Logarithms, digamma and ln Gamma of many positive numbers at once, without branches, so that they vectorise.

use induce_core::multiversion;
use induce_prob::math::exp;

/// Up to here x^6 is a number; beyond it what is left out is less than rounding.
const FAR: f64 = 1e40;

/// 1 / x + ... + 1 / (x + 5) and x (x + 1) ... (x + 5), by q = x (x + 5): x and x + 5, x + 1 and x + 4, x + 2 and x + 3 are roots of
/// q, q + 4, q + 6.
#[inline(always)]
fn below(x: f64) -> (f64, f64) {
    let x = if x < FAR { x } else { FAR };
    let q = x * (x + 5.0);
    let product = q * (q + 4.0) * (q + 6.0);
    ((2.0 * x + 5.0) * (q * (3.0 * q + 20.0) + 24.0) / product, product)
}

/// psi(y) - ln y for y >= 6 (DLMF 5.11.2).
#[inline(always)]
fn slope(y: f64) -> f64 {
    let v = 1.0 / (y * y);
    let series = 1.0 / 240.0 - v * (1.0 / 132.0 - v * (691.0 / 32_760.0 - v / 12.0));
    -0.5 / y - v * (1.0 / 12.0 - v * (1.0 / 120.0 - v * (1.0 / 252.0 - v * series)))
}

/// ln x of a positive normal number: x = m 2^n with m in [1 / sqrt 2, sqrt 2), ln m = 2 artanh((m - 1) / (m + 1)).
#[inline(always)]
fn ln_of(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// The bits of 1 / sqrt 2.
    const HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    let shifted = x.to_bits().wrapping_sub(HALF);
    let n = (shifted as i64 >> 52) as f64;
    let m = f64::from_bits((shifted & ((1 << 52) - 1)).wrapping_add(HALF));
    let z = (m - 1.0) / (m + 1.0);
    let square = z * z;
    let mut sum = 1.0 / 23.0;
    for denominator in [21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        sum = sum * square + 1.0 / denominator;
    }
    n * LN2_HIGH + (n * LN2_LOW + (2.0 * z * square * sum + 2.0 * z))
}

multiversion! {
    /// ln x.
    pub fn lns(x: &[f64], out: &mut [f64]) {
        for (x, out) in x.iter().zip(out) {
            *out = ln_of(*x);
        }
    }
}

multiversion! {
    /// psi(x) = psi(x + 6) - 1 / x - ... - 1 / (x + 5), to 1e-12 of the larger of it and 1.
    pub fn digammas(x: &[f64], out: &mut [f64]) {
        for (x, out) in x.iter().zip(out) {
            let y = x + 6.0;
            *out = ln_of(y) + slope(y) - below(*x).0;
        }
    }
}

multiversion! {
    /// exp psi(x), without a logarithm.
    pub fn exp_digammas(x: &[f64], out: &mut [f64]) {
        for (x, out) in x.iter().zip(out) {
            let y = x + 6.0;
            *out = y * exp(slope(y) - below(*x).0);
        }
    }
}

multiversion! {
    /// ln Gamma(x) = ln Gamma(x + 6) - ln(x (x + 1) ... (x + 5)), the first by Stirling's series (DLMF 5.11.1), to 1e-12 of the larger of
    /// it and 1.
    pub fn ln_gammas(x: &[f64], out: &mut [f64]) {
        /// ln(2 pi) / 2.
        const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
        for (x, out) in x.iter().zip(out) {
            let y = x + 6.0;
            let v = 1.0 / (y * y);
            let series = 1.0 / 1_260.0 - v * (1.0 / 1_680.0 - v * (1.0 / 1_188.0 - v * (691.0 / 360_360.0 - v / 156.0)));
            let stirling = (1.0 / 12.0 - v * (1.0 / 360.0 - v * series)) / y;
            *out = (y - 0.5) * ln_of(y) - y + HALF_LN_TWO_PI + stirling - ln_of(below(*x).1);
        }
    }
}

#[cfg(test)]
mod tests {
    use induce_prob::polygamma::digamma;
    use induce_prob::special::ln_gamma;

    use super::*;

    #[test]
    fn they_are_what_they_are_called_from_tiny_to_huge() {
        let x: Vec<f64> = (-60..60)
            .flat_map(|i| [1.0, 1.7, 2.9].map(|m| m * 10_f64.powf(f64::from(i) / 4.0)))
            .collect();
        let mut out = vec![0.0; x.len()];
        let near = |name: &str, of: &dyn Fn(f64) -> f64, found: &[f64], tolerance: f64| {
            for (x, found) in x.iter().zip(found) {
                let wanted = of(*x);
                assert!(
                    (found - wanted).abs() <= tolerance * wanted.abs().max(1.0),
                    "{name} {x}: {found} {wanted}"
                );
            }
        };
        lns(&x, &mut out);
        near("ln", &f64::ln, &out, 1e-15);
        digammas(&x, &mut out);
        near("digamma", &digamma, &out, 1e-12);
        exp_digammas(&x, &mut out);
        near("exp digamma", &|x| digamma(x).exp(), &out, 1e-11);
        ln_gammas(&x, &mut out);
        near("ln gamma", &ln_gamma, &out, 1e-12);
    }
}

//! The derivatives of ln Gamma that entropies are made of.

/// psi(x) = d ln Gamma(x) / dx for x > 0, to about 1e-15 (DLMF 5.11.2, after 5.5.2 has led to x >= 10).
///
/// ```
/// let euler = 0.577_215_664_901_532_9;
/// assert!((induce_prob::polygamma::digamma(1.0) + euler).abs() < 1e-15);
/// ```
pub fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    let s = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - s * (1.0 / 120.0
            - s * (1.0 / 252.0 - s * (1.0 / 240.0 - s * (1.0 / 132.0 - s * (691.0 / 32_760.0 - s / 12.0)))));
    x.ln() - 0.5 / x - s * series - shift
}

/// psi'(x) for x > 0, to about 1e-15 relative (DLMF 5.15.8 and 5.15.5).
///
/// ```
/// let expected = std::f64::consts::PI.powi(2) / 6.0;
/// assert!((induce_prob::polygamma::trigamma(1.0) - expected).abs() < 1e-14);
/// ```
pub fn trigamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let s = 1.0 / (x * x);
    let series = 1.0 / 6.0
        - s * (1.0 / 30.0
            - s * (1.0 / 42.0 - s * (1.0 / 30.0 - s * (5.0 / 66.0 - s * (691.0 / 2730.0 - s * 7.0 / 6.0)))));
    shift + 1.0 / x + 0.5 * s + s * series / x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.4 at 30 digits.
    #[test]
    fn values_of_tables() {
        for (x, psi, psi1) in [
            (0.1, -10.423_754_940_411_076, 101.433_299_150_792_76),
            (2.5, 0.703_156_640_645_243_2, 0.490_357_756_100_234_87),
            (30.0, 3.384_438_132_685_525, 0.033_895_060_357_739_944),
            (1e6, 13.815_510_057_964_19, 1.000_000_500_000_166_7e-6),
        ] {
            assert!((digamma(x) / psi - 1.0).abs() < 1e-14, "{x} {}", digamma(x));
            assert!((trigamma(x) / psi1 - 1.0).abs() < 1e-14, "{x} {}", trigamma(x));
        }
    }
}

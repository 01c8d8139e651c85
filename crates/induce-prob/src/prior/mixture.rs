//! A mixture of two centred Gaussians as a prior: a narrow one for weights that are nearly 0, a wide one for the others.

use std::f64::consts::TAU;

/// pi N(0, s1^2) + (1 - pi) N(0, s2^2) (Blundell et al. 2015, equation 7).
///
/// ```
/// use induce_prob::prior::ScaleMixture;
/// let prior = ScaleMixture { share: 0.5, deviations: [1.0, (-6.0_f64).exp()] };
/// // Far out the wide one is all there is.
/// let wide = -0.5 * (50.0_f64 * 50.0 + std::f64::consts::TAU.ln());
/// assert!((prior.ln_density(50.0) - wide - 0.5_f64.ln()).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleMixture {
    /// pi, the share of the first.
    pub share: f64,
    /// s1 and s2.
    pub deviations: [f64; 2],
}

impl ScaleMixture {
    /// ln of each part's share times its density.
    fn parts(self, w: f64) -> [f64; 2] {
        let of = |share: f64, s: f64| share.ln() - s.ln() - 0.5 * (TAU.ln() + (w / s) * (w / s));
        [
            of(self.share, self.deviations[0]),
            of(1.0 - self.share, self.deviations[1]),
        ]
    }

    /// ln p(w), as max + ln(1 + e^-|difference|), which neither overflows nor underflows.
    pub fn ln_density(self, w: f64) -> f64 {
        let [a, b] = self.parts(w);
        match a.max(b) {
            most if most.is_finite() => most + (-(a.max(b) - a.min(b))).exp().ln_1p(),
            most => most,
        }
    }

    /// d ln p(w) / dw = -w (r / s1^2 + (1 - r) / s2^2), where r is the first part's share given w.
    pub fn derivative(self, w: f64) -> f64 {
        let [a, b] = self.parts(w);
        let r = 1.0 / (1.0 + (b - a).exp());
        let [s, t] = self.deviations;
        -w * (r / (s * s) + (1.0 - r) / (t * t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = ScaleMixture> {
        let of = |share, a: f64, b: f64| ScaleMixture {
            share,
            deviations: [(-a).exp(), (-b).exp()],
        };
        [of(0.25, 0.0, 6.0), of(0.5, 1.0, 7.0), of(0.75, 2.0, 8.0)].into_iter()
    }

    #[test]
    fn the_derivative_is_that_of_the_density() {
        for prior in all() {
            for w in [-3.0, -0.02, -1e-4, 1e-5, 0.004, 0.7, 50.0] {
                let h = 1e-6 * f64::abs(w);
                let slope = (prior.ln_density(w + h) - prior.ln_density(w - h)) / (2.0 * h);
                assert!(
                    (slope - prior.derivative(w)).abs() <= 1e-4 * slope.abs().max(1e-3),
                    "{w}: {slope} {}",
                    prior.derivative(w)
                );
            }
        }
    }

    #[test]
    fn it_is_a_density() {
        for prior in all() {
            let narrow = prior.deviations[1];
            let sum = |step: f64| {
                let own = (-200_000..=200_000).map(|i| (prior.ln_density(f64::from(i) * step)).exp() * step);
                own.sum::<f64>()
            };
            let mass = sum(narrow / 10.0);
            let reach = 20_000.0 * narrow / prior.deviations[0];
            // Within the reach of the sum, which misses the tails of the wide part.
            assert!(
                mass < 1.0 + 1e-6 && (reach < 8.0 || mass > 1.0 - 1e-6),
                "{mass} {reach}"
            );
        }
    }
}

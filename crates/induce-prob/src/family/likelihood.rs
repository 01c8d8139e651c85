//! Log-likelihoods with all their constants, for AIC, BIC and tests.

use std::f64::consts::PI;

use super::Family;
use crate::special::ln_gamma;

impl Family {
    /// ln p(y | mu, phi); the dispersion is ignored by families that have none.
    ///
    /// For the Tweedie family with p in (1, 2) the series of Dunn & Smyth (2005); beyond 2 (but 3) the saddlepoint
    /// approximation, which has no series as cheap.
    pub fn log_likelihood(self, y: f64, mu: f64, phi: f64) -> f64 {
        match self {
            Self::Gaussian => -0.5 * ((2.0 * PI * phi).ln() + (y - mu) * (y - mu) / phi),
            Self::Bernoulli => super::y_ln(y, mu) + super::y_ln(1.0 - y, 1.0 - mu),
            Self::Poisson => super::y_ln(y, mu) - mu - ln_gamma(y + 1.0),
            Self::Gamma => {
                let shape = 1.0 / phi;
                shape * (shape * y / mu).ln() - shape * y / mu - y.ln() - ln_gamma(shape)
            }
            Self::InverseGaussian => {
                -0.5 * ((2.0 * PI * phi * y.powi(3)).ln() + self.unit_deviance(y, mu) / phi)
            }
            Self::NegativeBinomial(alpha) => {
                let size = 1.0 / alpha;
                let odds = alpha * mu;
                ln_gamma(y + size) - ln_gamma(size) - ln_gamma(y + 1.0) + super::y_ln(y, odds / (1.0 + odds))
                    - size * odds.ln_1p()
            }
            Self::Tweedie(p) => tweedie(p, y, mu, phi),
        }
    }
}

fn tweedie(p: f64, y: f64, mu: f64, phi: f64) -> f64 {
    match p {
        0.0 => return Family::Gaussian.log_likelihood(y, mu, phi),
        2.0 => return Family::Gamma.log_likelihood(y, mu, phi),
        3.0 => return Family::InverseGaussian.log_likelihood(y, mu, phi),
        _ => {}
    }
    let in_series = p > 1.0 && p < 2.0;
    // A dispersion near 0 puts the largest term beyond what can be counted, where the saddlepoint is as exact as numbers are.
    if !in_series || (y > 0.0 && place_of_largest(p, y, phi) > SADDLE) {
        let deviance = Family::Tweedie(p).unit_deviance(y, mu);
        return -0.5 * ((2.0 * PI * phi * y.abs().max(1e-300).powf(p)).ln() + deviance / phi);
    }
    let cumulant = mu.powf(2.0 - p) / (2.0 - p);
    if y == 0.0 {
        return -cumulant / phi;
    }
    (y * mu.powf(1.0 - p) / (1.0 - p) - cumulant) / phi - y.ln() + ln_series(p, y, phi)
}

/// Place of the largest term from which on the saddlepoint approximation, whose relative error is about a twelfth of its
/// reciprocal, stands in for the series.
const SADDLE: f64 = 1e7;

/// The j of the largest term of the series.
fn place_of_largest(p: f64, y: f64, phi: f64) -> f64 {
    y.powf(2.0 - p) / (phi * (2.0 - p))
}

/// ln sum_j W_j, summed outwards from its largest term (Dunn & Smyth 2005, equations 9 to 13).
fn ln_series(p: f64, y: f64, phi: f64) -> f64 {
    let a = (2.0 - p) / (1.0 - p);
    let ln_z = -a * y.ln() + a * (p - 1.0).ln() - (1.0 - a) * phi.ln() - (2.0 - p).ln();
    let term = |j: f64| j * ln_z - ln_gamma(j + 1.0) - ln_gamma(-a * j);
    let top = place_of_largest(p, y, phi).round().max(1.0);
    let best = term(top);
    let mut sum = 1.0;
    for step in [1.0, -1.0] {
        let mut j = top + step;
        while j >= 1.0 {
            let own = term(j) - best;
            sum += own.exp();
            if own < -40.0 {
                break;
            }
            j += step;
        }
    }
    best + sum.ln()
}

//! The evidence lower bound, term by term.

use induce_core::linalg::Cholesky;
use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;

use super::posterior::{ln_slack, scale_values};
use super::{Posterior, Prior};
use crate::mixture::forms::Covariance;
use crate::mixture::gmm::CovarianceType;

/// ELBO = likelihood + entropy - weights - components.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bound {
    /// E ln p(x, z | pi, theta).
    pub likelihood: f64,
    /// Entropy of assignments, and of values that are missing.
    pub entropy: f64,
    /// KL(q(pi) || p(pi)).
    pub weights: f64,
    /// KL(q(theta) || p(theta)).
    pub components: f64,
}

impl Bound {
    /// Names of the terms, as reports call them.
    pub const NAMES: [&'static str; 5] = [
        "elbo",
        "expected_log_likelihood",
        "entropy",
        "kl_weights",
        "kl_components",
    ];

    /// The ELBO.
    pub fn total(&self) -> f64 {
        self.likelihood + self.entropy - self.weights - self.components
    }

    /// The ELBO and its terms, per unit of weight, with `volume` added to the likelihood.
    pub fn values(&self, mass: f64, volume: f64) -> [f64; 5] {
        [
            self.total() / mass + volume,
            self.likelihood / mass + volume,
            self.entropy / mass,
            self.weights / mass,
            self.components / mass,
        ]
    }

    /// With the divergences of a posterior from its prior.
    pub fn of(likelihood: f64, entropy: f64, posterior: &Posterior, prior: &Prior) -> Self {
        Self {
            likelihood,
            entropy,
            weights: posterior.weights.divergence(prior.concentration),
            components: components(posterior, prior),
        }
    }
}

/// KL(q(mu, Lambda) || p(mu, Lambda)) of all components; a precision that they share counts once.
fn components(q: &Posterior, p: &Prior) -> f64 {
    let tied = p.kind == CovarianceType::Tied;
    let of = |k: usize| {
        let apart: Vec<f64> = q.means[k].iter().zip(&p.mean).map(|(m, own)| m - own).collect();
        let seen = Seen::of(&q.covariances[k], &p.scale, &apart);
        let width = q.means[k].len() as f64;
        let ratio = p.precision / q.precision[k];
        let mean = 0.5 * (width * (ratio - 1.0 - ratio.ln()) + p.precision * seen.distance);
        let precision = if tied && k > 0 {
            0.0
        } else {
            precision(q.degrees[k], p, &seen, width)
        };
        mean + precision
    };
    (0..q.means.len()).map(of).sum()
}

/// What divergences ask of a covariance C = E\[Lambda\]^-1, a prior scale V and a mean that is m from the prior's.
struct Seen {
    /// ln|C|.
    ln_covariance: f64,
    /// ln|V|.
    ln_scale: f64,
    /// tr(V C^-1).
    trace: f64,
    /// m' C^-1 m.
    distance: f64,
}

impl Seen {
    fn of(covariance: &Covariance, scale: &Covariance, mean: &[f64]) -> Self {
        let width = mean.len();
        let (c, v) = (scale_values(covariance), scale_values(scale));
        if matches!(covariance, Covariance::Diagonal(_)) {
            return Self {
                ln_covariance: c.iter().map(|x| x.ln()).sum(),
                ln_scale: v.iter().map(|x| x.ln()).sum(),
                trace: v.iter().zip(&c).map(|(v, c)| v / c).sum(),
                distance: mean.iter().zip(&c).map(|(m, c)| m * m / c).sum(),
            };
        }
        let (Some(own), Some(prior)) = (Cholesky::new(&c, width), Cholesky::new(&v, width)) else {
            // The E-step says which component it is.
            let nan = f64::NAN;
            return Self {
                ln_covariance: nan,
                ln_scale: nan,
                trace: nan,
                distance: nan,
            };
        };
        let inverse = own.inverse();
        let mut solved = mean.to_vec();
        own.solve(&mut solved);
        Self {
            ln_covariance: own.ln_determinant(),
            ln_scale: prior.ln_determinant(),
            trace: inverse.iter().zip(&v).map(|(a, b)| a * b).sum(),
            distance: solved.iter().zip(mean).map(|(a, b)| a * b).sum(),
        }
    }
}

/// KL of Wisharts (Bishop 2006, B.79), or of gammas.
fn precision(nu: f64, p: &Prior, seen: &Seen, width: f64) -> f64 {
    let ln_lambda = ln_slack(p.kind, nu, width) - seen.ln_covariance;
    match p.kind {
        CovarianceType::Full | CovarianceType::Tied => {
            // ln B(W, nu) without its powers of pi, which cancel, W = (nu C)^-1.
            let ln_b = |nu: f64, ln_w: f64| {
                let gammas: f64 = (0..width as usize).map(|i| ln_gamma(0.5 * (nu - i as f64))).sum();
                -0.5 * nu * (ln_w + width * std::f64::consts::LN_2) - gammas
            };
            let own = ln_b(nu, -seen.ln_covariance - width * nu.ln());
            let prior = ln_b(p.degrees, -seen.ln_scale);
            own - prior + 0.5 * (nu - p.degrees) * ln_lambda - 0.5 * nu * width + 0.5 * seen.trace
        }
        CovarianceType::Diag => {
            let (a, b) = (0.5 * nu, 0.5 * p.degrees);
            let ln_ratio = seen.ln_covariance - seen.ln_scale + width * (2.0 * a).ln();
            gamma(a, b, width, ln_ratio, seen.trace)
        }
        CovarianceType::Spherical => {
            let (a, b) = (0.5 * width * nu, 0.5 * width * p.degrees);
            let ln_ratio = (seen.ln_covariance - seen.ln_scale) / width + nu.ln();
            gamma(a, b, 1.0, ln_ratio, seen.trace)
        }
    }
}

/// KL of `count` gammas of shape a from those of shape b: `ln_ratio` sums ln(rate / rate of the prior), `trace` is sum V / C.
fn gamma(a: f64, b: f64, count: f64, ln_ratio: f64, trace: f64) -> f64 {
    let shapes = (a - b) * digamma(a) - ln_gamma(a) + ln_gamma(b) - a;
    count * shapes + b * ln_ratio + 0.5 * trace
}

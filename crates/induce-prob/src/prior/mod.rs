//! Priors on coefficients: value, derivative and proximal map of their negative logarithm.
//!
//! The prior of one coefficient b is exp(-n pen(b) / phi) up to a constant, for n rows of dispersion phi. So a
//! Gaussian prior of variance tau^2 is pen(b) = lambda b^2 / 2 with lambda = phi / (n tau^2).

mod mixture;

pub use mixture::ScaleMixture;

use serde::{Deserialize, Serialize};

/// The penalty of a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prior {
    /// Flat: maximum likelihood.
    None,
    /// lambda b^2 / 2: ridge.
    Gaussian,
    /// lambda |b|: lasso.
    Laplace,
    /// lambda (r |b| + (1 - r) b^2 / 2) with r the fraction of L1: the product of both, elastic net (Zou & Hastie 2005).
    Product(f64),
    /// Rises like lambda |b|, flat from gamma lambda on (Fan & Li 2001); gamma > 2.
    Scad(f64),
    /// As SCAD, leaving the derivative lambda at once (Zhang 2010); gamma > 1.
    Mcp(f64),
}

impl Prior {
    /// pen(b).
    pub fn value(self, b: f64, lambda: f64) -> f64 {
        let a = b.abs();
        match self {
            Self::None => 0.0,
            Self::Gaussian => 0.5 * lambda * b * b,
            Self::Laplace => lambda * a,
            Self::Product(r) => lambda * (r * a + 0.5 * (1.0 - r) * b * b),
            Self::Scad(gamma) if a <= lambda => lambda * a + 0.0 * gamma,
            Self::Scad(gamma) if a <= gamma * lambda => {
                (2.0 * gamma * lambda * a - a * a - lambda * lambda) / (2.0 * (gamma - 1.0))
            }
            Self::Scad(gamma) => 0.5 * lambda * lambda * (gamma + 1.0),
            Self::Mcp(gamma) if a <= gamma * lambda => lambda * a - a * a / (2.0 * gamma),
            Self::Mcp(gamma) => 0.5 * gamma * lambda * lambda,
        }
    }

    /// pen'(b) for b other than 0; at 0 its right-hand limit.
    pub fn derivative(self, b: f64, lambda: f64) -> f64 {
        let (a, sign) = (b.abs(), if b < 0.0 { -1.0 } else { 1.0 });
        match self {
            Self::None => 0.0,
            Self::Gaussian => lambda * b,
            Self::Laplace => lambda * sign,
            Self::Product(r) => lambda * (r * sign + (1.0 - r) * b),
            Self::Scad(_) if a <= lambda => lambda * sign,
            Self::Scad(gamma) => sign * ((gamma * lambda - a) / (gamma - 1.0)).max(0.0),
            Self::Mcp(gamma) => sign * (lambda - a / gamma).max(0.0),
        }
    }

    /// argmin_b (b - z)^2 / 2 + step pen(b).
    ///
    /// For SCAD and MCP the minimum is unique if step < gamma - 1 (SCAD) or gamma (MCP); beyond, the better of 0
    /// and z is taken, as Breheny & Huang (2011) do.
    pub fn proximal(self, z: f64, lambda: f64, step: f64) -> f64 {
        let l = step * lambda;
        match self {
            Self::None => z,
            Self::Gaussian => z / (1.0 + l),
            Self::Laplace => shrink(z, l),
            Self::Product(r) => shrink(z, l * r) / (1.0 + l * (1.0 - r)),
            Self::Scad(gamma) => scad(z, lambda, gamma, step),
            Self::Mcp(gamma) if step >= gamma => self.better(z, lambda, step),
            Self::Mcp(gamma) if z.abs() <= gamma * lambda => shrink(z, l) / (1.0 - step / gamma),
            Self::Mcp(_) => z,
        }
    }

    /// The better of 0 and z where the penalty is more curved than the square.
    fn better(self, z: f64, lambda: f64, step: f64) -> f64 {
        if 0.5 * z * z <= step * self.value(z, lambda) {
            0.0
        } else {
            z
        }
    }

    /// the part of lambda that acts on |b| at 0: what a gradient must exceed to make b move.
    pub fn kink(self, lambda: f64) -> f64 {
        match self {
            Self::None | Self::Gaussian => 0.0,
            Self::Product(r) => r * lambda,
            Self::Laplace | Self::Scad(_) | Self::Mcp(_) => lambda,
        }
    }

    /// The curvature of the quadratic part.
    pub fn ridge(self, lambda: f64) -> f64 {
        match self {
            Self::Gaussian => lambda,
            Self::Product(r) => (1.0 - r) * lambda,
            _ => 0.0,
        }
    }

    /// Whether the posterior has one mode and a gradient everywhere.
    pub fn is_smooth(self) -> bool {
        matches!(self, Self::None | Self::Gaussian) || self == Self::Product(0.0)
    }

    /// Whether the penalty is convex.
    pub fn is_convex(self) -> bool {
        !matches!(self, Self::Scad(_) | Self::Mcp(_))
    }
}

/// sign(z) max(|z| - t, 0).
#[inline]
pub fn shrink(z: f64, t: f64) -> f64 {
    if z > t {
        z - t
    } else if z < -t {
        z + t
    } else {
        0.0
    }
}

fn scad(z: f64, lambda: f64, gamma: f64, step: f64) -> f64 {
    let a = z.abs();
    if step >= gamma - 1.0 {
        return Prior::Scad(gamma).better(z, lambda, step);
    }
    if a <= (1.0 + step) * lambda {
        return shrink(z, step * lambda);
    }
    if a <= gamma * lambda {
        let c = step / (gamma - 1.0);
        return shrink(z, c * gamma * lambda) / (1.0 - c);
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Prior; 6] = [
        Prior::None,
        Prior::Gaussian,
        Prior::Laplace,
        Prior::Product(0.3),
        Prior::Scad(3.7),
        Prior::Mcp(3.0),
    ];

    #[test]
    fn derivatives_are_derivatives() {
        for prior in ALL {
            for b in [-3.0, -1.3, -0.4, 0.2, 0.9, 1.7, 4.0] {
                let h = 1e-6;
                let derivative = (prior.value(b + h, 0.8) - prior.value(b - h, 0.8)) / (2.0 * h);
                assert!(
                    (derivative - prior.derivative(b, 0.8)).abs() < 1e-8,
                    "{prior:?} {b}"
                );
            }
        }
    }

    #[test]
    fn the_proximal_map_minimises() {
        for prior in ALL {
            for z in [-4.0, -1.1, -0.3, 0.1, 0.6, 1.2, 2.5, 3.3] {
                let (lambda, step) = (0.7, 0.9);
                let cost = |b: f64| 0.5 * (b - z) * (b - z) + step * prior.value(b, lambda);
                let ours = cost(prior.proximal(z, lambda, step));
                let best = (-5000..5000)
                    .map(|i| cost(f64::from(i) * 1e-3))
                    .fold(f64::INFINITY, f64::min);
                assert!(ours <= best + 1e-12, "{prior:?} {z}: {ours} {best}");
            }
        }
    }
}

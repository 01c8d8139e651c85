//! The convex functions of the usual divergences.

use std::f64::consts::LN_2;

use induce_core::{Error, Result};

use super::Generator;

/// f = t ln t: KL(p || q).
#[derive(Debug, Clone, Copy)]
pub struct KullbackLeibler;

impl Generator for KullbackLeibler {
    fn value(&self, t: f64) -> f64 {
        if t == 0.0 { 0.0 } else { t * t.ln() }
    }
    fn derivative(&self, t: f64) -> f64 {
        1.0 + t.ln()
    }
    fn conjugate(&self, s: f64) -> f64 {
        (s - 1.0).exp()
    }
    fn slope_at_infinity(&self) -> f64 {
        f64::INFINITY
    }
}

/// f = -ln t: KL(q || p).
#[derive(Debug, Clone, Copy)]
pub struct ReverseKullbackLeibler;

impl Generator for ReverseKullbackLeibler {
    fn value(&self, t: f64) -> f64 {
        0.0 - t.ln()
    }
    fn derivative(&self, t: f64) -> f64 {
        -1.0 / t
    }
    fn conjugate(&self, s: f64) -> f64 {
        if s < 0.0 { -1.0 - (-s).ln() } else { f64::INFINITY }
    }
    fn slope_at_infinity(&self) -> f64 {
        0.0
    }
}

/// f = (t ln t - (1 + t) ln((1 + t) / 2)) / 2: the mean of KL to the mixture, between 0 and ln 2.
#[derive(Debug, Clone, Copy)]
pub struct JensenShannon;

impl Generator for JensenShannon {
    fn value(&self, t: f64) -> f64 {
        0.5 * (KullbackLeibler.value(t) - (1.0 + t) * (0.5 * (1.0 + t)).ln())
    }
    fn derivative(&self, t: f64) -> f64 {
        0.5 * (2.0 * t / (1.0 + t)).ln()
    }
    fn conjugate(&self, s: f64) -> f64 {
        // For s to f'(inf) = ln 2 / 2 the supremum grows without bound.
        if 2.0 * s < LN_2 {
            -0.5 * (2.0 - (2.0 * s).exp()).ln()
        } else {
            f64::INFINITY
        }
    }
    fn slope_at_infinity(&self) -> f64 {
        0.5 * LN_2
    }
}

/// f = (sqrt t - 1)^2 / 2: H^2 = 1 - sum sqrt(p q), between 0 and 1.
#[derive(Debug, Clone, Copy)]
pub struct SquaredHellinger;

impl Generator for SquaredHellinger {
    fn value(&self, t: f64) -> f64 {
        0.5 * (t.sqrt() - 1.0).powi(2)
    }
    fn derivative(&self, t: f64) -> f64 {
        0.5 - 0.5 / t.sqrt()
    }
    fn conjugate(&self, s: f64) -> f64 {
        if s < 0.5 {
            s / (1.0 - 2.0 * s)
        } else {
            f64::INFINITY
        }
    }
    fn slope_at_infinity(&self) -> f64 {
        0.5
    }
}

/// f = |t - 1| / 2: the largest difference of the probabilities of an event.
#[derive(Debug, Clone, Copy)]
pub struct TotalVariation;

impl Generator for TotalVariation {
    fn value(&self, t: f64) -> f64 {
        0.5 * (t - 1.0).abs()
    }
    fn derivative(&self, t: f64) -> f64 {
        if t == 1.0 { 0.0 } else { 0.5_f64.copysign(t - 1.0) }
    }
    fn conjugate(&self, s: f64) -> f64 {
        if s <= 0.5 { s.max(-0.5) } else { f64::INFINITY }
    }
    fn slope_at_infinity(&self) -> f64 {
        0.5
    }
}

/// f = (t - 1)^2: sum (p - q)^2 / q.
#[derive(Debug, Clone, Copy)]
pub struct PearsonChiSquared;

impl Generator for PearsonChiSquared {
    fn value(&self, t: f64) -> f64 {
        (t - 1.0).powi(2)
    }
    fn derivative(&self, t: f64) -> f64 {
        2.0 * (t - 1.0)
    }
    fn conjugate(&self, s: f64) -> f64 {
        // Below -2 the supremum is at t = 0.
        if s < -2.0 { -1.0 } else { s + 0.25 * s * s }
    }
    fn slope_at_infinity(&self) -> f64 {
        f64::INFINITY
    }
}

/// f = (t - 1)^2 / t: sum (p - q)^2 / p.
#[derive(Debug, Clone, Copy)]
pub struct NeymanChiSquared;

impl Generator for NeymanChiSquared {
    fn value(&self, t: f64) -> f64 {
        if t == 0.0 {
            f64::INFINITY
        } else {
            (t - 1.0).powi(2) / t
        }
    }
    fn derivative(&self, t: f64) -> f64 {
        1.0 - 1.0 / (t * t)
    }
    fn conjugate(&self, s: f64) -> f64 {
        if s <= 1.0 {
            2.0 - 2.0 * (1.0 - s).sqrt()
        } else {
            f64::INFINITY
        }
    }
    fn slope_at_infinity(&self) -> f64 {
        1.0
    }
}

/// f = (t^a - a t - (1 - a)) / (a (a - 1)), a not 0 or 1 (Amari 1985, in the parameter of Liese & Vajda 2006): KL for a
/// to 1, its reverse for a to 0, half of Pearson's for a = 2, four times Hellinger's square for a = 1/2.
#[derive(Debug, Clone, Copy)]
pub struct Alpha(f64);

impl Alpha {
    /// The divergence of order a.
    ///
    /// # Errors
    /// If `a` is 0 or 1, whose limits have names of their own, or not finite.
    pub fn new(a: f64) -> Result<Self> {
        match a.is_finite() && a != 0.0 && a != 1.0 {
            true => Ok(Self(a)),
            false => Err(Error::setting("alpha", a, "at 1 it is `kl`, at 0 `reverse-kl`")),
        }
    }
}

impl Generator for Alpha {
    fn value(&self, t: f64) -> f64 {
        let a = self.0;
        (t.powf(a) - a * t - (1.0 - a)) / (a * (a - 1.0))
    }
    fn derivative(&self, t: f64) -> f64 {
        (t.powf(self.0 - 1.0) - 1.0) / (self.0 - 1.0)
    }
    fn conjugate(&self, s: f64) -> f64 {
        let a = self.0;
        // t at the supremum is base^(1 / (a - 1)); where there is none, f' never reaches s.
        let base = 1.0 + (a - 1.0) * s;
        match base > 0.0 {
            true => (base.powf(a / (a - 1.0)) - 1.0) / a,
            false if a > 1.0 => -1.0 / a,
            false if a < 0.0 && base == 0.0 => -1.0 / a,
            false => f64::INFINITY,
        }
    }
    fn slope_at_infinity(&self) -> f64 {
        if self.0 > 1.0 {
            f64::INFINITY
        } else {
            1.0 / (1.0 - self.0)
        }
    }
}

/// The names of [`by_name`].
pub const NAMES: [&str; 8] = [
    "kl",
    "reverse-kl",
    "jensen-shannon",
    "squared-hellinger",
    "total-variation",
    "pearson-chi-squared",
    "neyman-chi-squared",
    "alpha",
];

/// The divergence of a name; `alpha` is the order of the one that has one.
///
/// # Errors
/// If there is none of this name.
pub fn by_name(name: &str, alpha: f64) -> Result<Box<dyn Generator>> {
    Ok(match name {
        "kl" => Box::new(KullbackLeibler),
        "reverse-kl" => Box::new(ReverseKullbackLeibler),
        "jensen-shannon" => Box::new(JensenShannon),
        "squared-hellinger" => Box::new(SquaredHellinger),
        "total-variation" => Box::new(TotalVariation),
        "pearson-chi-squared" => Box::new(PearsonChiSquared),
        "neyman-chi-squared" => Box::new(NeymanChiSquared),
        "alpha" => Box::new(Alpha::new(alpha)?),
        _ => {
            return Err(Error::UnknownName {
                what: "divergence",
                name: name.into(),
                known: NAMES.map(String::from).into(),
            });
        }
    })
}

//! Formulas of one line, and the list of them.

use induce_core::{Error, Result};

use super::nsb;
use crate::polygamma::digamma;

/// How an entropy is estimated from counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimator {
    /// -sum p ln p of the frequencies: the maximum of likelihood, too small
    PlugIn,
    /// Plug-in + (K - 1) / (2 N), K the outcomes that occurred (Miller 1955)
    MillerMadow,
    /// ln N - sum n_i G(n_i) / N (Grassberger 2003, eq. 30)
    Grassberger,
    /// Horvitz-Thompson's sum over frequencies shrunk by the coverage that singletons tell (Chao & Shen 2003): for where
    /// many outcomes were not seen
    ChaoShen,
    /// Frequencies shrunk towards equal ones, as far as their own variance says (Hausser & Strimmer 2009)
    Shrinkage,
    /// The posterior mean under a prior that is nearly flat in the entropy (Nemenman, Shafee & Bialek 2002)
    Nsb,
}

/// Whether more than half of what was drawn is outcomes that were drawn once: at least so likely is the next draw one that is new (Good 1953).
pub(in super::super) fn mostly_single(counts: &[u64]) -> bool {
    let singles = counts.iter().filter(|own| **own == 1).count() as f64;
    2.0 * singles > counts.iter().map(|own| *own as f64).sum::<f64>()
}

impl Estimator {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PlugIn,
        Self::MillerMadow,
        Self::Grassberger,
        Self::ChaoShen,
        Self::Shrinkage,
        Self::Nsb,
    ];

    /// The name of settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlugIn => "plug-in",
            Self::MillerMadow => "miller-madow",
            Self::Grassberger => "grassberger",
            Self::ChaoShen => "chao-shen",
            Self::Shrinkage => "shrinkage",
            Self::Nsb => "nsb",
        }
    }

    /// The estimator of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        let own = Self::ALL.into_iter().find(|own| own.name() == name);
        own.ok_or_else(|| Error::UnknownName {
            what: "estimator",
            name: name.into(),
            known: Self::ALL.map(|own| own.name().into()).into(),
        })
    }

    /// The largest entropy: ln K, K being said to the estimator of Nemenman, Shafee and Bialek. There is none for the one whose point is
    /// that outcomes were not seen, and for others where most that were seen were seen once: there are more then.
    pub(super) fn most(self, counts: &[u64]) -> f64 {
        match self {
            Self::ChaoShen => f64::INFINITY,
            Self::Nsb => (counts.len().max(1) as f64).ln(),
            _ if mostly_single(counts) => f64::INFINITY,
            _ => (counts.len().max(1) as f64).ln(),
        }
    }

    /// The estimate in nats, not held against bounds. `n` is the sum of the counts, above 0.
    pub(in super::super) fn of(self, counts: &[u64], n: f64) -> f64 {
        match self {
            Self::PlugIn => plug_in(counts, n),
            Self::MillerMadow => plug_in(counts, n) + (occurring(counts).count() as f64 - 1.0) / (2.0 * n),
            Self::Grassberger => {
                n.ln() - occurring(counts).map(|own| own * grassberger(own)).sum::<f64>() / n
            }
            Self::ChaoShen => chao_shen(counts, n),
            Self::Shrinkage => shrinkage(counts, n),
            Self::Nsb => nsb::posterior(counts, n).0,
        }
    }
}

/// The counts above 0.
pub(super) fn occurring(counts: &[u64]) -> impl Iterator<Item = f64> {
    counts.iter().filter(|own| **own > 0).map(|&own| own as f64)
}

/// ln N - sum n ln n / N.
pub(super) fn plug_in(counts: &[u64], n: f64) -> f64 {
    0.0 - occurring(counts).map(|own| own / n * (own / n).ln()).sum::<f64>()
}

/// The variance of the plug-in estimate: that of -ln p over N (Basharin 1959).
pub(super) fn variance(counts: &[u64], n: f64) -> f64 {
    let mean = plug_in(counts, n);
    occurring(counts)
        .map(|own| own / n * ((own / n).ln() + mean).powi(2))
        .sum::<f64>()
        / n
}

/// G(n) = psi(n) + (-1)^n (psi((n + 1) / 2) - psi(n / 2)) / 2.
fn grassberger(n: f64) -> f64 {
    let sign = if n % 2.0 == 0.0 { 1.0 } else { -1.0 };
    digamma(n) + 0.5 * sign * (digamma(0.5 * (n + 1.0)) - digamma(0.5 * n))
}

fn chao_shen(counts: &[u64], n: f64) -> f64 {
    // Only singletons would say that nothing was seen.
    let singletons = (occurring(counts).filter(|own| *own == 1.0).count() as f64).min(n - 1.0);
    let coverage = 1.0 - singletons / n;
    let term = |own: f64| {
        let p = coverage * own / n;
        // 1 - (1 - p)^n, the probability of having been seen.
        let seen = 0.0 - (n * (-p).ln_1p()).exp_m1();
        if p < 1.0 { -p * p.ln() / seen } else { 0.0 }
    };
    occurring(counts).map(term).sum()
}

fn shrinkage(counts: &[u64], n: f64) -> f64 {
    let equal = 1.0 / counts.len() as f64;
    let square: f64 = counts.iter().map(|own| (*own as f64 / n).powi(2)).sum();
    let apart: f64 = counts.iter().map(|own| (equal - *own as f64 / n).powi(2)).sum();
    let lambda = if apart > 0.0 && n > 1.0 {
        ((1.0 - square) / ((n - 1.0) * apart)).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let p = counts
        .iter()
        .map(|own| lambda * equal + (1.0 - lambda) * *own as f64 / n);
    0.0 - p.filter(|p| *p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}

//! The posterior of weights.

use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;

use super::{Concentration, Prior};

/// What is believed of the weights of components.
#[derive(Debug, Clone, PartialEq)]
pub enum Weights {
    /// pi_k = v_k prod_{j<k} (1 - v_j), v_k ~ Beta(`own`, `rest`).
    Sticks {
        /// 1 + N_k. // (components)
        own: Vec<f64>,
        /// alpha + N_{k+1} + ... // (components)
        rest: Vec<f64>,
    },
    /// pi ~ Dirichlet(alpha + N). // (components)
    Dirichlet(Vec<f64>),
}

impl Weights {
    /// After components were given so much weight of rows (Bishop 2006, 10.58; Blei & Jordan 2006, 18-19).
    pub fn of(prior: &Prior, mass: &[f64]) -> Self {
        let alpha = prior.concentration;
        match prior.weights {
            Concentration::Distribution => Self::Dirichlet(mass.iter().map(|n| alpha + n).collect()),
            Concentration::Process => {
                let mut left = 0.0;
                let mut rest: Vec<f64> = mass
                    .iter()
                    .rev()
                    .map(|n| {
                        let after = alpha + left;
                        left += n;
                        after
                    })
                    .collect();
                rest.reverse();
                Self::Sticks {
                    own: mass.iter().map(|n| 1.0 + n).collect(),
                    rest,
                }
            }
        }
    }

    /// E ln pi. // (components)
    pub fn expected_ln(&self) -> Vec<f64> {
        match self {
            Self::Dirichlet(alpha) => {
                let all = digamma(alpha.iter().sum());
                alpha.iter().map(|a| digamma(*a) - all).collect()
            }
            Self::Sticks { own, rest } => {
                let mut before = 0.0;
                let of = |(a, b): (&f64, &f64)| {
                    let both = digamma(a + b);
                    let ln = before + digamma(*a) - both;
                    before += digamma(*b) - both;
                    ln
                };
                own.iter().zip(rest).map(of).collect()
            }
        }
    }

    /// E pi, divided by its sum: sticks leave a rest to components that are not there. // (components)
    pub fn mean(&self) -> Vec<f64> {
        let raw: Vec<f64> = match self {
            Self::Dirichlet(alpha) => alpha.clone(),
            Self::Sticks { own, rest } => {
                let mut left = 1.0;
                let of = |(a, b): (&f64, &f64)| {
                    let own = left * a / (a + b);
                    left *= b / (a + b);
                    own
                };
                own.iter().zip(rest).map(of).collect()
            }
        };
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|p| p / sum).collect()
    }

    /// KL(q || p).
    pub fn divergence(&self, alpha: f64) -> f64 {
        match self {
            Self::Dirichlet(own) => dirichlet(own, &vec![alpha; own.len()]),
            Self::Sticks { own, rest } => own
                .iter()
                .zip(rest)
                .map(|(a, b)| dirichlet(&[*a, *b], &[1.0, alpha]))
                .sum(),
        }
    }
}

/// KL(Dirichlet(a) || Dirichlet(b)).
fn dirichlet(a: &[f64], b: &[f64]) -> f64 {
    let (sum_a, sum_b): (f64, f64) = (a.iter().sum(), b.iter().sum());
    let all = digamma(sum_a);
    let part = |(a, b): (&f64, &f64)| {
        // An exponent that the rows left alone adds nothing, however near 0 it is.
        let moved = if a == b {
            0.0
        } else {
            (a - b) * (digamma(*a) - all)
        };
        ln_gamma(*b) - ln_gamma(*a) + moved
    };
    ln_gamma(sum_a) - ln_gamma(sum_b) + a.iter().zip(b).map(part).sum::<f64>()
}

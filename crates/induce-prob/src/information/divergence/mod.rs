//! f-divergences: one formula, and a convex function for each of them.
//!
//! D_f(p || q) = sum q f(p / q), f convex, f(1) = 0 (Csiszar 1963). Outcomes where q is 0 count p f'(inf).

mod generators;

pub use generators::{
    Alpha, JensenShannon, KullbackLeibler, NAMES, NeymanChiSquared, PearsonChiSquared,
    ReverseKullbackLeibler, SquaredHellinger, TotalVariation, by_name,
};

use induce_core::{Error, Result};

use super::distribution::{check, check_pair};

/// The convex function of a divergence.
pub trait Generator {
    /// f(t) for t >= 0; f(0) is the limit, which may be infinite.
    fn value(&self, t: f64) -> f64;
    /// f'(t) for t > 0, any subgradient where there are several: the witness at which the bound of
    /// [`variational_bound`] is attained.
    fn derivative(&self, t: f64) -> f64;
    /// f*(s) = sup over t >= 0 of s t - f(t), the convex conjugate; infinite outside its domain.
    fn conjugate(&self, s: f64) -> f64;
    /// lim f(t) / t for t to infinity: what mass of p costs where q has none.
    fn slope_at_infinity(&self) -> f64;
}

/// D_f(p || q) = sum q f(p / q). // p, q: (outcomes)
///
/// ```
/// use induce_prob::information::{f_divergence, TotalVariation};
/// assert_eq!(f_divergence(&TotalVariation, &[0.5, 0.5], &[1.0, 0.0])?, 0.5);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If one of them is no distribution, or the outcomes differ.
pub fn f_divergence(generator: &dyn Generator, p: &[f64], q: &[f64]) -> Result<f64> {
    check_pair(p, q)?;
    let one = |(&p, &q): (&f64, &f64)| match (p > 0.0, q > 0.0) {
        (false, false) => 0.0,
        (true, false) => p * generator.slope_at_infinity(),
        _ => q * generator.value(p / q),
    };
    Ok(p.iter().zip(q).map(one).sum::<f64>().max(0.0))
}

/// sum p T - sum q f*(T) <= D_f(p || q), with equality for T = f'(p / q) (Nguyen, Wainwright & Jordan 2010, lemma 1).
///
/// `witness` is T. It is what a network that plays against a generator maximises.
///
/// ```
/// use induce_prob::information::{Generator, KullbackLeibler, kl_divergence, variational_bound};
/// let (p, q) = ([0.2, 0.8], [0.4, 0.6]);
/// let best = [0, 1].map(|i| KullbackLeibler.derivative(p[i] / q[i]));
/// let bound = variational_bound(&KullbackLeibler, &p, &q, &best)?;
/// assert!((bound - kl_divergence(&p, &q)?).abs() < 1e-15);
/// assert!(variational_bound(&KullbackLeibler, &p, &q, &[0.9, 1.1])? < bound);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If one of them is no distribution, or the lengths differ.
pub fn variational_bound(generator: &dyn Generator, p: &[f64], q: &[f64], witness: &[f64]) -> Result<f64> {
    check_pair(p, q)?;
    if witness.len() != p.len() {
        let what = format!("{} witnesses stand against {} outcomes", witness.len(), p.len());
        return Err(Error::data(what, "give one for each outcome"));
    }
    let first = p.iter().zip(witness).filter(|(p, _)| **p > 0.0);
    let second = q.iter().zip(witness).filter(|(q, _)| **q > 0.0);
    Ok(
        first.map(|(p, t)| p * t).sum::<f64>()
            - second.map(|(q, t)| q * generator.conjugate(*t)).sum::<f64>(),
    )
}

/// JS_w = H(sum w_i p_i) - sum w_i H(p_i), Jensen-Shannon's divergence of several distributions (Lin 1991, eq. 5.1).
///
/// # Errors
/// If the weights or one of the distributions are no probabilities.
pub fn jensen_shannon(distributions: &[&[f64]], weights: &[f64]) -> Result<f64> {
    check(weights)?;
    if distributions.len() != weights.len() {
        let what = format!(
            "{} weights stand against {} distributions",
            weights.len(),
            distributions.len()
        );
        return Err(Error::data(what, "give one for each"));
    }
    let mut mixture = vec![0.0; distributions.first().map_or(0, |own| own.len())];
    for (p, weight) in distributions.iter().zip(weights) {
        check_pair(p, distributions[0])?;
        mixture.iter_mut().zip(*p).for_each(|(sum, p)| *sum += weight * p);
    }
    let mut sum = super::entropy(&mixture)?;
    for (p, weight) in distributions.iter().zip(weights) {
        sum -= weight * super::entropy(p)?;
    }
    Ok(sum.max(0.0))
}

#[cfg(test)]
mod tests;

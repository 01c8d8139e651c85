//! Entropy, cross-entropy and Kullback-Leibler divergence of probabilities.

use induce_core::{Error, Result};

/// How far a sum of probabilities may be from 1.
const SLACK: f64 = 1e-9;

/// That these are probabilities: not negative, with sum 1.
///
/// # Errors
/// If there are none, one is negative or not a number, or their sum is not 1.
pub fn check(p: &[f64]) -> Result<()> {
    if let Some(at) = p.iter().position(|&own| !(own >= 0.0 && own.is_finite())) {
        let what = format!("probability {} is {}", at + 1, p[at]);
        return Err(Error::data(what, "probabilities are between 0 and 1"));
    }
    let sum: f64 = p.iter().sum();
    if (sum - 1.0).abs() > SLACK {
        let what = format!("{} probabilities have the sum {sum}", p.len());
        return Err(Error::data(what, "divide them by their sum"));
    }
    Ok(())
}

/// That two distributions are over the same outcomes.
pub(super) fn check_pair(p: &[f64], q: &[f64]) -> Result<()> {
    if p.len() != q.len() {
        let what = format!("{} probabilities stand against {}", p.len(), q.len());
        return Err(Error::data(
            what,
            "both are over the same outcomes, in the same order",
        ));
    }
    check(p)?;
    check(q)
}

/// H(p) = -sum p ln p in nats, 0 ln 0 = 0. // p: (outcomes)
///
/// ```
/// use induce_prob::information::entropy;
/// assert_eq!(entropy(&[0.5, 0.5])?, 2.0_f64.ln());
/// assert_eq!(entropy(&[1.0, 0.0])?, 0.0);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If `p` are no probabilities.
pub fn entropy(p: &[f64]) -> Result<f64> {
    check(p)?;
    Ok(sum_p_ln(p, |_, own| own))
}

/// H(p, q) = -sum p ln q: the mean of the negative log-likelihood of q under p, which is why the q that minimises it over
/// a model is the maximum of likelihood. Infinite where q is 0 and p is not.
///
/// # Errors
/// If one of them is no distribution, or the outcomes differ.
pub fn cross_entropy(p: &[f64], q: &[f64]) -> Result<f64> {
    check_pair(p, q)?;
    Ok(sum_p_ln(p, |at, _| q[at]))
}

/// KL(p || q) = sum p ln(p / q) = H(p, q) - H(p) >= 0 (Kullback & Leibler 1951).
///
/// ```
/// use induce_prob::information::kl_divergence;
/// assert_eq!(kl_divergence(&[0.5, 0.5], &[0.5, 0.5])?, 0.0);
/// assert_eq!(kl_divergence(&[0.5, 0.5], &[1.0, 0.0])?, f64::INFINITY);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If one of them is no distribution, or the outcomes differ.
pub fn kl_divergence(p: &[f64], q: &[f64]) -> Result<f64> {
    check_pair(p, q)?;
    Ok(sum_p_ln(p, |at, own| q[at] / own).max(0.0))
}

/// -sum p ln of(place, p) over the outcomes that occur.
fn sum_p_ln(p: &[f64], of: impl Fn(usize, f64) -> f64) -> f64 {
    let occurring = p.iter().enumerate().filter(|(_, own)| **own > 0.0);
    // 0 - x, for the sum of nothing is -0.
    0.0 - occurring.map(|(at, &own)| own * of(at, own).ln()).sum::<f64>()
}

/// H_a(p) = ln(sum p^a) / (1 - a), Renyi's entropy (1961); Shannon's for a = 1, ln of the support for 0, -ln max p for
/// infinity.
///
/// # Errors
/// If `p` are no probabilities, or the order is negative.
pub fn renyi_entropy(p: &[f64], order: f64) -> Result<f64> {
    check(p)?;
    check_order(order)?;
    let occurring = || p.iter().copied().filter(|&own| own > 0.0);
    Ok(if order == 1.0 {
        sum_p_ln(p, |_, own| own)
    } else if order.is_infinite() {
        0.0 - occurring().fold(0.0, f64::max).ln()
    } else {
        occurring().map(|own| own.powf(order)).sum::<f64>().ln() / (1.0 - order)
    })
}

/// D_a(p || q) = ln(sum p^a q^(1 - a)) / (a - 1), Renyi's divergence; Kullback's for a = 1, ln max p / q for infinity
/// (van Erven & Harremoes 2014).
///
/// ```
/// use induce_prob::information::{kl_divergence, renyi_divergence};
/// let (p, q) = ([0.2, 0.8], [0.4, 0.6]);
/// let near = renyi_divergence(&p, &q, 1.0 + 1e-6)?;
/// assert!((near - kl_divergence(&p, &q)?).abs() < 1e-6);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If one of them is no distribution, the outcomes differ, or the order is negative.
pub fn renyi_divergence(p: &[f64], q: &[f64], order: f64) -> Result<f64> {
    check_pair(p, q)?;
    check_order(order)?;
    let pairs = || p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    Ok(if order == 1.0 {
        kl_divergence(p, q)?
    } else if order.is_infinite() {
        pairs().map(|(p, q)| p / q).fold(0.0, f64::max).ln()
    } else if order > 1.0 && pairs().any(|(_, q)| *q == 0.0) {
        f64::INFINITY
    } else {
        let sum: f64 = pairs().map(|(p, q)| p.powf(order) * q.powf(1.0 - order)).sum();
        (sum.ln() / (order - 1.0)).max(0.0)
    })
}

fn check_order(order: f64) -> Result<()> {
    match order >= 0.0 {
        true => Ok(()),
        false => Err(Error::setting("order", order, "an order is not negative")),
    }
}

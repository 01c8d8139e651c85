//! What variational inference has found, and how far it can be trusted.

use induce_core::random::Stream;
use induce_core::{Result, Run};
use induce_prob::pareto::{Smoothed, smooth};

use super::approximation::Approximation;
use super::gaussian::noise;
use super::target::Target;

/// k-hat above which importance sampling, and q with it, is not to be trusted (Vehtari et al. 2024; Yao et al. 2018).
pub const TRUSTED: f64 = 0.7;

/// An approximation q(theta) of a posterior, judged by draws of it.
///
/// With weights w = p(x, theta) / q(theta) of draws of q: the ELBO is the mean of ln w, with its standard error; k-hat is the shape of the tail of the
/// w, and the weights that correct q are Pareto-smoothed.
#[derive(Debug, Clone)]
pub struct Posterior {
    /// q itself, of which more can be drawn.
    pub q: Approximation,
    /// The ELBO: ln p(x) less KL(q || p), if the density was ln p(x, theta) with all of its constants.
    pub elbo: f64,
    /// Its Monte-Carlo standard error.
    pub elbo_error: f64,
    /// The shape of the tail of the weights: below 0.5 q is near, above 0.7 weights are not to be trusted, and q lacks a part of the posterior:
    /// a large one where few draws are effective, tails where nearly all are.
    pub khat: f64,
    /// Draws that the weighted draws are worth.
    pub effective: f64,
    /// ln p(x) by importance sampling with smoothed weights; never below the ELBO but for noise.
    pub ln_evidence: f64,
    /// Means of theta under q: exact where all parameters are real, else those of the draws. // (width)
    pub mean: Vec<f64>,
    /// Deviations, likewise. // (width)
    pub deviations: Vec<f64>,
    /// Covariances, likewise. // (width, width)
    pub covariance: Vec<f64>,
    /// Means of theta with smoothed weights. // (width)
    pub corrected_mean: Vec<f64>,
    /// Deviations with smoothed weights. // (width)
    pub corrected_deviations: Vec<f64>,
    /// The draws that judged it. // (samples, width)
    pub theta: Vec<f64>,
    /// ln of their smoothed weights, which sum to 1. // (samples)
    pub ln_weights: Vec<f64>,
}

impl Posterior {
    pub(super) fn judge(q: Approximation, target: &mut Target, samples: usize, run: &Run) -> Result<Self> {
        let (d, width) = (target.dimension(), q.supports().values());
        let eps = noise(run.stream("variational/judge"), 0, samples, d);
        let (theta, mut ln_w) = target.judged(&q.placed(&eps))?;
        ln_w.iter_mut()
            .zip(eps.chunks_exact(d))
            .for_each(|(w, eps)| *w -= q.gaussian.ln_density_of(eps));
        let n = samples as f64;
        let elbo = ln_w.iter().sum::<f64>() / n;
        let squares: f64 = ln_w.iter().map(|w| (w - elbo).powi(2)).sum();
        let smoothed = smooth(&ln_w);
        let weights: Vec<f64> = smoothed.ln_weights.iter().map(|w| w.exp()).collect();
        let (mean, covariance) = if q.supports().are_real() {
            q.coordinates()
        } else {
            moments(&theta, width, &vec![n.recip(); samples])
        };
        let (corrected_mean, corrected) = moments(&theta, width, &weights);
        let Smoothed {
            ln_weights,
            khat,
            effective,
            ln_mean,
        } = smoothed;
        Ok(Self {
            q,
            elbo,
            elbo_error: (squares / (n - 1.0) / n).sqrt(),
            khat,
            effective,
            ln_evidence: ln_mean,
            mean,
            deviations: roots(&covariance, width),
            covariance,
            corrected_mean,
            corrected_deviations: roots(&corrected, width),
            theta,
            ln_weights,
        })
    }

    /// Why it is not to be trusted, if it is not.
    pub fn doubt(&self) -> Option<String> {
        // With few draws the tail is seen less well (Vehtari et al. 2024, section 3.2.4).
        let limit = (1.0 - 1.0 / (self.ln_weights.len() as f64).log10()).min(TRUSTED);
        (!(self.khat <= limit)).then(|| {
            format!(
                "k-hat is {:.2}, above {limit:.2}: the weights p / q have a tail too heavy for importance sampling, so q lacks a part of \
                 the posterior, if only in its tails, and what weights correct is not to be trusted ({:.0} of {} draws are effective)",
                self.khat,
                self.effective,
                self.ln_weights.len()
            )
        })
    }

    /// Draws of the posterior by importance: of those that judged q, at the [`places`] that their weights say. // (draws, width)
    pub fn resampled(&self, count: usize, seed: u64) -> Vec<f64> {
        let width = self.mean.len();
        let places = places(&self.ln_weights, count, seed);
        places
            .into_iter()
            .flat_map(|at| &self.theta[at * width..(at + 1) * width])
            .copied()
            .collect()
    }
}

/// Which of weighted draws are drawn again: each about as often as its weight says, by stratified resampling (Kitagawa 1996), rising. Weights sum to 1.
///
/// ```
/// use induce_deep::variational::places;
/// let ln_weights = [0.25_f64, 0.0, 0.75].map(f64::ln);
/// assert_eq!(places(&ln_weights, 4, 0), [0, 2, 2, 2]);
/// ```
pub fn places(ln_weights: &[f64], count: usize, seed: u64) -> Vec<usize> {
    let stream = Stream::new(seed, "variational/resampled");
    let mut at = 0;
    let mut below = ln_weights.first().map_or(0.0, |w| w.exp());
    let place = |i: usize| {
        let share = (i as f64 + stream.uniform(i as u64)) / count as f64;
        while below <= share && at + 1 < ln_weights.len() {
            at += 1;
            below += ln_weights[at].exp();
        }
        at
    };
    (0..count).map(place).collect()
}

/// Means and covariances of weighted rows, whose weights sum to 1. // (width), (width, width)
fn moments(theta: &[f64], width: usize, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut mean = vec![0.0; width];
    for (row, w) in theta.chunks_exact(width).zip(weights) {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += w * x);
    }
    let mut covariance = vec![0.0; width * width];
    for (row, w) in theta.chunks_exact(width).zip(weights) {
        for i in 0..width {
            let own = w * (row[i] - mean[i]);
            for j in 0..width {
                covariance[i * width + j] += own * (row[j] - mean[j]);
            }
        }
    }
    (mean, covariance)
}

fn roots(covariance: &[f64], width: usize) -> Vec<f64> {
    let diagonal = covariance.iter().step_by(width + 1);
    diagonal.map(|variance| variance.sqrt()).collect()
}

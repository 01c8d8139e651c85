//! The likelihood that models are compared by.

use induce_core::multiversion;
use induce_prob::math::{exp_single, sigmoid, softplus};

/// A Gaussian for rows that follow the model beside a uniform for those that do not.
///
/// ```text
/// log p(r) - log p(outlier) = log(1 + exp((t^2 - |r|^2) / (2 sigma^2)))
/// ```
///
/// `t`, the threshold, is where both are equally likely: it stands for the ratio of the two densities and of their
/// mixing proportions, so that the height of the uniform need not be given. The score is the log-likelihood above that of
/// outliers alone. Scores built with more effort, MAGSAC++ among them, are numerically this one and no better
/// (*RANSAC scoring functions: analysis and reality check*, arXiv 2512.19850).
///
/// ```
/// use induce_learn::robust::Mixture;
/// let mixture = Mixture::new(3.0);
/// assert_eq!(mixture.posterior(9.0), 0.5);
/// assert!(mixture.score(&[0.0, 0.0], None) > mixture.score(&[0.0, 100.0], None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    /// Where a row is as likely an inlier as an outlier: t^2.
    pub threshold2: f64,
    /// Variance of an inlier's residual in each dimension: sigma^2.
    pub variance: f64,
}

/// The least variance: its inverse is a number.
const LEAST: f64 = 1e-250;

/// How many standard deviations of an inlier the threshold stands for, unless the noise is estimated.
pub const THRESHOLD_SIGMAS: f64 = 2.5;

/// The threshold, within what has a square that is a number and not 0.
pub fn in_range(threshold: f64) -> f64 {
    threshold.clamp(1e-100, 1e100)
}

impl Mixture {
    /// The mixture whose two parts are equally likely at residuals of length `threshold`.
    pub fn new(threshold: f64) -> Self {
        let threshold = in_range(threshold);
        let sigma = threshold / THRESHOLD_SIGMAS;
        Self {
            threshold2: threshold * threshold,
            variance: sigma * sigma,
        }
    }

    /// As wide as `cut` standard deviations of inliers of this variance, at most `widest`, and never nothing.
    #[must_use]
    pub fn narrowed(&self, variance: f64, cut: f64, widest: f64) -> Self {
        // Round after round narrower, it would come to nothing where there is no noise.
        let variance = variance.clamp(1e-12 * self.variance, self.variance).max(LEAST);
        let threshold2 = (cut * cut * variance).min(widest * widest);
        Self { threshold2, variance }
    }

    /// The log-likelihood of squared residuals above that of outliers alone, weights counting as repetition.
    pub fn score(&self, squared: &[f64], weight: Option<&[f64]>) -> f64 {
        total(
            squared,
            weight.unwrap_or(&[]),
            self.threshold2,
            0.5 / self.variance,
        )
    }

    /// The probability that a row of this squared residual is an inlier.
    pub fn posterior(&self, squared: f64) -> f64 {
        sigmoid((self.threshold2 - squared) * (0.5 / self.variance))
    }

    /// Posteriors times weights, into `out`.
    pub fn posteriors(&self, squared: &[f64], weight: Option<&[f64]>, out: &mut [f64]) {
        posteriors(squared, self.threshold2, 0.5 / self.variance, out);
        if let Some(weight) = weight {
            out.iter_mut().zip(weight).for_each(|(p, w)| *p *= w);
        }
    }
}

/// Rows that are added up side by side; fixed, so that the sum is.
const LANES: usize = 16;

/// Factors `1 + e <= 2` of a product that is still a finite number.
const FACTORS: usize = 512;

multiversion! {
    /// `sum log(1 + exp(x)) = sum max(x, 0) + log prod (1 + exp(-|x|))`: one logarithm for many rows, and exponentials
    /// of single precision, which is far more than tells two samples apart.
    fn total(squared: &[f64], weight: &[f64], threshold2: f64, half_precision: f64) -> f64 {
        let (mut sums, mut logarithms) = ([0.0_f64; LANES], 0.0);
        if !weight.is_empty() {
            for (i, (r2, w)) in squared.iter().zip(weight).enumerate() {
                sums[i % LANES] += w * softplus((threshold2 - r2) * half_precision);
            }
            return sums.iter().sum();
        }
        for rows in squared.chunks(FACTORS * LANES) {
            let mut products = [1.0_f64; LANES];
            let (blocks, rest) = rows.as_chunks::<LANES>();
            for block in blocks {
                for l in 0..LANES {
                    let x = (threshold2 - block[l]) * half_precision;
                    sums[l] += if x > 0.0 { x } else { 0.0 };
                    products[l] *= 1.0 + f64::from(exp_single(-x.abs()));
                }
            }
            for (sum, r2) in sums.iter_mut().zip(rest) {
                *sum += softplus((threshold2 - r2) * half_precision);
            }
            logarithms += products.iter().map(|p| p.ln()).sum::<f64>();
        }
        sums.iter().sum::<f64>() + logarithms
    }
}

multiversion! {
    fn posteriors(squared: &[f64], threshold2: f64, half_precision: f64, out: &mut [f64]) {
        for (p, r2) in out.iter_mut().zip(squared) {
            *p = sigmoid((threshold2 - r2) * half_precision);
        }
    }
}

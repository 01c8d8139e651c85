//! Gaussians over the bias and the factors of users, or of items.
//!
//! With w_u = (b_u, p_u) and h_i = (1, q_i) is y_ui - mu - b_i = w_u' h_i + noise: a linear regression of each user whose
//! features are random. Its posterior has the precision A = diag(a) + t sum_i E[h_i h_i'] and the mean A^-1 t sum_i E[h_i (y_ui - mu - b_i)],
//! where q(b_i, q_i) makes both depend on each other: E[q_i b_i] = E[q_i] E[b_i] + cov. The same holds with users and items exchanged.

use induce_core::linalg::{Cholesky, Csr, axpy, dot};
use induce_core::parallel;

/// Gaussians of one side: the bias first, then the factors. All sums are over one of them in its order.
pub struct Side {
    /// Coordinates of each: 1 + factors.
    pub width: usize,
    /// Means. // (count, width)
    pub mean: Vec<f64>,
    /// Covariances. // (count, width, width)
    pub covariance: Vec<f64>,
    /// Precisions of the prior. // (width)
    pub precision: Vec<f64>,
    /// ln |covariance| over all.
    ln_determinants: f64,
}

/// What is known of the ratings while one side is learnt.
#[derive(Clone, Copy)]
pub struct Noise {
    /// mu.
    pub mean: f64,
    /// t = 1 / s^2.
    pub precision: f64,
}

/// Precisions beyond which a factor is gone.
const MOST: f64 = 1e12;

/// One Gaussian, and E sum (y - mu - b_u - b_i - p_u' q_i)^2 over its ratings.
struct One {
    mean: Vec<f64>,
    covariance: Vec<f64>,
    ln_determinant: f64,
    squares: f64,
}

impl Side {
    /// `count` of them about these means, with this variance.
    pub fn new(mean: Vec<f64>, width: usize, variance: f64) -> Self {
        let count = mean.len() / width;
        let mut covariance = vec![0.0; count * width * width];
        for own in covariance.chunks_exact_mut(width * width) {
            own.iter_mut().step_by(width + 1).for_each(|v| *v = variance);
        }
        Self {
            width,
            mean,
            covariance,
            precision: vec![1.0 / variance; width],
            ln_determinants: (count * width) as f64 * variance.ln(),
        }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.mean.len() / self.width
    }

    /// E[h h'] with h = (1, factors) of every one. // (count, width, width)
    fn moments(&self) -> Vec<f64> {
        let (d, mut all) = (self.width, self.covariance.clone());
        for (moment, mean) in all.chunks_exact_mut(d * d).zip(self.mean.chunks_exact(d)) {
            for (k, row) in moment.chunks_exact_mut(d).enumerate().skip(1) {
                axpy(mean[k], &mean[1..], &mut row[1..]);
                row[0] = mean[k];
            }
            moment[0] = 1.0;
            moment[1..d].copy_from_slice(&mean[1..]);
        }
        all
    }

    /// Learn all of this side from the ratings of each and the other side; E of the sum of squares over all ratings.
    ///
    /// Nothing if a precision is not positive definite, which sums of what is not finite make it.
    pub fn learn(&mut self, ratings: &Csr, other: &Self, noise: Noise, threads: usize) -> Option<f64> {
        let (d, moments) = (self.width, other.moments());
        let prior = &self.precision;
        let one = |row: usize| posterior(ratings, row, (other, &moments), (prior, noise));
        let all: Option<Vec<One>> = parallel::map(threads, self.count(), one).into_iter().collect();
        let all = all?;
        (self.ln_determinants, self.mean, self.covariance) = (0.0, Vec::new(), Vec::new());
        let mut squares = 0.0;
        for own in all {
            self.mean.extend(own.mean);
            self.covariance.extend(own.covariance);
            self.ln_determinants += own.ln_determinant;
            squares += own.squares;
        }
        debug_assert!(self.covariance.len() == self.mean.len() * d);
        Some(squares)
    }

    /// sum E[w_k^2] of every coordinate. // (width)
    fn squares(&self) -> Vec<f64> {
        let (d, mut sums) = (self.width, vec![0.0; self.width]);
        for (mean, covariance) in self.mean.chunks_exact(d).zip(self.covariance.chunks_exact(d * d)) {
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += mean[k] * mean[k] + covariance[k * (d + 1)];
            }
        }
        sums
    }

    /// The precisions of the prior that maximize the bound: a_k = count / sum E[w_k^2].
    pub fn learn_prior(&mut self) {
        let n = self.count() as f64;
        self.precision = self.squares().iter().map(|sum| (n / sum).min(MOST)).collect();
    }

    /// KL(q || prior) over all.
    pub fn divergence(&self) -> f64 {
        let n = self.count() as f64;
        let each = self.squares().into_iter().zip(&self.precision);
        let energy: f64 = each.map(|(sum, a)| a * sum - n - n * a.ln()).sum();
        0.5 * (energy - self.ln_determinants)
    }
}

fn posterior(
    ratings: &Csr,
    row: usize,
    (other, moments): (&Side, &[f64]),
    (prior, noise): (&[f64], Noise),
) -> Option<One> {
    let d = other.width;
    let (mut product, mut sum, mut squares) = (vec![0.0; d * d], vec![0.0; d], 0.0);
    for (j, y) in ratings.row(row) {
        let (mean, covariance) = (&other.mean[j * d..][..d], &other.covariance[j * d * d..][..d]);
        axpy(1.0, &moments[j * d * d..][..d * d], &mut product);
        let rest = y - noise.mean - mean[0];
        squares += rest * rest + covariance[0];
        sum[0] += rest;
        for k in 1..d {
            sum[k] += rest * mean[k] - covariance[k];
        }
    }
    let mut precision: Vec<f64> = product.iter().map(|x| noise.precision * x).collect();
    (0..d).for_each(|k| precision[k * (d + 1)] += prior[k]);
    let factor = Cholesky::new(&precision, d)?;
    let mut mean: Vec<f64> = sum.iter().map(|x| noise.precision * x).collect();
    factor.solve(&mut mean);
    let covariance = factor.inverse();
    squares -= 2.0 * dot(&mean, &sum);
    squares += dot(&covariance, &product);
    for (k, row) in product.chunks_exact(d).enumerate() {
        squares += mean[k] * dot(row, &mean);
    }
    mean.iter().all(|x| x.is_finite()).then(|| One {
        ln_determinant: -factor.ln_determinant(),
        mean,
        covariance,
        squares,
    })
}

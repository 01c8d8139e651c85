//! The normal distribution of several variables.

use std::f64::consts::PI;

use induce_core::linalg::{Cholesky, dot};
use induce_core::{Error, Result};

use super::Closed;

/// N(mean, covariance). // (d), (d, d)
///
/// H = (d ln(2 pi e) + ln det S) / 2; KL = (tr S_q^-1 S_p + (m_p - m_q)' S_q^-1 (m_p - m_q) - d + ln det S_q / det S_p) / 2.
#[derive(Debug, Clone)]
pub struct MultivariateGaussian {
    mean: Vec<f64>,
    covariance: Vec<f64>,
    factor: Cholesky,
    ln_determinant: f64,
}

impl MultivariateGaussian {
    /// The normal distribution of this mean (d) and covariance (d, d), row-major.
    ///
    /// # Errors
    /// If the shapes disagree, or the covariance is not symmetric and positive definite.
    pub fn new(mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self> {
        let d = mean.len();
        let fault = |what: String| {
            Error::data(
                what,
                "give d means and a symmetric positive definite d x d matrix",
            )
        };
        if d == 0 || covariance.len() != d * d {
            return Err(fault(format!(
                "{d} means stand against {} covariances",
                covariance.len()
            )));
        }
        let scale = |i: usize, j: usize| (covariance[i * d + i] * covariance[j * d + j]).abs().sqrt();
        let skew =
            |i: usize, j: usize| (covariance[i * d + j] - covariance[j * d + i]).abs() > 1e-9 * scale(i, j);
        if (0..d).any(|i| (0..i).any(|j| skew(i, j))) {
            return Err(fault("the covariance is not symmetric".into()));
        }
        let factor = Cholesky::new(&covariance, d)
            .ok_or_else(|| fault("the covariance is not positive definite".into()))?;
        let ln_determinant = ln_determinant(&factor, d);
        Ok(Self {
            mean,
            covariance,
            factor,
            ln_determinant,
        })
    }

    /// I(X; Y) of the first `split` variables and the rest: ln(det S_x det S_y / det S) / 2.
    ///
    /// ```
    /// use induce_prob::information::MultivariateGaussian;
    /// let pair = MultivariateGaussian::new(vec![0.0; 2], vec![1.0, 0.6, 0.6, 1.0])?;
    /// assert!((pair.mutual_information(1)? + 0.5 * (1.0_f64 - 0.36).ln()).abs() < 1e-15);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a part is empty.
    pub fn mutual_information(&self, split: usize) -> Result<f64> {
        let parts = [self.part(0, split)?, self.part(split, self.mean.len())?];
        let sum: f64 = parts.iter().map(|part| part.ln_determinant).sum();
        Ok(0.5 * (sum - self.ln_determinant).max(0.0))
    }

    fn part(&self, from: usize, to: usize) -> Result<Self> {
        let d = self.mean.len();
        let to = to.min(d);
        let rows = from.min(to)..to;
        let covariance = rows
            .clone()
            .flat_map(|i| self.covariance[i * d + from..i * d + to].to_vec());
        Self::new(self.mean[rows.clone()].to_vec(), covariance.collect())
    }
}

/// ln det A = -2 sum ln (L^-1)_ii.
fn ln_determinant(factor: &Cholesky, d: usize) -> f64 {
    let one = |i: usize| {
        let mut unit = vec![0.0; d];
        unit[i] = 1.0;
        factor.forward(&mut unit);
        -2.0 * unit[i].ln()
    };
    (0..d).map(one).sum()
}

impl Closed for MultivariateGaussian {
    fn entropy(&self) -> f64 {
        0.5 * (self.mean.len() as f64 * ((2.0 * PI).ln() + 1.0) + self.ln_determinant)
    }

    /// NaN if the other is of another dimension.
    fn divergence(&self, other: &Self) -> f64 {
        let d = self.mean.len();
        if other.mean.len() != d {
            return f64::NAN;
        }
        let mut shift: Vec<f64> = self.mean.iter().zip(&other.mean).map(|(p, q)| p - q).collect();
        other.factor.forward(&mut shift);
        let inverse = other.factor.inverse();
        let trace = dot(&inverse, &self.covariance);
        let quadratic = dot(&shift, &shift);
        (0.5 * (trace + quadratic - d as f64 + other.ln_determinant - self.ln_determinant)).max(0.0)
    }
}

//! What is expected of a new row: a mixture of Student's distributions.

use induce_core::linalg::{Cholesky, factor_semidefinite};
use induce_core::random::Stream;
use induce_prob::math::log_sum_exp;
use induce_prob::special::{ln_gamma, student_quantile};

use super::{Posterior, Prior};
use crate::mixture::gmm::CovarianceType;

/// A component of a new row: Student's t of `degrees` freedom about `mean` with matrix `scale`, or of each coordinate on its own.
#[derive(Debug, Clone)]
pub struct Student {
    mean: Vec<f64>,
    /// All of it, row-major. // (width, width)
    scale: Vec<f64>,
    degrees: f64,
    /// Whether coordinates are independent.
    apart: bool,
    /// The factor of all of the matrix, which most rows ask for.
    factor: Option<Cholesky>,
}

/// p(x | rows) = sum_k E\[pi_k\] St(x | m_k, ...) (Bishop 2006, 10.81).
pub struct Predictive {
    weights: Vec<f64>,
    components: Vec<Student>,
}

impl Predictive {
    /// That of a posterior.
    pub fn of(posterior: &Posterior, prior: &Prior) -> Self {
        let student = |k: usize| {
            let (width, nu) = (posterior.means[k].len() as f64, posterior.degrees[k]);
            let degrees = match prior.kind {
                CovarianceType::Full | CovarianceType::Tied => nu + 1.0 - width,
                CovarianceType::Diag => nu,
                CovarianceType::Spherical => nu * width,
            };
            let full = matches!(prior.kind, CovarianceType::Full | CovarianceType::Tied);
            let factor = (1.0 + 1.0 / posterior.precision[k]) * if full { nu / degrees } else { 1.0 };
            let scale: Vec<f64> = posterior.covariances[k]
                .dense()
                .iter()
                .map(|v| v * factor)
                .collect();
            Student {
                factor: Cholesky::new(&scale, posterior.means[k].len()),
                mean: posterior.means[k].clone(),
                scale,
                degrees,
                apart: prior.kind == CovarianceType::Diag,
            }
        };
        Self {
            weights: posterior.weights.mean(),
            components: (0..posterior.means.len()).map(student).collect(),
        }
    }

    /// ln p(x) of what is there of x; NaN is missing.
    pub fn ln_density(&self, x: &[f64]) -> f64 {
        let parts = self.weights.iter().zip(&self.components);
        let terms: Vec<f64> = parts.map(|(w, own)| w.ln() + own.ln_density(x)).collect();
        log_sum_exp(terms.iter().copied())
    }

    /// A row, and the component that it is of.
    pub fn draw(&self, stream: Stream) -> (Vec<f64>, usize) {
        let mut left = stream.uniform(0);
        let later = |k: &usize| {
            left -= self.weights[*k];
            left < 0.0
        };
        let k = (0..self.weights.len()).find(later).unwrap_or(0);
        (self.components[k].draw(stream), k)
    }
}

impl Student {
    fn ln_density(&self, x: &[f64]) -> f64 {
        let there: Vec<usize> = (0..x.len()).filter(|&j| !x[j].is_nan()).collect();
        let d: Vec<f64> = there.iter().map(|&j| x[j] - self.mean[j]).collect();
        let width = x.len();
        if self.apart {
            let of = |(d, &j): (&f64, &usize)| {
                let v = self.scale[j * width + j];
                ln_student(d * d / v, v.ln(), 1.0, self.degrees)
            };
            return d.iter().zip(&there).map(of).sum();
        }
        let part = (there.len() < width).then(|| self.part(&there));
        let factor = match &part {
            Some(part) => part.as_ref(),
            None => self.factor.as_ref(),
        };
        let Some(factor) = factor else {
            return f64::NEG_INFINITY;
        };
        let mut z = d;
        factor.forward(&mut z);
        let squared = z.iter().map(|z| z * z).sum();
        ln_student(squared, factor.ln_determinant(), there.len() as f64, self.degrees)
    }

    /// The factor of the matrix of some coordinates.
    fn part(&self, some: &[usize]) -> Option<Cholesky> {
        let row = |&i: &usize| some.iter().map(move |&j| self.scale[i * self.mean.len() + j]);
        Cholesky::new(&some.iter().flat_map(row).collect::<Vec<f64>>(), some.len())
    }

    /// Coordinates one after the other: given those before, the next is Student's with their number more of freedom.
    fn draw(&self, stream: Stream) -> Vec<f64> {
        let width = self.mean.len();
        let mut root = self.scale.clone();
        factor_semidefinite(&mut root, width, 0.0);
        let (mut z, mut squared) = (Vec::with_capacity(width), 0.0);
        for j in 0..width {
            let (before, known) = if self.apart {
                (0.0, 0.0)
            } else {
                (j as f64, squared)
            };
            let degrees = self.degrees + before;
            let own =
                quantile(stream.uniform(1 + j as u64), degrees) * ((self.degrees + known) / degrees).sqrt();
            squared += own * own;
            z.push(own);
        }
        let of = |i: usize| {
            let row = root[i * width..=i * width + i].iter().zip(&z);
            self.mean[i] + row.map(|(l, z)| l * z).sum::<f64>()
        };
        (0..width).map(of).collect()
    }
}

fn quantile(u: f64, degrees: f64) -> f64 {
    let tails = 2.0 * u.min(1.0 - u).max(f64::EPSILON);
    let t = student_quantile(tails, degrees);
    if u < 0.5 { -t } else { t }
}

/// ln of Student's density at a squared distance, with the logarithm of its matrix's determinant.
fn ln_student(squared: f64, ln_determinant: f64, width: f64, nu: f64) -> f64 {
    let pi = std::f64::consts::PI;
    ln_gamma(0.5 * (nu + width))
        - ln_gamma(0.5 * nu)
        - 0.5 * (width * (nu * pi).ln() + ln_determinant + (nu + width) * (squared / nu).ln_1p())
}

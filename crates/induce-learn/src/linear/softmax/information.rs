//! What is known about the coefficients of several classes.
//!
//! The Hessian of the mean loss is H = sum_i w_i (diag(pi_i) - pi_i pi_i') (x) x_i x_i' (McCullagh & Nelder 1989,
//! section 5.2.4). Adding the same to all classes changes no probability, so H is 0 along those directions, and along
//! them the data say nothing. What is kept is the covariance of every coefficient less the mean of its classes: the
//! Moore-Penrose inverse where there is no prior, and the posterior's projection where there is one. Differences
//! between classes, and so all probabilities, have from it exactly the covariance that a reference class would give.

use induce_core::parallel::Team;

use super::Classes;
use crate::linear::gaussian::Curvatures;
use crate::linear::inference::product;
use crate::linear::kernels::dot;
use crate::linear::matrix::Wanted;
use crate::linear::smooth::ALIASED;
use induce_core::linalg::{Cholesky, Semidefinite};

/// Fisher's information at some coefficients, inverted.
pub struct Information {
    /// (n (H + Lambda))^-1 among coefficients that sum to 0 over the classes: (classes columns)^2, row-major.
    pub inverse: Vec<f64>,
    /// tr((H + Lambda)^-1 H): free parameters.
    pub parameters: f64,
    /// Probabilities (classes, rows).
    chances: Vec<f64>,
}

impl Information {
    /// At `beta` (classes, columns), for `rows` rows.
    pub fn new(problem: &Classes, team: &mut Team, beta: &[f64], rows: f64) -> Self {
        let width = beta.len();
        let chances = problem.chances(team, beta);
        let hessian = problem.hessian(team, &chances);
        let mut total: Vec<f64> = hessian.iter().map(|h| h * rows).collect();
        problem.add_ridge(&mut total, rows);
        problem.hold_common_shift(&mut total, |_| true);
        let mut inverse = match Cholesky::new(&total, width) {
            Some(factor) if factor.least_pivot > ALIASED => factor.inverse(),
            _ => Semidefinite::new(&total, width, ALIASED).inverse(),
        };
        centre(&mut inverse, problem.classes, problem.matrix.columns());
        let parameters = rows * dot(&inverse, &hessian);
        Self {
            inverse,
            parameters,
            chances,
        }
    }

    /// A^-1 (sum_i w_i s_i s_i' (x) x_i x_i') A^-1 with s = pi - y the residuals of a row: White (1982).
    pub fn sandwich(&self, problem: &Classes, team: &mut Team, rows: f64) -> Vec<f64> {
        let n = problem.matrix.rows();
        let residual = |i: usize, c: usize| {
            self.chances[c * n + i] - f64::from(u8::from(problem.target[i] as usize == c))
        };
        let meat = problem.blocks(team, |i, c, d| rows * residual(i, c) * residual(i, d));
        let width = problem.classes * problem.matrix.columns();
        product(&product(&self.inverse, &meat, width), &self.inverse, width)
    }
}

impl Classes<'_> {
    /// -(H + Lambda)^-1 g at `beta`.
    pub(super) fn newton_step(&self, team: &mut Team, beta: &[f64], gradient: &[f64]) -> Vec<f64> {
        let width = beta.len();
        let chances = self.chances(team, beta);
        let mut total = self.hessian(team, &chances);
        self.add_ridge(&mut total, 1.0);
        self.hold_common_shift(&mut total, |j| self.shrinkage.ridge[j] == 0.0);
        let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
        match Cholesky::new(&total, width) {
            Some(factor) if factor.least_pivot > ALIASED => factor.solve(&mut step),
            _ => step = Semidefinite::new(&total, width, ALIASED).solve(&step),
        }
        step
    }

    /// H of the mean loss, where the classes have these probabilities.
    fn hessian(&self, team: &mut Team, chances: &[f64]) -> Vec<f64> {
        let n = self.matrix.rows();
        self.blocks(team, |i, c, d| {
            chances[c * n + i] * (f64::from(u8::from(c == d)) - chances[d * n + i])
        })
    }

    /// sum_i w_i M_i (x) x_i x_i' with the symmetric (classes, classes) matrices M_i that `entry` gives.
    fn blocks(&self, team: &mut Team, entry: impl Fn(usize, usize, usize) -> f64) -> Vec<f64> {
        let (p, k) = (self.matrix.columns(), self.classes);
        let width = k * p;
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        let (mut out, zero) = (vec![0.0; width * width], vec![0.0; p]);
        for c in 0..k {
            for d in 0..=c {
                let weigh = |(i, w): (usize, &f64)| w * entry(i, c, d);
                let weight: Vec<f64> = self.weight.iter().enumerate().map(weigh).collect();
                let block = self
                    .matrix
                    .pass(team, &zero, &Curvatures(&weight), wanted)
                    .hessian;
                for (j, row) in block.chunks_exact(p.max(1)).enumerate() {
                    for (row_class, column_class) in [(c, d), (d, c)] {
                        let start = (row_class * p + j) * width + column_class * p;
                        out[start..start + p].copy_from_slice(row);
                    }
                }
            }
        }
        out
    }

    fn add_ridge(&self, total: &mut [f64], rows: f64) {
        let p = self.matrix.columns();
        let width = self.classes * p;
        (0..width).for_each(|a| total[a * width + a] += rows * self.shrinkage.ridge[a % p]);
    }

    /// Give the directions in which all classes move together a curvature of their own, for columns that are `held`.
    /// The rest does not feel it, and the matrix is no longer singular because of them.
    fn hold_common_shift(&self, total: &mut [f64], held: impl Fn(usize) -> bool) {
        let (p, k) = (self.matrix.columns(), self.classes);
        let width = k * p;
        for j in (0..p).filter(|&j| held(j)) {
            let typical = (0..k).map(|c| total[(c * p + j) * (width + 1)]).sum::<f64>() / k as f64;
            let own = if typical > 0.0 { typical } else { 1.0 } / k as f64;
            for c in 0..k {
                (0..k).for_each(|d| total[(c * p + j) * width + d * p + j] += own);
            }
        }
    }
}

/// P C P with P taking the mean over the classes from every coefficient.
fn centre(c: &mut [f64], classes: usize, p: usize) {
    let width = classes * p;
    let mut less = |place: &dyn Fn(usize, usize) -> usize| {
        for fixed in 0..width {
            for j in 0..p {
                let at = |class: usize| place(fixed, class * p + j);
                let mean = (0..classes).map(|k| c[at(k)]).sum::<f64>() / classes as f64;
                (0..classes).for_each(|k| c[at(k)] -= mean);
            }
        }
    };
    less(&|row, column| row * width + column);
    less(&|column, row| row * width + column);
}

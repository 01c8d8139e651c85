//! What a mixture says: densities, samples, marginals and conditionals, in the units of the table.

use induce_core::linalg::Cholesky;
use induce_core::random::Stream;
use induce_core::{Error, Result};
use induce_prob::math::log_sum_exp;
use induce_prob::special::normal_quantile;

/// p(x) = sum_k pi_k N(x | mu_k, Sigma_k)
///
/// ```
/// use induce_learn::mixture::gmm::Mixture;
///
/// let mixture = Mixture {
///     names: vec!["x".into(), "y".into()],
///     weights: vec![1.0],
///     means: vec![vec![1.0, 2.0]],
///     covariances: vec![vec![1.0, 0.5, 0.5, 2.0]],
/// };
/// // E[y | x = 3] = 2 + 0.5 (3 - 1)
/// let given = mixture.condition(&[0], &[3.0])?;
/// assert_eq!((given.names[0].as_str(), given.mean()[0]), ("y", 3.0));
/// assert_eq!(given.covariances[0], [1.75]);
/// assert_eq!(mixture.marginal(&[1])?.covariances[0], [2.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Names of the coordinates. // (width)
    pub names: Vec<String>,
    /// pi. // (components)
    pub weights: Vec<f64>,
    /// mu. // (components, width)
    pub means: Vec<Vec<f64>>,
    /// Sigma, row-major. // (components, width^2)
    pub covariances: Vec<Vec<f64>>,
}

impl Mixture {
    fn width(&self) -> usize {
        self.names.len()
    }

    /// That of some coordinates.
    ///
    /// # Errors
    /// If there is no such coordinate.
    pub fn marginal(&self, axes: &[usize]) -> Result<Self> {
        self.check(axes)?;
        let width = self.width();
        let part = |all: &Vec<f64>| {
            let row = |&i: &usize| axes.iter().map(move |&j| all[i * width + j]);
            axes.iter().flat_map(row).collect()
        };
        Ok(Self {
            names: axes.iter().map(|&j| self.names[j].clone()).collect(),
            weights: self.weights.clone(),
            means: self
                .means
                .iter()
                .map(|m| axes.iter().map(|&j| m[j]).collect())
                .collect(),
            covariances: self.covariances.iter().map(part).collect(),
        })
    }

    /// That of the other coordinates, given the values of some.
    ///
    /// # Errors
    /// If there is no such coordinate, none is left, or a covariance is singular.
    pub fn condition(&self, axes: &[usize], values: &[f64]) -> Result<Self> {
        self.check(axes)?;
        let rest: Vec<usize> = (0..self.width()).filter(|j| !axes.contains(j)).collect();
        if rest.is_empty() || values.len() != axes.len() {
            return Err(Error::data(
                format!(
                    "{} values are given of {} coordinates",
                    values.len(),
                    self.width()
                ),
                "give a value for some of them",
            ));
        }
        let known = self.marginal(axes)?;
        let mut found = self.marginal(&rest)?;
        let mut ln = Vec::with_capacity(self.weights.len());
        for k in 0..self.weights.len() {
            let factor = known.factor(k)?;
            let d: Vec<f64> = values.iter().zip(&known.means[k]).map(|(x, m)| x - m).collect();
            ln.push(self.weights[k].ln() + ln_density(&factor, &d));
            for (a, &i) in rest.iter().enumerate() {
                let cross: Vec<f64> = axes
                    .iter()
                    .map(|&j| self.covariances[k][i * self.width() + j])
                    .collect();
                let mut gain = cross;
                factor.solve(&mut gain);
                found.means[k][a] += gain.iter().zip(&d).map(|(g, d)| g * d).sum::<f64>();
                for (b, &j) in rest.iter().enumerate() {
                    let other = axes.iter().map(|&o| self.covariances[k][j * self.width() + o]);
                    found.covariances[k][a * rest.len() + b] -=
                        gain.iter().zip(other).map(|(g, c)| g * c).sum::<f64>();
                }
            }
        }
        let total = log_sum_exp(ln.iter().copied());
        found.weights = ln.iter().map(|own| (own - total).exp()).collect();
        Ok(found)
    }

    /// `E[x]`. // (width)
    pub fn mean(&self) -> Vec<f64> {
        let of = |j: usize| self.weights.iter().zip(&self.means).map(|(w, m)| w * m[j]).sum();
        (0..self.width()).map(of).collect()
    }

    /// `Var[x]`, coordinate by coordinate: within components and between them. // (width)
    pub fn variance(&self) -> Vec<f64> {
        let (mean, width) = (self.mean(), self.width());
        let of = |j: usize| {
            let own = |k: usize| self.covariances[k][j * width + j] + (self.means[k][j] - mean[j]).powi(2);
            (0..self.weights.len()).map(|k| self.weights[k] * own(k)).sum()
        };
        (0..width).map(of).collect()
    }

    /// ln p(x).
    ///
    /// # Errors
    /// If a covariance is singular.
    pub fn ln_density(&self, x: &[f64]) -> Result<f64> {
        let mut all = Vec::with_capacity(self.weights.len());
        for k in 0..self.weights.len() {
            let d: Vec<f64> = x.iter().zip(&self.means[k]).map(|(x, m)| x - m).collect();
            all.push(self.weights[k].ln() + ln_density(&self.factor(k)?, &d));
        }
        Ok(log_sum_exp(all.iter().copied()))
    }

    /// Draws, a row after the other, and the component of each. // (n, width), (n)
    ///
    /// # Errors
    /// If a covariance is singular.
    pub fn sample(&self, n: usize, stream: Stream) -> Result<(Vec<f64>, Vec<usize>)> {
        let width = self.width();
        let roots: Vec<Vec<f64>> = (0..self.weights.len())
            .map(|k| self.root(k))
            .collect::<Result<_>>()?;
        let (mut values, mut components) = (Vec::with_capacity(n * width), Vec::with_capacity(n));
        for i in 0..n as u64 {
            let own = stream.child(i);
            let mut left = own.uniform(0);
            let later = |&k: &usize| {
                left -= self.weights[k];
                left < 0.0
            };
            let k = (0..self.weights.len())
                .find(later)
                .unwrap_or(self.weights.len() - 1);
            // Uniform numbers are in [0, 1), and 0 has no quantile.
            let z: Vec<f64> = (0..width as u64)
                .map(|j| normal_quantile(1.0 - own.uniform(1 + j)))
                .map(bounded)
                .collect();
            values.extend((0..width).map(|a| {
                let row = &roots[k][a * width..=a * width + a];
                self.means[k][a] + row.iter().zip(&z).map(|(l, z)| l * z).sum::<f64>()
            }));
            components.push(k);
        }
        Ok((values, components))
    }

    fn factor(&self, k: usize) -> Result<Cholesky> {
        Cholesky::new(&self.covariances[k], self.width()).ok_or_else(|| singular(k))
    }

    /// L with L L' = Sigma.
    fn root(&self, k: usize) -> Result<Vec<f64>> {
        let mut root = self.covariances[k].clone();
        let rank = induce_core::linalg::factor_semidefinite(&mut root, self.width(), 0.0);
        (rank == self.width()).then_some(root).ok_or_else(|| singular(k))
    }

    fn check(&self, axes: &[usize]) -> Result<()> {
        match axes.iter().find(|j| **j >= self.width()) {
            None => Ok(()),
            Some(j) => Err(Error::data(
                format!("there is no coordinate {j}: there are {}", self.width()),
                "coordinates are counted from 0",
            )),
        }
    }
}

/// Eight deviations are never drawn, and infinity is no row.
fn bounded(z: f64) -> f64 {
    z.clamp(-38.0, 38.0)
}

fn singular(k: usize) -> Error {
    Error::data(
        format!("component {k} has a singular covariance"),
        "raise `reg_covar`",
    )
}

/// ln N(d | 0, L L').
fn ln_density(factor: &Cholesky, d: &[f64]) -> f64 {
    let mut z = d.to_vec();
    factor.forward(&mut z);
    let squared: f64 = z.iter().map(|z| z * z).sum();
    -0.5 * (squared + factor.ln_determinant() + d.len() as f64 * (2.0 * std::f64::consts::PI).ln())
}

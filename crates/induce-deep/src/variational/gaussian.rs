//! q(y) = N(mu, L L') as a few numbers.

use std::f64::consts::TAU;

use induce_core::random::Stream;
use induce_prob::special::normal_quantile;

use super::spec::Family;

/// A Gaussian, with L diagonal or lower triangular.
///
/// Its numbers are mu, then ln sigma, or the rows of L up to their diagonal, of which the logarithm is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    family: Family,
    dimension: usize,
    numbers: Vec<f64>,
}

/// Where row i of a packed lower triangle begins.
fn row(i: usize) -> usize {
    i * (i + 1) / 2
}

impl Gaussian {
    /// N(mu, diag(sigma^2)).
    pub fn new(family: Family, mean: &[f64], sigma: &[f64]) -> Self {
        let dimension = mean.len();
        let mut own = Self {
            family,
            dimension,
            numbers: mean.to_vec(),
        };
        own.numbers.resize(dimension + own.scales(), 0.0);
        for (i, sigma) in sigma.iter().enumerate() {
            let at = own.diagonal(i);
            own.numbers[at] = sigma.ln();
        }
        own
    }

    /// N(mu, L L') of a lower factor. // (dimension, dimension)
    pub fn of_factor(mean: &[f64], lower: &[f64]) -> Self {
        let d = mean.len();
        let sigma: Vec<f64> = (0..d).map(|i| lower[i * d + i]).collect();
        let mut own = Self::new(Family::FullRank, mean, &sigma);
        for i in 0..d {
            own.numbers[d + row(i)..d + row(i) + i].copy_from_slice(&lower[i * d..i * d + i]);
        }
        own
    }

    /// These numbers in place of its own.
    pub fn with_numbers(&self, numbers: Vec<f64>) -> Self {
        Self { numbers, ..*self }
    }

    /// Its numbers.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// Coordinates.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// mu. // (dimension)
    pub fn mean(&self) -> &[f64] {
        &self.numbers[..self.dimension]
    }

    /// Numbers of L.
    fn scales(&self) -> usize {
        match self.family {
            Family::MeanField => self.dimension,
            Family::FullRank => row(self.dimension),
        }
    }

    /// Where ln L_ii stands.
    fn diagonal(&self, i: usize) -> usize {
        match self.family {
            Family::MeanField => self.dimension + i,
            Family::FullRank => self.dimension + row(i) + i,
        }
    }

    /// What stands left of the diagonal in row i of L.
    fn left(&self, i: usize) -> &[f64] {
        match self.family {
            Family::MeanField => &[],
            Family::FullRank => {
                let start = self.dimension + row(i);
                &self.numbers[start..start + i]
            }
        }
    }

    /// L_ii.
    fn pivot(&self, i: usize) -> f64 {
        self.numbers[self.diagonal(i)].exp()
    }

    /// Deviations of the coordinates. // (dimension)
    pub fn deviations(&self) -> Vec<f64> {
        let squares = |i: usize| self.left(i).iter().map(|l| l * l).sum::<f64>() + self.pivot(i).powi(2);
        (0..self.dimension).map(|i| squares(i).sqrt()).collect()
    }

    /// L L'. // (dimension, dimension)
    pub fn covariance(&self) -> Vec<f64> {
        let d = self.dimension;
        let entry = |i: usize, j: usize| {
            if i == j {
                self.pivot(i)
            } else {
                self.left(i).get(j).copied().unwrap_or(0.0)
            }
        };
        let product = |i: usize, j: usize| (0..=i.min(j)).map(|k| entry(i, k) * entry(j, k)).sum();
        (0..d * d).map(|at| product(at / d, at % d)).collect()
    }

    /// H(q) = sum_i ln L_ii + (1 + ln 2 pi) d / 2.
    pub fn entropy(&self) -> f64 {
        let pivots: f64 = (0..self.dimension).map(|i| self.numbers[self.diagonal(i)]).sum();
        pivots + 0.5 * self.dimension as f64 * (1.0 + TAU.ln())
    }

    /// ln q(y) of y = mu + L eps.
    pub fn ln_density_of(&self, eps: &[f64]) -> f64 {
        let squares: f64 = eps.iter().map(|e| e * e - 1.0).sum();
        -self.entropy() - 0.5 * squares
    }

    /// y = mu + L eps.
    pub fn draw(&self, eps: &[f64], y: &mut [f64]) {
        for (i, y) in y.iter_mut().enumerate() {
            let left: f64 = self.left(i).iter().zip(eps).map(|(l, e)| l * e).sum();
            *y = self.numbers[i] + left + self.pivot(i) * eps[i];
        }
    }

    /// u = L' g.
    pub fn pull(&self, g: &[f64], u: &mut [f64]) {
        for i in 0..self.dimension {
            u[i] = self.pivot(i) * g[i];
            for (u, l) in u.iter_mut().zip(self.left(i)) {
                *u += l * g[i];
            }
        }
    }

    /// Go a step in its own frame: mu + L a, and L T, with T lower triangular, of diagonal e^(b_ii) and b_ij left of it.
    ///
    /// The step is a, then b as the numbers of L are kept.
    pub fn go(&mut self, step: &[f64]) {
        let d = self.dimension;
        let mut moved = vec![0.0; d];
        self.draw(&step[..d], &mut moved);
        let mut numbers = self.numbers.clone();
        numbers[..d].copy_from_slice(&moved);
        for i in 0..d {
            let at = self.diagonal(i);
            // Row i of L times T: entries left of the diagonal.
            let own: Vec<f64> = (0..self.left(i).len()).map(|j| self.times(i, j, step)).collect();
            numbers[at - own.len()..at].copy_from_slice(&own);
            numbers[at] += step[at];
        }
        self.numbers = numbers;
    }

    /// (L T)_ij = L_ij e^(b_jj) + sum_{j < k < i} L_ik b_kj + L_ii b_ij for j < i.
    fn times(&self, i: usize, j: usize, step: &[f64]) -> f64 {
        let left = self.left(i);
        let b = |k: usize| step[self.dimension + row(k) + j];
        let between: f64 = (j + 1..i).map(|k| left[k] * b(k)).sum();
        left[j] * step[self.diagonal(j)].exp() + between + self.pivot(i) * b(i)
    }

    /// Add the gradient by a step in its frame of a draw: u, then the lower triangle of u eps'.
    pub fn add_gradient(&self, u: &[f64], eps: &[f64], sum: &mut [f64]) {
        let d = self.dimension;
        sum.iter_mut().zip(u).for_each(|(s, u)| *s += u);
        for i in 0..d {
            let at = self.diagonal(i);
            let from = at - self.left(i).len();
            let columns = match self.family {
                Family::MeanField => &eps[i..=i],
                Family::FullRank => &eps[..=i],
            };
            for (s, e) in sum[from..=at].iter_mut().zip(columns) {
                *s += u[i] * e;
            }
        }
    }

    /// Add the gradient of the entropy by a step in its frame: 1 on the diagonal.
    pub fn add_entropy(&self, sum: &mut [f64]) {
        (0..self.dimension).for_each(|i| sum[self.diagonal(i)] += 1.0);
    }

    /// Numbers in units of q: those of mu and L by the deviation of their coordinate, logarithms as they are. // as the numbers
    pub fn units(&self) -> Vec<f64> {
        let deviations = self.deviations();
        let mut units = deviations.clone();
        for i in 0..self.dimension {
            units.extend(self.left(i).iter().map(|_| deviations[i]));
            units.push(1.0);
        }
        units
    }
}

/// Standard normal draw number `at` of a stream.
pub fn standard(stream: Stream, at: u64) -> f64 {
    // In (0, 1), so that it is finite.
    normal_quantile(((stream.bits(at) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64)
}

/// Standard normal draws from `first` on. // (draws, dimension)
pub fn noise(stream: Stream, first: u64, draws: usize, dimension: usize) -> Vec<f64> {
    let start = first * dimension as u64;
    (0..(draws * dimension) as u64)
        .map(|i| standard(stream, start + i))
        .collect()
}

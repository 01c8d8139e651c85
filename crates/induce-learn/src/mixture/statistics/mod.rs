//! Sums of rows weighted by responsibilities: what a mixture is learnt from.

mod chunk;
mod kernels;

use induce_core::parallel;

pub use chunk::load;

use super::forms::{BLOCK, Form};
use crate::points::Points;
use chunk::{Active, Chunk};
use kernels::{add_diagonal, add_full};

/// How much of second moments is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moments {
    /// All of (x - m)(x - m)'.
    Full,
    /// Its diagonal.
    Diagonal,
}

/// Sums over rows, about the means of the forms that gave the responsibilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// sum w r. // (components)
    pub mass: Vec<f64>,
    /// sum w r (x - m). // (components, width)
    pub sum: Vec<f64>,
    /// sum w r (x - m)(x - m)': the lower triangle within a square, or the diagonal. // (components, width^2 or width)
    pub square: Vec<f64>,
    /// sum w ln sum_k exp(score_k).
    pub log_likelihood: f64,
    /// -sum w r ln r.
    pub entropy: f64,
}

/// Memory that the sums of all pieces may take, in numbers.
const ROOM: usize = 1 << 25;

impl Statistics {
    /// No rows.
    pub fn none(components: usize, width: usize, moments: Moments) -> Self {
        let square = match moments {
            Moments::Full => width * width,
            Moments::Diagonal => width,
        };
        Self {
            mass: vec![0.0; components],
            sum: vec![0.0; components * width],
            square: vec![0.0; components * square],
            log_likelihood: 0.0,
            entropy: 0.0,
        }
    }

    /// Add those of other rows about the same means.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.mass, &other.mass),
            (&mut self.sum, &other.sum),
            (&mut self.square, &other.square),
        ];
        for (own, other) in pairs {
            own.iter_mut().zip(other).for_each(|(a, b)| *a += b);
        }
        self.log_likelihood += other.log_likelihood;
        self.entropy += other.entropy;
    }

    /// The sums over complete rows of `points`, scored by `forms` at inverse temperature `beta`; rows with missing values are left to
    /// `incomplete(row, statistics)`.
    pub fn of(
        points: &Points,
        forms: &[Form],
        moments: Moments,
        beta: f64,
        threads: usize,
        incomplete: impl Fn(usize, &mut Self) + Sync,
    ) -> Self {
        let (rows, width) = (points.rows(), points.width);
        let size = Self::none(forms.len(), width, moments).square.len().max(1);
        let pieces = (ROOM / size).clamp(1, 64).min(rows.div_ceil(1024)).max(1);
        let length = rows.div_ceil(pieces).next_multiple_of(BLOCK).max(BLOCK);
        let parts = parallel::map(threads, rows.div_ceil(length), |i| {
            let mut part = Self::none(forms.len(), width, moments);
            let range = i * length..((i + 1) * length).min(rows);
            part.add_rows(points, range, forms, moments, beta, &incomplete);
            part
        });
        let mut all = Self::none(forms.len(), width, moments);
        parts.iter().for_each(|part| all.add(part));
        all
    }

    fn add_rows(
        &mut self,
        points: &Points,
        range: std::ops::Range<usize>,
        forms: &[Form],
        moments: Moments,
        beta: f64,
        incomplete: &(impl Fn(usize, &mut Self) + Sync),
    ) {
        let mut chunk = Chunk::new(points.width, forms.len());
        for start in range.clone().step_by(chunk.rows) {
            let rows = start..(start + chunk.rows).min(range.end);
            chunk.score(points, rows.clone(), forms, beta, self, incomplete);
            for (k, form) in forms.iter().enumerate() {
                let active = chunk.gather(points, rows.start, k, &form.mean);
                self.mass[k] += active.mass;
                self.add_second(k, moments, &active);
            }
        }
    }

    /// `sum += r d`, `square += r d d'`
    fn add_second(&mut self, k: usize, moments: Moments, active: &Active) {
        let width = self.sum.len() / self.mass.len();
        let sum = &mut self.sum[k * width..][..width];
        match moments {
            Moments::Full => {
                let square = &mut self.square[k * width * width..][..width * width];
                add_full(active.away, active.scaled, sum, square);
            }
            Moments::Diagonal => {
                let square = &mut self.square[k * width..][..width];
                add_diagonal(active.away, active.scaled, sum, square);
            }
        }
    }
}

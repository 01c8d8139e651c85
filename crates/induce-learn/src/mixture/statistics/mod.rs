//! Sums of rows weighted by responsibilities: what a mixture is learnt from.

mod chunk;
mod kernels;
mod pairs;

use induce_core::parallel;

pub use chunk::load;

use super::forms::{BLOCK, Form, Scorer};
use crate::points::Points;
use chunk::Chunk;
use kernels::{add_products, add_sum};
use pairs::Pairs;

/// How much of second moments is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moments {
    /// All of (x - m)(x - m)'.
    Full,
    /// Its diagonal.
    Diagonal,
    /// The sum of all over the components, which stands at the one of most mass: where they share a covariance, no more is asked.
    Shared,
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
            Moments::Full | Moments::Shared => width * width,
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
        let scorer = Scorer::new(forms);
        let parts = parallel::map(threads, rows.div_ceil(length), |i| {
            let none = Self::none(forms.len(), width, moments);
            let mut part = (none, Pairs::none(forms.len(), moments == Moments::Shared));
            let range = i * length..((i + 1) * length).min(rows);
            add_rows(&mut part, points, range, &scorer, moments, beta, &incomplete);
            part
        });
        let mut all = Self::none(forms.len(), width, moments);
        let mut pairs = Pairs::none(forms.len(), moments == Moments::Shared);
        for (part, of_pairs) in &parts {
            all.add(part);
            pairs.add(of_pairs);
        }
        if moments == Moments::Shared {
            all.share(&pairs, forms);
        }
        all
    }

    /// The second moments of all components at the one of most mass, with those of the means.
    fn share(&mut self, pairs: &Pairs, forms: &[Form]) {
        let size = self.square.len() / self.mass.len();
        let (first, others) = self.square.split_at_mut(size);
        for other in others.chunks_exact_mut(size) {
            first.iter_mut().zip(&*other).for_each(|(all, own)| *all += own);
            other.fill(0.0);
        }
        pairs.add_spread(forms, first);
        let larger = |best: usize, k: usize| if self.mass[k] > self.mass[best] { k } else { best };
        let most = (1..self.mass.len()).fold(0, larger);
        if most > 0 {
            let (first, others) = self.square.split_at_mut(size);
            first.swap_with_slice(&mut others[(most - 1) * size..][..size]);
        }
    }

    /// `sum += r d`, `square += r d d'` over the rows of a chunk that begins at `start`.
    fn add_moments(
        &mut self,
        k: usize,
        moments: Moments,
        chunk: &mut Chunk,
        of: (&Points, usize),
        mean: &[f64],
    ) {
        let width = mean.len();
        let sum = &mut self.sum[k * width..][..width];
        self.mass[k] += chunk.select(k);
        match moments {
            Moments::Full => {
                let square = &mut self.square[k * width * width..][..width * width];
                let active = chunk.gather(of, k, mean);
                add_sum(active.scaled, sum);
                add_products(active.away, active.scaled, width, square);
            }
            Moments::Diagonal => {
                let square = &mut self.square[k * width..][..width];
                chunk.add_diagonal(of, k, mean, sum, square);
            }
            Moments::Shared => chunk.add_diagonal(of, k, mean, sum, &mut vec![0.0; width]),
        }
    }
}

fn add_rows(
    (part, pairs): &mut (Statistics, Pairs),
    points: &Points,
    range: std::ops::Range<usize>,
    scorer: &Scorer,
    moments: Moments,
    beta: f64,
    incomplete: &(impl Fn(usize, &mut Statistics) + Sync),
) {
    let (forms, width) = (scorer.forms, points.width);
    let mut chunk = Chunk::new(width, forms.len());
    for start in range.clone().step_by(chunk.rows) {
        let rows = start..(start + chunk.rows).min(range.end);
        let [ln, entropy] = chunk.score(points, rows.clone(), scorer, beta, |row| incomplete(row, part));
        part.log_likelihood += ln;
        part.entropy += entropy;
        for (k, form) in forms.iter().enumerate() {
            part.add_moments(k, moments, &mut chunk, (points, rows.start), &form.mean);
        }
        if moments == Moments::Shared {
            let probabilities = chunk.probabilities();
            pairs.add_chunk(&chunk, &probabilities);
            let about = chunk.about_expected(points, rows.start, forms, &probabilities);
            add_products(about.away, about.scaled, width, &mut part.square[..width * width]);
        }
    }
}

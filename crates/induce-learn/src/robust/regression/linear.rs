//! Linear regression as a problem of the search.

use std::ops::Range;

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Result, multiversion};
use induce_prob::math::{exp, softplus};

use super::scaled::{Scale, Scaled, standardise};
use super::wide::{HESSIAN, Wide};
use crate::linear::kernels::{axpy, axpy_four, dot, scale_into, sum};
use crate::linear::matrix::{CHUNK, Column, Dense, Matrix, Pass, Rows};
use crate::robust::{Mixture, Problem};
use induce_core::linalg::{factor_semidefinite, solve_general, solve_semidefinite};
use induce_core::model::Dataset;
use induce_core::model::Schema;

/// Rows among which samples are scored; what wins there is improved on all rows.
pub(super) const PART: usize = 2048;

/// Rows in scaled coordinates; a model is the intercept and the coefficients there.
pub(super) struct Linear {
    /// Column after column: ones, and the columns that are no combination of those before them.
    values: Vec<f64>,
    y: Vec<f64>,
    weight: Option<Vec<f64>>,
    /// The same columns where most of them are indicators of many categories.
    wide: Option<Wide>,
    /// Rows of a sample.
    pub(super) sample: usize,
}

/// Conversion of scaled coefficients to the units of the table.
pub(super) struct Units {
    /// Which columns of the design are kept; the others have the coefficient 0.
    kept: Vec<usize>,
    scales: Vec<Scale>,
    pub(super) target: Scale,
    pub(super) fill: Vec<f64>,
}

/// Of one unknown and those before it: less than this fraction of its own variance left is none.
const DEPENDENT: f64 = 1e-11;

impl Linear {
    /// The rows of `data`, with a sample of as many as there are coefficients.
    pub(super) fn new(schema: &Schema, data: &Dataset, team: &mut Team) -> Result<(Self, Units)> {
        let Scaled { values, scales, fill } = Scaled::of(schema, data.table, data.weight, team)?;
        let mut y = data.target.to_vec();
        let (target, _) = standardise(&mut y, data.weight);
        let mut all = Self {
            values,
            y,
            weight: data.weight.map(<[f64]>::to_vec),
            wide: None,
            sample: 0,
        };
        all.widen();
        let kept = all.independent(team);
        all.keep(&kept);
        all.widen();
        all.sample = all.size();
        let units = Units {
            kept,
            scales,
            target,
            fill,
        };
        Ok((all, units))
    }

    /// Coefficients with the intercept.
    pub(super) fn size(&self) -> usize {
        self.values.len() / self.y.len().max(1)
    }

    fn columns(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.y.len().max(1))
    }

    /// Loss, gradient and Hessian of `rows` at `beta`.
    fn pass(&self, team: &mut Team, beta: &[f64], rows: &dyn Rows) -> Pass {
        if let Some(wide) = &self.wide {
            return wide.pass(team, beta, rows);
        }
        let x = Matrix::Dense(Dense {
            rows: self.y.len(),
            columns: self.columns().map(|c| Column::borrowed(c, 0.0, 1.0)).collect(),
        });
        x.pass(team, beta, rows, HESSIAN)
    }

    /// The columns that are no combination of the ones and those before them.
    ///
    /// What a pivot is on a few of the rows it is at least on all of them, so few rows often settle it.
    fn independent(&self, team: &mut Team) -> Vec<usize> {
        let total = self.weight.as_ref().map_or(self.y.len() as f64, |w| sum(w));
        if let Some(few) = self.few() {
            let pivots = pivots(few.plain(&mut Team::alone()).hessian, self.size());
            if pivots.iter().all(|p| *p > DEPENDENT * total) {
                return (0..self.size() - 1).collect();
            }
        }
        let pivots = pivots(self.plain(team).hessian, self.size());
        (1..self.size())
            .filter(|j| pivots[*j] > 0.0)
            .map(|j| j - 1)
            .collect()
    }

    /// Every so many rows, about as many as [`PART`]; none if there are not more.
    fn few(&self) -> Option<Self> {
        let step = self.y.len() / PART;
        let take = |values: &[f64]| values.iter().step_by(step).copied().collect::<Vec<f64>>();
        (step > 1).then(|| Self {
            values: self.columns().flat_map(take).collect(),
            y: take(&self.y),
            weight: self.weight.as_ref().map(|w| take(w)),
            wide: None,
            sample: 0,
        })
    }

    /// Finds out again whether the columns are wide.
    fn widen(&mut self) {
        self.wide = Wide::of(&self.values, self.y.len());
    }

    fn keep(&mut self, kept: &[usize]) {
        let (rows, all) = (self.y.len(), self.size() - 1);
        if kept.len() < all {
            for (to, from) in kept.iter().enumerate() {
                self.values
                    .copy_within((from + 1) * rows..(from + 2) * rows, (to + 1) * rows);
            }
            self.values.truncate((kept.len() + 1) * rows);
        }
    }

    /// Some of many rows, each from its own stretch of them, so that a weight is still a repetition; none if they are
    /// few.
    pub(super) fn part(&self, stream: Stream) -> Option<Self> {
        if self.y.len() <= PART {
            return None;
        }
        let position = |k: usize, total: f64| (k as f64 + stream.uniform(k as u64)) * (total / PART as f64);
        let last = self.y.len() - 1;
        let rows: Vec<usize> = match &self.weight {
            None => (0..PART)
                .map(|k| (position(k, self.y.len() as f64) as usize).min(last))
                .collect(),
            Some(weight) => {
                let ends: Vec<f64> = weight
                    .iter()
                    .scan(0.0, |end, w| {
                        *end += w;
                        Some(*end)
                    })
                    .collect();
                (0..PART)
                    .map(|k| position(k, ends[last]))
                    .map(|position| ends.partition_point(|end| *end <= position).min(last))
                    .collect()
            }
        };
        let mut values = Vec::with_capacity(PART * self.size());
        self.columns()
            .for_each(|c| values.extend(rows.iter().map(|&i| c[i])));
        let mut part = Self {
            values,
            y: rows.iter().map(|&i| self.y[i]).collect(),
            weight: None,
            wide: None,
            sample: self.sample,
        };
        part.widen();
        Some(part)
    }

    /// For PROSAC: the rows that plain least squares misses least come first.
    pub(super) fn order(&self) -> Option<Vec<u32>> {
        let mut squared = vec![0.0; self.y.len()];
        self.squared(&self.start()?, &mut squared);
        let mut order: Vec<u32> = (0..self.y.len() as u32).collect();
        order.sort_by(|a, b| squared[*a as usize].total_cmp(&squared[*b as usize]));
        Some(order)
    }

    /// Weighted rows within `limit` of the model.
    pub(super) fn within(&self, beta: &[f64], limit: f64) -> f64 {
        let (mut squared, mut all) = ([0.0; CHUNK], 0.0);
        for first in (0..self.y.len()).step_by(CHUNK) {
            let rows = first..(first + CHUNK).min(self.y.len());
            let squared = &mut squared[..rows.len()];
            self.squared_of(rows.clone(), beta, squared);
            let near = |r2: &f64| f64::from(u8::from(*r2 <= limit * limit));
            all += match &self.weight {
                None => squared.iter().map(near).sum::<f64>(),
                Some(weight) => squared
                    .iter()
                    .zip(&weight[rows])
                    .map(|(r2, w)| near(r2) * w)
                    .sum(),
            };
        }
        all
    }

    /// The squared residuals of some rows.
    fn squared_of(&self, rows: Range<usize>, beta: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&self.y[rows.clone()]);
        let size = beta.len();
        let column = |j: usize| &self.values[j * self.y.len()..][rows.clone()];
        for j in (0..size).step_by(4) {
            if j + 4 > size {
                (j..size).for_each(|j| axpy(-beta[j], column(j), out));
            } else {
                let four = [0, 1, 2, 3].map(|k| j + k);
                axpy_four(four.map(|j| -beta[j]), [0.0; 4], four.map(column), out);
            }
        }
        squares(out);
    }

    /// `X' W X`, `-X' W y`.
    fn plain(&self, team: &mut Team) -> Pass {
        let rows = Plain {
            y: &self.y,
            weight: self.weight.as_deref(),
        };
        self.pass(team, &vec![0.0; self.size()], &rows)
    }

    /// One pass of expectation-maximisation over all rows: `X' P X`, `X' P r` and `gain`.
    pub(super) fn agree(&self, team: &mut Team, beta: &[f64], mixture: &Mixture, gain: Gain) -> Pass {
        let rows = Agreeing {
            y: &self.y,
            weight: self.weight.as_deref(),
            mixture,
            gain,
        };
        self.pass(team, beta, &rows)
    }

    /// The weighted least-squares model of a pass at `beta`: `X' P X b = X' P y`. Columns that the agreeing rows leave
    /// open have the coefficient 0.
    pub(super) fn solved(beta: &[f64], pass: &Pass) -> Option<Vec<f64>> {
        let (n, mut normal) = (beta.len(), pass.hessian.clone());
        let mut right: Vec<f64> = (0..n)
            .map(|j| dot(&normal[j * n..(j + 1) * n], beta) - pass.gradient[j])
            .collect();
        solve_semidefinite(&mut normal, &mut right, DEPENDENT);
        right.iter().all(|b| b.is_finite()).then_some(right)
    }

    /// Least squares through a sample of more rows than coefficients, or of rows that do not determine all of them, as
    /// happens with rare categories: what it leaves open is 0, and the rows that agree decide it later.
    fn of_sample(&self, sample: &[usize]) -> Option<Vec<f64>> {
        let part = Self {
            values: self
                .columns()
                .flat_map(|c| sample.iter().map(|&i| c[i]))
                .collect(),
            y: sample.iter().map(|&i| self.y[i]).collect(),
            weight: None,
            wide: None,
            sample: 0,
        };
        let mut pass = part.plain(&mut Team::alone());
        let mut beta: Vec<f64> = pass.gradient.iter().map(|g| -g).collect();
        solve_semidefinite(&mut pass.hessian, &mut beta, 1e-9);
        beta.iter().all(|b| b.is_finite()).then_some(beta)
    }
}

impl Units {
    /// Columns of the design, those that are left out included.
    pub(super) fn columns(&self) -> usize {
        self.scales.len()
    }

    /// What a scaled coefficient is in the table's units, and the centre of its column.
    fn unit(&self, k: usize) -> (f64, f64) {
        let scale = self.scales[self.kept[k]];
        (self.target.size / scale.size, scale.centre)
    }

    /// Intercept and coefficients.
    pub(super) fn unscaled(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let mut coefficients = vec![0.0; self.scales.len()];
        let mut intercept = self.target.centre + beta[0] * self.target.size;
        for (k, b) in beta[1..].iter().enumerate() {
            let (unit, centre) = self.unit(k);
            coefficients[self.kept[k]] = b * unit;
            intercept -= b * unit * centre;
        }
        (intercept, coefficients)
    }

    /// The covariance of intercept and coefficients, `T C T'`; 0 for columns that are left out.
    pub(super) fn covariance(&self, inverse: &[f64], variance: f64) -> Vec<f64> {
        let (n, all) = (self.kept.len() + 1, self.scales.len() + 1);
        // The first row of T; in the others there is one unit each.
        let units: Vec<(f64, f64)> = (0..n - 1).map(|k| self.unit(k)).collect();
        let shifts = units.iter().map(|(unit, centre)| -unit * centre);
        let first: Vec<f64> = std::iter::once(self.target.size).chain(shifts).collect(); // (n)
        let mut half = vec![0.0; all * n];
        for (k, row) in inverse.chunks_exact(n).enumerate() {
            half[k] = dot(&first, row);
        }
        for (k, (unit, _)) in units.iter().enumerate() {
            let to = (self.kept[k] + 1) * n;
            let row = &inverse[(k + 1) * n..(k + 2) * n];
            row.iter()
                .zip(&mut half[to..to + n])
                .for_each(|(c, h)| *h = unit * c);
        }
        let mut out = vec![0.0; all * all];
        for (half, row) in half.chunks_exact(n).zip(out.chunks_exact_mut(all)) {
            row[0] = variance * dot(half, &first);
            for (k, (unit, _)) in units.iter().enumerate() {
                row[self.kept[k] + 1] = variance * (half[k + 1] * unit);
            }
        }
        out
    }
}

/// The pivots of a Gram matrix, 0 where a column is a combination of those before it.
fn pivots(mut gram: Vec<f64>, n: usize) -> Vec<f64> {
    factor_semidefinite(&mut gram, n, DEPENDENT);
    (0..n).map(|j| gram[j * n + j] * gram[j * n + j]).collect()
}

/// Plain least squares at 0.
struct Plain<'a> {
    y: &'a [f64],
    weight: Option<&'a [f64]>,
}

impl Rows for Plain<'_> {
    fn derivatives(
        &self,
        rows: Range<usize>,
        _: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64 {
        match self.weight {
            None => curvature.fill(1.0),
            Some(weight) => curvature.copy_from_slice(&weight[rows.clone()]),
        }
        for ((row_gradient, y), w) in row_gradient.iter_mut().zip(&self.y[rows]).zip(curvature) {
            *row_gradient = -*w * y;
        }
        0.0
    }
}

/// What a pass sums up besides the normal equations.
#[derive(Clone, Copy)]
pub(super) enum Gain {
    /// The log-likelihood above that of outliers alone.
    Score,
    /// The sum of squared residuals, weighed by the posteriors.
    Squares,
}

/// Rows weighed by the probability that they are inliers.
struct Agreeing<'a> {
    y: &'a [f64],
    weight: Option<&'a [f64]>,
    mixture: &'a Mixture,
    gain: Gain,
}

impl Rows for Agreeing<'_> {
    fn derivatives(
        &self,
        rows: Range<usize>,
        eta: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64 {
        let (threshold2, half) = (self.mixture.threshold2, 0.5 / self.mixture.variance);
        residuals(&self.y[rows.clone()], eta, row_gradient);
        let weight = self.weight.map(|weight| &weight[rows.clone()]);
        let score = match (self.gain, weight) {
            (Gain::Squares, _) => {
                posteriors(row_gradient, threshold2, half, curvature);
                0.0
            }
            (Gain::Score, None) => scored(row_gradient, threshold2, half, curvature),
            (Gain::Score, Some(weight)) => {
                weighted_scores(row_gradient, threshold2, half, curvature, eta);
                dot(weight, eta)
            }
        };
        let mut weighted = [0.0; CHUNK];
        let weighted = &mut weighted[..rows.len()];
        if let Some(weight) = weight {
            scale_into(weight, curvature, weighted);
            curvature.copy_from_slice(weighted);
        }
        scale_into(curvature, row_gradient, weighted);
        let gain = match self.gain {
            Gain::Score => score,
            Gain::Squares => dot(weighted, row_gradient),
        };
        row_gradient.copy_from_slice(weighted);
        gain
    }
}

/// No sum of scores is rounded by as much.
const ROUNDING: f64 = 1.0 + 1e-12;

/// Beyond, a residual's square overflows.
const FARTHEST: f64 = 1e150;

multiversion! {
    /// `x' beta - y`; what overflows is as far as a number goes.
    fn residuals(y: &[f64], eta: &[f64], out: &mut [f64]) {
        for ((r, y), eta) in out.iter_mut().zip(y).zip(eta) {
            let difference = eta - y;
            *r = if difference.abs() < FARTHEST { difference } else { FARTHEST };
        }
    }
}

multiversion! {
    fn posteriors(r: &[f64], threshold2: f64, half_precision: f64, out: &mut [f64]) {
        for (p, r) in out.iter_mut().zip(r) {
            *p = 1.0 / (1.0 + exp((r * r - threshold2) * half_precision));
        }
    }
}

/// Rows whose scores are added up side by side.
const LANES: usize = 16;

multiversion! {
    /// Posteriors, and the sum of the log-likelihoods above that of an outlier; of at most [`CHUNK`] rows, so that the
    /// product of their factors is a finite number and one logarithm does for all.
    fn scored(r: &[f64], threshold2: f64, half_precision: f64, posterior: &mut [f64]) -> f64 {
        let (mut sums, mut products) = ([0.0_f64; LANES], [1.0_f64; LANES]);
        let (blocks, rest) = r.as_chunks::<LANES>();
        let (out, last) = posterior.as_chunks_mut::<LANES>();
        for (r, p) in blocks.iter().zip(out) {
            for l in 0..LANES {
                let x = (threshold2 - r[l] * r[l]) * half_precision;
                let e = exp(-x.abs());
                sums[l] += if x > 0.0 { x } else { 0.0 };
                products[l] *= 1.0 + e;
                p[l] = (if x > 0.0 { 1.0 } else { e }) / (1.0 + e);
            }
        }
        for (l, (r, p)) in rest.iter().zip(last).enumerate() {
            let x = (threshold2 - r * r) * half_precision;
            let e = exp(-x.abs());
            sums[l] += if x > 0.0 { x } else { 0.0 };
            products[l] *= 1.0 + e;
            *p = (if x > 0.0 { 1.0 } else { e }) / (1.0 + e);
        }
        sums.iter().sum::<f64>() + products.iter().product::<f64>().ln()
    }
}

multiversion! {
    /// Posteriors and log-likelihoods above that of an outlier, row by row.
    fn weighted_scores(r: &[f64], threshold2: f64, half_precision: f64, posterior: &mut [f64], score: &mut [f64]) {
        for ((p, s), r) in posterior.iter_mut().zip(score).zip(r) {
            let x = (threshold2 - r * r) * half_precision;
            *p = 1.0 / (1.0 + exp(-x));
            *s = softplus(x);
        }
    }
}

impl Problem for Linear {
    type Model = Vec<f64>;

    fn rows(&self) -> usize {
        self.y.len()
    }

    fn sample_size(&self) -> usize {
        self.sample
    }

    fn same(&self, a: usize, b: usize) -> bool {
        a == b || (self.y[a] == self.y[b] && self.columns().all(|c| c[a] == c[b]))
    }

    fn candidates(&self, sample: &[usize]) -> Vec<Vec<f64>> {
        let n = self.size();
        if sample.len() == n {
            let mut a = vec![0.0; n * n];
            for (j, column) in self.columns().enumerate() {
                sample
                    .iter()
                    .enumerate()
                    .for_each(|(r, &i)| a[r * n + j] = column[i]);
            }
            let mut beta: Vec<f64> = sample.iter().map(|&i| self.y[i]).collect();
            if solve_general(&mut a, &mut beta).is_some() {
                return vec![beta];
            }
        }
        self.of_sample(sample).into_iter().collect()
    }

    fn squared(&self, beta: &Vec<f64>, out: &mut [f64]) {
        for (chunk, out) in out.chunks_mut(CHUNK).enumerate() {
            let rows = chunk * CHUNK..chunk * CHUNK + out.len();
            self.squared_of(rows, beta, out);
        }
    }

    /// Chunk by chunk, until not even rows that are all met exactly could bring the score above `above`.
    fn score(&self, mixture: &Mixture, weight: Option<&[f64]>, beta: &Vec<f64>, above: f64) -> f64 {
        let (rows, mut squared, mut score) = (self.y.len(), [0.0; CHUNK], 0.0);
        let most = softplus(mixture.threshold2 * (0.5 / mixture.variance));
        for first in (0..rows).step_by(CHUNK) {
            if weight.is_none() && score + most * (rows - first) as f64 * ROUNDING < above {
                return f64::NEG_INFINITY;
            }
            let chunk = first..(first + CHUNK).min(rows);
            let squared = &mut squared[..chunk.len()];
            self.squared_of(chunk.clone(), beta, squared);
            score += mixture.score(squared, weight.map(|w| &w[chunk]));
        }
        score
    }

    fn refit(&self, near: &Vec<f64>, weight: &[f64]) -> Option<Vec<f64>> {
        let rows = Plain {
            y: &self.y,
            weight: Some(weight),
        };
        let pass = self.pass(&mut Team::alone(), &vec![0.0; near.len()], &rows);
        Self::solved(&vec![0.0; near.len()], &pass)
    }

    /// In one pass: posteriors are by-products of the score, and rows are in the cache for the normal equations.
    fn step(
        &self,
        mixture: &Mixture,
        _: Option<&[f64]>,
        beta: &Vec<f64>,
        above: f64,
    ) -> (f64, Option<Vec<f64>>) {
        let pass = self.agree(&mut Team::alone(), beta, mixture, Gain::Score);
        let next = (pass.loss > above).then(|| Self::solved(beta, &pass)).flatten();
        (pass.loss, next)
    }

    fn start(&self) -> Option<Vec<f64>> {
        let pass = self.plain(&mut Team::alone());
        Self::solved(&vec![0.0; self.size()], &pass)
    }
}

multiversion! {
    /// `r^2`; what overflows is as far as a number goes.
    fn squares(residuals: &mut [f64]) {
        for r in residuals {
            let square = *r * *r;
            *r = if square < FARTHEST * FARTHEST { square } else { FARTHEST * FARTHEST };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line with noise, more rows than a chunk and no whole number of lanes.
    fn line() -> Linear {
        let n = 2 * CHUNK + 37;
        let x = |i: usize| (i as f64 * 0.37).sin();
        let noise = |i: usize| 0.4 * (i as f64 * 1.7).cos() + if i.is_multiple_of(5) { 30.0 } else { 0.0 };
        Linear {
            values: (0..2 * n).map(|i| if i < n { 1.0 } else { x(i - n) }).collect(),
            y: (0..n).map(|i| 1.0 + 2.0 * x(i) + noise(i)).collect(),
            weight: None,
            wide: None,
            sample: 2,
        }
    }

    #[test]
    fn scores_and_posteriors_are_those_of_the_mixture() {
        let (linear, mixture, beta) = (line(), Mixture::new(0.5), vec![1.1, 1.9]);
        let mut squared = vec![0.0; linear.rows()];
        linear.squared(&beta, &mut squared);
        let exact = |r2: &f64| softplus((mixture.threshold2 - r2) * 0.5 / mixture.variance);
        let score: f64 = squared.iter().map(exact).sum();
        let pass = linear.agree(&mut Team::alone(), &beta, &mixture, Gain::Score);
        assert!((pass.loss - score).abs() < 1e-11 * score, "{} {score}", pass.loss);
        let inliers: f64 = squared.iter().map(|r2| mixture.posterior(*r2)).sum();
        assert!((pass.hessian[0] - inliers).abs() < 1e-11 * inliers);
        // Samples are told apart by exponentials of single precision.
        let found = linear.score(&mixture, None, &beta, f64::NEG_INFINITY);
        assert!((found - score).abs() < 1e-6 * score, "{found} {score}");
    }

    /// A model that could still win keeps its score to the bit; one that cannot is given up.
    #[test]
    fn a_score_is_cut_short_only_where_it_cannot_win() {
        let (linear, mixture) = (line(), Mixture::new(0.5));
        let score = |beta: &Vec<f64>, above: f64| linear.score(&mixture, None, beta, above);
        let good = score(&vec![1.0, 2.0], f64::NEG_INFINITY);
        assert_eq!(score(&vec![1.0, 2.0], good), good);
        assert_eq!(score(&vec![1.0, 2.0], 0.999 * good), good);
        assert_eq!(score(&vec![90.0, 2.0], good), f64::NEG_INFINITY);
        // The weighted ones are never cut.
        let ones = vec![1.0; linear.rows()];
        assert!(
            linear
                .score(&mixture, Some(&ones), &vec![90.0, 2.0], good)
                .is_finite()
        );
    }
}

//! Sums of rows weighted by responsibilities: what a mixture is learnt from.

use induce_core::{multiversion, parallel};

use super::forms::{BLOCK, Form, Lanes, normalize};
use crate::points::Points;

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
        let width = points.width;
        let mut x = vec![[0.0; BLOCK]; width];
        let mut difference = x.clone();
        let mut scores = vec![[0.0; BLOCK]; forms.len()];
        for start in range.clone().step_by(BLOCK) {
            let rows = start..(start + BLOCK).min(range.end);
            let weight = load(points, rows.clone(), &mut x);
            for (row, _) in rows.clone().zip(&weight).filter(|own| own.1.is_nan()) {
                incomplete(row, self);
            }
            let weight = weight.map(|w| if w.is_nan() { 0.0 } else { w });
            for (score, form) in scores.iter_mut().zip(forms) {
                *score = form.score(&x, &mut difference);
                score.iter_mut().for_each(|s| *s *= beta);
            }
            let ln = normalize(&mut scores);
            self.log_likelihood += weight
                .iter()
                .zip(&ln)
                .filter(|own| *own.0 > 0.0)
                .map(|(w, ln)| w * ln)
                .sum::<f64>();
            for (k, form) in forms.iter().enumerate() {
                let r: Lanes = std::array::from_fn(|l| weight[l] * scores[k][l]);
                self.entropy -= (0..BLOCK)
                    .filter(|&l| r[l] > 0.0)
                    .map(|l| r[l] * scores[k][l].ln())
                    .sum::<f64>();
                if r.iter().all(|r| *r == 0.0) {
                    continue;
                }
                let mass: f64 = r.iter().sum();
                self.mass[k] += mass;
                let sum = &mut self.sum[k * width..][..width];
                match moments {
                    Moments::Full => {
                        let square = &mut self.square[k * width * width..][..width * width];
                        add_full(&x, &form.mean, &r, &mut difference, sum, square);
                    }
                    Moments::Diagonal => {
                        let square = &mut self.square[k * width..][..width];
                        add_diagonal(&x, &form.mean, &r, sum, square);
                    }
                }
            }
        }
    }
}

/// Rows as lanes; their weights, NaN for rows with missing values, 0 where there is no row.
pub fn load(points: &Points, rows: std::ops::Range<usize>, x: &mut [Lanes]) -> Lanes {
    let mut weight = [0.0; BLOCK];
    x.iter_mut().for_each(|lanes| lanes.fill(0.0));
    for (l, row) in rows.enumerate() {
        let point = points.row(row);
        weight[l] = points.weight(row);
        if point.iter().any(|x| x.is_nan()) {
            weight[l] = f64::NAN;
            continue;
        }
        for (lanes, value) in x.iter_mut().zip(point) {
            lanes[l] = *value;
        }
    }
    weight
}

/// The sum of lanes, in halves.
#[inline(always)]
fn total(lanes: &Lanes) -> f64 {
    let mut eight = [0.0; 8];
    for part in lanes.as_chunks::<8>().0 {
        for l in 0..8 {
            eight[l] += part[l];
        }
    }
    ((eight[0] + eight[4]) + (eight[2] + eight[6])) + ((eight[1] + eight[5]) + (eight[3] + eight[7]))
}

multiversion! {
    /// `sum += r d`, `square += r d d'` with d = x - m
    fn add_full(x: &[Lanes], mean: &[f64], r: &Lanes, difference: &mut [Lanes], sum: &mut [f64], square: &mut [f64]) {
        let width = mean.len();
        for ((d, x), m) in difference.iter_mut().zip(x).zip(mean) {
            *d = std::array::from_fn(|l| x[l] - m);
        }
        for i in 0..width {
            let own: Lanes = std::array::from_fn(|l| r[l] * difference[i][l]);
            sum[i] += total(&own);
            for (square, d) in square[i * width..=i * width + i].iter_mut().zip(&*difference) {
                let product: Lanes = std::array::from_fn(|l| own[l] * d[l]);
                *square += total(&product);
            }
        }
    }
}

multiversion! {
    /// `sum += r d`, `square += r d^2` with d = x - m
    fn add_diagonal(x: &[Lanes], mean: &[f64], r: &Lanes, sum: &mut [f64], square: &mut [f64]) {
        for (((x, m), sum), square) in x.iter().zip(mean).zip(sum).zip(square) {
            let d: Lanes = std::array::from_fn(|l| x[l] - m);
            let own: Lanes = std::array::from_fn(|l| r[l] * d[l]);
            let product: Lanes = std::array::from_fn(|l| own[l] * d[l]);
            *sum += total(&own);
            *square += total(&product);
        }
    }
}

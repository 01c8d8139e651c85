//! Principal components where values are missing: expectation-maximisation over what is there.

use induce_core::linalg::{Cholesky, Eigen, dot};
use induce_core::words::{counted, number};
use induce_core::{Outcome, Run};

use super::randomized::leading;
use crate::points::Points;

/// Most iterations.
const MOST: usize = 1_000;
/// Rise of the log likelihood per row at which it ends.
const ENOUGH: f64 = 1e-7;

/// x = mu + W z + e.
pub struct Factors {
    /// mu. // (width)
    pub mean: Vec<f64>,
    /// W. // (width, count)
    pub loadings: Vec<f64>,
    /// sigma^2.
    pub noise: f64,
    /// Columns of W.
    pub count: usize,
}

/// What a row says of its z.
pub struct Posterior {
    /// E[z]. // (count)
    pub mean: Vec<f64>,
    /// Var[z]. // (count, count)
    pub variance: Vec<f64>,
    /// ln p of what is there.
    pub ln: f64,
}

/// What is added to W'W at least, as a share of it.
const ROUNDING: f64 = 1e-12;

impl Factors {
    /// The posterior of z given the coordinates that a row has.
    pub fn posterior(&self, x: &[f64]) -> Posterior {
        let q = self.count;
        let there: Vec<usize> = (0..x.len()).filter(|&j| !x[j].is_nan()).collect();
        let mut precision = vec![0.0; q * q];
        let (mut right, mut squared) = (vec![0.0; q], 0.0);
        for &j in &there {
            let (w, d) = (&self.loadings[j * q..][..q], x[j] - self.mean[j]);
            squared += d * d;
            for a in 0..q {
                right[a] += w[a] * d;
                (0..q).for_each(|b| precision[a * q + b] += w[a] * w[b]);
            }
        }
        // Rows of fewer directions than components leave no noise; what rounding leaves of W'W is not definite then.
        let largest = (0..q).map(|a| precision[a * q + a]).fold(0.0, f64::max);
        let least = self.noise.max(ROUNDING * largest).max(f64::MIN_POSITIVE);
        (0..q).for_each(|a| precision[a * q + a] += least);
        let factor = Cholesky::new(&precision, q).expect("W'W + sigma^2 I is definite beyond rounding");
        let mut mean = right.clone();
        factor.solve(&mut mean);
        let explained: f64 = mean.iter().zip(&right).map(|(m, r)| m * r).sum();
        let variance = factor.inverse().iter().map(|v| self.noise * v).collect();
        let n = there.len() as f64;
        let ln_determinant = factor.ln_determinant() + (n - q as f64) * self.noise.ln();
        let ln = -0.5
            * ((squared - explained) / self.noise + ln_determinant + n * (2.0 * std::f64::consts::PI).ln());
        Posterior { mean, variance, ln }
    }

    /// The principal directions as rows, their variances, falling, and the row's expectation in their place.
    pub fn principal(&self) -> (Vec<f64>, Vec<f64>) {
        let (q, width) = (self.count, self.mean.len());
        let mut gram = vec![0.0; q * q];
        for w in self.loadings.chunks_exact(q) {
            (0..q * q).for_each(|i| gram[i] += w[i / q] * w[i % q]);
        }
        let eigen = Eigen::new(&gram, q);
        let (mut variances, mut vectors) = (Vec::new(), Vec::new());
        for k in (0..q).rev() {
            let (value, turn) = (eigen.values[k].max(0.0), &eigen.vectors[k * q..(k + 1) * q]);
            let scale = if value > 0.0 { 1.0 / value.sqrt() } else { 0.0 };
            let entry = |j: usize| scale * (0..q).map(|a| self.loadings[j * q + a] * turn[a]).sum::<f64>();
            vectors.extend((0..width).map(entry));
            variances.push(value + self.noise);
        }
        (variances, vectors)
    }
}

/// Fit by expectation-maximisation; log likelihoods per unit of weight, which never fall.
pub fn em(points: &Points, count: usize, run: &Run) -> (Factors, Vec<f64>, Outcome) {
    let mut factors = begin(points, count, run);
    let mut trace: Vec<f64> = Vec::new();
    for step in 0..MOST {
        let (next, ln) = step_of(points, &factors, run.threads());
        let rise = trace.last().map_or(f64::INFINITY, |last| ln - last);
        trace.push(ln);
        if rise < ENOUGH {
            let reason = format!(
                "the log likelihood rose by {} per row after {}",
                number(rise.max(0.0)),
                counted(step, "iteration")
            );
            return (factors, trace, Outcome::Converged { reason });
        }
        factors = next;
        if let Some(stopped) = run.stopped() {
            return (factors, trace, stopped);
        }
    }
    let reason = format!("all {MOST} iterations are done");
    (factors, trace, Outcome::Exhausted { reason })
}

/// At the components of the rows with means in the place of what is missing.
fn begin(points: &Points, count: usize, run: &Run) -> Factors {
    let (width, mean) = (points.width, points.mean());
    let about_mean = |(i, x): (usize, &f64)| if x.is_nan() { 0.0 } else { x - mean[i % width] };
    let values = points.values.iter().enumerate().map(about_mean).collect();
    let filled = Points::new(values, width).with_weight(points.weight.clone());
    let (values, components) = leading(&filled, count, run);
    let mass = points.mass();
    let squares = |row: usize| filled.weight(row) * dot(filled.row(row), filled.row(row));
    let total: f64 = (0..points.rows()).map(squares).sum();
    let explained: f64 = values.iter().sum();
    let noise = (total - explained).max(1e-6 * total) / (mass * (width - count).max(1) as f64);
    let noise = noise.max(f64::MIN_POSITIVE);
    let scale: Vec<f64> = values
        .iter()
        .map(|v| (v / mass - noise).max(1e-3 * noise).sqrt())
        .collect();
    let entry = |i: usize| components[(i % count) * width + i / count] * scale[i % count];
    Factors {
        loadings: (0..width * count).map(entry).collect(),
        noise,
        mean,
        count,
    }
}

/// Sums of an expectation step, coordinate by coordinate.
struct Sums {
    /// sum (E[zz'], E[z], 1) bordered by ones. // (width, (count + 1)^2)
    moments: Vec<f64>,
    /// sum x (E[z], 1). // (width, count + 1)
    cross: Vec<f64>,
    /// sum x^2, and weights. // (width)
    squares: Vec<f64>,
    ln: f64,
}

/// One step: every coordinate is regressed on the expected z of the rows that have it.
fn step_of(points: &Points, factors: &Factors, threads: usize) -> (Factors, f64) {
    let (width, q) = (points.width, factors.count);
    let b = q + 1;
    let parts = points.by_chunks(threads, |rows| {
        let mut sums = Sums {
            moments: vec![0.0; width * b * b],
            cross: vec![0.0; width * b],
            squares: vec![0.0; width],
            ln: 0.0,
        };
        rows.for_each(|row| sums.add(points.row(row), points.weight(row), factors));
        sums
    });
    let mut all = Sums {
        moments: vec![0.0; width * b * b],
        cross: vec![0.0; width * b],
        squares: vec![0.0; width],
        ln: 0.0,
    };
    for part in &parts {
        let add = |own: &mut [f64], other: &[f64]| own.iter_mut().zip(other).for_each(|(a, x)| *a += x);
        add(&mut all.moments, &part.moments);
        add(&mut all.cross, &part.cross);
        add(&mut all.squares, &part.squares);
        all.ln += part.ln;
    }
    let mut next = Factors {
        mean: factors.mean.clone(),
        loadings: factors.loadings.clone(),
        ..*factors
    };
    let (mut rest, mut mass) = (0.0, 0.0);
    for j in 0..width {
        let moments = &all.moments[j * b * b..][..b * b];
        let cross = &all.cross[j * b..][..b];
        let Some(factor) = Cholesky::new(moments, b) else {
            continue;
        };
        let mut solution = cross.to_vec();
        factor.solve(&mut solution);
        next.loadings[j * q..][..q].copy_from_slice(&solution[..q]);
        next.mean[j] = solution[q];
        rest += all.squares[j] - solution.iter().zip(cross).map(|(s, c)| s * c).sum::<f64>();
        mass += moments[b * b - 1];
    }
    next.noise = (rest / mass).max(factors.noise * 1e-6).max(f64::MIN_POSITIVE);
    (next, all.ln / points.mass())
}

impl Sums {
    fn add(&mut self, x: &[f64], w: f64, factors: &Factors) {
        let own = factors.posterior(x);
        self.ln += w * own.ln;
        let (q, b) = (factors.count, factors.count + 1);
        let z = |a: usize| if a < q { own.mean[a] } else { 1.0 };
        let moment = |a: usize, c: usize| {
            z(a) * z(c)
                + if a < q && c < q {
                    own.variance[a * q + c]
                } else {
                    0.0
                }
        };
        let moments: Vec<f64> = (0..b * b).map(|i| w * moment(i / b, i % b)).collect();
        for (j, x) in x.iter().enumerate().filter(|own| !own.1.is_nan()) {
            let place = &mut self.moments[j * b * b..][..b * b];
            place.iter_mut().zip(&moments).for_each(|(own, m)| *own += m);
            (0..b).for_each(|a| self.cross[j * b + a] += w * x * z(a));
            self.squares[j] += w * x * x;
        }
    }
}

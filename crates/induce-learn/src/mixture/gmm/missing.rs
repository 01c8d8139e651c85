//! Rows with missing values: what they lack is expected given what they have.

use std::collections::HashMap;

use induce_core::linalg::Cholesky;
use induce_prob::math::log_sum_exp;

use super::Parameters;
use crate::mixture::statistics::{Moments, Statistics};
use crate::points::Points;

/// A component seen through some of its coordinates.
struct Part {
    /// Factor of the covariance of what is there.
    factor: Cholesky,
    /// ln pi - ln |Sigma_oo| / 2 - |o| ln(2 pi) / 2
    constant: f64,
    /// Sigma_mo Sigma_oo^-1. // (lacking, there)
    gain: Vec<f64>,
    /// Sigma_mm - Sigma_mo Sigma_oo^-1 Sigma_om. // (lacking, lacking)
    rest: Vec<f64>,
}

/// Which coordinates are there, and which are lacking.
struct Pattern {
    there: Vec<usize>,
    lacking: Vec<usize>,
    /// Per component; none whose covariance is singular.
    parts: Vec<Option<Part>>,
}

/// What rows with missing values add to statistics.
pub struct Incomplete<'a> {
    points: &'a Points,
    parameters: &'a Parameters,
    patterns: HashMap<Vec<bool>, Pattern>,
    beta: f64,
}

impl<'a> Incomplete<'a> {
    /// Of the patterns that `points` has.
    pub fn new(points: &'a Points, parameters: &'a Parameters, beta: f64) -> Self {
        let dense: Vec<Vec<f64>> = parameters
            .covariances
            .iter()
            .map(super::super::forms::Covariance::dense)
            .collect();
        let mut patterns = HashMap::new();
        let rows = if points.has_missing() { points.rows() } else { 0 };
        for row in 0..rows {
            let key = pattern(points.row(row));
            if key.iter().all(|there| *there) || patterns.contains_key(&key) {
                continue;
            }
            let own = Pattern::new(&key, parameters, &dense);
            patterns.insert(key, own);
        }
        Self {
            points,
            parameters,
            patterns,
            beta,
        }
    }

    /// Responsibilities of a row, and its log density.
    pub fn responsibilities(&self, row: usize) -> (Vec<f64>, f64) {
        let own = &self.patterns[&pattern(self.points.row(row))];
        let score = |k: usize| self.beta * own.score(k, self.points.row(row), &self.parameters.means[k]);
        let scores: Vec<f64> = (0..self.parameters.components()).map(score).collect();
        let ln = log_sum_exp(scores.iter().copied());
        (scores.iter().map(|score| (score - ln).exp()).collect(), ln)
    }

    /// Add a row to statistics about the means of the parameters.
    pub fn add(&self, row: usize, moments: Moments, to: &mut Statistics) {
        let own = &self.patterns[&pattern(self.points.row(row))];
        let (r, ln) = self.responsibilities(row);
        let (w, x, width) = (self.points.weight(row), self.points.row(row), self.points.width);
        to.log_likelihood += w * ln;
        for (k, r) in r.into_iter().enumerate().filter(|own| own.1 > 0.0) {
            to.entropy -= w * r * r.ln();
            let Some(part) = &own.parts[k] else { continue };
            let d = own.expected(part, x, &self.parameters.means[k]);
            to.mass[k] += w * r;
            for (sum, d) in to.sum[k * width..][..width].iter_mut().zip(&d) {
                *sum += w * r * d;
            }
            own.add_squares(part, &d, w * r, moments, k, &mut to.square);
        }
    }
}

fn pattern(x: &[f64]) -> Vec<bool> {
    x.iter().map(|x| !x.is_nan()).collect()
}

impl Pattern {
    fn new(key: &[bool], parameters: &Parameters, dense: &[Vec<f64>]) -> Self {
        let (there, lacking): (Vec<usize>, Vec<usize>) = (0..key.len()).partition(|&j| key[j]);
        let parts = (0..parameters.components())
            .map(|k| part(&there, &lacking, &dense[k], key.len(), parameters.weights[k].ln()))
            .collect();
        Self {
            there,
            lacking,
            parts,
        }
    }

    fn score(&self, k: usize, x: &[f64], mean: &[f64]) -> f64 {
        let Some(part) = &self.parts[k] else {
            return f64::NEG_INFINITY;
        };
        let mut d: Vec<f64> = self.there.iter().map(|&j| x[j] - mean[j]).collect();
        part.factor.forward(&mut d);
        part.constant - 0.5 * d.iter().map(|d| d * d).sum::<f64>()
    }

    /// E[x | what is there] - mean.
    fn expected(&self, part: &Part, x: &[f64], mean: &[f64]) -> Vec<f64> {
        let mut d: Vec<f64> = x.iter().zip(mean).map(|(x, m)| x - m).collect();
        let known: Vec<f64> = self.there.iter().map(|&j| d[j]).collect();
        for (&j, gain) in self.lacking.iter().zip(part.gain.chunks(self.there.len().max(1))) {
            d[j] = gain.iter().zip(&known).map(|(g, d)| g * d).sum();
        }
        if self.there.is_empty() {
            d.fill(0.0);
        }
        d
    }

    fn add_squares(&self, part: &Part, d: &[f64], r: f64, moments: Moments, k: usize, to: &mut [f64]) {
        let (width, lacking) = (d.len(), self.lacking.len());
        let rest = |a: usize, b: usize| part.rest[a * lacking + b];
        match moments {
            Moments::Full | Moments::Shared => {
                let own = &mut to[k * width * width..][..width * width];
                for i in 0..width {
                    (0..=i).for_each(|j| own[i * width + j] += r * d[i] * d[j]);
                }
                for (a, &i) in self.lacking.iter().enumerate() {
                    for (b, &j) in self.lacking.iter().enumerate().take(a + 1) {
                        own[i * width + j] += r * rest(a, b);
                    }
                }
            }
            Moments::Diagonal => {
                let own = &mut to[k * width..][..width];
                own.iter_mut().zip(d).for_each(|(q, d)| *q += r * d * d);
                self.lacking
                    .iter()
                    .enumerate()
                    .for_each(|(a, &i)| own[i] += r * rest(a, a));
            }
        }
    }
}

fn part(there: &[usize], lacking: &[usize], dense: &[f64], width: usize, ln_weight: f64) -> Option<Part> {
    let block = |rows: &[usize], columns: &[usize]| -> Vec<f64> {
        let entry = |i: &usize| columns.iter().map(|j| dense[i * width + j]).collect::<Vec<f64>>();
        rows.iter().flat_map(entry).collect()
    };
    let n = there.len();
    let own = block(there, there);
    let factor = Cholesky::new(&own, n)?;
    let mut gain = block(lacking, there);
    gain.chunks_mut(n.max(1)).for_each(|row| factor.solve(row));
    let cross = block(lacking, there);
    let mut rest = block(lacking, lacking);
    for (a, gain) in gain.chunks(n.max(1)).enumerate().take(lacking.len()) {
        for (b, cross) in cross.chunks(n.max(1)).enumerate().take(lacking.len()) {
            rest[a * lacking.len() + b] -= gain.iter().zip(cross).map(|(g, c)| g * c).sum::<f64>();
        }
    }
    let constant =
        ln_weight - 0.5 * factor.ln_determinant() - 0.5 * n as f64 * (2.0 * std::f64::consts::PI).ln();
    Some(Part {
        factor,
        constant,
        gain,
        rest,
    })
}

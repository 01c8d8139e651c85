//! Zeros of sum w_j / (z - z_j) by Ehrlich's and Aberth's simultaneous Newton steps, in barycentric form throughout.
//!
//! With l(z) = prod (z - z_j), p = q l is the polynomial whose zeros are those of q, and p' / p = q' / q + sum 1 / (z - z_j). A step
//! is z_k - 1 / (p' / p - sum over the others of 1 / (z_k - z_l)) (Aberth 1973).

use std::f64::consts::PI;

use super::super::rational::Barycentric;
use super::complex::Complex;

/// A pole and its residue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pole {
    /// Where it is.
    pub at: Complex,
    /// The residue there, of the first output.
    pub residue: Complex,
}

const STEPS: usize = 300;
/// Farther out, in widths of the nodes, a zero is one at infinity.
const FAR: f64 = 1e7;

/// The poles, with their residues N(z) / D'(z), by distance from the middle of the nodes.
pub(super) fn of(form: &Barycentric) -> Vec<Pole> {
    let roots = roots(&form.nodes, &form.weights);
    let residue = |at: Complex| {
        let (mut above, mut slope) = (Complex::ZERO, Complex::ZERO);
        for (j, (node, w)) in form.nodes.iter().zip(&form.weights).enumerate() {
            let inverse = at.minus(*node).inverse();
            above = above + inverse.times(w * form.value(j, 0));
            slope = slope - (inverse * inverse).times(*w);
        }
        above / slope
    };
    roots
        .into_iter()
        .map(|at| Pole {
            at,
            residue: residue(at),
        })
        .collect()
}

/// The zeros of the first output.
pub(super) fn zeros(form: &Barycentric) -> Vec<Complex> {
    let pairs = form
        .weights
        .iter()
        .enumerate()
        .map(|(j, w)| (form.nodes[j], w * form.value(j, 0)));
    let (nodes, weights): (Vec<f64>, Vec<f64>) = pairs.filter(|(_, w)| *w != 0.0).unzip();
    roots(&nodes, &weights)
}

fn roots(nodes: &[f64], weights: &[f64]) -> Vec<Complex> {
    let m = nodes.len();
    if m < 2 {
        return Vec::new();
    }
    let (low, high) = nodes
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), z| {
            (l.min(*z), h.max(*z))
        });
    let (middle, half) = (0.5 * low + 0.5 * high, 0.5 * high - 0.5 * low);
    // On the unit interval neither squares nor distances are too large or too small.
    let units: Vec<f64> = nodes.iter().map(|z| (z - middle) / half).collect();
    let start = |k: usize| {
        let angle = 2.0 * PI * (k as f64 + 0.37) / (m - 1) as f64;
        Complex::new(angle.cos(), 0.7 * angle.sin() + 0.01)
    };
    let mut z: Vec<Complex> = (0..m - 1).map(start).collect();
    for _ in 0..STEPS {
        let mut largest = 0.0_f64;
        for k in 0..z.len() {
            if z[k].abs() > FAR {
                continue;
            }
            let step = step(&units, weights, &z, k);
            z[k] = z[k] - step;
            largest = largest.max(step.abs() / z[k].abs().max(1e-3));
        }
        if largest < 1e-15 {
            break;
        }
    }
    let mut near: Vec<Complex> = z
        .into_iter()
        .filter(|z| z.abs() < FAR && z.abs().is_finite())
        .collect();
    near.sort_by(|a, b| {
        a.abs()
            .total_cmp(&b.abs())
            .then(a.re.total_cmp(&b.re))
            .then(a.im.total_cmp(&b.im))
    });
    near.iter()
        .map(|z| Complex::new(middle + half * z.re, half * z.im))
        .collect()
}

fn step(nodes: &[f64], weights: &[f64], z: &[Complex], k: usize) -> Complex {
    let (mut q, mut slope, mut poles) = (Complex::ZERO, Complex::ZERO, Complex::ZERO);
    for (node, w) in nodes.iter().zip(weights) {
        let inverse = z[k].minus(*node).inverse();
        q = q + inverse.times(*w);
        slope = slope - (inverse * inverse).times(*w);
        poles = poles + inverse;
    }
    let others = (0..z.len()).filter(|&l| l != k).map(|l| (z[k] - z[l]).inverse());
    let others = others.fold(Complex::ZERO, |sum, own| sum + own);
    if q.abs() == 0.0 {
        return Complex::ZERO;
    }
    let step = (slope / q + poles - others).inverse();
    if step.re.is_finite() && step.im.is_finite() {
        step
    } else {
        Complex::ZERO
    }
}

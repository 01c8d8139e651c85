//! Where to begin: on the way up to a mode, at the point whose own curvature gives the best ELBO.
//!
//! A step of stochastic optimization is a part of a deviation, so a start that is a thousand deviations off, or a width that is off as much,
//! would cost thousands of steps. The climb is L-BFGS (Liu & Nocedal 1989); to take the best point on the way and not its end is the idea of
//! Pathfinder (Zhang, Carpenter, Gelman & Vehtari 2022): a density may have no mode, or one that says nothing of its mass.

use std::collections::VecDeque;

use induce_core::linalg::{Cholesky, dot};
use induce_core::random::Stream;
use induce_core::{Result, Run};

use super::gaussian::{Gaussian, noise};
use super::spec::{Family, Spec};
use super::target::{TOGETHER, Target};

/// The most steps of the climb.
const CLIMB: usize = 500;
/// Pairs that L-BFGS keeps.
const PAIRS: usize = 10;
/// Halvings of a step.
const HALVINGS: usize = 30;
/// Coordinates up to which curvature is measured along each of them; beyond, along so many random directions.
const ALONG_EACH: usize = 256;
const DIRECTIONS: usize = 64;
/// Draws by which points are compared.
const DRAWS: usize = 64;

/// The Gaussian to begin with.
///
/// # Errors
/// If the density at the start is not finite, or cannot be had.
pub fn start(target: &mut Target, spec: &Spec, at: &[f64], run: &Run) -> Result<Gaussian> {
    let unit = Gaussian::new(spec.family, at, &vec![1.0; at.len()]);
    let first = target.finite(at, |_| "the start".to_owned())?;
    if !spec.climb {
        return Ok(unit);
    }
    let path = climb(target, at, (first.values[0], first.gradients), run)?;
    let stream = run.stream("variational/start");
    let mut best = (f64::NEG_INFINITY, unit);
    for point in candidates(path.len()) {
        if run.stop_reason().is_some() {
            break;
        }
        let own = with_curvature(target, spec.family, &path[point], stream)?;
        let elbo = elbo(target, &own, stream)?;
        if elbo > best.0 {
            best = (elbo, own);
        }
    }
    Ok(best.1)
}

/// Which points of a path are looked at: the first, then twice as far each time, and the last.
fn candidates(length: usize) -> Vec<usize> {
    let doubled = std::iter::successors(Some(1), |i| Some(2 * i)).take_while(|i| i + 1 < length);
    let mut all: Vec<usize> = [0].into_iter().chain(doubled).chain([length - 1]).collect();
    all.dedup();
    all
}

/// The ELBO of a Gaussian by a few draws; -infinity where the density is not finite.
fn elbo(target: &mut Target, q: &Gaussian, stream: Stream) -> Result<f64> {
    let d = q.dimension();
    let eps = noise(stream.child(1), 0, DRAWS, d);
    let mut y = vec![0.0; eps.len()];
    y.chunks_exact_mut(d)
        .zip(eps.chunks_exact(d))
        .for_each(|(y, eps)| q.draw(eps, y));
    let values = target.evaluate(&y)?.values;
    let mean = values.iter().sum::<f64>() / DRAWS as f64;
    Ok(if mean.is_finite() {
        mean + q.entropy()
    } else {
        f64::NEG_INFINITY
    })
}

/// The points of a climb, from the start on.
fn climb(target: &mut Target, at: &[f64], first: (f64, Vec<f64>), run: &Run) -> Result<Vec<Vec<f64>>> {
    let mut path = vec![at.to_vec()];
    let (mut value, mut gradient) = first;
    let mut pairs = Pairs::default();
    for _ in 0..CLIMB {
        if run.stop_reason().is_some() || gradient.iter().all(|g| g.abs() < 1e-9) {
            break;
        }
        let y = path.last().expect("a path has a start");
        let direction = pairs.direction(&gradient);
        let slope = dot(&direction, &gradient);
        let Some(next) = search(target, y, value, &direction, slope)? else {
            break;
        };
        let rise = next.1 - value;
        pairs.push(&next.0, y, &next.2, &gradient);
        path.push(next.0);
        (value, gradient) = (next.1, next.2);
        if rise < 1e-10 * (1.0 + value.abs()) {
            break;
        }
    }
    Ok(path)
}

/// A point, its value and its gradient.
type Point = (Vec<f64>, f64, Vec<f64>);

/// The first point that rises as far as a slope promises, halving the step (Armijo 1966), with value and gradient.
fn search(
    target: &mut Target,
    y: &[f64],
    value: f64,
    direction: &[f64],
    slope: f64,
) -> Result<Option<Point>> {
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        let next: Vec<f64> = y.iter().zip(direction).map(|(y, d)| y + length * d).collect();
        let found = target.evaluate(&next)?;
        let finite = found.values[0].is_finite() && found.gradients.iter().all(|g| g.is_finite());
        if finite && found.values[0] >= value + 1e-4 * length * slope {
            return Ok(Some((next, found.values[0], found.gradients)));
        }
        length *= 0.5;
    }
    Ok(None)
}

/// Differences of points and of falls of the gradient between them, and 1 / their product.
#[derive(Default)]
struct Pairs(VecDeque<(Vec<f64>, Vec<f64>, f64)>);

impl Pairs {
    fn push(&mut self, next: &[f64], y: &[f64], by_next: &[f64], by_y: &[f64]) {
        let step: Vec<f64> = next.iter().zip(y).map(|(a, b)| a - b).collect();
        let fall: Vec<f64> = by_y.iter().zip(by_next).map(|(a, b)| a - b).collect();
        let product = dot(&step, &fall);
        // Where the density is not concave the pair says nothing of its width.
        if product > 1e-12 * dot(&fall, &fall).sqrt() * dot(&step, &step).sqrt() {
            self.0.push_back((step, fall, product.recip()));
            if self.0.len() > PAIRS {
                self.0.pop_front();
            }
        }
    }

    /// The two loops of L-BFGS (Nocedal & Wright 2006, algorithm 7.4), upwards.
    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut q = gradient.to_vec();
        let mut alphas = Vec::new();
        for (step, fall, inverse) in self.0.iter().rev() {
            let alpha = inverse * dot(step, &q);
            q.iter_mut().zip(fall).for_each(|(q, f)| *q -= alpha * f);
            alphas.push(alpha);
        }
        let scale = match self.0.back() {
            Some((_, fall, inverse)) => 1.0 / (inverse * dot(fall, fall)),
            None => 1.0 / dot(gradient, gradient).sqrt().max(1.0),
        };
        q.iter_mut().for_each(|q| *q *= scale);
        for ((step, fall, inverse), alpha) in self.0.iter().zip(alphas.iter().rev()) {
            let beta = inverse * dot(fall, &q);
            q.iter_mut().zip(step).for_each(|(q, s)| *q += (alpha - beta) * s);
        }
        q
    }
}

/// The Gaussian at a point whose widths are those of the curvature there.
///
/// Curvature is measured twice, by gradients a little apart and then half a deviation apart.
fn with_curvature(target: &mut Target, family: Family, at: &[f64], stream: Stream) -> Result<Gaussian> {
    let d = at.len();
    let small: Vec<f64> = at.iter().map(|y| 1e-4 * (1.0 + y.abs())).collect();
    let each = d <= ALONG_EACH;
    let probes = if each {
        Probes::Each
    } else {
        Probes::Random(stream.child(0))
    };
    let (diagonal, _) = curvature(target, at, &small, &probes)?;
    let width = |(h, fallback): (&f64, f64)| if *h > 0.0 { h.sqrt().recip() } else { fallback };
    let sigma: Vec<f64> = diagonal.iter().map(|h| width((h, 1.0))).collect();
    let half: Vec<f64> = sigma.iter().map(|s| 0.5 * s).collect();
    let (diagonal, rows) = curvature(target, at, &half, &probes)?;
    let sigma: Vec<f64> = diagonal.iter().zip(&sigma).map(|(h, s)| width((h, *s))).collect();
    let whole = (family == Family::FullRank && each)
        .then(|| factor(&rows, d))
        .flatten();
    Ok(match whole {
        Some(lower) => Gaussian::of_factor(at, &lower),
        None => Gaussian::new(family, at, &sigma),
    })
}

/// Directions along which gradients are compared.
enum Probes {
    Each,
    Random(Stream),
}

impl Probes {
    fn count(&self, d: usize) -> usize {
        match self {
            Self::Each => d,
            Self::Random(_) => DIRECTIONS,
        }
    }

    /// Entry i of direction number k: of a unit vector, or a sign by chance.
    fn entry(&self, k: usize, i: usize, d: usize) -> f64 {
        match self {
            Self::Each => f64::from(i == k),
            Self::Random(stream) if stream.uniform((k * d + i) as u64) < 0.5 => -1.0,
            Self::Random(_) => 1.0,
        }
    }
}

/// Minus the diagonal of the Hessian, by central differences of gradients at these distances, and minus all of its rows where each
/// coordinate is a direction.
///
/// With signs v by chance, h v_i (g_i(y + h v) - g_i(y - h v)) / 2 h^2 has the diagonal as its mean (Bekas, Kokiopoulou & Saad 2007).
fn curvature(target: &mut Target, at: &[f64], by: &[f64], probes: &Probes) -> Result<(Vec<f64>, Vec<f64>)> {
    let (d, count) = (at.len(), probes.count(at.len()));
    let mut diagonal = vec![0.0; d];
    let mut rows = Vec::new();
    let together = (TOGETHER / 2).min(count);
    for first in (0..count).step_by(together) {
        let some = first..(first + together).min(count);
        let point = |k: usize, sign: f64| {
            (0..d)
                .map(move |i| at[i] + sign * by[i] * probes.entry(k, i, d))
                .collect::<Vec<f64>>()
        };
        let points: Vec<f64> = some
            .clone()
            .flat_map(|k| [point(k, 1.0), point(k, -1.0)].concat())
            .collect();
        let found = target.evaluate(&points)?.gradients;
        for (k, pair) in some.zip(found.chunks_exact(2 * d)) {
            let (up, down) = pair.split_at(d);
            for i in 0..d {
                let fall = (down[i] - up[i]) / 2.0;
                let v = probes.entry(k, i, d);
                diagonal[i] += if v == 0.0 { 0.0 } else { v * fall / by[i] };
                if matches!(probes, Probes::Each) {
                    rows.push(fall / by[k]);
                }
            }
        }
    }
    if let Probes::Random(_) = probes {
        diagonal.iter_mut().for_each(|h| *h /= count as f64);
    }
    Ok((diagonal, rows))
}

/// The lower factor of the inverse of a matrix; `None` if it is not positive definite.
fn factor(rows: &[f64], d: usize) -> Option<Vec<f64>> {
    let symmetric: Vec<f64> = (0..d * d)
        .map(|at| 0.5 * (rows[at] + rows[at % d * d + at / d]))
        .collect();
    if symmetric.iter().any(|h| !h.is_finite()) {
        return None;
    }
    let precision = Cholesky::new(&symmetric, d).filter(|own| own.least_pivot > 1e-13)?;
    Some(Cholesky::new(&precision.inverse(), d)?.lower())
}

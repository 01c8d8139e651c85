//! Units in which coordinate ascent works, and those of the table.

use super::{Gamma, Linear, Problem, Spec};
use crate::points::Points;

/// y = centre + scale y', x = unit x' (+ centre): so that no square overflows, whatever the units of the table.
pub struct Units {
    /// What is taken off the target.
    pub centre: f64,
    /// What it is then divided by.
    pub scale: f64,
    /// What a coefficient inside is multiplied by, where priors are in the units of the table; else 1.
    ratio: f64,
    /// What alpha inside is divided by the square of, where priors are in the units of the table; else 1.
    noise: f64,
}

impl Units {
    /// Those of a target, and of columns that were divided by `unit`.
    pub fn of(spec: &Spec, y: &[f64], points: &Points, unit: f64) -> Self {
        let mass = points.mass();
        let mean = |of: &dyn Fn(f64) -> f64| {
            let own = y.iter().enumerate();
            own.map(|(i, y)| points.weight(i) / mass * of(*y)).sum::<f64>()
        };
        let centre = if spec.fit_intercept { mean(&|y| y) } else { 0.0 };
        let there = y.iter().enumerate().filter(|(i, _)| points.weight(*i) > 0.0);
        let most = there.map(|(_, y)| (y - centre).abs()).fold(0.0, f64::max);
        // What is no more than the rounding of the mean is no deviation.
        let scale = match most > 1e-13 * centre.abs() {
            true => most * mean(&|y| ((y - centre) / most).powi(2)).sqrt(),
            false => 1.0,
        };
        let (ratio, noise) = match spec.standardize {
            true => (1.0, 1.0),
            false => (scale / unit, scale),
        };
        Self {
            centre,
            scale,
            ratio,
            noise,
        }
    }

    /// The target inside.
    pub fn inside(&self, y: &[f64]) -> Vec<f64> {
        y.iter().map(|y| (y - self.centre) / self.scale).collect()
    }

    /// Priors and starts inside: a precision of the table is one inside over the square of a unit.
    pub fn problem(&self, spec: &Spec) -> Problem {
        let of = |shape: f64, rate: f64, unit: f64| Gamma {
            shape,
            rate: (rate / unit / unit).clamp(f64::MIN_POSITIVE, f64::MAX),
        };
        let begin = |said: f64, unit: f64| (said > 0.0).then(|| (said * unit * unit).clamp(1e-300, 1e300));
        let lambda = match (spec.lambda_init > 0.0, spec.standardize) {
            (false, false) => 1.0,
            _ => spec.lambda_init,
        };
        Problem {
            prior: [
                of(spec.alpha_1, spec.alpha_2, self.noise),
                of(spec.lambda_1, spec.lambda_2, self.ratio),
            ],
            start: [begin(spec.alpha_init, self.noise), begin(lambda, self.ratio)],
            intercept: spec.fit_intercept,
            max_iter: spec.max_iter,
            tol: spec.tol,
        }
    }

    /// alpha in the units of the target.
    pub fn noise(&self, inside: Gamma) -> Gamma {
        Gamma {
            rate: inside.rate * self.scale * self.scale,
            ..inside
        }
    }

    /// lambda in the units that its prior is in.
    pub fn size(&self, inside: Gamma) -> Gamma {
        Gamma {
            rate: (inside.rate * self.ratio * self.ratio).clamp(f64::MIN_POSITIVE, f64::MAX),
            ..inside
        }
    }

    /// Means and covariance of coefficients in the units of the target, the intercept last. // (width + 1), (width + 1, width + 1)
    pub fn coefficients(&self, found: &Linear, mass: f64, intercept: bool) -> (Vec<f64>, Vec<f64>) {
        let width = found.mean.len();
        let square = |x: f64| x * self.scale * self.scale;
        let mut covariance = vec![0.0; (width + 1) * (width + 1)];
        for (row, own) in found.covariance.chunks_exact(width).enumerate() {
            let place = &mut covariance[row * (width + 1)..][..width];
            place
                .iter_mut()
                .zip(own)
                .for_each(|(to, from)| *to = square(*from));
        }
        if intercept {
            covariance[(width + 1) * (width + 1) - 1] = square(1.0 / (found.noise.mean() * mass));
        }
        let mut mean: Vec<f64> = found.mean.iter().map(|m| m * self.scale).collect();
        mean.push(self.centre);
        (mean, covariance)
    }
}

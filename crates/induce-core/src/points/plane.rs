//! The plane in which points are looked at: their first two principal components.

use crate::linalg::dot;

use super::Points;

/// Two directions of largest variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The mean. // (width)
    pub mean: Vec<f64>,
    /// The directions, of length 1. // (2, width)
    pub axes: [Vec<f64>; 2],
    /// Their parts of the variance.
    pub explained: [f64; 2],
}

/// Rounds of the subspace iteration: for a picture.
const ROUNDS: usize = 60;

impl Plane {
    /// That of `points`, by subspace iteration on their covariance; missing coordinates count as the mean.
    pub fn of(points: &Points) -> Self {
        let (mean, width) = (points.mean(), points.width);
        let rows = |f: &mut dyn FnMut(&[f64])| {
            let mut x = vec![0.0; width];
            for row in 0..points.rows() {
                for ((x, value), m) in x.iter_mut().zip(points.row(row)).zip(&mean) {
                    *x = if value.is_nan() { 0.0 } else { value - m };
                }
                f(&x);
            }
        };
        let mut total = 0.0;
        rows(&mut |x| total += dot(x, x));
        // Two fixed directions that no data are orthogonal to by accident.
        let start = |k: usize| {
            (0..width)
                .map(|j| ((j * (k + 1) + 1) as f64).sin())
                .collect::<Vec<f64>>()
        };
        let mut axes = orthonormal([start(0), start(1)]);
        let mut variance = [0.0; 2];
        for _ in 0..if width > 1 { ROUNDS } else { 1 } {
            let mut next = [vec![0.0; width], vec![0.0; width]];
            rows(&mut |x| {
                for (axis, next) in axes.iter().zip(&mut next) {
                    let u = dot(x, axis);
                    next.iter_mut().zip(x).for_each(|(n, x)| *n += u * x);
                }
            });
            variance = [dot(&next[0], &axes[0]), dot(&next[1], &axes[1])];
            axes = orthonormal(next);
        }
        let share = |v: f64| if total > 0.0 { v / total } else { 0.0 };
        Self {
            mean,
            axes,
            explained: variance.map(share),
        }
    }

    /// Where a point is seen.
    pub fn place(&self, point: &[f64]) -> (f64, f64) {
        let centred: Vec<f64> = point
            .iter()
            .zip(&self.mean)
            .map(|(x, m)| if x.is_nan() { 0.0 } else { x - m })
            .collect();
        (dot(&centred, &self.axes[0]), dot(&centred, &self.axes[1]))
    }

    /// What an axis of the picture says.
    pub fn label(&self, axis: usize) -> String {
        format!(
            "principal component {} ({:.0} % of the variance)",
            axis + 1,
            100.0 * self.explained[axis]
        )
    }
}

/// Gram-Schmidt; a direction that vanishes stays 0.
fn orthonormal([mut a, mut b]: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
    normalize(&mut a);
    for _ in 0..2 {
        let along = dot(&a, &b);
        b.iter_mut().zip(&a).for_each(|(b, a)| *b -= along * a);
    }
    normalize(&mut b);
    [a, b]
}

fn normalize(x: &mut [f64]) {
    let length = dot(x, x).sqrt();
    let factor = if length > 1e-150 { 1.0 / length } else { 0.0 };
    x.iter_mut().for_each(|x| *x *= factor);
}

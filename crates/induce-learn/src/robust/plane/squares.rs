//! The motion of least weighted squares.

use super::pairs::Pairs;
use super::{Matrix, Motion};
use induce_core::linalg::solve_semidefinite;

/// Gauss-Newton steps of one refit: expectation-maximisation comes back with new weights anyway.
const STEPS: usize = 2;

/// The motion that minimises the weighted squared transfer error, starting from `near`.
///
/// For all but homographies the error is linear in the parameters and one step is exact.
pub(super) fn motion(motion: Motion, pairs: &Pairs, near: &Matrix, weight: &[f64]) -> Option<Matrix> {
    let mut h = scaled(near)?;
    let steps = if motion == Motion::Homography { STEPS } else { 1 };
    for _ in 0..steps {
        let (mut normal, mut gradient) = normal_equations(motion, pairs, &h, weight);
        if solve_semidefinite(&mut normal, &mut gradient, 1e-13) < motion.parameters() {
            return None;
        }
        h = moved(motion, &h, &gradient);
    }
    h.iter().all(|v| v.is_finite()).then_some(h)
}

/// With corner 1: in framed coordinates the middle of the points goes to a finite place.
fn scaled(h: &Matrix) -> Option<Matrix> {
    (h[8].abs() > 1e-9).then(|| h.map(|v| v / h[8]))
}

pub(super) fn moved(motion: Motion, h: &Matrix, step: &[f64]) -> Matrix {
    let mut h = *h;
    match motion {
        Motion::Translation => (h[2], h[5]) = (h[2] + step[0], h[5] + step[1]),
        Motion::Similarity => {
            let (c, s) = (h[0] + step[0], h[3] + step[1]);
            (h[0], h[1], h[3], h[4]) = (c, -s, s, c);
            (h[2], h[5]) = (h[2] + step[2], h[5] + step[3]);
        }
        Motion::Affine => (0..6).for_each(|k| h[k] += step[k]),
        Motion::Homography => (0..8).for_each(|k| h[k] += step[k]),
    }
    h
}

/// `J' W J` (row-major, parameters squared) and `J' W r`, with `r = b - H a` in framed coordinates.
pub(super) fn normal_equations(
    motion: Motion,
    pairs: &Pairs,
    h: &Matrix,
    weight: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let n = motion.parameters();
    let (mut normal, mut gradient) = ([0.0; 64], [0.0; 8]);
    for (i, &w) in weight.iter().enumerate() {
        // Far outliers say nothing.
        if w < 1e-9 {
            continue;
        }
        let (rows, residual) = jacobian(motion, h, pairs.a(i), pairs.b(i));
        for (row, r) in rows.iter().zip(residual) {
            for j in 0..n {
                let wj = w * row[j];
                gradient[j] += wj * r;
                (0..=j).for_each(|k| normal[j * n + k] += wj * row[k]);
            }
        }
    }
    for j in 0..n {
        (0..j).for_each(|k| normal[k * n + j] = normal[j * n + k]);
    }
    (normal[..n * n].to_vec(), gradient[..n].to_vec())
}

/// The derivatives of both coordinates of `H a`, and what is missing to `b`.
fn jacobian(motion: Motion, h: &Matrix, [x, y]: [f64; 2], b: [f64; 2]) -> ([[f64; 8]; 2], [f64; 2]) {
    let w = 1.0 / (h[6] * x + h[7] * y + h[8]);
    let u = (h[0] * x + h[1] * y + h[2]) * w;
    let v = (h[3] * x + h[4] * y + h[5]) * w;
    let rows = match motion {
        Motion::Translation => [
            [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ],
        Motion::Similarity => [
            [x, -y, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [y, x, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        ],
        Motion::Affine => [
            [x, y, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, x, y, 1.0, 0.0, 0.0],
        ],
        Motion::Homography => {
            let (x, y) = (x * w, y * w);
            [
                [x, y, w, 0.0, 0.0, 0.0, -u * x, -u * y],
                [0.0, 0.0, 0.0, x, y, w, -v * x, -v * y],
            ]
        }
    };
    (rows, [b[0] - u, b[1] - v])
}

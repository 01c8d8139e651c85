//! The motion through the fewest pairs.

use super::pairs::Pairs;
use super::{Matrix, Motion, adjugate, determinant, multiply};

/// Twice the area of a triangle below which its corners stand on a line, in framed coordinates.
const FLAT: f64 = 1e-4;

/// The motion of `sample`; none if it does not determine one.
pub(super) fn motion(motion: Motion, pairs: &Pairs, sample: &[usize]) -> Option<Matrix> {
    match motion {
        Motion::Translation => Some(translation(pairs, sample[0])),
        Motion::Similarity => similarity(pairs, sample[0], sample[1]),
        Motion::Affine => affine(pairs, sample),
        Motion::Homography => homography(pairs, sample),
    }
}

fn translation(pairs: &Pairs, i: usize) -> Matrix {
    let ([x, y], [u, v]) = (pairs.a(i), pairs.b(i));
    [1.0, 0.0, u - x, 0.0, 1.0, v - y, 0.0, 0.0, 1.0]
}

/// The quotient of two differences as complex numbers is scale and rotation.
fn similarity(pairs: &Pairs, i: usize, j: usize) -> Option<Matrix> {
    let ([x, y], [u, v]) = (pairs.a(i), pairs.b(i));
    let ([x2, y2], [u2, v2]) = (pairs.a(j), pairs.b(j));
    let (dx, dy, du, dv) = (x2 - x, y2 - y, u2 - u, v2 - v);
    let length2 = dx * dx + dy * dy;
    if length2 < FLAT * FLAT || du * du + dv * dv < FLAT * FLAT {
        return None;
    }
    let (c, s) = ((du * dx + dv * dy) / length2, (dv * dx - du * dy) / length2);
    Some([c, -s, u - c * x + s * y, s, c, v - s * x - c * y, 0.0, 0.0, 1.0])
}

fn corners(points: [[f64; 2]; 3]) -> Matrix {
    let [a, b, c] = points;
    [a[0], b[0], c[0], a[1], b[1], c[1], 1.0, 1.0, 1.0]
}

fn affine(pairs: &Pairs, sample: &[usize]) -> Option<Matrix> {
    let a = corners([0, 1, 2].map(|k| pairs.a(sample[k])));
    let b = corners([0, 1, 2].map(|k| pairs.b(sample[k])));
    let (da, db) = (determinant(&a), determinant(&b));
    if da.abs() < FLAT || db.abs() < FLAT {
        return None;
    }
    let mut m = multiply(&b, &adjugate(&a)).map(|v| v / da);
    [m[6], m[7], m[8]] = [0.0, 0.0, 1.0];
    Some(m)
}

/// Both fours of points are images of the unit frame of the projective plane; the homography goes through it.
///
/// `B A^-1` with `A = [a1 a2 a3] diag(l)`, `l = [a1 a2 a3]^-1 a4`, and `B` alike. No three points may stand on a line,
/// and all four triangles must keep their orientation or all must flip: otherwise some point went behind the camera.
fn homography(pairs: &Pairs, sample: &[usize]) -> Option<Matrix> {
    let a = [0, 1, 2, 3].map(|k| pairs.a(sample[k]));
    let b = [0, 1, 2, 3].map(|k| pairs.b(sample[k]));
    let (ta, tb) = (triangles(&a), triangles(&b));
    let flips = ta[0] * tb[0] < 0.0;
    let usable = (0..4).all(|k| {
        let flat = ta[k].abs() < FLAT || tb[k].abs() < FLAT;
        !flat && (ta[k] * tb[k] < 0.0) == flips
    });
    if !usable {
        return None;
    }
    let (fa, fb) = (frame(&a), frame(&b));
    let h = multiply(&fb, &adjugate(&fa));
    let w = h[6] * a[3][0] + h[7] * a[3][1] + h[8];
    let size = h.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    (w.abs() > 1e-12 * size).then(|| h.map(|v| v * (w.signum() / size)))
}

/// Twice the signed areas of the four triangles of four points.
fn triangles(p: &[[f64; 2]; 4]) -> [f64; 4] {
    let area = |i: usize, j: usize, k: usize| {
        (p[j][0] - p[i][0]) * (p[k][1] - p[i][1]) - (p[k][0] - p[i][0]) * (p[j][1] - p[i][1])
    };
    [area(0, 1, 2), area(0, 1, 3), area(0, 2, 3), area(1, 2, 3)]
}

fn frame(p: &[[f64; 2]; 4]) -> Matrix {
    let m = corners([p[0], p[1], p[2]]);
    let inverse = adjugate(&m);
    let l: [f64; 3] =
        std::array::from_fn(|i| inverse[i * 3] * p[3][0] + inverse[i * 3 + 1] * p[3][1] + inverse[i * 3 + 2]);
    std::array::from_fn(|i| m[i] * l[i % 3])
}

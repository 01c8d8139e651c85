//! Coordinates in which numbers are about 1.

use super::Matrix;

/// A shift and a scale: `u = (x - centre) * scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub(super) centre: [f64; 2],
    pub(super) scale: f64,
}

impl Frame {
    /// The frame in which the points have mean 0 and mean distance sqrt 2; none for points all in one place.
    pub(super) fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len() as f64;
        let centre = [x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n];
        let distance = x.iter().zip(y).map(|(x, y)| (x - centre[0]).hypot(y - centre[1]));
        let mean = distance.sum::<f64>() / n;
        let scale = std::f64::consts::SQRT_2 / mean;
        (scale.is_finite() && scale > 0.0).then_some(Self { centre, scale })
    }

    pub(super) fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            (x - self.centre[0]) * self.scale,
            (y - self.centre[1]) * self.scale,
        ]
    }

    /// The frame as a matrix.
    pub(super) fn matrix(&self) -> Matrix {
        let (s, [x, y]) = (self.scale, self.centre);
        [s, 0.0, -s * x, 0.0, s, -s * y, 0.0, 0.0, 1.0]
    }

    /// Its inverse.
    pub(super) fn inverse(&self) -> Matrix {
        let (s, [x, y]) = (1.0 / self.scale, self.centre);
        [s, 0.0, x, 0.0, s, y, 0.0, 0.0, 1.0]
    }
}

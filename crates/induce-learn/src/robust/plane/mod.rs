//! Motions of the plane: which map takes the points of one picture to those of another.
//!
//! ```text
//! translation   x' = x + t                               1 pair,  2 parameters
//! similarity    x' = s R x + t                           2 pairs, 4 parameters
//! affine        x' = A x + t                             3 pairs, 6 parameters
//! homography    x' = (h1 x, h2 x) / (h3 x)               4 pairs, 8 parameters
//! ```
//!
//! Every motion is kept as a 3 x 3 matrix. Points are first shifted and scaled to mean 0 and mean distance sqrt 2
//! (Hartley, *In defense of the eight-point algorithm*, PAMI 1997); the error that is minimised is the transfer error
//! `|H a - b|` in pixels of the second picture.

mod fit;
mod frame;
mod minimal;
mod pairs;
mod problem;
mod squares;

pub use fit::{Fit, Spec, fit, refit};
pub use pairs::Pairs;

pub use induce_core::linalg::{Matrix3 as Matrix, adjugate, determinant, multiply};

use serde::{Deserialize, Serialize};

/// A family of maps of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// A shift.
    Translation,
    /// A shift, a rotation and a scale.
    Similarity,
    /// A linear map and a shift.
    Affine,
    /// Any map that keeps lines straight.
    Homography,
}

impl Motion {
    /// How many pairs of points determine a motion.
    pub fn sample_size(self) -> usize {
        self.parameters() / 2
    }

    /// How many degrees of freedom.
    pub fn parameters(self) -> usize {
        match self {
            Self::Translation => 2,
            Self::Similarity => 4,
            Self::Affine => 6,
            Self::Homography => 8,
        }
    }
}

/// Where `h` takes a point; infinite or meaningless where the third coordinate is not positive.
///
/// ```
/// use induce_learn::robust::plane::transfer;
/// let shift = [1.0, 0.0, 5.0, 0.0, 1.0, -2.0, 0.0, 0.0, 1.0];
/// assert_eq!(transfer(&shift, [1.0, 1.0]), [6.0, -1.0]);
/// ```
pub fn transfer(h: &Matrix, [x, y]: [f64; 2]) -> [f64; 2] {
    let w = h[6] * x + h[7] * y + h[8];
    [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w]
}

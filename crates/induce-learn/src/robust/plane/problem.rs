//! Motions of the plane as a problem of the search.

use induce_core::multiversion;

use super::frame::Frame;
use super::pairs::Pairs;
use super::{Matrix, Motion, minimal, squares};
use crate::robust::search::Problem;

/// A motion to be found from pairs; models are matrices between the framed coordinates.
pub(super) struct Plane {
    pub(super) motion: Motion,
    pub(super) pairs: Pairs,
    a: Frame,
    pub(super) b: Frame,
}

impl Plane {
    /// None if the points of a picture are all in one place.
    pub(super) fn new(motion: Motion, pairs: &Pairs) -> Option<Self> {
        let (a, b) = (Frame::of(&pairs.ax, &pairs.ay)?, Frame::of(&pairs.bx, &pairs.by)?);
        let (a, b) = match motion {
            // A shift stays a shift only if both frames have one scale.
            Motion::Translation => (Frame { scale: b.scale, ..a }, b),
            _ => (a, b),
        };
        Some(Self {
            motion,
            pairs: pairs.framed(&a, &b),
            a,
            b,
        })
    }

    /// A motion between pixels in the framed coordinates.
    pub(super) fn framed(&self, h: &Matrix) -> Matrix {
        super::multiply(&super::multiply(&self.b.matrix(), h), &self.a.inverse())
    }

    /// The motion between pixels, of Frobenius norm 1 for a homography and with corner 1 for the others.
    pub(super) fn in_pixels(&self, h: &Matrix) -> Matrix {
        let m = super::multiply(&super::multiply(&self.b.inverse(), h), &self.a.matrix());
        let scale = match self.motion {
            Motion::Homography => m.iter().map(|v| v * v).sum::<f64>().sqrt(),
            _ => m[8],
        };
        m.map(|v| v / scale)
    }
}

impl Problem for Plane {
    type Model = Matrix;

    fn rows(&self) -> usize {
        self.pairs.len()
    }

    fn sample_size(&self) -> usize {
        self.motion.sample_size()
    }

    fn same(&self, a: usize, b: usize) -> bool {
        a == b || (self.pairs.a(a) == self.pairs.a(b) && self.pairs.b(a) == self.pairs.b(b))
    }

    fn candidates(&self, sample: &[usize]) -> Vec<Matrix> {
        minimal::motion(self.motion, &self.pairs, sample)
            .into_iter()
            .collect()
    }

    fn squared(&self, h: &Matrix, out: &mut [f64]) {
        let p = &self.pairs;
        squared(
            h,
            &p.ax,
            &p.ay,
            &p.bx,
            &p.by,
            1.0 / (self.b.scale * self.b.scale),
            out,
        );
    }

    fn refit(&self, near: &Matrix, weight: &[f64]) -> Option<Matrix> {
        squares::motion(self.motion, &self.pairs, near, weight)
    }
}

/// A residual that no threshold admits: the point lies behind the camera.
const BEHIND: f64 = 1e30;

multiversion! {
    /// Squared transfer errors in pixels.
    fn squared(h: &Matrix, ax: &[f64], ay: &[f64], bx: &[f64], by: &[f64], pixels2: f64, out: &mut [f64]) {
        let n = out.len();
        let (ax, ay, bx, by) = (&ax[..n], &ay[..n], &bx[..n], &by[..n]);
        for i in 0..n {
            let (x, y) = (ax[i], ay[i]);
            let w = h[6] * x + h[7] * y + h[8];
            let inverse = 1.0 / w;
            let dx = (h[0] * x + h[1] * y + h[2]) * inverse - bx[i];
            let dy = (h[3] * x + h[4] * y + h[5]) * inverse - by[i];
            let r2 = (dx * dx + dy * dy) * pixels2;
            out[i] = if w > 1e-9 && r2 < BEHIND { r2 } else { BEHIND };
        }
    }
}

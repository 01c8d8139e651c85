//! Pairs of points as a problem of the engine.

use induce_core::{Error, Result, multiversion};

use super::frame::Frame;
use super::{Matrix, Motion, minimal, squares};
use crate::robust::search::Problem;

/// Points of one picture and where they are in another, in pixels.
///
/// ```
/// use induce_learn::robust::plane::Pairs;
/// assert!(Pairs::new(&[[0.0, 0.0], [1.0, 0.0]], &[[5.0, 5.0], [6.0, 5.0]]).is_ok());
/// assert!(Pairs::new(&[[0.0, f64::NAN]], &[[5.0, 5.0]]).is_err());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    pub(super) ax: Vec<f64>,
    pub(super) ay: Vec<f64>,
    pub(super) bx: Vec<f64>,
    pub(super) by: Vec<f64>,
}

/// Beyond this, squares of coordinates overflow.
const LARGEST: f64 = 1e100;

impl Pairs {
    /// Point `a[i]` belongs to `b[i]`; an error unless there are as many of both and all are usable numbers.
    pub fn new(a: &[[f64; 2]], b: &[[f64; 2]]) -> Result<Self> {
        if a.len() != b.len() {
            let what = format!("{} points cannot be paired with {}", a.len(), b.len());
            return Err(Error::data(what, "give one point of each picture per pair"));
        }
        let usable = |p: &[f64; 2]| p.iter().all(|x| x.is_finite() && x.abs() < LARGEST);
        if let Some(i) = (0..a.len()).find(|&i| !usable(&a[i]) || !usable(&b[i])) {
            let what = format!("pair {} is {:?} and {:?}", i + 1, a[i], b[i]);
            return Err(Error::data(what, "coordinates must be finite and below 1e100"));
        }
        let column = |points: &[[f64; 2]], axis: usize| points.iter().map(|p| p[axis]).collect();
        Ok(Self {
            ax: column(a, 0),
            ay: column(a, 1),
            bx: column(b, 0),
            by: column(b, 1),
        })
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.ax.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ax.is_empty()
    }

    pub(super) fn a(&self, i: usize) -> [f64; 2] {
        [self.ax[i], self.ay[i]]
    }

    pub(super) fn b(&self, i: usize) -> [f64; 2] {
        [self.bx[i], self.by[i]]
    }

    /// The same pairs in other coordinates.
    fn framed(&self, a: &Frame, b: &Frame) -> Self {
        let points = |f: &Frame, x: &[f64], y: &[f64]| -> (Vec<f64>, Vec<f64>) {
            x.iter()
                .zip(y)
                .map(|(x, y)| f.apply([*x, *y]))
                .map(|p| (p[0], p[1]))
                .unzip()
        };
        let ((ax, ay), (bx, by)) = (points(a, &self.ax, &self.ay), points(b, &self.bx, &self.by));
        Self { ax, ay, bx, by }
    }
}

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

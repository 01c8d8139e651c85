//! Points of two pictures that belong together.

use induce_core::{Error, Result};

use super::frame::Frame;

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
    /// Point `a[i]` belongs to `b[i]`.
    ///
    /// # Errors
    /// Unless there are as many of both and all coordinates are finite.
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
    pub(super) fn framed(&self, a: &Frame, b: &Frame) -> Self {
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

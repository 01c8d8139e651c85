//! Points between which distances are taken.

use induce_core::linalg::{LANES, sum_of};
use induce_core::{Error, Result, multiversion};

/// Points in a space of some dimensions, centred and of size 1: the length of the largest coordinate is kept aside, so that
/// squares neither overflow nor vanish whatever unit the data are in.
///
/// ```
/// use induce_learn::graph::Points;
/// let points = Points::new(vec![0.0, 3e200, 4e200, 0.0], 2)?;
/// assert!((points.unit() * points.square(0, 1).sqrt() / 5e200 - 1.0).abs() < 1e-15);
/// assert!(Points::new(vec![0.0, f64::NAN], 1).is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Points {
    values: Vec<f64>,
    dimensions: usize,
    centre: Vec<f64>,
    scale: f64,
    unit: f64,
}

impl Points {
    /// Points by rows, (n, dimensions).
    ///
    /// # Errors
    /// If there are none, or a coordinate is missing or infinite.
    pub fn new(mut values: Vec<f64>, dimensions: usize) -> Result<Self> {
        if values.is_empty() || dimensions == 0 || !values.len().is_multiple_of(dimensions) {
            return Err(Error::data(
                format!("{} coordinates of points of {dimensions}", values.len()),
                "give at least one point, and as many coordinates for each",
            ));
        }
        if let Some(at) = values.iter().position(|x| !x.is_finite()) {
            let (row, column) = (at / dimensions + 1, at % dimensions + 1);
            return Err(Error::data(
                format!(
                    "row {row} has {} in column {column}, from where nothing has a distance",
                    values[at]
                ),
                "fill in or leave out rows with missing and infinite values",
            ));
        }
        let n = (values.len() / dimensions) as f64;
        let mut centre = vec![0.0; dimensions];
        for point in values.chunks_exact(dimensions) {
            // Divided before they are added: the sum of what can be written may be more than can be.
            centre.iter_mut().zip(point).for_each(|(c, x)| *c += x / n);
        }
        // Halves, whose difference cannot overflow.
        let halves = values
            .chunks_exact_mut(dimensions)
            .flat_map(|point| point.iter_mut().zip(&centre));
        let size = halves.fold(0.0_f64, |size, (x, c)| {
            *x = 0.5 * *x - 0.5 * c;
            size.max(x.abs())
        });
        let size = if size > 0.0 { size } else { 1.0 };
        values.iter_mut().for_each(|x| *x /= size);
        Ok(Self {
            values,
            dimensions,
            centre,
            scale: 2.0 * size,
            unit: 2.0 * size,
        })
    }

    /// Other points, as these are kept. // (m, dimensions)
    ///
    /// # Errors
    /// If a coordinate is missing or infinite.
    pub fn like(&self, values: &[f64]) -> Result<Vec<f64>> {
        if let Some(at) = values.iter().position(|x| !x.is_finite()) {
            return Err(Error::data(
                format!(
                    "row {} has {}, from where nothing has a distance",
                    at / self.dimensions + 1,
                    values[at]
                ),
                "fill in or leave out rows with missing and infinite values",
            ));
        }
        let own = values
            .chunks_exact(self.dimensions)
            .flat_map(|point| point.iter().zip(&self.centre));
        Ok(own
            .map(|(x, c)| (0.5 * x - 0.5 * c) / (0.5 * self.scale))
            .collect())
    }

    /// The same points, of which a coordinate of 1 was so much in the data.
    #[must_use]
    pub fn in_unit(mut self, unit: f64) -> Self {
        self.unit = self.scale * unit;
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.dimensions
    }

    /// Whether there are none, which there never are.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many coordinates each has.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The length of 1 in the unit of the data.
    pub fn unit(&self) -> f64 {
        self.unit
    }

    /// Point `i`.
    pub fn point(&self, i: usize) -> &[f64] {
        &self.values[i * self.dimensions..(i + 1) * self.dimensions]
    }

    /// All of them, by rows.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// `|x_i - x_j|^2`
    pub fn square(&self, i: usize, j: usize) -> f64 {
        square(self.point(i), self.point(j))
    }

    /// What was taken off and out of them: the mean, and the size.
    pub(crate) fn place(&self) -> (&[f64], f64) {
        (&self.centre, self.scale)
    }

    /// Points that were kept, in their place.
    pub(crate) fn restored(values: Vec<f64>, (centre, scale): (Vec<f64>, f64), unit: f64) -> Self {
        Self {
            values,
            dimensions: centre.len(),
            centre,
            scale,
            unit: scale * unit,
        }
    }
}

/// `|x - y|^2`
#[inline]
pub(crate) fn square(x: &[f64], y: &[f64]) -> f64 {
    if x.len() < LANES {
        return x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
    }
    square_long(x, y)
}

multiversion! {
    fn square_long(x: &[f64], y: &[f64]) -> f64 {
        sum_of(x, y, |x, y| (x - y) * (x - y))
    }
}

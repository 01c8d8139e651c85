//! Points in memory, a row after the other.

use crate::{multiversion, parallel};

/// Points. NaN is a coordinate that is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Coordinates; whoever writes a NaN there makes new points of them, which know it. // (rows, width)
    pub values: Vec<f64>,
    /// Coordinates of a point.
    pub width: usize,
    /// A weight per point; all 1 if absent. // (rows)
    pub weight: Option<Vec<f64>>,
    /// Whether a coordinate is missing anywhere.
    missing: bool,
}

/// Sums over points, coordinate by coordinate.
pub struct Moments {
    /// The weighted mean over the points that have the coordinate, 0 where none has. // (width)
    pub mean: Vec<f64>,
    /// sum w (x - mean)^2. // (width)
    pub squares: Vec<f64>,
}

/// Rows that one task reads or writes; sums over points are cut by it, whatever the number of threads.
pub const CHUNK: usize = 1024;

impl Points {
    /// Points of `width` coordinates that count alike.
    pub fn new(values: Vec<f64>, width: usize) -> Self {
        let missing = values.iter().any(|x| x.is_nan());
        Self::known(values, width, missing)
    }

    /// The same points with a weight each.
    #[must_use]
    pub fn with_weight(mut self, weight: Option<Vec<f64>>) -> Self {
        self.weight = weight;
        self
    }

    /// The same, if it is known whether a value is missing.
    pub(super) fn known(values: Vec<f64>, width: usize, missing: bool) -> Self {
        Self {
            values,
            width,
            weight: None,
            missing,
        }
    }

    /// How many there are.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// A point.
    #[inline]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..][..self.width]
    }

    /// A point with the mean, which is 0, for what it lacks.
    pub fn filled(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        let own = self.row(row).iter();
        own.map(|x| if x.is_nan() { 0.0 } else { *x })
    }

    /// Its weight.
    #[inline]
    pub fn weight(&self, row: usize) -> f64 {
        self.weight.as_ref().map_or(1.0, |all| all[row])
    }

    /// The weight of all.
    pub fn mass(&self) -> f64 {
        self.weight
            .as_ref()
            .map_or(self.rows() as f64, |all| all.iter().sum())
    }

    /// Whether a coordinate is missing anywhere.
    pub fn has_missing(&self) -> bool {
        self.missing
    }

    /// `f(rows)` for consecutive ranges of rows, results in order; the ranges depend on the shape only.
    pub fn by_chunks<T: Send>(
        &self,
        threads: usize,
        f: impl Fn(std::ops::Range<usize>) -> T + Sync,
    ) -> Vec<T> {
        let (rows, size) = (self.rows(), self.chunk());
        parallel::map(threads, rows.div_ceil(size), |i| {
            f(i * size..((i + 1) * size).min(rows))
        })
    }

    /// Rows of a range of [`by_chunks`](Self::by_chunks): few enough ranges that what they sum up fits into memory.
    pub fn chunk(&self) -> usize {
        CHUNK.max(self.rows().div_ceil(64))
    }

    /// Take the mean for coordinates that are missing: 0, since points are centred.
    pub fn fill_missing(&mut self) {
        self.values
            .iter_mut()
            .filter(|x| x.is_nan())
            .for_each(|x| *x = 0.0);
        self.missing = false;
    }

    /// Only these points, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        let of = |all: &Vec<f64>| rows.iter().map(|&row| all[row]).collect();
        Self {
            weight: self.weight.as_ref().map(of),
            ..Self::known(values, self.width, self.missing)
        }
    }

    /// The weighted mean of every coordinate over the points that have it, 0 where none has. // (width)
    pub fn mean(&self) -> Vec<f64> {
        self.moments(1).mean
    }

    /// The mean variance of the coordinates, of [`Moments::squares`].
    pub fn variance(&self, squares: &[f64]) -> f64 {
        squares.iter().sum::<f64>() / (self.mass() * self.width as f64)
    }

    /// Means and squared differences from them.
    pub fn moments(&self, threads: usize) -> Moments {
        // Differences from a point among them: a mean that is far from 0 costs no digits.
        let shift: Vec<f64> = match self.rows() {
            0 => vec![0.0; self.width],
            _ => self.filled(0).collect(),
        };
        let parts = self.by_chunks(threads, |rows| {
            let mut sums = Sums::new(self.width, self.missing);
            let values = &self.values[rows.start * self.width..rows.end * self.width];
            let weight = self.weight.as_ref().map(|all| &all[rows]);
            match self.missing {
                true => sums.add(values, weight, &shift),
                false => {
                    sums.mass[0] = add_complete(values, weight, &shift, &mut sums.sum, &mut sums.squares);
                }
            }
            sums
        });
        let mut all = Sums::new(self.width, self.missing);
        parts.iter().for_each(|part| all.merge(part));
        all.moments(&shift)
    }
}

/// sum w (x - shift), sum w (x - shift)^2 and sum w; the last is one for all coordinates where none is missing.
struct Sums {
    sum: Vec<f64>,
    squares: Vec<f64>,
    mass: Vec<f64>,
}

impl Sums {
    fn new(width: usize, missing: bool) -> Self {
        Self {
            sum: vec![0.0; width],
            squares: vec![0.0; width],
            mass: vec![0.0; if missing { width } else { 1 }],
        }
    }

    /// Rows with missing values.
    fn add(&mut self, values: &[f64], weight: Option<&[f64]>, shift: &[f64]) {
        for (row, x) in values.chunks_exact(shift.len()).enumerate() {
            let w = weight.map_or(1.0, |all| all[row]);
            for (j, x) in x.iter().enumerate().filter(|own| !own.1.is_nan()) {
                let far = x - shift[j];
                self.sum[j] += w * far;
                self.squares[j] += w * far * far;
                self.mass[j] += w;
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        let pairs = [
            (&mut self.sum, &other.sum),
            (&mut self.squares, &other.squares),
            (&mut self.mass, &other.mass),
        ];
        for (own, other) in pairs {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
    }

    fn moments(&self, shift: &[f64]) -> Moments {
        let mass = |j: usize| self.mass[if self.mass.len() == 1 { 0 } else { j }];
        let away = |j: usize| if mass(j) > 0.0 { self.sum[j] / mass(j) } else { 0.0 };
        let mean = |j: usize| if mass(j) > 0.0 { shift[j] + away(j) } else { 0.0 };
        let squares = |j: usize| (self.squares[j] - away(j) * self.sum[j]).max(0.0);
        Moments {
            mean: (0..shift.len()).map(mean).collect(),
            squares: (0..shift.len()).map(squares).collect(),
        }
    }
}

multiversion! {
    /// Rows without missing values; the sum of their weights.
    fn add_complete(values: &[f64], weight: Option<&[f64]>, shift: &[f64], sum: &mut [f64], squares: &mut [f64]) -> f64 {
        let (width, mut mass) = (shift.len(), 0.0);
        let (sum, squares) = (&mut sum[..width], &mut squares[..width]);
        for (row, x) in values.chunks_exact(width).enumerate() {
            let w = weight.map_or(1.0, |all| all[row]);
            mass += w;
            for j in 0..width {
                let far = x[j] - shift[j];
                sum[j] += w * far;
                squares[j] += w * far * far;
            }
        }
        mass
    }
}

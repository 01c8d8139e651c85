//! Points in memory, a row after the other.

use induce_core::parallel;

/// Points. NaN is a coordinate that is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Coordinates. // (rows, width)
    pub values: Vec<f64>,
    /// Coordinates of a point.
    pub width: usize,
    /// A weight per point; all 1 if absent. // (rows)
    pub weight: Option<Vec<f64>>,
}

/// Rows that one task reads or writes; sums over points are cut by it, whatever the number of threads.
pub const CHUNK: usize = 1024;

impl Points {
    /// Points of `width` coordinates that count alike.
    pub fn new(values: Vec<f64>, width: usize) -> Self {
        Self {
            values,
            width,
            weight: None,
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
        self.values.iter().any(|x| x.is_nan())
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
    }

    /// Only these points, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            values: rows.iter().flat_map(|&row| self.row(row)).copied().collect(),
            width: self.width,
            weight: self
                .weight
                .as_ref()
                .map(|all| rows.iter().map(|&row| all[row]).collect()),
        }
    }

    /// The weighted mean of every coordinate over the points that have it, 0 where none has. // (width)
    pub fn mean(&self) -> Vec<f64> {
        let (mut sum, mut mass) = (vec![0.0; self.width], vec![0.0; self.width]);
        for row in 0..self.rows() {
            let w = self.weight(row);
            for ((x, sum), mass) in self.row(row).iter().zip(&mut sum).zip(&mut mass) {
                if !x.is_nan() {
                    *sum += w * x;
                    *mass += w;
                }
            }
        }
        sum.iter()
            .zip(&mass)
            .map(|(s, m)| if *m > 0.0 { s / m } else { 0.0 })
            .collect()
    }
}

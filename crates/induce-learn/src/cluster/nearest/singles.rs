//! Points in single precision, with their lengths.

use induce_core::pages::prefer_large;
use induce_core::parallel;

use crate::points::Points;

/// Points in single precision.
pub struct Singles {
    /// Coordinates; 0 where one is missing. // (rows, width)
    pub(super) values: Vec<f32>,
    /// |x|, in double precision; NaN where a coordinate is missing. // (rows)
    pub(super) length: Vec<f64>,
}

impl Singles {
    /// Those of `points`.
    pub fn new(points: &Points, threads: usize) -> Self {
        let (width, size) = (points.width, points.chunk());
        let mut values = vec![0.0_f32; points.values.len()];
        prefer_large(&values);
        parallel::for_each_chunk(threads, &mut values, size * width, |i, chunk| {
            let from = &points.values[i * size * width..][..chunk.len()];
            for (single, x) in chunk.iter_mut().zip(from) {
                *single = if x.is_nan() { 0.0 } else { *x as f32 };
            }
        });
        let mut length = vec![0.0; points.rows()];
        parallel::for_each_chunk(threads, &mut length, size, |i, chunk| {
            for (at, length) in chunk.iter_mut().enumerate() {
                let row = points.row(i * size + at);
                *length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            }
        });
        Self { values, length }
    }
}

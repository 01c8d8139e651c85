//! Points in single precision, with their lengths.

use std::sync::Mutex;

use induce_core::linalg::dot;
use induce_core::pages::prefer_large;
use induce_core::parallel;

use crate::points::{CHUNK, Points};

/// Points in single precision.
pub struct Singles {
    /// Coordinates; 0 where one is missing. // (rows, width)
    pub(super) values: Vec<f32>,
    /// |x|, in double precision; NaN where a coordinate is missing. // (rows)
    pub(in crate::cluster) length: Vec<f64>,
}

impl Singles {
    /// Those of `points`.
    pub fn new(points: &Points, threads: usize) -> Self {
        let (width, rows) = (points.width, points.rows());
        let mut values = vec![0.0_f32; points.values.len()];
        prefer_large(&values);
        let mut length = vec![0.0; rows];
        // So few rows that both are made of what is in the cache.
        let few = ((1 << 15) / width).clamp(16, CHUNK);
        let places = values.chunks_mut(few * width).zip(length.chunks_mut(few));
        let places: Vec<_> = places.map(Mutex::new).collect();
        parallel::map(threads, places.len(), |i| {
            let mut place = places[i].lock().expect("each chunk is locked once");
            let (values, length) = &mut *place;
            let from = &points.values[i * few * width..][..values.len()];
            for (single, x) in values.iter_mut().zip(from) {
                *single = if x.is_nan() { 0.0 } else { *x as f32 };
            }
            for (length, row) in length.iter_mut().zip(from.chunks_exact(width)) {
                *length = dot(row, row).sqrt();
            }
        });
        drop(places);
        Self { values, length }
    }
}

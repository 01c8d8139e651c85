//! Distances in double precision.

use induce_core::multiversion;

use super::codebook::Found;

/// Coordinates of a sum of one order.
const LANES: usize = 8;

multiversion! {
    /// |x - c|^2 over the coordinates that `x` has.
    pub fn square(x: &[f64], c: &[f64]) -> f64 {
        let (whole, last) = x.as_chunks::<LANES>();
        let mut sum = [0.0; LANES];
        for (x, c) in whole.iter().zip(c.as_chunks::<LANES>().0) {
            for l in 0..LANES {
                let own = (x[l] - c[l]) * (x[l] - c[l]);
                sum[l] += if own.is_nan() { 0.0 } else { own };
            }
        }
        let rest = &c[x.len() - last.len()..];
        for ((sum, x), c) in sum.iter_mut().zip(last).zip(rest) {
            let own = (x - c) * (x - c);
            *sum += if own.is_nan() { 0.0 } else { own };
        }
        ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]))
    }
}

/// |x - c|^2 of every centre. // (centres)
pub fn squared_distances<'a>(x: &'a [f64], centres: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    centres.chunks_exact(x.len().max(1)).map(|c| square(x, c))
}

/// The nearest centre, the first of equals, and the distance of the next.
pub fn nearest(x: &[f64], centres: &[f64]) -> Found {
    let mut found = Found {
        index: 0,
        distance: f64::INFINITY,
        second: f64::INFINITY,
    };
    for (index, squared) in squared_distances(x, centres).enumerate() {
        if squared < found.distance {
            (found.second, found.distance) = (found.distance, squared);
            found.index = index as u32;
        } else if squared < found.second {
            found.second = squared;
        }
    }
    found.distance = found.distance.sqrt();
    found.second = found.second.sqrt();
    found
}

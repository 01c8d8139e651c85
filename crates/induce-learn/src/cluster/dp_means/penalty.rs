//! Which lambda leads to how many clusters? The farthest-first rule of the paper.

use induce_core::parallel;

use crate::cluster::centres::farther;
use crate::cluster::nearest::lower;
use crate::points::Points;

/// lambda_1 >= lambda_2 >= ...: the largest squared distance of a point to the mean and the points that were farthest before.
///
/// With lambda_k about k clusters come out (Kulis & Jordan 2012, section 3.2): the mean and the first k - 1 points, and no further
/// point is farther than that. There are at most `most`, and none after one that is 0.
pub fn farthest_first(points: &Points, most: usize, threads: usize) -> Vec<f64> {
    let size = points.chunk();
    let mut nearest = vec![f64::INFINITY; points.rows()];
    let mut last: Vec<f64> = points.mean();
    let mut all = Vec::new();
    while all.len() < most {
        parallel::for_each_chunk(threads, &mut nearest, size, |i, chunk| {
            lower(&points.values[i * size * points.width..], &last, chunk);
        });
        let counting = (0..points.rows()).filter(|&row| points.weight(row) > 0.0);
        let places: Vec<(usize, f64)> = counting.map(|row| (row, nearest[row])).collect();
        let Some(&(row, distance)) = places.iter().reduce(farther) else {
            break;
        };
        all.push(distance);
        if distance == 0.0 {
            break;
        }
        last = points.filled(row).collect();
    }
    all
}

/// An exact repetition counts as this share of the first lambda: a tenth of the width, below which nobody asks for clusters.
const REPEATED: f64 = 0.01;

/// The number of clusters after which lambda falls most steeply, of at least 2 where there are any: beyond it new clusters take
/// apart what belongs together. A cluster holds two of the `rows` on average at least: a row each is no grouping.
pub fn widest_gap(lambdas: &[f64], rows: usize) -> usize {
    let finest = REPEATED * lambdas.first().copied().unwrap_or(0.0);
    let below = |k: usize| if lambdas[k] > 0.0 { lambdas[k] } else { finest };
    let numbers = 2..lambdas.len().min(rows / 2 + 1);
    numbers
        .map(|k| (k, lambdas[k - 1] / below(k)))
        .fold((1, 0.0), |best, own| if own.1 > best.1 { own } else { best })
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gap after the last row, of a lambda to 0, won over every other: four rows in two pairs were four clusters.
    #[test]
    fn a_row_each_is_no_grouping() {
        assert_eq!(widest_gap(&[16.0, 16.0, 0.04, 0.01], 4), 2);
        assert_eq!(widest_gap(&[16.0, 16.0, 0.04, 0.01, 0.0], 4), 2);
    }

    /// Days of a month: no gap anywhere, so that two are as good as thirty-one. Three places, a hundred rows each: three.
    #[test]
    fn repeated_rows_are_a_gap_only_where_places_are_far_apart() {
        let days = [225.0, 225.0, 56.0, 56.0, 16.0, 16.0, 4.0, 4.0, 1.0, 1.0, 1.0, 0.0];
        assert_eq!(widest_gap(&days, 1000), 2);
        assert_eq!(widest_gap(&[50.0, 40.0, 25.0, 0.0], 300), 3);
        assert_eq!((widest_gap(&[0.0], 5), widest_gap(&[], 0)), (1, 1));
    }
}

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

/// The number of clusters after which lambda falls most steeply, of at least 2 where there are any: beyond it new clusters take
/// apart what belongs together.
pub fn widest_gap(lambdas: &[f64]) -> usize {
    let ratio = |k: usize| lambdas[k - 1] / lambdas[k].max(f64::MIN_POSITIVE);
    let numbers = 2..lambdas.len();
    numbers
        .map(|k| (k, ratio(k)))
        .fold((1, 0.0), |best, own| if own.1 > best.1 { own } else { best })
        .0
}

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
/// apart what belongs together.
fn widest_gap(lambdas: &[f64]) -> usize {
    let finest = REPEATED * lambdas.first().copied().unwrap_or(0.0);
    let below = |k: usize| if lambdas[k] > 0.0 { lambdas[k] } else { finest };
    let numbers = 2..lambdas.len();
    numbers
        .map(|k| (k, lambdas[k - 1] / below(k)))
        .fold((1, 0.0), |best, own| if own.1 > best.1 { own } else { best })
        .0
}

/// lambda for the number of clusters that is wanted, or for that before the widest gap; and this number, which is less than wanted
/// if there are no more different rows.
pub fn of_rule(rule: &[f64], wanted: Option<usize>) -> (f64, usize) {
    let Some(last) = rule.iter().rposition(|own| *own > 0.0) else {
        // All rows are alike: any distance will do.
        return (1.0, 1);
    };
    match wanted {
        Some(k) if k <= last + 1 => (rule[k - 1], k),
        // Every different row is to be a cluster.
        Some(_) => (0.5 * rule[last], last + 2),
        None => {
            let k = widest_gap(rule).min(last + 1);
            // Any lambda within the gap has these clusters; its middle is farthest from all that do not.
            let middle = (rule[k - 1] * rule.get(k).copied().unwrap_or(0.0)).sqrt();
            (if middle > 0.0 { middle } else { 0.5 * rule[k - 1] }, k)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 12 rows 100 clusters were asked: lambda was 1, whatever the rows, and nothing said so.
    #[test]
    fn more_clusters_than_rows_are_as_many_as_there_are() {
        assert_eq!(of_rule(&[9.0, 4.0, 0.5, 0.0], Some(100)), (0.25, 4));
        assert_eq!(of_rule(&[9.0, 4.0, 0.5, 0.0], Some(2)), (4.0, 2));
        assert_eq!(of_rule(&[0.0], Some(3)), (1.0, 1));
        assert_eq!(of_rule(&[9.0, 4.0, 0.25], None), (1.0, 2));
    }

    /// The gap after the last row, of a lambda to 0, won over every other: four rows in two pairs were four clusters.
    #[test]
    fn a_row_each_is_no_grouping() {
        assert_eq!(widest_gap(&[16.0, 16.0, 0.04, 0.01, 0.0]), 2);
    }

    /// Days of a month: no gap anywhere, so that two are as good as thirty-one. Three places, a hundred rows each: three.
    #[test]
    fn repeated_rows_are_a_gap_only_where_places_are_far_apart() {
        let days = [225.0, 225.0, 56.0, 56.0, 16.0, 16.0, 4.0, 4.0, 1.0, 1.0, 1.0, 0.0];
        assert_eq!(widest_gap(&days), 2);
        assert_eq!(widest_gap(&[50.0, 40.0, 25.0, 0.0]), 3);
        assert_eq!((widest_gap(&[0.0]), widest_gap(&[])), (1, 1));
    }
}

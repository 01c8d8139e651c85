//! How compact clusters are, and how far apart; no known classes are needed.

use super::contingency::numbered;
use super::interval::Estimate;
use super::predictions::Predictions;
use crate::linalg::distance::square;

/// s(i) = (b - a) / max(a, b) of every row: `a` is its mean distance to the others of its cluster, `b` the smallest mean distance to
/// another cluster; 0 for a cluster of one row (Rousseeuw 1987). // (rows of the sample)
///
/// `None` unless there are at least two clusters, and fewer than rows.
pub fn silhouettes(p: &Predictions) -> Option<Vec<f64>> {
    let points = p.points?;
    let all: Vec<usize> = (0..p.rows()).collect();
    let rows = points.sample.unwrap_or(&all);
    let rows: Vec<usize> = rows.iter().copied().filter(|&row| p.weight(row) > 0.0).collect();
    let (clusters, of) = numbered(rows.iter().map(|&row| p.values[row]));
    if clusters < 2 || clusters >= rows.len() {
        return None;
    }
    let weights: Vec<f64> = rows.iter().map(|&row| p.weight(row)).collect();
    let mut mass = vec![0.0; clusters];
    weights.iter().zip(&of).for_each(|(w, &c)| mass[c] += w);
    let points: Vec<f64> = rows.iter().flat_map(|&row| points.row(row)).copied().collect();
    let mut sums = vec![vec![0.0; clusters]; rows.len()];
    each_pair(&points, rows.len(), |i, j, distance| {
        sums[i][of[j]] += weights[j] * distance;
        sums[j][of[i]] += weights[i] * distance;
    });
    let own = |(sums, own): (&Vec<f64>, &usize)| of_sums(sums, &mass, *own);
    Some(sums.iter().zip(&of).map(own).collect())
}

/// Rows of a block: two blocks of a hundred columns stay in the first cache.
const BLOCK: usize = 16;

/// `f(i, j, |x_i - x_j|)` for i < j, a block of rows and a block of others at a time.
fn each_pair(points: &[f64], rows: usize, mut f: impl FnMut(usize, usize, f64)) {
    let width = points.len() / rows.max(1);
    let row = |i: usize| &points[i * width..][..width];
    for first in (0..rows).step_by(BLOCK) {
        for second in (first..rows).step_by(BLOCK) {
            for i in first..(first + BLOCK).min(rows) {
                for j in second.max(i + 1)..(second + BLOCK).min(rows) {
                    f(i, j, square(row(i), row(j)).sqrt());
                }
            }
        }
    }
}

fn of_sums(sums: &[f64], mass: &[f64], own: usize) -> f64 {
    if mass[own] <= 1.0 {
        return 0.0;
    }
    let a = sums[own] / (mass[own] - 1.0);
    let others = (0..mass.len()).filter(|&c| c != own).map(|c| sums[c] / mass[c]);
    let b = others.fold(f64::INFINITY, f64::min);
    match a.max(b) {
        0.0 => 0.0,
        most => (b - a) / most,
    }
}

/// The mean silhouette.
pub(super) fn silhouette(p: &Predictions) -> Option<Estimate> {
    let all = silhouettes(p)?;
    let rows = p
        .points?
        .sample
        .map_or_else(|| (0..p.rows()).collect(), <[usize]>::to_vec);
    let weights = rows.iter().map(|&row| p.weight(row)).filter(|w| *w > 0.0);
    let (sum, mass) = all
        .iter()
        .zip(weights)
        .fold((0.0, 0.0), |(sum, mass), (s, w)| (sum + w * s, mass + w));
    Some(Estimate::bare(sum / mass))
}

/// Between-cluster over within-cluster variance, each over its degrees of freedom (Calinski & Harabasz 1974).
pub(super) fn calinski_harabasz(p: &Predictions) -> Option<Estimate> {
    let moments = Moments::new(p)?;
    let k = moments.mass.len() as f64;
    let within: f64 = moments.within.iter().sum();
    let between = moments.between();
    Some(Estimate::bare(match within == 0.0 {
        true => 1.0,
        false => between * (moments.total - k) / (within * (k - 1.0)),
    }))
}

/// The mean over clusters of the worst (s_i + s_j) / d_ij: `s` is a mean distance to the centre, `d` that of centres
/// (Davies & Bouldin 1979).
pub(super) fn davies_bouldin(p: &Predictions) -> Option<Estimate> {
    let moments = Moments::new(p)?;
    let k = moments.mass.len();
    let worst = |i: usize| {
        let others = (0..k).filter(|&j| j != i);
        others
            .map(|j| {
                let apart = square(&moments.centres[i], &moments.centres[j]).sqrt();
                match apart == 0.0 {
                    true => 0.0,
                    false => (moments.spread[i] + moments.spread[j]) / apart,
                }
            })
            .fold(0.0, f64::max)
    };
    Some(Estimate::bare((0..k).map(worst).sum::<f64>() / k as f64))
}

/// Sums of clusters.
struct Moments {
    mass: Vec<f64>,
    /// Mean of every cluster. // (clusters, width)
    centres: Vec<Vec<f64>>,
    /// Sum of squared distances to the centre.
    within: Vec<f64>,
    /// Mean distance to the centre.
    spread: Vec<f64>,
    total: f64,
}

impl Moments {
    /// `None` unless there are at least two clusters, and fewer than rows.
    fn new(p: &Predictions) -> Option<Self> {
        let points = p.points?;
        let rows: Vec<usize> = (0..p.rows()).filter(|&row| p.weight(row) > 0.0).collect();
        let (k, of) = numbered(rows.iter().map(|&row| p.values[row]));
        if k < 2 || k >= rows.len() {
            return None;
        }
        let mut own = Self {
            mass: vec![0.0; k],
            centres: vec![vec![0.0; points.width]; k],
            within: vec![0.0; k],
            spread: vec![0.0; k],
            total: 0.0,
        };
        for (&row, &c) in rows.iter().zip(&of) {
            let w = p.weight(row);
            own.mass[c] += w;
            own.total += w;
            let x = points.row(row);
            own.centres[c]
                .iter_mut()
                .zip(x)
                .for_each(|(sum, x)| *sum += w * x);
        }
        for (centre, mass) in own.centres.iter_mut().zip(&own.mass) {
            centre.iter_mut().for_each(|sum| *sum /= mass);
        }
        for (&row, &c) in rows.iter().zip(&of) {
            let squared = square(points.row(row), &own.centres[c]);
            own.within[c] += p.weight(row) * squared;
            own.spread[c] += p.weight(row) * squared.sqrt() / own.mass[c];
        }
        Some(own)
    }

    fn between(&self) -> f64 {
        let width = self.centres[0].len();
        let mut mean = vec![0.0; width];
        for (centre, mass) in self.centres.iter().zip(&self.mass) {
            mean.iter_mut()
                .zip(centre)
                .for_each(|(m, c)| *m += mass / self.total * c);
        }
        let of = |(centre, mass): (&Vec<f64>, &f64)| mass * square(centre, &mean);
        self.centres.iter().zip(&self.mass).map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Points, Predictions, score};

    const X: [f64; 14] = [
        0.0, 0.1, 0.3, -0.2, 0.1, 0.4, 2.0, 2.1, 2.2, 1.7, 5.0, 0.0, 4.6, 0.3,
    ];

    /// Values of scikit-learn 1.9.
    #[test]
    fn values_are_those_of_scikit_learn() {
        let points = Points {
            values: &X,
            width: 2,
            sample: None,
        };
        let p = Predictions {
            points: Some(points),
            ..Predictions::clustering(&[], &[0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0])
        };
        let wanted = [
            ("silhouette", 0.8344842834300253),
            ("calinski_harabasz", 135.83869267264092),
            ("davies_bouldin", 0.16985919933880764),
        ];
        for (name, value) in wanted {
            let found = score(name, &p).unwrap().value;
            assert!((found - value).abs() < 1e-13 * value, "{name}: {found} {value}");
        }
        let one = Predictions {
            points: Some(points),
            ..Predictions::clustering(&[], &[0.0; 7])
        };
        assert!(
            score("silhouette", &one).is_err(),
            "one cluster has no silhouette"
        );
    }
}

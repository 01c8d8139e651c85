//! A named line, as most charts have several of.

use serde::{Deserialize, Serialize};

use crate::scene::Domain;

/// A line through the points `(x[i], y[i])`; an optional band around it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Curve {
    /// What the reader knows it by: `train`, `valid`, `fold 3`.
    pub name: String,
    /// Positions along the horizontal axis, ascending.
    pub x: Vec<f64>,
    /// Values, one per position; a value that is not finite is a gap that the line bridges.
    pub y: Vec<f64>,
    /// Lower edge of a band, one per position, or empty.
    pub low: Vec<f64>,
    /// Upper edge of a band, one per position, or empty.
    pub high: Vec<f64>,
}

impl Curve {
    /// A line without a band over the positions 1, 2, 3, ...
    pub fn over_rounds(name: impl Into<String>, values: &[f64]) -> Self {
        Self {
            name: name.into(),
            x: (1..=values.len()).map(|round| round as f64).collect(),
            y: values.to_vec(),
            ..Self::default()
        }
    }

    /// The finite points.
    pub(crate) fn points(&self) -> Vec<(f64, f64)> {
        finite(&self.x, &self.y)
    }

    /// The outline of the band, forth along the upper edge and back along the lower; empty without a band.
    pub(crate) fn band(&self) -> Vec<(f64, f64)> {
        let mut outline = finite(&self.x, &self.high);
        let lower = finite(&self.x, &self.low);
        if outline.is_empty() || lower.is_empty() {
            return Vec::new();
        }
        outline.extend(lower.into_iter().rev());
        outline
    }
}

/// The pairs of two columns that are finite on both sides.
pub(crate) fn finite(x: &[f64], y: &[f64]) -> Vec<(f64, f64)> {
    x.iter()
        .copied()
        .zip(y.iter().copied())
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}

/// The domain of the horizontal and the vertical coordinates of all points.
pub(crate) fn domains<'a>(points: impl IntoIterator<Item = &'a (f64, f64)> + Clone) -> (Domain, Domain) {
    let x = Domain::around(points.clone().into_iter().map(|point| point.0));
    let y = Domain::around(points.into_iter().map(|point| point.1));
    (x, y)
}

/// A line with fewer points that looks the same: of each of `buckets` stretches, the lowest and the highest.
pub(crate) fn reduce(points: &[(f64, f64)], buckets: usize) -> Vec<(f64, f64)> {
    if points.len() <= buckets * 2 {
        return points.to_vec();
    }
    let size = points.len().div_ceil(buckets.max(1));
    let mut kept = Vec::with_capacity(buckets * 2 + 2);
    kept.extend(points.first());
    for bucket in points.chunks(size) {
        let lowest = bucket.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let highest = bucket.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut pair: Vec<_> = lowest.into_iter().chain(highest).copied().collect();
        pair.sort_by(|a, b| a.0.total_cmp(&b.0));
        kept.extend(pair);
    }
    kept.extend(points.last());
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reducing_keeps_the_ends_and_the_extremes() {
        let points: Vec<_> = (0..10_000)
            .map(|i| (f64::from(i), if i == 5000 { 9.0 } else { 0.0 }))
            .collect();
        let reduced = reduce(&points, 100);
        assert!(reduced.len() <= 202);
        assert_eq!((reduced.first(), reduced.last()), (points.first(), points.last()));
        assert!(reduced.contains(&(5000.0, 9.0)));
    }
}

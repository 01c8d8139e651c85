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

/// The places of the points that a curve of steps needs to look the same: none is left out that lies further than
/// `tolerance` from the last that was kept, nor the one where a level stretch or a fall begins.
pub(crate) fn corners(points: &[(f64, f64)], tolerance: f64) -> Vec<usize> {
    let Some(last) = points.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut kept = vec![0];
    for next in 1..=last {
        let (anchor, point) = (points[kept[kept.len() - 1]], points[next]);
        let far = (point.0 - anchor.0).abs().max((point.1 - anchor.1).abs()) > tolerance;
        if far && kept.last() != Some(&(next - 1)) {
            kept.push(next - 1);
        }
        if far {
            kept.push(next);
        }
    }
    if kept.last() != Some(&last) {
        kept.push(last);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The curve of a rare class was thinned evenly over its rows: most of them lie on the fall at its end, so that what
    /// was level at 1 was drawn as a diagonal.
    #[test]
    fn corners_keep_a_level_stretch_and_the_fall_after_it() {
        let level = (0..=40).map(|i| (f64::from(i) / 40.0, 1.0));
        let fall = (1..50_000).map(|i| (1.0, 1.0 - 0.9 * f64::from(i) / 50_000.0));
        let points: Vec<_> = level.chain(fall).collect();
        let kept = corners(&points, 0.004);
        assert!(kept.len() < 600, "{}", kept.len());
        assert!(kept.contains(&40), "the corner");
        assert_eq!((kept[0], kept[kept.len() - 1]), (0, points.len() - 1));
        assert!(corners(&[], 0.1).is_empty());
    }

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

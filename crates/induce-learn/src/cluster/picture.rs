//! Pictures of clusters: rows in the plane of their principal components, and their silhouettes.

use induce_core::linalg::dot;
use induce_core::metrics::{Points as Judged, Predictions, silhouettes as of_rows};
use induce_core::model::{Bars, Block, Points as Scatter, Section};

use crate::points::{Plane, Points};

/// Rows that are drawn.
const DRAWN: usize = 2_000;
/// Clusters that have a colour each; the rest share one.
const COLOURED: usize = 12;

/// Evenly spread rows, as many as are drawn.
pub(crate) fn spread(rows: usize) -> Vec<usize> {
    let few = rows.min(DRAWN);
    (0..few).map(|i| i * rows / few.max(1)).collect()
}

/// A mean and a covariance, row-major: drawn as the ellipse of two deviations. // (width), (width^2)
pub type Outline = (Vec<f64>, Vec<f64>);

/// Rows in their first two principal components, in the colours of their clusters, with ellipses about them.
pub fn clusters(points: &Points, labels: &[u32], k: usize, outlines: &[Outline]) -> Section {
    let shown = spread(points.rows());
    let plane = Plane::of(&points.take(&shown));
    let mut groups: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for c in 0..k.min(COLOURED) {
        let own = shown.iter().filter(|&&row| labels[row] as usize == c);
        let places = own.map(|&row| plane.place(points.row(row)));
        groups.push((format!("cluster {c}"), places.collect()));
    }
    if k > COLOURED {
        let rest = shown.iter().filter(|&&row| labels[row] as usize >= COLOURED);
        let places = rest.map(|&row| plane.place(points.row(row)));
        groups.push((format!("clusters {COLOURED} to {}", k - 1), places.collect()));
    }
    let picture = Scatter {
        x: plane.label(0),
        y: plane.label(1),
        groups,
        line: None,
        strokes: outlines
            .iter()
            .take(COLOURED)
            .enumerate()
            .map(|(c, outline)| (c, ellipse(&plane, outline)))
            .collect(),
        ..Scatter::default()
    };
    Section::new("Clusters", vec![Block::Points(picture)])
}

/// Corners of an ellipse.
const CORNERS: usize = 72;

/// Two deviations about a mean, seen in the plane: m + 2 L (cos t, sin t) with L L' the covariance there.
fn ellipse(plane: &Plane, (mean, covariance): &Outline) -> Vec<(f64, f64)> {
    let width = mean.len();
    let along = |a: usize, b: usize| -> f64 {
        let row = |i: usize| dot(&covariance[i * width..][..width], &plane.axes[b]);
        (0..width).map(|i| plane.axes[a][i] * row(i)).sum()
    };
    let (xx, xy, yy) = (along(0, 0), along(0, 1), along(1, 1));
    let l = xx.max(0.0).sqrt();
    let below = if l > 0.0 { xy / l } else { 0.0 };
    let rest = (yy - below * below).max(0.0).sqrt();
    let (x, y) = plane.place(mean);
    let corner = |i: usize| {
        let (sin, cos) = (i as f64 / CORNERS as f64 * std::f64::consts::TAU).sin_cos();
        (x + 2.0 * l * cos, y + 2.0 * (below * cos + rest * sin))
    };
    (0..=CORNERS).map(corner).collect()
}

/// The mean silhouette of every cluster; `None` for a single one.
pub fn silhouettes(points: &Points, labels: &[u32], k: usize) -> Option<Section> {
    let shown = spread(points.rows());
    let mut few = points.take(&shown);
    few.fill_missing();
    let clusters: Vec<f64> = shown.iter().map(|&row| f64::from(labels[row])).collect();
    let judged = Predictions {
        points: Some(Judged {
            values: &few.values,
            width: few.width,
            sample: None,
        }),
        ..Predictions::clustering(&[], &clusters)
    };
    let all = of_rows(&judged)?;
    let mean = |c: usize| {
        let own: Vec<f64> = all
            .iter()
            .zip(&clusters)
            .filter(|own| *own.1 == c as f64)
            .map(|own| *own.0)
            .collect();
        (!own.is_empty()).then(|| (format!("cluster {c}"), own.iter().sum::<f64>() / own.len() as f64))
    };
    let bars = Bars {
        axis: "mean silhouette: 1 is far from all others, 0 on a border, below 0 nearer to another".into(),
        rows: (0..k).filter_map(mean).collect(),
    };
    Some(Section::new("Silhouettes", vec![Block::Bars(bars)]))
}

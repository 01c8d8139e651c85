//! Pictures of clusters: rows in the plane of their principal components, and their silhouettes.

use induce_core::metrics::{Points as Judged, Predictions, silhouettes as of_rows};
use induce_core::model::{Bars, Block, Points as Scatter, Section};

use crate::points::{Plane, Points};

/// Rows that are drawn.
const DRAWN: usize = 2_000;
/// Clusters that have a colour each; the rest share one.
const COLOURED: usize = 12;

/// Evenly spread rows, as many as are drawn.
fn spread(rows: usize) -> Vec<usize> {
    let few = rows.min(DRAWN);
    (0..few).map(|i| i * rows / few.max(1)).collect()
}

/// Rows in their first two principal components, in the colours of their clusters, with further blocks below.
pub fn clusters(points: &Points, labels: &[u32], k: usize, further: &[Block]) -> Section {
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
    };
    let mut blocks = vec![Block::Points(picture)];
    blocks.extend_from_slice(further);
    Section::new("Clusters", blocks)
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

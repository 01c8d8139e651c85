//! What principal components show of themselves.

use induce_core::model::{Bars, Block, Grid, Points as Scatter, Rows, Section};
use induce_core::words::number;
use induce_core::{Result, Run};

use super::Model;
use crate::cluster::picture::spread;

/// Most columns of a table of loadings.
const COLUMNS: usize = 10;

/// Variances and loadings.
pub fn summary(model: &Model) -> Vec<Section> {
    let (names, width) = (model.frame.names(), model.frame.width());
    let shown = width.min(COLUMNS);
    let mut head = vec!["component", "variance", "part", "parts so far"];
    head.extend(names.iter().take(shown).map(String::as_str));
    let (unit, mut sum) = (model.frame.unit * model.frame.unit, 0.0);
    let row = |(k, ratio): (usize, f64)| {
        sum += ratio;
        let mut cells = vec![
            (k + 1).to_string(),
            number(model.variances[k] * unit),
            number(ratio),
            number(sum),
        ];
        let loadings = &model.components[k * width..][..width];
        cells.extend(loadings.iter().take(shown).map(|x| number(*x)));
        cells
    };
    let rows = model.ratios().into_iter().enumerate().take(30).map(row).collect();
    let mut blocks = vec![Block::Grid(Grid::new(&head, rows))];
    if shown < width {
        blocks.push(Block::Text(format!(
            "The first {shown} of {width} columns; `--format json` has all."
        )));
    }
    vec![Section::new("Components: loadings of the columns", blocks)]
}

/// The summary, with the rows in the plane of the first two components.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Model, rows: &Rows, run: &Run) -> Result<Vec<Section>> {
    let points = model.read((&rows.features).into(), run.threads())?;
    let scores = model.scores(&points.take(&spread(points.rows())), run.threads());
    let (count, ratios) = (model.count(), model.ratios());
    let place = |row: &[f64]| (row[0], row.get(1).copied().unwrap_or(0.0));
    let label = |k: usize| match ratios.get(k) {
        Some(ratio) => format!("component {} ({:.0} % of the variance)", k + 1, 100.0 * ratio),
        None => String::new(),
    };
    let picture = Scatter {
        x: label(0),
        y: label(1),
        groups: vec![("rows".into(), scores.chunks_exact(count).map(place).collect())],
        line: None,
        ..Scatter::default()
    };
    let bars = Bars {
        axis: "part of the variance".into(),
        rows: ratios
            .iter()
            .enumerate()
            .take(30)
            .map(|(k, r)| (format!("component {}", k + 1), *r))
            .collect(),
    };
    let mut all = vec![
        Section::new("Rows", vec![Block::Points(picture)]),
        Section::new("Spectrum", vec![Block::Bars(bars)]),
    ];
    all.extend(summary(model));
    Ok(all)
}

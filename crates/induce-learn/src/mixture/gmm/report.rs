//! What a mixture shows of itself.

use induce_core::model::{Block, Grid, Rows, Section};
use induce_core::words::number;
use induce_core::{Result, Run};

use super::Model;
use crate::cluster::picture;

/// Most columns of a table.
const COLUMNS: usize = 8;

/// Weights, means and deviations.
pub fn summary(model: &Model) -> Vec<Section> {
    let mixture = model.mixture();
    let width = mixture.names.len();
    let shown = width.min(COLUMNS);
    let mut head = vec!["component", "weight"];
    head.extend(mixture.names.iter().take(shown).map(String::as_str));
    let row = |k: usize| {
        let mut cells = vec![k.to_string(), number(mixture.weights[k])];
        let own = |j: usize| {
            let deviation = mixture.covariances[k][j * width + j].sqrt();
            format!("{} ± {}", number(mixture.means[k][j]), number(deviation))
        };
        cells.extend((0..shown).map(own));
        cells
    };
    let rows = (0..mixture.weights.len()).map(row).collect();
    let mut blocks = vec![Block::Grid(Grid::new(&head, rows))];
    if shown < width {
        blocks.push(Block::Text(format!(
            "The first {shown} of {width} columns; `--format json` has all."
        )));
    }
    vec![Section::new("Components: mean ± deviation", blocks)]
}

/// The summary, with pictures of the rows.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Model, rows: &Rows, run: &Run) -> Result<Vec<Section>> {
    let points = model.read((&rows.features).into(), run.threads())?;
    let (r, _) = model.responsibilities(&points, run.threads())?;
    let k = model.parameters.components();
    let likeliest = |row: &[f64]| (1..k).fold(0, |best, c| if row[c] > row[best] { c } else { best });
    let labels: Vec<u32> = r.chunks_exact(k).map(|row| likeliest(row) as u32).collect();
    let outline = |c: usize| {
        let own = &model.parameters;
        (own.means[c].clone(), own.covariances[c].dense())
    };
    let outlines: Vec<_> = (0..k).map(outline).collect();
    let mut all = vec![picture::clusters(&points, &labels, k, &outlines)];
    all.extend(picture::silhouettes(&points, &labels, k));
    all.extend(summary(model));
    Ok(all)
}

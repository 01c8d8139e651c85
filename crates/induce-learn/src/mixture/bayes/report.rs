//! What a Bayesian mixture shows of itself.

use induce_core::model::{Block, Grid, Rows, Section};
use induce_core::words::number;
use induce_core::{Result, Run};

use super::model::Model;
use super::{Bound, Weights};
use crate::cluster::picture;

/// Most columns of a table.
const COLUMNS: usize = 8;

/// Components that hold rows, and the bound term by term.
pub fn summary(model: &Model) -> Vec<Section> {
    vec![components(model), bound(model)]
}

fn components(model: &Model) -> Section {
    let (mixture, held) = (model.mixture(), model.held());
    let width = mixture.names.len();
    let shown = width.min(COLUMNS);
    let mut head = vec!["component", "weight", "rows"];
    head.extend(mixture.names.iter().take(shown).map(String::as_str));
    let row = |k: usize| {
        let mut cells = vec![k.to_string(), number(mixture.weights[k]), number(held[k])];
        let own = |j: usize| {
            let deviation = mixture.covariances[k][j * width + j].sqrt();
            format!("{} ± {}", number(mixture.means[k][j]), number(deviation))
        };
        cells.extend((0..shown).map(own));
        cells
    };
    let used: Vec<usize> = (0..held.len()).filter(|&k| held[k] >= 0.5).collect();
    let rows = used.iter().map(|&k| row(k)).collect();
    let mut blocks = vec![Block::Grid(Grid::new(&head, rows))];
    if used.len() < held.len() {
        let empty = held.len() - used.len();
        blocks.push(Block::Text(format!("{empty} of {} hold no rows.", held.len())));
    }
    if shown < width {
        blocks.push(Block::Text(format!(
            "The first {shown} of {width} columns; `--format json` has all."
        )));
    }
    Section::new("Components: mean ± deviation", blocks)
}

fn bound(model: &Model) -> Section {
    let values = model.bound.values(model.mass, model.volume);
    let facts = Bound::NAMES
        .iter()
        .zip(values)
        .map(|(name, value)| ((*name).to_owned(), number(value)));
    Section::new(
        "ELBO per row: likelihood + entropy - divergences",
        vec![Block::Facts(facts.collect())],
    )
}

/// Parameters of the weights: a row for a Dirichlet, two for sticks.
pub fn concentration(model: &Model) -> Vec<Vec<f64>> {
    match &model.posterior.weights {
        Weights::Dirichlet(own) => vec![own.clone()],
        Weights::Sticks { own, rest } => vec![own.clone(), rest.clone()],
    }
}

/// The summary, with pictures of the rows.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Model, rows: &Rows, run: &Run) -> Result<Vec<Section>> {
    let points = model.read((&rows.features).into(), run.threads())?;
    let r = model.responsibilities(&points, run.threads())?;
    let k = model.posterior.means.len();
    let likeliest = |row: &[f64]| (1..k).fold(0, |best, c| if row[c] > row[best] { c } else { best });
    let labels: Vec<u32> = r.chunks_exact(k).map(|row| likeliest(row) as u32).collect();
    let mut all = vec![picture::clusters(&points, &labels, k, &[])];
    all.extend(picture::silhouettes(&points, &labels, k));
    all.extend(summary(model));
    Ok(all)
}

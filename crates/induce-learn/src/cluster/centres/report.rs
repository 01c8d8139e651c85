//! What centres show of themselves.

use induce_core::model::{Bars, Block, Grid, Rows, Section};
use induce_core::words::{count, number};
use induce_core::{Result, Run};

use super::Centres;
use crate::cluster::picture;

/// Sizes and centres, and what chose their number.
pub fn summary(model: &Centres) -> Vec<Section> {
    std::iter::once(centres(model))
        .chain(model.choice.clone())
        .collect()
}

/// Most columns of a table of centres.
const COLUMNS: usize = 8;

fn centres(model: &Centres) -> Section {
    let names = model.frame.names();
    let shown = names.len().min(COLUMNS);
    let mut head = vec!["cluster", "rows"];
    head.extend(names.iter().take(shown).map(String::as_str));
    let row = |(c, centre): (usize, Vec<f64>)| {
        let mut cells = vec![c.to_string(), whole(model.sizes[c])];
        cells.extend(centre.iter().take(shown).map(|x| number(*x)));
        cells
    };
    let rows = model.centres().into_iter().enumerate().map(row).collect();
    let mut blocks = vec![Block::Grid(Grid::new(&head, rows))];
    if shown < names.len() {
        blocks.push(Block::Text(format!(
            "The first {shown} of {} columns; `--format json` has all.",
            count(names.len())
        )));
    }
    Section::new("Centres", blocks)
}

/// A number of rows, or their weight.
fn whole(size: f64) -> String {
    match size.fract() == 0.0 && size < 1e15 {
        true => count(size as usize),
        false => number(size),
    }
}

/// The summary, with pictures of the rows.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Centres, rows: &Rows, run: &Run) -> Result<Vec<Section>> {
    let points = model.read((&rows.features).into(), run.threads())?;
    let labels = model.assign(&points, run.threads());
    let mut all = vec![picture::clusters(&points, &labels, model.k(), &[])];
    all.push(Section::new("Sizes", vec![Block::Bars(sizes(model))]));
    all.extend(picture::silhouettes(&points, &labels, model.k()));
    all.extend(summary(model));
    Ok(all)
}

fn sizes(model: &Centres) -> Bars {
    let row = |(c, size): (usize, &f64)| (format!("cluster {c}"), *size);
    Bars {
        axis: "training rows".into(),
        rows: model.sizes.iter().enumerate().map(row).collect(),
    }
}

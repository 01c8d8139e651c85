//! What k-means shows of itself.

use induce_core::model::{Bars, Block, Grid, Lines, Rows, Section};
use induce_core::words::{count, number};
use induce_core::{Result, Run};

use super::Model;
use super::choose::Choice;
use crate::cluster::picture;

/// Sizes and centres, and what chose their number.
pub fn summary(model: &Model) -> Vec<Section> {
    let centres = centres(model);
    let choice = model.choice.as_ref().map(choice);
    std::iter::once(centres).chain(choice).collect()
}

/// Most columns of a table of centres.
const COLUMNS: usize = 8;

fn centres(model: &Model) -> Section {
    let names = model.frame.names();
    let shown = names.len().min(COLUMNS);
    let mut head = vec!["cluster", "rows"];
    head.extend(names.iter().take(shown).map(String::as_str));
    let row = |(c, centre): (usize, Vec<f64>)| {
        let mut cells = vec![c.to_string(), number(model.sizes[c])];
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

fn choice(choice: &Choice) -> Section {
    let maybe = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let rows = choice.tried.iter().map(|own| {
        vec![
            own.k.to_string(),
            number(own.inertia),
            maybe(own.silhouette),
            maybe(own.gap),
            maybe(own.gap_error),
            maybe(own.bic),
        ]
    });
    let head = ["clusters", "inertia", "silhouette", "gap", "its error", "BIC"];
    Section::new(
        "Number of clusters",
        vec![
            Block::Text(format!("{} clusters, by the {}.", choice.k, choice.criterion)),
            Block::Grid(Grid::new(&head, rows.collect())),
        ],
    )
}

/// The summary, with pictures of the rows.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Model, rows: &Rows, run: &Run) -> Result<Vec<Section>> {
    let points = model.read((&rows.features).into(), run.threads())?;
    let labels = model.assign(&points, run.threads());
    let mut all = vec![picture::clusters(&points, &labels, model.k(), &[])];
    all.push(Section::new("Sizes", vec![Block::Bars(sizes(model))]));
    all.extend(picture::silhouettes(&points, &labels, model.k()));
    all.extend(summary(model));
    if let (Some(choice), Some(last)) = (&model.choice, all.last_mut()) {
        last.blocks.push(Block::Lines(curves(choice)));
    }
    Ok(all)
}

fn sizes(model: &Model) -> Bars {
    let row = |(c, size): (usize, &f64)| (format!("cluster {c}"), *size);
    Bars {
        axis: "training rows".into(),
        rows: model.sizes.iter().enumerate().map(row).collect(),
    }
}

fn curves(choice: &Choice) -> Lines {
    let of = |name: &str, value: &dyn Fn(&super::choose::Tried) -> Option<f64>| {
        let points = choice
            .tried
            .iter()
            .filter_map(|own| Some((own.k as f64, value(own)?)));
        (name.to_owned(), points.collect())
    };
    Lines {
        x: "clusters".into(),
        y: "silhouette and gap".into(),
        curves: vec![of("silhouette", &|own| own.silhouette), of("gap", &|own| own.gap)],
        mark: Some(choice.k as f64),
    }
}

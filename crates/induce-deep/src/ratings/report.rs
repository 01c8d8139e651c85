//! What graph convolutional matrix completion shows of itself.

use induce_core::model::ratings::report::{extremes, residuals};
use induce_core::model::{Bars, Block, Data, Predict, Recommend, Section};
use induce_core::words::{count, number};
use induce_core::{Result, Run};

use super::Trained;

/// Its graph, and who is far from the mean.
pub fn summary(model: &Trained) -> Vec<Section> {
    let header = &model.header;
    let facts = vec![
        ("Graph".to_owned(), header.ratings.said()),
        (
            "Accumulation".to_owned(),
            model.spec.accumulation.name().to_owned(),
        ),
        ("Embeddings".to_owned(), format!("{} wide", model.spec.embedding)),
        ("Weights".to_owned(), count(model.parameters.count())),
    ];
    let codes = header.codes();
    let rows = header.levels.iter().enumerate().map(|(r, level)| {
        let n = codes.iter().filter(|code| **code as usize == r).count();
        (number(*level), n as f64)
    });
    let bars = Bars {
        axis: "ratings of each level".into(),
        rows: rows.collect(),
    };
    vec![
        Section::new("Ratings as a graph", vec![Block::Facts(facts), Block::Bars(bars)]),
        extremes(&header.ratings, &model.known_baselines().biases.items),
    ]
}

/// The summary, and what it leaves of ratings.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Trained, data: &Data, run: &Run) -> Result<Vec<Section>> {
    let rows = data.rows()?;
    let prediction = model.predict((&rows.features).into(), run.threads())?;
    let mut all = summary(model);
    all.extend(residuals(rows, &prediction.values));
    Ok(all)
}

//! What matrix factorization shows of itself.

use induce_core::model::ratings::report::{extremes, residuals};
use induce_core::model::{Bars, Block, Data, Predict, Section};
use induce_core::words::number;
use induce_core::{Result, Run};

use super::Model;

/// Most factors that are drawn.
const FACTORS: usize = 30;

/// The scale of biases, factors and noise, and who is far from the mean.
pub fn summary(model: &Model) -> Vec<Section> {
    let deviation = |precision: f64| number(model.scale / precision.sqrt());
    let facts = vec![
        ("Ratings".to_owned(), model.ratings.said()),
        ("Mean".to_owned(), number(model.centre)),
        (
            "Deviation of users' biases".to_owned(),
            deviation(model.users.precision[0]),
        ),
        (
            "Deviation of items' biases".to_owned(),
            deviation(model.items.precision[0]),
        ),
        ("Deviation of the noise".to_owned(), number(model.noise())),
    ];
    let rows = model.strengths().into_iter().enumerate().take(FACTORS);
    let bars = Bars {
        axis: "deviation that a factor gives to a rating".into(),
        rows: rows.map(|(k, own)| (format!("factor {}", k + 1), own)).collect(),
    };
    let mut all = vec![Section::new("Ratings, taken apart", vec![Block::Facts(facts)])];
    if model.factors() > 0 {
        all.push(Section::new("Factors", vec![Block::Bars(bars)]));
    }
    let biases: Vec<f64> = model
        .items
        .mean
        .iter()
        .step_by(model.items.width)
        .map(|b| b * model.scale)
        .collect();
    all.push(extremes(&model.ratings, &biases));
    all
}

/// The summary, and what it leaves of ratings.
///
/// # Errors
/// If a column is missing.
pub fn pages(model: &Model, data: &Data, run: &Run) -> Result<Vec<Section>> {
    let rows = data.rows()?;
    let prediction = model.predict((&rows.features).into(), run.threads())?;
    let mut all = summary(model);
    all.extend(residuals(rows, &prediction.values));
    Ok(all)
}

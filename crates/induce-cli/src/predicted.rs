//! What a model predicts of rows or images, as columns.

use anyhow::Result;
use induce::core::Column;
use induce::core::model::{Inputs, Intervals, Margins, Predict as Predictor};

use crate::args::Predict;
use crate::beside::every;
use crate::clusters;

/// Predictions and what was asked for beside them, a column each.
///
/// # Errors
/// As the predictions, and if the model knows nothing of what was asked for.
pub fn columns(args: &Predict, model: &dyn Predictor, inputs: Inputs, threads: usize) -> Result<Vec<Column>> {
    if args.margin {
        return margins(model, inputs, threads);
    }
    if let Some(clusterer) = model.clusterer() {
        return clusters::columns(args, clusterer, inputs, threads);
    }
    let prediction = model.predict(inputs, threads)?;
    let classes = &model.schema().classes;
    let mut columns = Vec::new();
    if classes.is_empty() {
        columns.extend(outputs(prediction.values, inputs.len()));
        columns.extend(quantiles(args, model, inputs, threads)?);
        if let Some(coverage) = args.interval {
            columns.extend(intervals(model.intervals(inputs, coverage, threads)?));
        }
        return Ok(columns);
    }
    let names: Vec<Option<&str>> = prediction
        .values
        .iter()
        .map(|&c| Some(classes[c as usize].as_str()))
        .collect();
    columns.push(Column::from_text("prediction", &names));
    if args.proba || args.interval.is_some() {
        let ends = args
            .interval
            .map(|coverage| model.intervals(inputs, coverage, threads))
            .transpose()?;
        let ends = ends.and_then(|i| i.mean);
        for (k, class) in classes.iter().enumerate() {
            let of = |all: &[f64]| every(all, k, classes.len());
            let name = format!("probability_{class}");
            columns.push(Column::from_f64(name.clone(), of(&prediction.probabilities)));
            if let Some((low, high)) = &ends {
                columns.push(Column::from_f64(format!("{name}_low"), of(low)));
                columns.push(Column::from_f64(format!("{name}_high"), of(high)));
            }
        }
    }
    Ok(columns)
}

/// A column per output of a quantity: of several quantiles or targets there are several.
fn outputs(values: Vec<f64>, rows: usize) -> Vec<Column> {
    match values.len().checked_div(rows) {
        Some(width) if width > 1 => (0..width)
            .map(|k| Column::from_f64(format!("prediction_{k}"), every(&values, k, width)))
            .collect(),
        _ => vec![Column::from_f64("prediction", values)],
    }
}

fn margins(model: &dyn Predictor, inputs: Inputs, threads: usize) -> Result<Vec<Column>> {
    let Margins { values, outputs } = model.margins(inputs, threads)?;
    let name = |k: usize| match outputs {
        1 => "margin".to_string(),
        _ => match model.schema().classes.get(k) {
            Some(class) => format!("margin_{class}"),
            None => format!("margin_{k}"),
        },
    };
    let column = |k: usize| Column::from_f64(name(k), every(&values, k, outputs));
    Ok((0..outputs).map(column).collect())
}

/// `mean_low`, `mean_high` for the mean, `new_low`, `new_high` for a new observation.
fn intervals(intervals: Intervals) -> Vec<Column> {
    let pair = |name: &str, (low, high)| {
        [
            Column::from_f64(format!("{name}_low"), low),
            Column::from_f64(format!("{name}_high"), high),
        ]
    };
    let mean = intervals.mean.map(|ends| pair("mean", ends));
    let new = intervals.new.map(|ends| pair("new", ends));
    mean.into_iter().chain(new).flatten().collect()
}

/// A column `quantile_P` for each P that was asked for.
fn quantiles(args: &Predict, model: &dyn Predictor, inputs: Inputs, threads: usize) -> Result<Vec<Column>> {
    let wanted = &args.quantiles;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let all = model.quantiles(inputs, wanted, threads)?;
    let column =
        |(k, p): (usize, &f64)| Column::from_f64(format!("quantile_{p}"), every(&all, k, wanted.len()));
    Ok(wanted.iter().enumerate().map(column).collect())
}

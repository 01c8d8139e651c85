//! The rows that were predicted worst, with what moved their predictions.

use induce_core::metrics::Task;
use induce_core::model::{Grid, Model, Prediction, Rows, Shap, Target};
use induce_core::{Result, Run};

use super::columns::short;
use super::inputs::Inputs;

/// Rows that are shown.
const ROWS: usize = 12;

/// Contributions that are named.
const REASONS: usize = 3;

/// The worst rows: truth, prediction, how far apart they are, the `leading` features, and the largest contributions where
/// the model has exact ones. Rankings have none: their rows are right or wrong only beside others.
pub(super) fn table(inputs: &Inputs, leading: &[String], run: &Run) -> Result<Option<Grid>> {
    let (rows, target) = (inputs.judged, inputs.judged.target()?);
    if target.task == Task::Ranking {
        return Ok(None);
    }
    let worst = worst(target, inputs.prediction);
    let part = rows.take(&worst);
    let shap = inputs
        .model
        .explainer()
        .and_then(|own| own.shap(part.table().ok()?.into(), run.threads()).ok());
    let shap = shap.filter(|own| own.features > 0);
    let mut head = vec!["actual", "predicted", distance(target)];
    head.extend(leading.iter().map(String::as_str));
    head.extend(shap.is_some().then_some("what moved it most"));
    let mut lines = Vec::new();
    for (place, &row) in worst.iter().enumerate() {
        let mut cells = answer(target, inputs.prediction, row);
        for feature in leading {
            cells.push(value(&part, feature, place)?);
        }
        if let Some(shap) = &shap {
            cells.push(reasons(
                inputs.model,
                shap,
                &part,
                place,
                inputs.prediction.values[row],
            )?);
        }
        lines.push(cells);
    }
    Ok((!lines.is_empty()).then(|| Grid::new(&head, lines)))
}

fn distance(target: &Target) -> &'static str {
    match target.task {
        Task::Classification => "probability of the actual",
        _ => "error",
    }
}

/// The rows by how far their predictions are off, the farthest first.
fn worst(target: &Target, prediction: &Prediction) -> Vec<usize> {
    let far = |row: usize| miss(target, prediction, row);
    let mut rows: Vec<usize> = (0..target.values.len())
        .filter(|&row| far(row).is_finite())
        .collect();
    rows.sort_by(|&a, &b| far(b).total_cmp(&far(a)).then(a.cmp(&b)));
    rows.truncate(ROWS);
    rows
}

fn miss(target: &Target, prediction: &Prediction, row: usize) -> f64 {
    match target.task {
        Task::Classification => 1.0 - actual(target, prediction, row),
        _ => (target.values[row] - prediction.values[row]).abs(),
    }
}

/// The probability of the class that a row has.
fn actual(target: &Target, prediction: &Prediction, row: usize) -> f64 {
    let place = row * target.classes.len() + target.values[row] as usize;
    prediction.probabilities.get(place).copied().unwrap_or(f64::NAN)
}

fn answer(target: &Target, prediction: &Prediction, row: usize) -> Vec<String> {
    let (truth, called) = (target.values[row], prediction.values[row]);
    match target.task {
        Task::Classification => {
            let name = |class: f64| target.classes.get(class as usize).cloned().unwrap_or_default();
            vec![
                name(truth),
                name(called),
                format!("{:.4}", actual(target, prediction, row)),
            ]
        }
        _ => vec![short(truth), short(called), short(called - truth)],
    }
}

fn value(rows: &Rows, feature: &str, row: usize) -> Result<String> {
    let text = rows.table()?.column(feature)?.text(row);
    Ok(text.map_or_else(|| "missing".into(), |text| text.parse().map_or(text, short)))
}

/// `Income 80 (-0.93), ...`: the contributions that moved the score of what was predicted most.
fn reasons(model: &dyn Model, shap: &Shap, rows: &Rows, row: usize, called: f64) -> Result<String> {
    let names = model.predicting()?.schema().names();
    let output = if shap.outputs > 1 { called as usize } else { 0 };
    let begin = (row * shap.outputs + output) * (shap.features + 1);
    let own = &shap.values[begin..begin + shap.features];
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by(|&a, &b| own[b].abs().total_cmp(&own[a].abs()));
    let mut words = Vec::new();
    for f in order.into_iter().take(REASONS) {
        let sign = if own[f] < 0.0 { "−" } else { "+" };
        let size = short(own[f].abs());
        words.push(format!(
            "{} {} ({sign}{size})",
            names[f],
            value(rows, &names[f], row)?
        ));
    }
    Ok(words.join(", "))
}

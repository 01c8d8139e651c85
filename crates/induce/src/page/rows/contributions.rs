//! What moved the predictions: Shapley values of some rows, for every score that is shown.

use induce_core::metrics::Task;
use induce_core::model::{Explain, Model, Rows, Shap, Target};
use induce_core::words::counted;
use induce_core::{Column, ColumnType, Result, Run};
use induce_learn::tree::{Ensemble, trees_of};
use induce_plot::{Report, ShapFeature, ShapSummary, Stack, Stacked};
use induce_prob::Link;

use super::super::info;
use crate::{dependence, explain};

/// Rows of the SHAP summary: most, and fewest where trees are many and deep.
const SHAP_ROWS: (usize, usize) = (2_000, 64);

/// Values of leaves that rows are held against for the SHAP summary, at most.
const SHAP_LEAVES: usize = 30_000_000;

/// Features in a summary of one score, and of each of several.
const SUMMARY: (usize, usize) = (15, 6);

/// Classes with a summary of their own, and classes that have a part in the bars.
const CLASSES: (usize, usize) = (3, 10);

/// Fill in the summaries, if the model has exact Shapley values.
pub(super) fn fill(report: &mut Report, model: &dyn Model, sample: &Rows, run: &Run) -> Result<()> {
    let Some(explainer) = model.explainer() else {
        return Ok(());
    };
    let trees = trees_of(model);
    let few = trees
        .as_ref()
        .map_or_else(|| sample.clone(), |trees| few(trees, sample));
    let Some(shap) = explained(explainer, &few, run) else {
        return Ok(());
    };
    if few.rows() < sample.rows() {
        let text = format!("Shapley values are of {}", counted(few.rows(), "row"));
        report.notes.push(info(&text));
    }
    let names = model.predicting()?.schema().names();
    let classes = &few.target()?.classes;
    if shap.outputs == 1 {
        let link = trees
            .as_ref()
            .map_or(linear_link(model), |trees| Some(trees.link));
        let unit = unit(link, few.target()?);
        report.shap = vec![summary(&shap, 0, &names, &few, unit, SUMMARY.0)?];
        return Ok(());
    }
    for (output, class) in classes.iter().enumerate().take(CLASSES.0.min(shap.outputs)) {
        let own = summary(
            &shap,
            output,
            &names,
            &few,
            format!("score of {class}"),
            SUMMARY.1,
        )?;
        report.shap.push(ShapSummary {
            class: class.clone(),
            ..own
        });
    }
    report.shap_sizes = Some(sizes(&shap, &names, classes));
    Ok(())
}

/// A model may have an explainer for importances alone.
fn explained(explainer: &dyn Explain, rows: &Rows, run: &Run) -> Option<Shap> {
    let shap = explain::shap(explainer, rows.table().ok()?, run).ok();
    shap.filter(|own| own.features > 0)
}

/// Evenly spread rows of the sample, as many as these trees let be explained in seconds.
fn few(trees: &Ensemble, sample: &Rows) -> Rows {
    let leaves: usize = trees.trees.iter().map(|tree| tree.leaves.len()).sum();
    let (most, fewest) = SHAP_ROWS;
    let values = leaves.max(1) * trees.outputs().max(1);
    let most = (SHAP_LEAVES / values).clamp(fewest, most);
    explain::spread(sample, most)
}

/// The link of a linear model, which is the only one but trees with contributions: by its settings, as those are plain data.
fn linear_link(model: &dyn Model) -> Option<Link> {
    match model.settings()["link"].as_str() {
        Some("logit") => Some(Link::Logit),
        Some("identity") => Some(Link::Identity),
        _ => None,
    }
}

/// What a contribution to the only score is measured in.
fn unit(link: Option<Link>, target: &Target) -> String {
    match (target.classes.as_slice(), link) {
        ([_, class], Some(Link::Logit)) => format!("log-odds of {class}"),
        ([_, class], Some(_)) => format!("probability of {class}"),
        ([_, class], None) => format!("score of {class}"),
        (_, Some(Link::Identity)) if target.task == Task::Regression => target.name.clone(),
        _ => "score".into(),
    }
}

/// The contributions of feature `f` to a score, row by row.
fn contributions(shap: &Shap, output: usize, f: usize) -> impl Iterator<Item = f64> + '_ {
    let width = shap.features + 1;
    let of_row = shap.values.iter().skip(output * width + f);
    of_row.step_by(shap.outputs * width).copied()
}

fn summary(
    shap: &Shap,
    output: usize,
    names: &[String],
    rows: &Rows,
    unit: String,
    most: usize,
) -> Result<ShapSummary> {
    let mut features = Vec::new();
    for (f, feature) in names.iter().enumerate() {
        let (feature_values, levels) = colours(rows.table()?.column(feature)?);
        features.push(ShapFeature {
            feature: feature.clone(),
            values: contributions(shap, output, f).collect(),
            feature_values,
            levels,
        });
    }
    let size = |f: &ShapFeature| f.values.iter().map(|v| v.abs()).sum::<f64>();
    features.sort_by(|a, b| size(b).total_cmp(&size(a)));
    features.truncate(most);
    Ok(ShapSummary {
        unit,
        features,
        ..ShapSummary::default()
    })
}

/// Mean sizes, a part for each class.
fn sizes(shap: &Shap, names: &[String], classes: &[String]) -> Stacked {
    let rows = (shap.values.len() / (shap.outputs * (shap.features + 1)).max(1)).max(1) as f64;
    let shown = CLASSES.1.min(classes.len()).min(shap.outputs);
    let mean = |output: usize, f: usize| contributions(shap, output, f).map(f64::abs).sum::<f64>() / rows;
    let bar = |(f, name): (usize, &String)| {
        let parts: Vec<f64> = (0..shown).map(|output| mean(output, f)).collect();
        Stack {
            name: name.clone(),
            total: parts.iter().sum(),
            parts,
            interval: None,
        }
    };
    let mut bars: Vec<Stack> = names.iter().enumerate().map(bar).collect();
    bars.sort_by(|a, b| b.total.total_cmp(&a.total));
    bars.truncate(SUMMARY.0);
    Stacked {
        title: "Mean size of the contributions".into(),
        unit: "mean absolute contribution to the scores".into(),
        parts: classes[..shown].to_vec(),
        bars,
    }
}

/// The values that colours stand for; of categories their places among the names.
fn colours(column: &Column) -> (Vec<Option<f64>>, Vec<String>) {
    if column.column_type() == ColumnType::Category {
        let names = column.categories();
        let mut codes = vec![0; column.len()];
        column.read_codes(0, &mut codes);
        let known = |code: u32| ((code as usize) < names.len()).then_some(f64::from(code));
        return (codes.into_iter().map(known).collect(), names);
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    let known = |v: f64| v.is_finite().then(|| dependence::told(column, v));
    let values = values.into_iter().map(known);
    (values.collect(), Vec::new())
}

//! The page of a model of tables.

use induce_core::metrics::{SplitScores, Task};
use induce_core::model::{Data, Model, Prediction, Rows, Target};
use induce_core::words::{count, counted};
use induce_core::{Column, ColumnType, FitReport, Result, Run};
use induce_learn::tree::{Ensemble, trees_of};
use induce_plot::{
    Calibration, Confusion, Curve, Importance, Interval, LearningCurve, Note, NoteKind, PrCurve,
    PrecisionRecall, Report, Residuals, Roc, RocCurve, SchemaRow, ShapFeature, ShapSummary, Sparkline,
};
use induce_prob::Link;

use super::{entries, metrics, settings};
use crate::explain;

/// What a report is made of.
pub struct Inputs<'a> {
    /// The model.
    pub model: &'a dyn Model,
    /// The rows that judge it.
    pub judged: &'a Rows,
    /// Their predictions.
    pub prediction: &'a Prediction,
    /// Name of the split they are, as in the metrics.
    pub split: &'a str,
    /// Scores per split, with the values of single folds if there are any.
    pub scores: &'a [SplitScores],
    /// What the fit went through.
    pub fit: Option<&'a FitReport>,
    /// Where the data came from.
    pub source: &'a str,
    /// Facts for the head of the page.
    pub facts: Vec<(String, String)>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Version, seed, threads, time.
    pub environment: Vec<(String, String)>,
    /// The command line.
    pub command: String,
}

/// The page's data.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// use induce::core::metrics::SplitScores;
/// use induce::page::rows::{Inputs, build};
///
/// let (scores, prediction) = induce::validate::evaluate(fitted.model.as_ref(), &rows, 1)?;
/// let inputs = Inputs {
///     model: fitted.model.as_ref(),
///     judged: &rows,
///     prediction: &prediction,
///     split: "train",
///     scores: &[SplitScores::new("train", scores)],
///     fit: Some(&fitted.report),
///     source: "line.csv",
///     facts: Vec::new(),
///     notes: Vec::new(),
///     environment: Vec::new(),
///     command: String::new(),
/// };
/// let report = build(&inputs, &Run::new(0))?;
/// let page = induce::plot::html(&report).expect("the template is ours");
/// assert!(page.contains("y in line.csv"));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the rows have no target, or lack a column of the model.
pub fn build(inputs: &Inputs, run: &Run) -> Result<Report> {
    let (rows, entry) = (inputs.judged, inputs.model.entry());
    let target = rows.target()?;
    let mut report = Report {
        title: format!("{} in {}", target.name, inputs.source),
        subtitle: format!("{} with {}", kind(target), entry.info.title.to_lowercase()),
        facts: entries(&inputs.facts),
        notes: inputs.notes.iter().map(|text| info(text)).collect(),
        metrics: metrics(inputs.scores),
        main_split: inputs.split.into(),
        learning_curve: inputs.fit.and_then(|fit| learning_curve(fit, inputs.model)),
        rows: rows.rows() as u64,
        schema: rows.table()?.columns().iter().map(schema_row).collect(),
        settings: settings(entry, &inputs.model.settings()),
        environment: entries(&inputs.environment),
        command: inputs.command.clone(),
        ..Report::default()
    };
    performance(&mut report, target, inputs.prediction);
    let sample = Data::Rows(explain::sample(inputs.model, inputs.judged, run));
    report.sections = inputs.model.report(&sample, run)?;
    importances(&mut report, inputs, sample.rows()?, run)?;
    Ok(report)
}

/// The task in words.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// assert_eq!(induce::page::rows::kind(rows.target()?), "Regression");
/// # Ok::<(), induce::Error>(())
/// ```
pub fn kind(target: &Target) -> String {
    match (target.task, target.classes.len()) {
        (Task::Regression, _) => "Regression".into(),
        (Task::Ranking, _) => "Ranking".into(),
        (Task::Classification, 2) => "Binary classification".into(),
        (Task::Classification, n) => format!("Classification into {}", counted(n, "class")),
    }
}

fn learning_curve(fit: &FitReport, model: &dyn Model) -> Option<LearningCurve> {
    let metric = fit.traces.first()?.metric.clone();
    let series = |trace: &induce_core::Trace| Curve {
        name: trace.split.clone(),
        x: trace.points.iter().map(|p| p.0 as f64).collect(),
        y: trace.points.iter().map(|p| p.1).collect(),
        ..Curve::default()
    };
    // A mark only where some rounds were thrown away.
    let kept = trees_of(model).map(|trees| trees.rounds() as u64);
    let best = kept
        .filter(|&rounds| rounds < fit.steps)
        .map(|rounds| rounds as f64);
    Some(LearningCurve {
        metric,
        unit: model.step_unit().into(),
        series: fit.traces.iter().map(series).collect(),
        best,
        ..LearningCurve::default()
    })
}

/// Classes whose curves are drawn.
const MOST_CURVES: usize = 10;

fn performance(report: &mut Report, target: &Target, prediction: &Prediction) {
    match target.task {
        Task::Classification => classification(report, target, prediction),
        Task::Regression => {
            report.residuals = Some(Residuals {
                target: target.name.clone(),
                actual: target.values.clone(),
                predicted: prediction.values.clone(),
            });
        }
        Task::Ranking => {}
    }
}

fn classification(report: &mut Report, target: &Target, prediction: &Prediction) {
    let classes = &target.classes;
    let shown: Vec<usize> = if classes.len() == 2 {
        vec![1]
    } else {
        (0..classes.len().min(MOST_CURVES)).collect()
    };
    let (mut roc, mut pr) = (Vec::new(), Vec::new());
    for &class in &shown {
        let positive: Vec<bool> = target.values.iter().map(|&y| y as usize == class).collect();
        let scores: Vec<f64> = prediction
            .probabilities
            .iter()
            .skip(class)
            .step_by(classes.len())
            .copied()
            .collect();
        roc.push(RocCurve::from_scores(&classes[class], &positive, &scores));
        pr.push(PrCurve::from_scores(&classes[class], &positive, &scores));
        if classes.len() == 2 {
            report.calibration = Some(Calibration::from_scores(&classes[class], &positive, &scores, 10));
        }
    }
    report.roc = Some(Roc { curves: roc });
    report.precision_recall = Some(PrecisionRecall { curves: pr });
    let index = |values: &[f64]| values.iter().map(|&v| v as usize).collect::<Vec<_>>();
    report.confusion = Some(Confusion::from_labels(
        classes.clone(),
        &index(&target.values),
        &index(&prediction.values),
    ));
}

/// Rows of the SHAP summary: most, and fewest where trees are many and deep.
const SHAP_ROWS: (usize, usize) = (2_000, 64);

/// Leaves that rows are held against for the SHAP summary, at most.
const SHAP_LEAVES: usize = 30_000_000;

/// Features in the SHAP summary.
const SUMMARY: usize = 15;

fn importances(report: &mut Report, inputs: &Inputs, sample: &Rows, run: &Run) -> Result<()> {
    if run.interrupted() {
        report.notes.push(info(
            "interrupted: nothing was shuffled, and there are no Shapley values",
        ));
        return Ok(());
    }
    let trees = trees_of(inputs.model);
    report.importance_metric = explain::permutation_metric(sample.target()?.task).into();
    if sample.rows() < inputs.judged.rows() {
        let of = counted(inputs.judged.rows(), "row");
        let text = format!("importances are measured on {} of {of}", count(sample.rows()));
        report.notes.push(info(&text));
    }
    let permuted = explain::permutation(inputs.model, sample, run)?;
    let rows = explain::importances(inputs.model)
        .into_iter()
        .zip(permuted)
        .map(|(own, permuted)| Importance {
            feature: own.feature,
            gain: trees.is_some().then_some(own.gain),
            cover: trees.is_some().then_some(own.cover),
            permutation: Some(Interval {
                value: permuted.value,
                low: Some(permuted.low),
                high: Some(permuted.high),
            }),
        });
    report.importances = rows.collect();
    if let Some(trees) = trees.filter(|trees| trees.outputs() == 1) {
        let few = for_shap(&trees, sample);
        if few.rows() < sample.rows() {
            let text = format!("Shapley values are of {}", counted(few.rows(), "row"));
            report.notes.push(info(&text));
        }
        report.shap = Some(shap_summary(&trees, &few, run)?);
    }
    Ok(())
}

fn info(text: &str) -> Note {
    Note {
        kind: NoteKind::Info,
        text: text.into(),
    }
}

/// Evenly spread rows of the sample, as many as these trees let be explained in seconds.
fn for_shap(trees: &Ensemble, sample: &Rows) -> Rows {
    let leaves: usize = trees.trees.iter().map(|tree| tree.leaves.len()).sum();
    let (most, fewest) = SHAP_ROWS;
    let most = (SHAP_LEAVES / leaves.max(1)).clamp(fewest, most);
    let n = sample.rows();
    if n <= most {
        return sample.clone();
    }
    sample.take(&(0..most).map(|i| i * n / most).collect::<Vec<_>>())
}

/// Contributions to the score of one output: only models of one output have a single story to tell.
fn shap_summary(trees: &Ensemble, sample: &Rows, run: &Run) -> Result<ShapSummary> {
    let shap = trees.shap(sample.table()?, run.threads())?;
    let width = shap.features + 1;
    let names = trees.schema.names();
    let mut features = Vec::new();
    for (f, feature) in names.into_iter().enumerate() {
        let values: Vec<f64> = shap.values.iter().skip(f).step_by(width).copied().collect();
        let column = sample.table()?.column(&feature)?;
        let feature_values = colours(column);
        features.push(ShapFeature {
            feature,
            values,
            feature_values,
        });
    }
    let size = |f: &ShapFeature| f.values.iter().map(|v| v.abs()).sum::<f64>();
    features.sort_by(|a, b| size(b).total_cmp(&size(a)));
    features.truncate(SUMMARY);
    let classes = &sample.target()?.classes;
    let unit = if classes.len() == 2 {
        let scale = if trees.link == Link::Logit {
            "log-odds"
        } else {
            "probability"
        };
        format!("{scale} of {}", classes[1])
    } else {
        "score".into()
    };
    Ok(ShapSummary { unit, features })
}

fn colours(column: &Column) -> Vec<Option<f64>> {
    if column.column_type() == ColumnType::Category {
        return vec![None; column.len()];
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.into_iter().map(|v| v.is_finite().then_some(v)).collect()
}

fn schema_row(column: &Column) -> SchemaRow {
    let mut row = SchemaRow {
        name: column.name().into(),
        kind: column.column_type().name().into(),
        role: "feature".into(),
        missing: column.missing() as u64,
        ..SchemaRow::default()
    };
    if column.column_type() == ColumnType::Category {
        describe_category(column, &mut row);
    } else {
        describe_number(column, &mut row);
    }
    row
}

fn describe_category(column: &Column, row: &mut SchemaRow) {
    let names = column.categories();
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let mut counts = vec![0_u64; names.len()];
    for &code in &codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = (0..names.len()).filter(|&c| counts[c] > 0).collect();
    order.sort_by_key(|&c| (std::cmp::Reverse(counts[c]), c));
    row.distinct = Some(order.len() as u64);
    row.summary = order
        .iter()
        .take(3)
        .map(|&c| format!("{} {}", names[c], counts[c]))
        .collect::<Vec<_>>()
        .join(", ");
    row.sparkline = Some(Sparkline::Categories {
        counts: order
            .iter()
            .take(24)
            .map(|&c| (names[c].clone(), counts[c]))
            .collect(),
    });
}

fn describe_number(column: &Column, row: &mut SchemaRow) {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.retain(|v| v.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        row.summary = "no value".into();
        return;
    };
    let median = values[values.len() / 2];
    row.summary = format!("{} to {}, median {}", short(*first), short(*last), short(median));
    let distinct = 1 + values.windows(2).filter(|w| w[0] != w[1]).count();
    row.distinct = Some(distinct as u64);
    row.sparkline = Some(Sparkline::from_numbers(values));
}

/// Four digits are enough to recognise a value.
fn short(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e9 {
        format!("{value}")
    } else {
        format!("{value:.4}")
    }
}

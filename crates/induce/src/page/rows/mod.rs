//! The page of a model of tables: a file for each part of it.

mod columns;
mod contributions;
mod course;
mod importances;
mod inputs;
mod performance;
mod worst;

use induce_core::metrics::Task;
use induce_core::model::{Data, Target};
use induce_core::words::{count, counted, number};
use induce_core::{Result, Run};
use induce_plot::{Metric, Note, NoteKind, Report};

pub use inputs::Inputs;

use super::{changed, entries, info, metrics, terms};
use crate::{dependence, explain};

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
///     learnt_from: None,
///     asked: None,
///     baseline: None,
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
    let described = inputs.learnt_from.unwrap_or(rows);
    let mut report = Report {
        title: format!("{} in {}", target.name, inputs.source),
        subtitle: format!("{} with {}", kind(target), entry.info.title.to_lowercase()),
        facts: entries(&inputs.facts),
        notes: inputs.notes.iter().map(|text| info(text)).collect(),
        metrics: metrics(inputs.scores),
        main_split: inputs.split.into(),
        learning_curve: inputs.fit.and_then(|fit| course::of(fit, inputs.model)),
        rows: described.rows() as u64,
        described: if inputs.learnt_from.is_some() {
            "The rows that the model learnt from".into()
        } else {
            "The rows that the model is judged on".into()
        },
        schema: columns::of(described, &inputs.model.predicting()?.schema().names())?,
        settings: changed(entry, &inputs.model.settings(), inputs.asked),
        environment: entries(&inputs.environment),
        command: inputs.command.clone(),
        ..Report::default()
    };
    if let Some((what, scores)) = inputs.baseline {
        report.baseline = baseline(what, scores);
        report.notes.extend(beaten(&report));
    }
    performance::fill(&mut report, target, inputs.prediction);
    explained(&mut report, inputs, run)?;
    Ok(report)
}

/// What needs more than predictions: sections, importances, dependence, contributions, the worst rows.
fn explained(report: &mut Report, inputs: &Inputs, run: &Run) -> Result<()> {
    let sample = Data::Rows(explain::sample(inputs.model, inputs.judged, run));
    report.sections = inputs.model.report(&sample, run)?;
    let course = inputs
        .fit
        .and_then(|fit| terms::of(fit, inputs.model.step_unit()));
    report.sections.extend(course);
    if run.interrupted() {
        let text = "interrupted: nothing was shuffled, and there are no Shapley values";
        report.notes.push(info(text));
        return Ok(());
    }
    let sample = sample.rows()?;
    if sample.rows() < inputs.judged.rows() {
        let (few, of) = (count(sample.rows()), counted(inputs.judged.rows(), "row"));
        let text = format!("importances are measured on {few} of {of}");
        report.notes.push(info(&text));
    }
    importances::fill(report, inputs.model, sample, run)?;
    let leading = importances::leading(report);
    report.dependence = dependence::of(inputs.model, sample, &leading, run)?;
    if !run.stop().is_due() {
        contributions::fill(report, inputs.model, sample, run)?;
        report.worst = worst::table(inputs, &leading, run)?;
    }
    Ok(())
}

fn baseline(what: &str, scores: &[induce_core::metrics::Score]) -> Vec<Metric> {
    let metric = |own: &induce_core::metrics::Score| Metric {
        split: what.into(),
        name: own.name.clone(),
        value: own.value,
        ..Metric::default()
    };
    scores.iter().map(metric).collect()
}

/// A warning, if the model is worse than what knows no column.
fn beaten(report: &Report) -> Option<Note> {
    let loss = |own: &&Metric| matches!(own.name.as_str(), "log_loss" | "rmse");
    let own = report
        .metrics
        .iter()
        .filter(|own| own.split == report.main_split)
        .find(loss)?;
    let other = report.baseline.iter().find(|other| other.name == own.name)?;
    (own.value > other.value).then(|| Note {
        kind: NoteKind::Warning,
        text: format!(
            "The model is worse than {} alone, which knows no column: {} {} against {}.",
            other.split,
            own.name,
            number(own.value),
            number(other.value)
        ),
    })
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
        (Task::Clustering, _) => "Clustering".into(),
        (Task::Classification, 2) => "Binary classification".into(),
        (Task::Classification, n) => format!("Classification into {}", counted(n, "class")),
    }
}

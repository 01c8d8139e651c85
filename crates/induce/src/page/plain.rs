//! The page of a model of images, of a graph or of an environment: metrics, how it was fitted, and what the model shows.

use induce_core::metrics::SplitScores;
use induce_core::model::{Data, Model};
use induce_core::{FitReport, Result, Run};
use induce_plot::{Curve, LearningCurve, Report};

use super::{entries, metrics, settings, terms};

/// What a page is made of.
pub struct Inputs<'a> {
    /// The model.
    pub model: &'a dyn Model,
    /// What it was evaluated on.
    pub judged: &'a Data,
    /// Name of that split, as in the metrics.
    pub split: &'a str,
    /// Metrics per split.
    pub scores: &'a [SplitScores],
    /// The training history, if the model was just fitted.
    pub fit: Option<&'a FitReport>,
    /// Where the data came from.
    pub source: &'a str,
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
/// # let data = Data::Rows(Rows::new(&table, &RowsOptions::default())?);
/// use induce::page::plain::{Inputs, build};
///
/// let fitted = induce::settings("tree")?.fit(&data, &mut Run::new(0))?;
/// let page = Inputs {
///     model: fitted.model.as_ref(),
///     judged: &data,
///     split: "train",
///     scores: &fitted.report.scores,
///     fit: Some(&fitted.report),
///     source: "line.csv",
///     environment: Vec::new(),
///     command: "induce train line.csv -m tree".into(),
/// };
/// assert_eq!(build(&page, &Run::new(0))?.title, "Decision tree of line.csv");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// As what the model shows on the data.
pub fn build(inputs: &Inputs, run: &Run) -> Result<Report> {
    let entry = inputs.model.entry();
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = |value: &serde_json::Value| match value.as_array() {
        Some(all) => all.iter().map(word).collect::<Vec<_>>().join(", "),
        None => word(value),
    };
    let facts = inputs.judged.describe().into_iter();
    let facts: Vec<(String, String)> = facts
        .map(|(name, value)| (name.to_owned(), text(&value)))
        .collect();
    let mut sections = inputs.model.report(inputs.judged, run)?;
    let course = inputs
        .fit
        .and_then(|fit| terms::of(fit, inputs.model.step_unit()));
    sections.extend(course);
    Ok(Report {
        title: format!("{} of {}", entry.info.title, inputs.source),
        subtitle: entry.info.about.replace('`', ""),
        facts: entries(&facts),
        metrics: metrics(inputs.scores),
        main_split: inputs.split.into(),
        learning_curve: inputs.fit.and_then(|fit| history(fit, inputs.model.step_unit())),
        sections,
        settings: settings(entry, &inputs.model.settings()),
        environment: entries(&inputs.environment),
        command: inputs.command.clone(),
        ..Report::default()
    })
}

fn history(fit: &FitReport, unit: &str) -> Option<LearningCurve> {
    let first = fit.traces.first()?;
    let same = fit.traces.iter().filter(|trace| trace.metric == first.metric);
    let curve = |trace: &induce_core::Trace| Curve {
        name: trace.split.clone(),
        x: trace.points.iter().map(|point| point.0 as f64).collect(),
        y: trace.points.iter().map(|point| point.1).collect(),
        ..Curve::default()
    };
    Some(LearningCurve {
        metric: first.metric.clone(),
        unit: unit.into(),
        series: same.map(curve).collect(),
        ..LearningCurve::default()
    })
}

//! Metrics as cards and as a table.

use minijinja::Value;
use serde::Serialize;

use super::known::{label, lookup, meaning};
use super::{Metric, Report};
use crate::chart::{RangeBar, range_bar};
use crate::text;

/// How many headline cards there are.
const CARDS: usize = 4;

/// One headline card.
#[derive(Serialize)]
pub(super) struct Card {
    label: String,
    name: String,
    meaning: &'static str,
    value: String,
    interval: Option<(String, String)>,
    bar: Value,
    ends: (String, String),
    /// What predicting without any column scores.
    baseline: Option<String>,
}

/// The table of all metrics: a row per name, a column per split.
#[derive(Serialize)]
pub(super) struct MetricTable {
    splits: Vec<String>,
    /// What the baseline is, where there is one.
    baseline: String,
    rows: Vec<MetricRow>,
    folds: Vec<FoldRow>,
    fold_count: usize,
}

#[derive(Serialize)]
struct MetricRow {
    label: String,
    name: String,
    meaning: &'static str,
    cells: Vec<Option<Cell>>,
    ends: (String, String),
    baseline: Option<String>,
}

#[derive(Serialize)]
struct Cell {
    value: String,
    interval: Option<(String, String)>,
    bar: Value,
}

#[derive(Serialize)]
struct FoldRow {
    label: String,
    split: String,
    values: Vec<String>,
}

/// The split that counts.
pub(super) fn main_split(report: &Report) -> &str {
    match report.metrics.last() {
        Some(last) if report.main_split.is_empty() => &last.split,
        _ => &report.main_split,
    }
}

/// Cards of the first metrics of the main split.
pub(super) fn cards(report: &Report) -> Vec<Card> {
    let split = main_split(report);
    report
        .metrics
        .iter()
        .filter(|metric| metric.split == split)
        .take(CARDS)
        .map(|metric| card(metric, baseline(&report.baseline, &metric.name)))
        .collect()
}

/// The ends of a scale that also holds the baseline, but for one just below the metric's range: an R² of the mean that is a
/// little under 0 stands at 0.
fn ends_with<'a>(
    name: &str,
    metrics: impl Iterator<Item = &'a Metric>,
    baseline: Option<&'a Metric>,
) -> (f64, f64) {
    let start = lookup(name).map_or(f64::NEG_INFINITY, |known| known.range.0);
    ends(name, metrics.chain(baseline.filter(|own| own.value >= start)))
}

fn baseline<'a>(all: &'a [Metric], name: &str) -> Option<&'a Metric> {
    all.iter()
        .find(|metric| metric.name == name && metric.value.is_finite())
}

fn card(metric: &Metric, baseline: Option<&Metric>) -> Card {
    let ends = ends_with(&metric.name, std::iter::once(metric), baseline);
    Card {
        baseline: baseline.map(|own| text::value(own.value)),
        label: label(&metric.name),
        name: metric.name.clone(),
        meaning: meaning(&metric.name),
        value: text::headline(metric.value),
        interval: interval(metric),
        bar: bar(metric, baseline, ends),
        ends: words(ends),
    }
}

fn words(ends: (f64, f64)) -> (String, String) {
    (text::round(ends.0), text::round(ends.1))
}

fn interval(metric: &Metric) -> Option<(String, String)> {
    let (low, high) = finite_interval(metric)?;
    Some((text::value(low), text::value(high)))
}

fn finite_interval(metric: &Metric) -> Option<(f64, f64)> {
    metric
        .low
        .zip(metric.high)
        .filter(|(low, high)| low.is_finite() && high.is_finite())
}

fn bar(metric: &Metric, baseline: Option<&Metric>, ends: (f64, f64)) -> Value {
    let bar = RangeBar {
        value: metric.value,
        interval: finite_interval(metric),
        folds: metric.folds.clone(),
        baseline: baseline.map(|own| own.value),
        ends,
    };
    Value::from_safe_string(range_bar(&bar).inline())
}

/// The ends of the scale of a metric: its range, else from zero to a round number beyond all of its values.
fn ends<'a>(name: &str, metrics: impl Iterator<Item = &'a Metric>) -> (f64, f64) {
    let values = metrics.flat_map(|metric| {
        [Some(metric.value), metric.low, metric.high]
            .into_iter()
            .flatten()
            .chain(metric.folds.iter().copied())
    });
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    let range = lookup(name).map_or((0.0, f64::NAN), |known| known.range);
    // A range without an end has the ends of the values: log densities may be any number.
    let start = match range.0.is_finite() && low >= range.0 {
        true => range.0,
        false if low < 0.0 => -round_up(-low),
        false => 0.0,
    };
    let end = match range.1.is_finite() && high <= range.1 {
        true => range.1,
        false if high > 0.0 => round_up(high),
        false => 0.0,
    };
    (start, if end > start { end } else { start + 1.0 })
}

/// A round number about a third beyond `value`.
fn round_up(value: f64) -> f64 {
    let wanted = value * 1.3;
    if !wanted.is_finite() || wanted <= 1e-300 {
        return 1.0;
    }
    let power = 10f64.powi(wanted.log10().floor() as i32);
    [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|f| f * power)
        .find(|&end| end >= wanted)
        .unwrap_or(10.0 * power)
}

/// The metrics that the cards do not show already; all of them where there is something to compare: splits or folds.
pub(super) fn further(report: &Report) -> MetricTable {
    let shown = if goes_on(report) {
        report.metrics.get(CARDS..).unwrap_or_default()
    } else {
        &report.metrics
    };
    table(shown, &report.baseline, main_split(report))
}

/// Whether the table need not repeat what the cards show.
pub(super) fn goes_on(report: &Report) -> bool {
    let main = main_split(report);
    let plain = |metric: &Metric| metric.split == main && metric.folds.is_empty();
    report.metrics.iter().all(plain)
}

/// The table of metrics. The split that counts, `main`, stands first, where a phone shows it without scrolling.
pub(super) fn table(metrics: &[Metric], baselines: &[Metric], main: &str) -> MetricTable {
    let all = metrics.iter().map(|metric| metric.split.as_str());
    let first = all.clone().filter(|split| *split == main);
    let splits = distinct(first.chain(all.clone()));
    let names = distinct(metrics.iter().map(|metric| metric.name.as_str()));
    let folds: Vec<FoldRow> = metrics
        .iter()
        .filter(|metric| !metric.folds.is_empty())
        .map(fold_row)
        .collect();
    let of = |name: &String| row(metrics, baseline(baselines, name), name, &splits);
    MetricTable {
        rows: names.iter().map(of).collect(),
        fold_count: folds.iter().map(|row| row.values.len()).max().unwrap_or(0),
        splits,
        folds,
        baseline: baselines.first().map_or(String::new(), |own| own.split.clone()),
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if !seen.iter().any(|other| other == name) {
            seen.push(name.to_owned());
        }
    }
    seen
}

fn row(metrics: &[Metric], baseline: Option<&Metric>, name: &str, splits: &[String]) -> MetricRow {
    let own = || metrics.iter().filter(|metric| metric.name == name);
    let ends = ends_with(name, own(), baseline);
    let cell = |split: &String| {
        own().find(|metric| metric.split == *split).map(|metric| Cell {
            value: text::value(metric.value),
            interval: interval(metric),
            bar: bar(metric, baseline, ends),
        })
    };
    MetricRow {
        label: label(name),
        name: name.to_owned(),
        meaning: meaning(name),
        cells: splits.iter().map(cell).collect(),
        ends: words(ends),
        baseline: baseline.map(|own| text::value(own.value)),
    }
}

fn fold_row(metric: &Metric) -> FoldRow {
    FoldRow {
        label: label(&metric.name),
        split: metric.split.clone(),
        values: metric.folds.iter().map(|&value| text::value(value)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_hold_the_values() {
        let metric = |value| Metric {
            value,
            ..Metric::default()
        };
        assert_eq!(ends("roc_auc", [metric(0.87)].iter()), (0.5, 1.0));
        assert_eq!(ends("roc_auc", [metric(0.42)].iter()), (0.0, 1.0));
        assert_eq!(ends("rmse", [metric(546.0)].iter()), (0.0, 800.0));
        assert_eq!(ends("rmse", [metric(f64::NAN)].iter()), (0.0, 1.0));
        assert_eq!(ends("r2", [metric(-2.0)].iter()), (-3.0, 1.0));
    }
}

//! The tables of the page.

use minijinja::Value;
use serde::Serialize;

use super::figures::{cell, spark};
use super::{Importance, Report, SchemaRow, Setting};
use crate::text;

/// A column of the data.
#[derive(Serialize)]
pub(super) struct Column {
    name: String,
    kind: String,
    role: String,
    missing: String,
    missing_raw: u64,
    /// Per cent, for the little bar.
    missing_share: f64,
    distinct: String,
    distinct_raw: u64,
    summary: String,
    spark: Option<Value>,
}

/// The columns in their order.
pub(super) fn columns(report: &Report) -> Vec<Column> {
    report.schema.iter().map(|row| column(row, report.rows)).collect()
}

fn column(row: &SchemaRow, rows: u64) -> Column {
    let share = if rows == 0 {
        0.0
    } else {
        (row.missing as f64 / rows as f64).min(1.0)
    };
    Column {
        name: row.name.clone(),
        kind: row.kind.clone(),
        role: row.role.clone(),
        missing: match (row.missing, rows) {
            (0, _) => "0".to_owned(),
            (missing, 0) => text::count(missing),
            _ => text::percent(share),
        },
        missing_raw: row.missing,
        missing_share: (share * 1000.0).round() / 10.0,
        distinct: row.distinct.map_or("–".to_owned(), text::count),
        distinct_raw: row.distinct.unwrap_or(0),
        summary: row.summary.clone(),
        spark: row.sparkline.as_ref().map(spark),
    }
}

/// A feature with its importances in numbers.
#[derive(Serialize)]
pub(super) struct ImportanceRow {
    feature: String,
    gain: String,
    cover: String,
    permutation: String,
    interval: Option<(String, String)>,
    raw: [f64; 3],
}

/// The features, the most important first by the first measure there is.
pub(super) fn importances(report: &Report) -> Vec<ImportanceRow> {
    let mut rows: Vec<&Importance> = report.importances.iter().collect();
    rows.sort_by(|a, b| {
        rank(b)
            .total_cmp(&rank(a))
            .then_with(|| a.feature.cmp(&b.feature))
    });
    rows.into_iter().map(importance).collect()
}

fn rank(row: &Importance) -> f64 {
    let value = row.permutation.map(|own| own.value).or(row.gain).or(row.cover);
    value
        .filter(|value| value.is_finite())
        .unwrap_or(f64::NEG_INFINITY)
}

fn importance(row: &Importance) -> ImportanceRow {
    let interval = row.permutation.and_then(|own| own.low.zip(own.high));
    let raw = [row.permutation.map(|own| own.value), row.gain, row.cover];
    ImportanceRow {
        feature: row.feature.clone(),
        gain: cell(row.gain),
        cover: cell(row.cover),
        permutation: cell(row.permutation.map(|own| own.value)),
        interval: interval.map(|(low, high)| (text::value(low), text::value(high))),
        raw: raw.map(|value| value.filter(|value| value.is_finite()).unwrap_or(-1e300)),
    }
}

/// The settings, those that were changed apart from the defaults.
#[derive(Serialize)]
pub(super) struct Settings<'a> {
    changed: Vec<&'a Setting>,
    defaults: Vec<&'a Setting>,
}

/// The settings in their order.
pub(super) fn settings(report: &Report) -> Settings<'_> {
    let (defaults, changed) = report.settings.iter().partition(|setting| setting.default);
    Settings { changed, defaults }
}

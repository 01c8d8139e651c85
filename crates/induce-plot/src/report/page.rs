//! From the report to the page.

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use super::code::code;
use super::figures::{self, Figure};
use super::language::{self, LanguageReport, TokenCells};
use super::metrics::{self, Card, MetricTable};
use super::sections::{self, Part, Table};
use super::tables::{self, Column, ImportanceRow, Settings};
use super::{Entry, Note, Report, numbers, thresholds};
use crate::{Error, chart};

const TEMPLATE: &str = include_str!("../report.html");
const STYLE: &str = include_str!("../report.css");
const SCRIPT: &str = include_str!("../report.js");

/// The report as one self-contained HTML page: no network, complete without JavaScript, light and dark, wide and
/// narrow, fit for paper.
///
/// All text of the report is escaped; the same report always gives the same bytes.
///
/// # Errors
/// If the page cannot be put together from its template.
///
/// ```
/// use induce_core::model::{Block, Section};
/// use induce_plot::{Metric, Report, html};
///
/// let metric = Metric { split: "holdout".into(), name: "r2".into(), value: 0.9, ..Metric::default() };
/// let fit = Section::new("Fit", vec![Block::Text("deviance 12.5 on 97 degrees of freedom".into())]);
/// let report = Report { title: "price".into(), metrics: vec![metric], sections: vec![fit], ..Report::default() };
/// let page = html(&report)?;
/// assert!(page.starts_with("<!doctype html>") && page.contains("Deviance 12.5"));
/// # Ok::<(), induce_plot::Error>(())
/// ```
pub fn html(report: &Report) -> Result<String, Error> {
    let mut environment = Environment::new();
    // The name decides on escaping: a template that ends in .html has it.
    environment.add_filter("code", |text: String| code(&text));
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment
        .get_template("report.html")?
        .render(Serde(Page::of(report)))?;
    // HTML knows no control characters but white space.
    Ok(page.replace(
        |character: char| character.is_control() && !character.is_whitespace(),
        "",
    ))
}

/// What the template sees.
#[derive(Serialize)]
struct Page<'a> {
    style: Value,
    script: Value,
    title: &'a str,
    subtitle: &'a str,
    facts: &'a [Entry],
    notes: &'a [Note],
    split: &'a str,
    cards: Vec<Card>,
    metrics: MetricTable,
    /// Whether the table goes on where the cards end.
    further: bool,
    /// What the baseline is, where there is one.
    baseline: &'a str,
    learning: Vec<Figure>,
    performance: Vec<Figure>,
    thresholds: Option<thresholds::Panel<'a>>,
    by_class: Option<Table>,
    worst: Option<Table>,
    parts: Vec<Part>,
    importance: Vec<Figure>,
    dependence: Vec<Figure>,
    contributions: Vec<Figure>,
    importances: Vec<ImportanceRow>,
    importance_metric: &'a str,
    /// Whether any feature has a gain, and any a cover.
    gains: bool,
    covers: bool,
    language: Option<&'a LanguageReport>,
    baselines: Option<MetricTable>,
    tokens: Vec<TokenCells<'a>>,
    columns: Vec<Column>,
    rows: String,
    described: &'a str,
    numbers: Value,
    settings: Settings<'a>,
    environment: &'a [Entry],
    command: &'a str,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            style: Value::from_safe_string(format!("{}{STYLE}", chart::css())),
            script: Value::from_safe_string(SCRIPT.to_owned()),
            title: if report.title.is_empty() {
                "Report"
            } else {
                &report.title
            },
            subtitle: &report.subtitle,
            facts: &report.facts,
            notes: &report.notes,
            split: metrics::main_split(report),
            cards: metrics::cards(report),
            metrics: metrics::further(report),
            further: metrics::goes_on(report),
            baseline: report.baseline.first().map_or("", |own| &own.split),
            learning: figures::learning(report),
            performance: figures::performance(report),
            thresholds: report.thresholds.as_ref().map(thresholds::panel),
            by_class: report.by_class.as_ref().map(sections::table),
            worst: report.worst.as_ref().map(sections::table),
            parts: sections::parts(&report.sections),
            importance: figures::importance(report),
            dependence: figures::dependence(report),
            contributions: figures::contributions(report),
            importances: tables::importances(report),
            importance_metric: &report.importance_metric,
            gains: report.importances.iter().any(|row| row.gain.is_some()),
            covers: report.importances.iter().any(|row| row.cover.is_some()),
            language: report.language.as_ref(),
            baselines: report
                .language
                .as_ref()
                .map(|own| metrics::table(&own.baselines, &[], "")),
            tokens: report
                .language
                .as_ref()
                .map_or(Vec::new(), |own| language::tokens(&own.tokens)),
            columns: tables::columns(report),
            rows: crate::text::count(report.rows),
            described: &report.described,
            numbers: Value::from_safe_string(numbers::link(report)),
            settings: tables::settings(report),
            environment: &report.environment,
            command: &report.command,
        }
    }
}

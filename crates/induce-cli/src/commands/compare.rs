//! `induce compare`.

use std::process::ExitCode;

use anyhow::Result;
use induce::compare::{Compared, compare, metric_of, task_of};
use induce::core::model::{IntervalRows, Rows, Settings};
use induce::core::resample::check_folds;
use induce::core::words::counted;
use induce::plot::chart::intervals;
use induce::prelude::Task;
use serde_json::{Value, json};

use super::report::keep_chart;
use crate::args::Compare;
use crate::output;
use crate::session::Session;
use crate::source::rows;
use crate::writing;

pub fn run(session: &Session, args: &Compare) -> Result<ExitCode> {
    let given = models(&args.models)?;
    if let Some(path) = &args.plot {
        writing::check(path, writing::CHART)?;
        writing::distinct(&[Some(&args.source.data)], &[Some(path)])?;
    }
    let task = args.task.as_deref().map(str::parse).transpose()?;
    let rows = rows::for_all(session, &args.source, &args.columns, task, &given)?;
    let models = match given.is_empty() {
        true => models(&usual(task_of(&rows)))?,
        false => given,
    };
    let metric = metric_of(&rows);
    check_folds("row", rows.rows(), args.cv)?;
    session.say(format!(
        "split: {}, the same for every model",
        counted(args.cv, "fold")
    ));
    let all = compare(&models, &rows, args.cv, &mut session.run())?;
    if let Some(path) = &args.plot {
        keep_chart(session, &intervals(&chart(&all, metric), 640.0), path)?;
    }
    if session.json() {
        output::print_json(&as_json(&all, &rows))?;
    } else {
        output::print(&as_text(&all, metric))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How far every model is behind the best, fold by fold: the best stands at 0, where a model is hollow that may be as good.
fn chart(all: &[Compared], metric: &str) -> IntervalRows {
    let best = all
        .iter()
        .find(|own| own.behind.is_none())
        .map_or("the best", |own| &own.name);
    let row = |own: &Compared| {
        let (value, low, high) = own.behind.map_or((0.0, None, None), |(value, low, high)| {
            (value, Some(low), Some(high))
        });
        (own.name.clone(), value, low, high)
    };
    IntervalRows {
        axis: format!(
            "{} behind {best}, with its 95 % interval",
            metric.replace('_', " ")
        ),
        zero: 0.0,
        rows: all.iter().map(row).collect(),
    }
}

/// The models that are compared if none is named.
fn usual(task: Task) -> Vec<String> {
    let names: &[&str] = match task {
        Task::Regression => &["boost", "forest", "tree", "linear"],
        Task::Classification => &["boost", "forest", "tree", "logistic"],
        Task::Ranking => &["boost"],
        Task::Clustering => &["kmeans"],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Models with their settings from `name:key=value:key=value`; a name that comes twice gets a number.
pub fn models(given: &[String]) -> Result<Vec<(String, Settings)>> {
    let mut models: Vec<(String, Settings)> = Vec::new();
    for text in given {
        let mut parts = text.split(':');
        let settings = induce::settings(parts.next().unwrap_or_default().trim())?.with_all(parts)?;
        rows::only(&settings)?;
        settings.check()?;
        let name = if models.iter().any(|(name, _)| name == text) {
            format!("{text} ({})", models.len() + 1)
        } else {
            text.clone()
        };
        models.push((name, settings));
    }
    Ok(models)
}

fn as_json(all: &[Compared], rows: &Rows) -> Value {
    let (task, metric) = (task_of(rows), metric_of(rows));
    let models = all.iter().map(|m| {
        let names = m.folds[0].iter().map(|s| s.name.clone());
        let folds: serde_json::Map<String, Value> = names
            .map(|name| {
                let values = m
                    .folds
                    .iter()
                    .map(|fold| fold.iter().find(|s| s.name == name).map(|s| s.value));
                let values = json!(values.collect::<Vec<_>>());
                (name, values)
            })
            .collect();
        json!({
            "name": m.name,
            metric: { "value": m.mean, "low": m.interval.map(|own| own.0), "high": m.interval.map(|own| own.1) },
            "behind": m.behind.map(|(value, low, high)| json!({ "value": value, "low": low, "high": high })),
            "folds": folds,
            "fit_seconds": m.fit_seconds,
        })
    });
    json!({
        "task": task, "rows": rows.rows(), "metric": metric, "models": models.collect::<Vec<_>>(),
    })
}

fn as_text(all: &[Compared], metric: &str) -> String {
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|m| {
            let behind = m.behind.map_or_else(
                || "best".to_string(),
                |(value, low, high)| {
                    format!(
                        "{} ({} – {})",
                        output::number(value),
                        output::number(low),
                        output::number(high)
                    )
                },
            );
            vec![
                m.name.clone(),
                output::number(m.mean),
                output::interval(m.interval),
                behind,
                m.values
                    .iter()
                    .map(|v| output::number(*v))
                    .collect::<Vec<_>>()
                    .join(" "),
                format!("{:.2} s", m.fit_seconds),
            ]
        })
        .collect();
    output::table(
        &[
            "model",
            metric,
            "95 % interval",
            "behind the best",
            "folds",
            "fit",
        ],
        &rows,
    )
}

//! `induce bias-variance`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::bias_variance::{Decomposition, Noise, Part, Resample, decompose};
use induce::plot::chart::{Stack, Stacked, stacked};
use induce::prelude::Task;
use serde_json::{Value, json};

use super::compare::models;
use super::report::keep_chart;
use crate::args::{BiasVariance, Resampling};
use crate::output;
use crate::session::Session;
use crate::source::rows;
use crate::writing;

pub fn run(session: &Session, args: &BiasVariance) -> Result<ExitCode> {
    let models = models(&args.models)?;
    if let Some((name, _)) = models.iter().find(|(_, own)| !own.entry.needs_target()) {
        return Err(Error::data(
            format!("`{name}` predicts no target, and so has no error that could be divided"),
            "`induce compare` judges models of clusters",
        )
        .into());
    }
    let task = args.task.as_deref().map(str::parse).transpose()?;
    if let Some(path) = &args.plot {
        writing::check(path, writing::CHART)?;
        writing::distinct(&[Some(&args.source.data)], &[Some(path)])?;
    }
    let rows = rows::for_all(session, &args.source, &args.columns, task, &models)?;
    let task = rows.target()?.task;
    let resample = match args.by {
        Resampling::Halves => Resample::Halves,
        Resampling::Bootstrap => Resample::Bootstrap,
    };
    let (parts, noise) = decompose(
        &models,
        &rows,
        args.resamples,
        resample,
        args.holdout,
        &mut session.run(),
    )?;
    if let Some(noise) = &noise {
        session.say(format!("noise: {}", noise.method));
    }
    if let Some(path) = &args.plot {
        keep_chart(session, &stacked(&chart(&parts, task), 640.0), path)?;
    }
    if session.json() {
        output::print_json(&as_json(&parts, noise.as_ref(), task))?;
    } else {
        output::print(&as_text(&parts, task))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn chart(parts: &[Decomposition], task: Task) -> Stacked {
    let (unit, names): (&str, Vec<&str>) = if task == Task::Regression {
        ("mean squared error", vec!["noise", "bias²", "variance"])
    } else {
        (
            "fraction of rows classified wrongly",
            vec!["bias, less what variance sets right", "variance"],
        )
    };
    let bar = |d: &Decomposition| Stack {
        name: d.name.clone(),
        parts: if task == Task::Regression {
            vec![d.noise.value, d.bias.value, d.variance.value]
        } else {
            // What helps on rows with a wrong main prediction shortens the bias.
            vec![d.bias.value - d.helpful.value, d.variance.value]
        },
        total: d.error.value,
        interval: Some((d.error.low, d.error.high)),
    };
    Stacked {
        title: "Where the error comes from".into(),
        unit: unit.into(),
        parts: names.into_iter().map(Into::into).collect(),
        bars: parts.iter().map(bar).collect(),
    }
}

fn as_json(parts: &[Decomposition], noise: Option<&Noise>, task: Task) -> Value {
    let part = |p: &Part| json!({ "value": p.value, "low": p.low, "high": p.high });
    let models = parts.iter().map(|d| {
        let mut own = json!({
            "name": d.name, "error": part(&d.error), "bias": part(&d.bias), "variance": part(&d.variance),
        });
        if task == Task::Regression {
            own["noise"] = part(&d.noise);
        } else {
            own["helpful_variance"] = part(&d.helpful);
        }
        own
    });
    json!({
        "task": task,
        "loss": if task == Task::Regression { "squared" } else { "zero_one" },
        "noise_method": noise.map(|n| n.method.clone()),
        "models": models.collect::<Vec<_>>(),
    })
}

fn as_text(parts: &[Decomposition], task: Task) -> String {
    let cell = |p: &Part| {
        format!(
            "{} ({} – {})",
            output::number(p.value),
            output::number(p.low),
            output::number(p.high)
        )
    };
    let row = |d: &Decomposition| {
        let mut cells = vec![d.name.clone(), cell(&d.error)];
        if task == Task::Regression {
            cells.push(cell(&d.noise));
        }
        cells.extend([cell(&d.bias), cell(&d.variance)]);
        if task != Task::Regression {
            cells.push(cell(&d.helpful));
        }
        cells
    };
    let header: &[&str] = if task == Task::Regression {
        &["model", "squared error", "noise", "bias²", "variance"]
    } else {
        &[
            "model",
            "error",
            "bias",
            "variance where right",
            "variance where wrong",
        ]
    };
    output::table(header, &parts.iter().map(row).collect::<Vec<_>>())
}

//! `induce show`.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use induce::core::metrics::Task;
use induce::core::model::{FeatureType, Model, Predict, Schema};
use induce::explain;
use serde_json::{Map, Value, json};

use crate::args::Show;
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Show) -> Result<ExitCode> {
    let (model, card) = session.open(&args.model)?;
    let model = model.as_ref();
    if let Some(t) = args.tree {
        let text = output::sections(&[explain::tree(model, t)?]);
        match session.json() {
            true => output::print_json(&json!({ "tree": t, "text": text }))?,
            false => output::print(&text)?,
        }
    } else if session.json() {
        output::print_json(&as_json(model, card))?;
    } else {
        output::print(&text(model, &card)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(model: &dyn Model, mut card: Value) -> Value {
    // Parameters of the estimator that Python made it of: they are said as settings.
    if let Some(entries) = card.as_object_mut() {
        entries.remove("python");
    }
    let mut all = Map::new();
    all.insert("model".into(), model.name().into());
    if let Some(predictor) = model.predictor() {
        all.insert("task".into(), predictor.task().name().into());
        all.insert(
            "schema".into(),
            serde_json::to_value(predictor.schema()).unwrap_or_default(),
        );
    }
    all.insert("can".into(), abilities(model).into());
    all.insert("settings".into(), model.settings());
    all.extend(
        model
            .facts()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    all.insert("notes".into(), model.notes().into());
    all.insert("card".into(), card);
    Value::Object(all)
}

fn text(model: &dyn Model, card: &Value) -> Result<String> {
    let mut out = String::new();
    let info = &model.entry().info;
    writeln!(out, "{} ({})", info.title, info.name)?;
    out += &output::sections(&model.summary());
    for note in model.notes() {
        writeln!(out, "{note}")?;
    }
    let schema = model.predictor().map(Predict::schema);
    if let Some(schema) = schema {
        let task = model.predictor().map(Predict::task);
        predicts(schema, task, &mut out)?;
    }
    writeln!(out, "can: {}", abilities(model).join(", "))?;
    for (key, value) in card
        .as_object()
        .into_iter()
        .flatten()
        // The sketch of the rows is for `evaluate`, and parameters for Python, not for people.
        .filter(|(key, _)| !["metrics", "rows", "python"].contains(&key.as_str()))
    {
        writeln!(out, "{key}: {}", plain(value))?;
    }
    out += &output::metrics_lines(&card["metrics"]);
    if let Some(schema) = schema {
        let feature = |f: &induce::core::model::Feature| vec![f.name.clone(), read_as(&f.feature_type)];
        let features: Vec<_> = schema.features.iter().map(feature).collect();
        writeln!(out, "\n{}", output::table(&["feature", "read as"], &features))?;
    }
    out += &changed(model);
    Ok(out)
}

fn predicts(schema: &Schema, task: Option<Task>, out: &mut String) -> Result<()> {
    if let Some(known) = schema.target.as_ref().filter(|_| task == Some(Task::Clustering)) {
        writeln!(out, "held against {known}")?;
        return Ok(());
    }
    if let Some(target) = &schema.target {
        let classes = match schema.classes.is_empty() {
            true => String::new(),
            false => format!(" ({})", schema.classes.join(", ")),
        };
        writeln!(out, "predicts {target}{classes}")?;
    }
    Ok(())
}

/// What the verbs can do with the model.
fn abilities(model: &dyn Model) -> Vec<&'static str> {
    let all = [
        (model.predictor().is_some(), "predict"),
        (model.explainer().is_some(), "explain"),
        (model.transformer().is_some(), "transform"),
        (model.density().is_some(), "density"),
        (model.imputer().is_some(), "impute"),
        (model.bounded().is_some(), "bounds"),
        (model.generator().is_some(), "generate"),
    ];
    all.into_iter()
        .filter(|(can, _)| *can)
        .map(|(_, name)| name)
        .collect()
}

/// The settings that differ from the defaults.
fn changed(model: &dyn Model) -> String {
    let (defaults, settings) = ((model.entry().defaults)(), model.settings());
    let own = settings.as_object().into_iter().flatten();
    let changed: Vec<_> = own
        .filter(|(key, value)| *key != "model" && defaults.get(key.as_str()) != Some(*value))
        .map(|(key, value)| vec![key.clone(), plain(value)])
        .collect();
    match changed.is_empty() {
        true => String::new(),
        false => output::table(&["setting", "value"], &changed),
    }
}

/// A value as people write it: no quotes, no `9.0`; of the outcome its reason.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |own| own.to_string()),
        Value::Object(members) => members.get("reason").map_or_else(|| value.to_string(), plain),
        _ => value.to_string(),
    }
}

fn read_as(feature_type: &FeatureType) -> String {
    match feature_type {
        FeatureType::Number => "number".into(),
        FeatureType::Category(names) => format!("category of {}", names.len()),
    }
}

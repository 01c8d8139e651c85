//! `induce show`.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use induce::learn::tree::{Test, Tree};
use induce::learn::{FeatureType, Schema};
use induce::model::{self, Model};
use serde_json::{Value, json};

use crate::args::Show;
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Show) -> Result<ExitCode> {
    if super::text::is(&args.model) {
        super::text::show(session, &args.model)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (model, card) = model::open(&args.model)?;
    if let Some(t) = args.tree {
        let trees = model.trees().context("the model has no trees")?;
        let tree = trees
            .trees
            .get(t)
            .with_context(|| format!("there are {} trees, numbered from 0", trees.trees.len()))?;
        output::print(&draw(tree, &trees.schema))?;
        return Ok(ExitCode::SUCCESS);
    }
    if session.json() {
        output::print_json(&json!({
            "model": model.row().card.name,
            "task": model.task(),
            "schema": model.schema(),
            "settings": model.settings(),
            "trees": model.trees().map(|trees| trees.trees.len()),
            "coefficients": model.as_linear().map(induce::learn::linear::Model::coefficient_table),
            "differences": model.as_linear().map(|l| l.difference_table(0)),
            "statistics": model.as_linear().map(|l| &l.statistics),
            "notes": model.notes(),
            "card": card,
        }))?;
    } else {
        output::print(&text(model.as_ref(), &card)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(model: &dyn Model, card: &Value) -> Result<String> {
    let mut out = String::new();
    let row = model.row();
    writeln!(out, "{} ({})", row.card.title, row.card.name)?;
    if let Some(trees) = model.trees() {
        let leaves: usize = trees.trees.iter().map(|t| t.leaves.len()).sum();
        let objective = model
            .as_boost()
            .map_or_else(String::new, |b| format!(", objective {}", b.objective));
        writeln!(out, "{} trees, {leaves} leaves{objective}", trees.trees.len())?;
    }
    for note in model.notes() {
        writeln!(out, "{note}")?;
    }
    if let Some(linear) = model.as_linear() {
        out += &super::coefficients::text(linear)?;
    }
    let schema = model.schema();
    if let Some(target) = &schema.target {
        writeln!(
            out,
            "predicts {target} {}",
            if schema.classes.is_empty() {
                String::new()
            } else {
                format!("({})", schema.classes.join(", "))
            }
        )?;
    }
    for (key, value) in card
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "metrics")
    {
        writeln!(out, "{key}: {}", plain(value))?;
    }
    out += &output::metrics_lines(&card["metrics"]);
    let features = schema
        .features
        .iter()
        .map(|f| vec![f.name.clone(), meaning(&f.feature_type)])
        .collect::<Vec<_>>();
    writeln!(out, "\n{}", output::table(&["feature", "read as"], &features))?;
    let defaults = (row.card.defaults)();
    let settings = model.settings();
    let changed = settings
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| defaults.get(key.as_str()) != Some(*value));
    let changed: Vec<_> = changed
        .map(|(key, value)| vec![key.clone(), plain(value)])
        .collect();
    if !changed.is_empty() {
        write!(out, "{}", output::table(&["setting", "value"], &changed))?;
    }
    Ok(out)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn meaning(meaning: &FeatureType) -> String {
    match meaning {
        FeatureType::Number => "number".into(),
        FeatureType::Category(names) => format!("category of {}", names.len()),
    }
}

/// A tree as an indented outline.
fn draw(tree: &Tree, schema: &Schema) -> String {
    let mut out = String::new();
    draw_node(
        tree,
        schema,
        if tree.branches.is_empty() { !0 } else { 0 },
        0,
        "",
        &mut out,
    );
    out
}

fn draw_node(tree: &Tree, schema: &Schema, node: i32, depth: usize, answer: &str, out: &mut String) {
    let indent = "  ".repeat(depth);
    if node < 0 {
        let leaf = !node as usize;
        let _ = writeln!(
            out,
            "{indent}{answer}value {} (cover {})",
            output::number(tree.leaves[leaf]),
            output::number(tree.covers[leaf])
        );
        return;
    }
    let branch = &tree.branches[node as usize];
    let feature = &schema.features[branch.feature as usize];
    let question = match (&branch.test, &feature.feature_type) {
        (Test::AtMost(t), _) => format!("{} <= {t}", feature.name),
        (Test::Member(set), FeatureType::Category(names)) => {
            let listed = names
                .iter()
                .enumerate()
                .filter(|(c, _)| set.get(c / 64).is_some_and(|w| w >> (c % 64) & 1 == 1));
            format!(
                "{} in {{{}}}",
                feature.name,
                listed.map(|(_, n)| n.as_str()).collect::<Vec<_>>().join(", ")
            )
        }
        _ => feature.name.clone(),
    };
    let missing = if branch.missing_left {
        "missing: yes"
    } else {
        "missing: no"
    };
    let _ = writeln!(
        out,
        "{indent}{answer}{question}? ({missing}, gain {})",
        output::number(branch.gain)
    );
    draw_node(tree, schema, branch.left, depth + 1, "yes: ", out);
    draw_node(tree, schema, branch.right, depth + 1, "no: ", out);
}

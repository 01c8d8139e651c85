//! What verbs on tables do with a graph.

use std::process::ExitCode;

use anyhow::Result;
use induce::core::model::Graph;
use induce::core::words::{count, number};
use induce::learn::graph::{Components, Laplacian, Spectrum, degrees, undirected};
use serde_json::{Map, Value};

use crate::args::Source;
use crate::output;
use crate::session::Session;
use crate::source::{file_name, graph};

/// Eigenvalues that are shown.
const SHOWN: usize = 10;

/// `induce data show` on a graph: nodes, edges, degrees, components, spectrum.
pub fn show(session: &Session, source: &Source) -> Result<ExitCode> {
    let (graph, format) = graph::load(session, &source.data, None)?;
    let mut facts: Vec<(&str, Value)> = vec![
        ("file", file_name(&source.data).into()),
        ("format", format.name().into()),
        ("nodes", graph.nodes.rows().into()),
        ("edges", graph.edge_count().into()),
    ];
    facts.extend(of_degrees(&graph));
    facts.extend(of_components(&graph));
    facts.extend(of_spectrum(session, &graph)?);
    if let Some(target) = &graph.nodes.target {
        facts.push(("known_classes", target.classes.clone().into()));
    }
    if session.json() {
        let all: Map<String, Value> = facts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        return output::print_json(&Value::Object(all)).map(|()| ExitCode::SUCCESS);
    }
    let row = |(name, value): (&str, Value)| vec![name.replace('_', " "), words(&value)];
    let rows: Vec<Vec<String>> = facts.into_iter().map(row).collect();
    output::print(&output::table(&["fact", "value"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Number(own) => match own.as_u64() {
            Some(whole) => count(whole as usize),
            None => number(own.as_f64().unwrap_or(f64::NAN)),
        },
        other => other.to_string(),
    }
}

fn of_degrees(graph: &Graph) -> Vec<(&'static str, Value)> {
    let n = graph.edges.rows();
    let neighbours = |i: usize| graph.edges.row(i).filter(|(j, _)| *j != i).count();
    let mut counts: Vec<usize> = (0..n).map(neighbours).collect();
    counts.sort_unstable();
    let weights = graph.edges.value();
    let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut facts: Vec<(&str, Value)> = vec![
        ("neighbours_least", counts[0].into()),
        ("neighbours_median", counts[n / 2].into()),
        (
            "neighbours_mean",
            (counts.iter().sum::<usize>() as f64 / n as f64).into(),
        ),
        ("neighbours_most", counts[n - 1].into()),
        (
            "nodes_without_edges",
            counts.iter().filter(|count| **count == 0).count().into(),
        ),
        (
            "loops",
            (0..n)
                .filter(|&i| graph.edges.row(i).any(|(j, _)| i == j))
                .count()
                .into(),
        ),
    ];
    if !weights.is_empty() && least != most {
        facts.extend([("weight_least", least.into()), ("weight_most", most.into())]);
        facts.push((
            "degree_most",
            degrees(&graph.edges).into_iter().fold(0.0, f64::max).into(),
        ));
    }
    facts
}

fn of_components(graph: &Graph) -> Vec<(&'static str, Value)> {
    let parts = Components::of(&graph.edges);
    let mut sizes = parts.sizes();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.truncate(5);
    vec![
        ("components", parts.count.into()),
        ("largest_components", sizes.into()),
    ]
}

/// The smallest eigenvalues of `I - D^-1 W`, and where they step.
fn of_spectrum(session: &Session, graph: &Graph) -> Result<Vec<(&'static str, Value)>> {
    let weights = match undirected(&graph.edges) {
        Ok(weights) => weights,
        Err(error) => {
            session.say(format!("note: there is no spectrum: {error}"));
            return Ok(Vec::new());
        }
    };
    let m = (SHOWN + 1).min(weights.rows());
    let spectrum = Spectrum::of(&weights, Laplacian::RandomWalk, m, 0.0, 1e-8, &session.run())?;
    // What rounding leaves of a 0 is none.
    let shown = spectrum
        .values
        .iter()
        .take(SHOWN)
        .map(|value| if value.abs() < 1e-12 { 0.0 } else { *value });
    Ok(vec![
        ("eigenvalues", shown.collect::<Vec<f64>>().into()),
        (
            "largest_residual",
            spectrum.residuals.iter().copied().fold(0.0, f64::max).into(),
        ),
        ("clusters_by_eigengap", spectrum.eigengap(SHOWN).into()),
    ])
}

//! What verbs on tables do with a graph.

use std::process::ExitCode;

use anyhow::Result;
use induce::core::linalg::Csr;
use induce::core::model::Graph;
use induce::core::words::{count, number};
use induce::learn::graph::{Components, Laplacian, Spectrum, degrees};
use serde_json::{Map, Value};

use crate::args::{Columns, Source};
use crate::output;
use crate::session::Session;
use crate::source::{file_name, graph};

/// Eigenvalues that are shown.
const SHOWN: usize = 10;

/// `induce data show` on a graph: nodes, edges, degrees, components, spectrum.
pub fn show(session: &Session, source: &Source) -> Result<ExitCode> {
    let options = graph::options(&source.reading, &Columns::default());
    let (graph, format) = graph::load(session, &source.data, &options)?;
    let mut facts: Vec<(&str, Value)> = vec![
        ("file", file_name(&source.data).into()),
        ("format", format.name().into()),
        ("nodes", graph.nodes.rows().into()),
        ("edges", graph.edge_count().into()),
        ("directed", graph.directed.into()),
    ];
    facts.extend(of_nodes(&graph));
    let both = both_ways(&graph)?;
    facts.extend(of_degrees(&graph, &both));
    facts.extend(of_components(&both));
    facts.extend(of_spectrum(session, &graph)?);
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
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Object(all) => {
            let own = |(name, value): (&String, &Value)| format!("{name} ({})", words(value));
            all.iter().map(own).collect::<Vec<_>>().join(", ")
        }
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Number(own) => match own.as_u64() {
            Some(whole) => count(whole as usize),
            None => number(own.as_f64().unwrap_or(f64::NAN)),
        },
        other => other.to_string(),
    }
}

/// Features, classes and how many nodes are known of each, and how the data divide the nodes.
fn of_nodes(graph: &Graph) -> Vec<(&'static str, Value)> {
    let attributes = graph.nodes.features.columns().saturating_sub(1);
    let mut facts: Vec<(&str, Value)> = vec![("attributes", attributes.into())];
    if let Some(features) = &graph.features {
        let cells = features.rows().saturating_mul(features.columns()).max(1);
        facts.push(("sparse_features", features.columns().into()));
        facts.push(("not_zero", (features.value().len() as f64 / cells as f64).into()));
    }
    facts.extend(
        graph
            .collection
            .iter()
            .map(|own| ("graphs", own.graphs.rows().into())),
    );
    if let Some(target) = &graph.examples().target {
        let known = target.values.iter().filter(|value| !value.is_nan());
        facts.push(("target", target.name.clone().into()));
        facts.push(("labels_known", known.clone().count().into()));
        if !target.classes.is_empty() {
            let mut counts = vec![0_usize; target.classes.len()];
            known.for_each(|class| counts[*class as usize] += 1);
            let counts = target
                .classes
                .iter()
                .cloned()
                .zip(counts.into_iter().map(Value::from));
            facts.push(("known_classes", Value::Object(counts.collect())));
            facts.extend(homophily(graph).map(|share| ("homophily", share.into())));
        }
    }
    if let Some(split) = &graph.split {
        facts.push(("train", split.train.len().into()));
        facts.push(("valid", split.valid.len().into()));
        facts.push(("test", split.test.len().into()));
    }
    facts
}

/// The share of edges between nodes of one class, among those between nodes whose classes are known; nothing where there is no such edge.
fn homophily(graph: &Graph) -> Option<f64> {
    let class = &graph.nodes.target.as_ref()?.values;
    let (mut same, mut all) = (0_usize, 0_usize);
    for i in 0..graph.edges.rows() {
        let known = |j: &usize| *j != i && !class[i].is_nan() && !class[*j].is_nan();
        for j in graph.edges.row(i).map(|(j, _)| j).filter(known) {
            same += usize::from(class[i] == class[j]);
            all += 1;
        }
    }
    (all > 0).then(|| same as f64 / all as f64)
}

/// The edges both ways, whichever way they lead.
fn both_ways(graph: &Graph) -> Result<Csr> {
    if !graph.directed {
        return Ok(graph.edges.clone());
    }
    let (n, edges) = (graph.edges.rows(), &graph.edges);
    let ends = || (0..n).flat_map(|i| edges.row(i).map(move |(j, _)| (i as u32, j as u32)));
    let both = |(i, j): (u32, u32)| [(i, j, 1.0), (j, i, 1.0)];
    Ok(Csr::from_walk(n, n, || ends().flat_map(both))?)
}

fn of_degrees(graph: &Graph, both: &Csr) -> Vec<(&'static str, Value)> {
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
            (0..n)
                .filter(|&i| both.row(i).all(|(j, _)| j == i))
                .count()
                .into(),
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

fn of_components(both: &Csr) -> Vec<(&'static str, Value)> {
    let parts = Components::of(both);
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
    let weights = match graph.similarities() {
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
        (
            "clusters_by_eigengap",
            match Components::of(&weights).count >= m {
                // All eigenvalues that are known are 0: no gap is among them.
                true => Value::Null,
                false => spectrum.eigengap(SHOWN).into(),
            },
        ),
    ])
}

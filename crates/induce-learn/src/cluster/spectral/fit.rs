//! Spectral clustering of rows and of graphs.

use std::collections::HashSet;

use induce_core::model::{Graph, Rows};
use induce_core::words::counted;
use induce_core::{Error, FitReport, Fitted, Result, Run};

use crate::cluster::remarks;
use crate::graph::Points;
use crate::points::{Frame, Scaling};

use super::divide::{Division, divide};
use super::model::{Learnt, Named, Neighbourhood, Spectral};
use super::spec::Spec;

/// Divide rows by the similarity graph that the settings describe.
///
/// ```
/// use induce_core::model::{Rows, RowsOptions};
/// use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::kmeans::Clusters;
/// use induce_learn::cluster::spectral::{Spec, fit};
/// let x = (0..40).map(|i| f64::from(i % 20) + if i < 20 { 0.0 } else { 100.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let fitted = fit(&Spec { n_clusters: Clusters::Fixed(2), ..Spec::default() }, &rows, &mut Run::new(0))?;
/// let labels = &fitted.model.division.labels;
/// assert!(labels[..20].iter().all(|l| *l == 0) && labels[20..].iter().all(|l| *l == 1));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, a value is missing or infinite, there are fewer different rows than clusters, or the
/// graph does not fit into memory.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Spectral>> {
    spec.check()?;
    let scaling = Scaling::of(spec.standardize);
    let (mut frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    frame.schema.target = rows.target.as_ref().map(|labels| labels.name.clone());
    let points = frame.points((&rows.features).into(), run)?;
    notes.extend(remarks::units_of(
        &frame,
        &points,
        scaling,
        "clusters",
        run.threads(),
    ));
    let points = whole(&frame, points.values)?;
    let allowed = enough(&points, spec)?;
    if distinct(&points, 2) == 1 {
        notes.push("all rows are the same: there is one cluster".into());
    }
    let graph = spec.similarity().of(&points, run)?;
    let mut division = divide(&graph.weights, &allowed, run)?;
    if graph.components > 1 && spec.connect {
        notes.push(format!(
            "the graph fell into {}, which the shortest edges join (connect)",
            counted(graph.components, "component")
        ));
    }
    if rows.weight.is_some() {
        notes.push("weights of rows are not used: a graph has weights of edges".into());
    }
    notes.append(&mut division.notes);
    division.notes = notes;
    let learnt = Learnt::Rows(Neighbourhood {
        frame,
        points,
        scale: graph.scale,
    });
    Ok(finish(spec, division, learnt))
}

/// Divide the nodes of a graph; its edges are symmetrised by their reader, and loops are left out.
///
/// # Errors
/// If a setting is out of its range, a weight is negative, the edges are not the same both ways, or there are fewer nodes than clusters.
pub fn fit_graph(spec: &Spec, graph: &Graph, run: &mut Run) -> Result<Fitted<Spectral>> {
    spec.check()?;
    let weights = graph.similarities()?;
    let mut division = divide(&weights, spec, run)?;
    let loops = (0..graph.edges.rows())
        .filter(|&i| graph.edges.row(i).any(|(j, _)| i == j))
        .count();
    if loops > 0 {
        division
            .notes
            .push(format!("{} left out: they are never cut", counted(loops, "loop")));
    }
    Ok(finish(spec, division, Learnt::Graph(Named::of(graph))))
}

fn finish(spec: &Spec, division: Division, learnt: Learnt) -> Fitted<Spectral> {
    let outcome = division.outcome.clone();
    Fitted {
        model: Spectral {
            spec: spec.clone(),
            division,
            learnt,
        },
        outcome,
        report: FitReport::new(1, Vec::new()),
    }
}

/// Points without gaps, from where distances are taken.
pub(super) fn whole(frame: &Frame, values: Vec<f64>) -> Result<Points> {
    let width = frame.width();
    if let Some(at) = values.iter().position(|x| x.is_nan()) {
        return Err(gap(frame, at));
    }
    Ok(Points::new(values, width)?.in_unit(frame.unit))
}

/// The error for a missing value.
pub(super) fn gap(frame: &Frame, at: usize) -> Error {
    let (row, axis) = (at / frame.width() + 1, &frame.axes[at % frame.width()]);
    Error::data(
        format!(
            "row {row} has no value of `{}`, and so no distance to others",
            axis.name
        ),
        "fill in or drop rows with missing values, or `--drop` the column; `-m kmeans` leaves them out of its sums",
    )
}

/// The settings, no more clusters than there are different rows left to choose.
///
/// # Errors
/// If more are asked for.
fn enough(points: &Points, spec: &Spec) -> Result<Spec> {
    let most = spec.asked().unwrap_or(spec.max_clusters);
    let distinct = distinct(points, most);
    match spec.asked() {
        Some(asked) if distinct < asked => {
            let verb = if distinct == 1 { "is" } else { "are" };
            Err(Error::setting(
                "n_clusters",
                asked,
                format!(
                    "there {verb} only {}; ask for fewer clusters",
                    counted(distinct, "different row")
                ),
            ))
        }
        _ => Ok(Spec {
            max_clusters: spec.max_clusters.min(distinct),
            ..spec.clone()
        }),
    }
}

/// How many different points there are, counted up to `enough`.
fn distinct(points: &Points, enough: usize) -> usize {
    let mut seen: HashSet<Vec<u64>> = HashSet::new();
    for i in 0..points.len() {
        if seen.len() >= enough {
            break;
        }
        // 0 and -0 are one place.
        seen.insert(points.point(i).iter().map(|x| (x + 0.0).to_bits()).collect());
    }
    seen.len()
}

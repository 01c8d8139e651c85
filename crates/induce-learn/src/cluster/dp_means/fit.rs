//! From rows to a fitted model.

use induce_core::model::{Block, Grid, Lines, Rows, Section};
use induce_core::words::{counted, number};
use induce_core::{FitReport, Fitted, Result, Run, Trace};

use super::descend::descend;
use super::entry::DP_MEANS;
use super::penalty::{farthest_first, of_rule};
use super::{Penalty, Spec};
use crate::cluster::centres::Centres;
use crate::cluster::kmeans::{Clusters, Metric};
use crate::cluster::nearest::{Singles, sizes};
use crate::cluster::remarks;
use crate::points::{Frame, Points, Scaling};

/// lambda in the fit's coordinates, and how it was found.
struct Chosen {
    /// A squared distance.
    lambda: f64,
    note: Option<String>,
    /// lambda_1, lambda_2, ... of the farthest-first rule.
    rule: Vec<f64>,
}

/// Fit DP-means to rows.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::dp_means::{Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// assert_eq!(fit(&Spec::default(), &rows, &mut Run::new(0))?.model.k(), 2);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, or a setting is out of its range.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Centres>> {
    spec.check()?;
    let scaling = Scaling::of(spec.standardize);
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    let unit = frame.unit * frame.unit;
    notes.extend(remarks::of_rows(&frame, &points, scaling, run.threads()));
    let chosen = choose(spec, &points, frame.unit, run.threads());
    let singles = Singles::new(&points, run.threads());
    run.monitor().begin("iterations", spec.max_iter as u64);
    let found = descend(
        &points,
        &singles,
        chosen.lambda,
        spec.creation,
        None,
        spec.max_iter,
        run,
    );
    run.monitor().end();
    notes.extend(chosen.note.clone());
    notes.extend(remarks::beyond(found.inertia, frame.unit));
    let sizes = sizes(&points, &found.labels, found.centres.len() / points.width);
    let trace = found
        .trace
        .iter()
        .enumerate()
        .map(|(i, j)| (i as u64 + 1, j * unit));
    let trace = trace.filter(|own| own.1.is_finite()).collect();
    let choice = path(spec, &points, &singles, &chosen, frame.unit, run);
    let model = Centres {
        entry: &DP_MEANS,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: Metric::Euclidean,
        inertia: found.inertia * unit,
        centres: found.centres,
        sizes,
        labels: found.labels,
        tree: None,
        lambda: Some(chosen.lambda),
        choice: choice.into_iter().collect(),
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report: FitReport::new(
            found.trace.len() as u64,
            vec![Trace::new("train", "objective", trace)],
        ),
    })
}

fn choose(spec: &Spec, points: &Points, unit: f64, threads: usize) -> Chosen {
    let wanted = match (spec.lambda, spec.n_clusters) {
        (Penalty::Fixed(lambda), _) => {
            return Chosen {
                lambda: lambda / unit / unit,
                note: None,
                rule: farthest_first(points, SHOWN, threads),
            };
        }
        (Penalty::Auto, Clusters::Fixed(k)) => Some(k),
        (Penalty::Auto, Clusters::Auto) => None,
    };
    let rule = farthest_first(points, wanted.unwrap_or(spec.max_clusters + 1), threads);
    let (lambda, k) = of_rule(&rule, wanted);
    let why = match wanted {
        Some(asked) if k < asked => format!(
            "below the last of the farthest-first rule: there are no {asked} different rows, and {} at most",
            counted(k, "cluster")
        ),
        Some(k) => format!("by the farthest-first rule for {}", counted(k, "cluster")),
        None => format!(
            "by the widest gap of the farthest-first rule, after {}",
            counted(k, "cluster")
        ),
    };
    Chosen {
        lambda,
        note: Some(format!(
            "lambda is {}, {why} (`lambda`, `n_clusters`)",
            shown(lambda, unit)
        )),
        rule,
    }
}

/// A squared distance in the units of the table, as people read it.
fn shown(squared: f64, unit: f64) -> String {
    remarks::in_units(squared, unit).map_or_else(
        || format!("{} times the square of {}", number(squared), number(unit)),
        number,
    )
}

/// Lambdas of the path that is shown.
const SHOWN: usize = 30;
/// Coordinates up to which a path is worth its time.
const CHEAP: usize = 100_000;

/// lambda against the number of clusters and the objective that it leads to.
fn path(
    spec: &Spec,
    points: &Points,
    singles: &Singles,
    chosen: &Chosen,
    unit: f64,
    run: &Run,
) -> Option<Section> {
    if points.values.len() > CHEAP {
        return None;
    }
    let lambdas: Vec<f64> = chosen
        .rule
        .iter()
        .copied()
        .filter(|own| *own > 0.0)
        .take(SHOWN)
        .collect();
    let (mut rows, mut curve) = (Vec::new(), Vec::new());
    // A logarithm also of what no number holds in the units of the table.
    let ln = |squared: f64| squared.ln() + 2.0 * unit.ln();
    for lambda in lambdas {
        if run.stop_reason().is_some() {
            break;
        }
        let found = descend(points, singles, lambda, spec.creation, None, spec.max_iter, run);
        let k = found.centres.len() / points.width;
        let objective = found.inertia + lambda * k as f64;
        let [lambda_cell, inertia, objective] =
            [lambda, found.inertia, objective].map(|own| shown(own, unit));
        rows.push(vec![lambda_cell, k.to_string(), inertia, objective]);
        curve.push((ln(lambda), k as f64));
    }
    (!rows.is_empty()).then(|| {
        let lines = Lines {
            x: "ln lambda".into(),
            y: "clusters".into(),
            curves: vec![("clusters".into(), curve)],
            mark: Some(ln(chosen.lambda)),
        };
        let head = ["lambda", "clusters", "inertia", "objective"];
        let blocks = vec![Block::Lines(lines), Block::Grid(Grid::new(&head, rows))];
        Section::new("Path of lambda", blocks)
    })
}

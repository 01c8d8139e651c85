//! From rows to a fitted model.

use induce_core::model::{Block, Grid, Lines, Rows, Section};
use induce_core::words::{counted, number};
use induce_core::{FitReport, Fitted, Result, Run, Trace};

use super::descend::descend;
use super::entry::DP_MEANS;
use super::penalty::{farthest_first, widest_gap};
use super::{Penalty, Spec};
use crate::cluster::centres::Centres;
use crate::cluster::kmeans::{Clusters, Metric};
use crate::cluster::nearest::{Singles, sizes};
use crate::points::{Frame, Points, Scaling};

/// lambda in the fit's coordinates, and how it was found.
struct Chosen {
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
    let scaling = if spec.standardize {
        Scaling::Deviation
    } else {
        Scaling::Common
    };
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    let unit = frame.unit * frame.unit;
    let chosen = choose(spec, &points, frame.unit, run.threads())?;
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
    let sizes = sizes(&points, &found.labels, found.centres.len() / points.width);
    let trace = found
        .trace
        .iter()
        .enumerate()
        .map(|(i, j)| (i as u64 + 1, j * unit));
    let trace = trace.filter(|own| own.1.is_finite()).collect();
    let choice = path(spec, &points, &singles, &chosen, unit, run);
    let model = Centres {
        entry: &DP_MEANS,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: Metric::Euclidean,
        inertia: found.inertia * unit,
        centres: found.centres,
        sizes,
        labels: found.labels,
        tree: None,
        lambda: Some(chosen.lambda * unit),
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

fn choose(spec: &Spec, points: &Points, unit: f64, threads: usize) -> Result<Chosen> {
    let wanted = match (spec.lambda, spec.n_clusters) {
        (Penalty::Fixed(lambda), _) => {
            return Ok(Chosen {
                lambda: lambda / unit / unit,
                note: None,
                rule: farthest_first(points, SHOWN, threads),
            });
        }
        (Penalty::Auto, Clusters::Fixed(k)) => Some(k),
        (Penalty::Auto, Clusters::Auto) => None,
    };
    let most = wanted.unwrap_or(spec.max_clusters + 1);
    let rule = farthest_first(points, most, threads);
    let k = wanted
        .unwrap_or_else(|| widest_gap(&rule, points.rows()))
        .min(rule.len());
    let lambda = match wanted {
        Some(_) => rule[k - 1],
        // Any lambda within the gap has these clusters; its middle is farthest from all that do not.
        None => (rule[k - 1] * rule.get(k).copied().unwrap_or(0.0)).sqrt(),
    };
    let lambda = if lambda > 0.0 { lambda } else { 0.5 * rule[k - 1] };
    // All rows are alike: any distance will do.
    let lambda = if lambda > 0.0 { lambda } else { 1.0 };
    let why = match wanted {
        Some(k) => format!("by the farthest-first rule for {}", counted(k, "cluster")),
        None => format!(
            "by the widest gap of the farthest-first rule, after {}",
            counted(k, "cluster")
        ),
    };
    Ok(Chosen {
        lambda,
        note: Some(format!(
            "lambda is {}, {why} (`lambda`, `n_clusters`)",
            number(lambda * unit * unit)
        )),
        rule,
    })
}

/// Lambdas of the path that is shown.
const SHOWN: usize = 30;
/// Coordinates up to which a path is worth its time.
const CHEAP: usize = 1_000_000;

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
    for lambda in lambdas {
        if run.stop_reason().is_some() {
            break;
        }
        let found = descend(points, singles, lambda, spec.creation, None, spec.max_iter, run);
        let k = found.centres.len() / points.width;
        let objective = found.inertia + lambda * k as f64;
        rows.push(
            [lambda * unit, k as f64, found.inertia * unit, objective * unit]
                .map(number)
                .to_vec(),
        );
        curve.push(((lambda * unit).ln(), k as f64));
    }
    (!rows.is_empty()).then(|| {
        let lines = Lines {
            x: "ln lambda".into(),
            y: "clusters".into(),
            curves: vec![("clusters".into(), curve)],
            mark: Some((chosen.lambda * unit).ln()),
        };
        let head = ["lambda", "clusters", "inertia", "objective"];
        let blocks = vec![Block::Lines(lines), Block::Grid(Grid::new(&head, rows))];
        Section::new("Path of lambda", blocks)
    })
}

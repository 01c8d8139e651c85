//! From rows to a fitted model.

use induce_core::model::Rows;
use induce_core::words::counted;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};

use super::Spec;
use super::descend::State;
use super::entry::MINI_BATCH;
use crate::cluster::centres::Centres;
use crate::cluster::kmeans::{Metric, Seeding, seeds};
use crate::cluster::nearest::{Codebook, Singles, inertia, sizes};
use crate::cluster::remarks;
use crate::points::{Frame, Points, Scaling};

/// Fit mini-batch k-means to rows; going on from `before` all rows are one mini-batch.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::mini_batch::{Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let spec = Spec { n_clusters: 2, ..Spec::default() };
/// let model = fit(&spec, &rows, None, &mut Run::new(0))?.model;
/// // Further rows move the centres of the model.
/// assert_eq!(fit(&spec, &rows, Some(&model), &mut Run::new(0))?.model.k(), 2);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, a setting is out of its range, or `before` is of other columns.
pub fn fit(spec: &Spec, rows: &Rows, before: Option<&Centres>, run: &mut Run) -> Result<Fitted<Centres>> {
    spec.check()?;
    let spec = &of_model(spec, before)?;
    let scaling = Scaling::of(spec.standardize);
    let (frame, mut notes) = match before {
        Some(model) => (model.frame.clone(), Vec::new()),
        None => Frame::learn(rows, scaling, run.threads())?,
    };
    let points = frame.weighted(rows, run)?;
    notes.extend(remarks::of_rows(&frame, &points, scaling, run.threads()));
    let singles = Singles::new(&points, run.threads());
    let known = before.map(|model| State {
        centres: model.centres.clone(),
        counts: model.sizes.clone(),
    });
    let (state, trace, outcome) = match known {
        Some(state) => once(state, &points, &singles),
        None if spec.online => once(begin(spec, &points, &frame, run)?, &points, &singles),
        None => descend(spec, &points, &singles, &frame, run)?,
    };
    let labels = labels(&points, &singles, &state.centres, run);
    // What the model has seen, going on; else the rows nearest to each.
    let sizes = match before.is_some() || spec.online {
        true => state.counts.clone(),
        false => sizes(&points, &labels, state.counts.len()),
    };
    let unit = frame.unit * frame.unit;
    let why = "the other centres are nearest to no row";
    notes.extend(remarks::fewer(spec.n_clusters, &sizes, why));
    let inertia = inertia(&points, &labels, &state.centres);
    notes.extend(remarks::beyond(inertia, frame.unit));
    let points = trace.iter().enumerate().map(|(i, j)| (i as u64 + 1, j * unit));
    let report = FitReport::new(
        trace.len() as u64,
        vec![Trace::new(
            "train",
            "inertia",
            points.filter(|own| own.1.is_finite()).collect(),
        )],
    );
    let model = Centres {
        entry: &MINI_BATCH,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: Metric::Euclidean,
        inertia: inertia * unit,
        centres: state.centres,
        sizes,
        labels,
        tree: None,
        lambda: None,
        choice: Vec::new(),
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome,
        report,
    })
}

/// One step on all rows.
fn once(mut state: State, points: &Points, singles: &Singles) -> (State, Vec<f64>, Outcome) {
    let all: Vec<u32> = (0..points.rows() as u32).collect();
    let step = state.step(points, singles, &all);
    let reason = format!("{} moved the centres", counted(points.rows(), "row"));
    (state, vec![step.inertia], Outcome::Converged { reason })
}

/// How much a new mini-batch counts in smoothed quantities.
fn smoothing(spec: &Spec, rows: usize) -> f64 {
    (2.0 * spec.batch_size as f64 / (rows as f64 + 1.0)).min(1.0)
}

fn descend(
    spec: &Spec,
    points: &Points,
    singles: &Singles,
    frame: &Frame,
    run: &mut Run,
) -> Result<(State, Vec<f64>, Outcome)> {
    let mut state = begin(spec, points, frame, run)?;
    let (rows, size) = (points.rows(), spec.batch_size.min(points.rows()));
    let steps = (spec.max_iter * rows / size) as u64;
    let (alpha, variance) = (
        smoothing(spec, rows),
        points.variance(&points.moments(run.threads()).squares),
    );
    let (mut inertia, mut moved): (Option<f64>, Option<f64>) = (None, None);
    let (mut best, mut waited, mut since) = (f64::INFINITY, 0, 0.0);
    let mut trace = Vec::new();
    run.monitor().begin("mini-batches", steps);
    let mut outcome = Outcome::Exhausted {
        reason: format!("all {} passes are done (`max_iter`)", spec.max_iter),
    };
    for step in 0..steps {
        let own = run.stream("mini-batch/rows").child(step);
        let batch: Vec<u32> = (0..size as u64).map(|i| own.below(i, rows) as u32).collect();
        since += batch.len() as f64;
        if since > 10.0 * state.counts.len() as f64 || state.counts.contains(&0.0) {
            since = 0.0;
            let ratio = spec.reassignment_ratio;
            state.reassign(
                points,
                &batch,
                ratio,
                run.stream("mini-batch/reassign").child(step),
            );
        }
        let found = state.step(points, singles, &batch);
        // The first mini-batch says little: centres have just begun.
        if step > 0 {
            inertia = Some(smoothed(inertia, found.inertia, alpha));
            moved = Some(smoothed(moved, found.moved, alpha));
        }
        let now = inertia.unwrap_or(found.inertia);
        trace.push(now);
        run.monitor().step(step + 1, &[("inertia".into(), now)]);
        (best, waited) = if now < best { (now, 0) } else { (best, waited + 1) };
        if spec.tol > 0.0 && moved.is_some_and(|moved| moved <= spec.tol * variance) {
            let reason = format!("centres hardly moved after {} mini-batches (`tol`)", step + 1);
            outcome = Outcome::Converged { reason };
            break;
        }
        if spec.max_no_improvement > 0 && waited >= spec.max_no_improvement {
            let reason = format!(
                "the smoothed inertia no longer fell after {} mini-batches",
                step + 1
            );
            outcome = Outcome::Converged { reason };
            break;
        }
        if let Some(stopped) = run.stopped() {
            outcome = stopped;
            break;
        }
    }
    run.monitor().end();
    Ok((state, trace, outcome))
}

fn smoothed(before: Option<f64>, now: f64, alpha: f64) -> f64 {
    before.map_or(now, |before| before * (1.0 - alpha) + now * alpha)
}

/// The best of several starts on some of the rows.
fn begin(spec: &Spec, points: &Points, frame: &Frame, run: &Run) -> Result<State> {
    let state = |centres: Vec<f64>| State {
        counts: vec![0.0; centres.len() / points.width],
        centres,
    };
    if !spec.centers.is_empty() {
        let wrong =
            spec.centers.len() != spec.n_clusters || spec.centers.iter().any(|own| own.len() != points.width);
        if wrong {
            return Err(Error::setting(
                "centers",
                format!("{} points", spec.centers.len()),
                format!("there must be `n_clusters` of {} coordinates", points.width),
            ));
        }
        return Ok(state(
            spec.centers
                .iter()
                .flat_map(|own| frame.of_original(own))
                .collect(),
        ));
    }
    let wanted = match spec.init_size {
        0 => 3 * spec.batch_size.max(spec.n_clusters),
        size => size.max(spec.n_clusters),
    };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for start in 0..spec.n_init as u64 {
        let stream = run.stream("mini-batch/start").child(start);
        let mut rows = stream.permutation(points.rows());
        rows.truncate(wanted);
        rows.sort_unstable();
        let few = points.take(&rows);
        let singles = Singles::new(&few, run.threads());
        let seeding = Seeding {
            points: &few,
            singles: &singles,
            threads: run.threads(),
        };
        let centres = seeds(&seeding, spec.init, spec.n_clusters, stream.child(1));
        if centres.is_empty() {
            return Err(Error::data(
                "no row has a weight",
                "check the file and the weights",
            ));
        }
        let own = inertia(&few, &labels(&few, &singles, &centres, run), &centres);
        if best.as_ref().is_none_or(|best| own < best.0) {
            best = Some((own, centres));
        }
    }
    let best = best.map(|own| state(own.1));
    best.ok_or_else(|| Error::data("there are no rows", "check the file and the filters"))
}

/// The settings, with as many clusters as the model has that is gone on from.
fn of_model(spec: &Spec, before: Option<&Centres>) -> Result<Spec> {
    let k = before.map_or(spec.n_clusters, Centres::k);
    if spec.n_clusters != k && spec.n_clusters != Spec::default().n_clusters {
        return Err(Error::setting(
            "n_clusters",
            spec.n_clusters,
            format!("the model to go on from has {}", counted(k, "cluster")),
        ));
    }
    Ok(Spec {
        n_clusters: k,
        ..spec.clone()
    })
}

/// The nearest centre of every row.
fn labels(points: &Points, singles: &Singles, centres: &[f64], run: &Run) -> Vec<u32> {
    Codebook::new(centres, points.width).labels(points, singles, run.threads())
}

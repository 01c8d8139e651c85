//! From rows to a fitted model.

use induce_core::model::Rows;
use induce_core::words::counted;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};

use super::model::Model;
use super::{Bound, Ended, Inference, Limits, Posterior, Prior, Rate, Spec, cavi, memoized, svi};
use crate::cluster::kmeans::Seeding;
use crate::cluster::nearest::Singles;
use crate::mixture::gmm::{self, CovarianceType, in_one_unit, start};
use crate::points::{Frame, Points, Scaling};

/// Coordinate products of a pass up to which there are five starts.
const CHEAP: f64 = 4e6;
/// Passes after which starts are compared.
const SHORT: usize = 20;

/// Fit a Bayesian mixture to rows, from nothing or going on from `before`.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::mixture::bayes::{Spec, fit};
///
/// let x = (0..30).map(|i| f64::from(i % 3) * 9.0 + f64::from(i) / 30.0).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let spec = Spec { n_components: 8, ..Spec::default() };
/// let model = fit(&spec, &rows, None, &mut Run::new(0))?.model;
/// assert!(model.used() < 8, "components that explain nothing are empty");
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, a setting is out of its range, or `before` has other columns, components or covariances.
pub fn fit(spec: &Spec, rows: &Rows, before: Option<&Model>, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let scaling = match spec.covariance_type {
        CovarianceType::Spherical => Scaling::Common,
        _ => Scaling::Deviation,
    };
    let (frame, mut notes) = match before {
        Some(model) => (model.frame.clone(), Vec::new()),
        None => Frame::learn(rows, scaling, run.threads())?,
    };
    let points = frame.weighted(rows, run)?;
    if points.has_missing() {
        notes.push("values are missing: they are expected given those of their row".into());
    }
    let prior = Prior::of(spec, &points, &frame)?;
    let known = before.map(|model| model.known(spec)).transpose()?;
    let ended = infer(spec, &points, &frame, &prior, known.as_ref(), run)?;
    let (mass, volume) = (points.mass(), frame.mean_ln_volume(&points));
    let report = report(&ended, mass, volume);
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        bound: ended.bound(),
        moves: ended.moves as u64,
        mass,
        volume,
        posterior: ended.posterior,
        prior,
        frame,
        notes,
    };
    let notes = said(spec, &model, points.rows());
    Ok(Fitted {
        model: Model {
            notes: [model.notes.clone(), notes].concat(),
            ..model
        },
        outcome: ended.outcome,
        report,
    })
}

/// How many components there came to be.
fn said(spec: &Spec, model: &Model, rows: usize) -> Vec<String> {
    let (used, all) = (model.used(), model.posterior.means.len());
    let mut notes = vec![format!("{} of {all} hold rows", counted(used, "component"))];
    if all < spec.n_components {
        notes.push(format!(
            "{} instead of {}: there are no more than {}",
            counted(all, "component"),
            spec.n_components,
            counted(rows, "row")
        ));
    } else if used == all && all > 1 {
        notes.push("every component holds rows: more `n_components` may be needed".into());
    }
    notes
}

/// The ELBO after every pass, and its terms, per unit of weight in the units of the table.
fn report(ended: &Ended, mass: f64, volume: f64) -> FitReport {
    let series = |i: usize| {
        let value = |(t, own): (usize, &Bound)| (t as u64, own.values(mass, volume)[i]);
        ended.trace.iter().enumerate().map(value).collect()
    };
    let trace = |(i, name): (usize, &&str)| Trace::new("train", *name, series(i));
    FitReport::new(
        ended.trace.len().saturating_sub(1) as u64,
        Bound::NAMES.iter().enumerate().map(trace).collect(),
    )
}

fn infer(
    spec: &Spec,
    points: &Points,
    frame: &Frame,
    prior: &Prior,
    known: Option<&Posterior>,
    run: &mut Run,
) -> Result<Ended> {
    let limits = Limits::of(spec);
    let divided = [points.clone(), in_one_unit(points, frame)];
    let begun = |run: &Run| match known {
        Some(known) => Ok(known.clone()),
        None => begin(spec, points, &divided, prior, 0, run),
    };
    match spec.inference {
        Inference::Cavi if known.is_some() => Ok(cavi(points, prior, begun(run)?, &limits, run)),
        Inference::Cavi => best_of_starts(spec, points, &divided, prior, run),
        Inference::Svi => {
            let rate = Rate {
                decay: spec.learning_decay,
                offset: spec.learning_offset,
                batch: spec.batch_size,
            };
            let from = begun(run)?;
            let stream = run.stream("bayes-gmm/batches");
            Ok(svi(points, prior, from, &rate, &limits, stream, run))
        }
        Inference::Memoized => {
            let from = begun(run)?;
            let stream = run.stream("bayes-gmm/batches");
            Ok(memoized(
                points,
                prior,
                from,
                spec.batch_size,
                &limits,
                stream,
                run,
            ))
        }
    }
}

/// The posterior for the clusters of a start; the rows are divided in one and the other coordinates by turns.
fn begin(
    spec: &Spec,
    points: &Points,
    divided: &[Points; 2],
    prior: &Prior,
    s: u64,
    run: &Run,
) -> Result<Posterior> {
    let own = gmm::Spec {
        n_components: spec.n_components,
        covariance_type: spec.covariance_type,
        init: spec.init,
        reg_covar: 1e-6,
        ..gmm::Spec::default()
    };
    let here = &divided[s as usize % 2];
    let seeding = Seeding {
        points: here,
        singles: &Singles::new(here, run.threads()),
        threads: run.threads(),
    };
    let stream = run.stream("bayes-gmm/start").child(s);
    let from = start(&own, points, &seeding, stream, run)?;
    let found = from.statistics(spec.covariance_type, points.mass(), own.reg_covar);
    Ok(Posterior::of(prior, &found, &from.means))
}

/// Several short runs; the best goes on.
fn best_of_starts(
    spec: &Spec,
    points: &Points,
    divided: &[Points; 2],
    prior: &Prior,
    run: &mut Run,
) -> Result<Ended> {
    let limits = Limits::of(spec);
    let starts = starts(spec, points);
    let short = Limits {
        max_iter: if starts > 1 {
            SHORT.min(spec.max_iter)
        } else {
            spec.max_iter
        },
        ..limits
    };
    run.monitor().begin("starts", starts as u64);
    let mut best: Option<Ended> = None;
    for s in 0..starts as u64 {
        let from = begin(spec, points, divided, prior, s, run)?;
        let own = cavi(points, prior, from, &short, run);
        let better = |best: &Ended| own.bound().total() > best.bound().total();
        if best.as_ref().is_none_or(better) {
            best = Some(own);
        }
        let value = best.as_ref().map_or(0.0, |best| best.bound().total());
        run.monitor().step(s + 1, &[("elbo".into(), value)]);
        if run.stop_reason().is_some() {
            break;
        }
    }
    run.monitor().end();
    let mut best = best.ok_or_else(|| Error::data("there are no rows", "check the file and the filters"))?;
    // Some of the starts are not all of them, though the best of these had come to its end.
    if let Some(stopped) = run.stopped() {
        best.outcome = stopped;
    }
    if !matches!(best.outcome, Outcome::Exhausted { .. }) || best.trace.len() > limits.max_iter {
        return Ok(best);
    }
    let rest = Limits {
        max_iter: limits.max_iter + 1 - best.trace.len(),
        ..limits
    };
    let more = cavi(points, prior, best.posterior, &rest, run);
    let mut trace = best.trace;
    trace.extend(more.trace.iter().skip(1));
    Ok(Ended { trace, ..more })
}

fn starts(spec: &Spec, points: &Points) -> usize {
    let full = matches!(spec.covariance_type, CovarianceType::Full | CovarianceType::Tied);
    let each = if full { points.width } else { 1 };
    let work = (points.values.len() * each * spec.n_components) as f64;
    match spec.n_init {
        0 => ((5.0 * CHEAP / work) as usize).clamp(1, 5),
        said => said,
    }
}

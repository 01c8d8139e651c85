//! From rows to a fitted model.

use induce_core::model::Rows;
use induce_core::words::{counted, number};
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};

use super::doubts;
use super::em::{Ended, em};
use super::expect::{Limits, expect};
use super::model::Model;
use super::start::start;
use super::{CovarianceType, Given, Parameters, Spec};
use crate::cluster;
use crate::cluster::kmeans::Seeding;
use crate::cluster::nearest::Singles;
use crate::points::{Frame, Points, Scaling};

/// Coordinate products of an iteration up to which there are ten starts.
const CHEAP: f64 = 4e6;
/// Iterations after which starts are compared.
const SHORT: usize = 20;

/// Fit a mixture to rows, from nothing or going on from `before`.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::mixture::gmm::{Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let model = fit(&Spec::default(), &rows, None, &mut Run::new(0))?.model;
/// assert!((model.mixture().weights[0] - 0.5).abs() < 1e-6);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, a setting is out of its range, or `before` is of other columns.
pub fn fit(spec: &Spec, rows: &Rows, before: Option<&Model>, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let (frame, mut notes) = match before {
        Some(model) => (model.frame.clone(), Vec::new()),
        None => Frame::learn(rows, scaling(spec.covariance_type), run.threads())?,
    };
    let points = frame.weighted(rows, run)?;
    if points.has_missing() {
        notes.push("values are missing: they are expected given those of their row".into());
    }
    let ended = match before {
        Some(model) if spec.online => online(spec, model, &points, run)?,
        Some(model) => em(&points, known(spec, model)?, &Limits::of(spec), run),
        None => begun(spec, &points, &frame, run)?,
    };
    // Not a single iteration: with nothing added to variances a start may have none.
    if ended.trace.is_empty() {
        return Err(Error::data(
            ended.outcome.reason(),
            "raise `reg_covar`, or ask for fewer components",
        ));
    }
    if ended.parameters.components() < spec.n_components {
        let k = ended.parameters.components();
        notes.push(format!(
            "{} instead of {}: there are no more rows",
            counted(k, "component"),
            spec.n_components
        ));
    }
    notes.extend(doubts::of(&ended.parameters, spec.reg_covar));
    let volume = frame.mean_ln_volume(&points);
    let trace = ended
        .trace
        .iter()
        .enumerate()
        .map(|(i, ln)| (i as u64, *ln + volume));
    let report = FitReport::new(
        ended.trace.len() as u64 - 1,
        vec![Trace::new("train", "log_likelihood", trace.collect())],
    );
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        kind: spec.covariance_type,
        log_likelihood: ended.log_likelihood + volume,
        mass: ended.mass,
        parameters: ended.parameters,
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: ended.outcome,
        report,
    })
}

/// A single variance for all columns is that of the table's own units.
fn scaling(kind: CovarianceType) -> Scaling {
    match kind {
        CovarianceType::Spherical => Scaling::Common,
        _ => Scaling::Deviation,
    }
}

/// The points in one unit for all columns, as the table has them: where columns are alike, such as places on a map, clusters that are round there
/// are found from such starts, and from the others where columns are of different kinds.
pub fn in_one_unit(points: &Points, frame: &Frame) -> Points {
    let largest = frame.axes.iter().map(|axis| axis.scale).fold(0.0, f64::max);
    let factors: Vec<f64> = frame.axes.iter().map(|axis| axis.scale / largest).collect();
    let mut all = points.clone();
    for row in all.values.chunks_exact_mut(points.width) {
        row.iter_mut().zip(&factors).for_each(|(x, f)| *x *= f);
    }
    all
}

/// From parameters that were given, or from several starts.
fn begun(spec: &Spec, points: &Points, frame: &Frame, run: &mut Run) -> Result<Ended> {
    let given = Given::of(spec, frame)?;
    let Some(from) = given.whole() else {
        given.check(spec.n_components, points.rows())?;
        return best_of_starts(
            spec,
            points,
            &[points.clone(), in_one_unit(points, frame)],
            &given,
            run,
        );
    };
    from.forms().map_err(singular)?;
    Ok(em(points, from, &Limits::of(spec), run))
}

/// Several short runs; the best goes on. They divide the rows in one and the other coordinates by turns.
fn best_of_starts(
    spec: &Spec,
    points: &Points,
    divided: &[Points; 2],
    given: &Given,
    run: &mut Run,
) -> Result<Ended> {
    let singles = divided
        .each_ref()
        .map(|points| Singles::new(points, run.threads()));
    let limits = Limits::of(spec);
    let starts = starts(spec, points);
    let short = Limits {
        max_iter: SHORT.min(spec.max_iter),
        ..limits
    };
    run.monitor().begin("starts", starts as u64);
    let mut best: Option<Ended> = None;
    for s in 0..starts {
        let (here, threads) = (s % 2, run.threads());
        let seeding = Seeding {
            points: &divided[here],
            singles: &singles[here],
            threads,
        };
        let from = start(
            spec,
            points,
            &seeding,
            run.stream("gmm/start").child(s as u64),
            run,
        )?;
        let own = em(
            points,
            given.instead(from),
            if starts > 1 { &short } else { &limits },
            run,
        );
        let stopped = run.stop_reason().is_some();
        if best
            .as_ref()
            .is_none_or(|best| own.log_likelihood > best.log_likelihood)
        {
            best = Some(own);
        }
        let value = best.as_ref().map_or(0.0, |best| best.log_likelihood);
        run.monitor()
            .step(s as u64 + 1, &[("log_likelihood".into(), value)]);
        if stopped {
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
        annealing: 1.0,
        ..limits
    };
    let more = em(points, best.parameters, &rest, run);
    let mut trace = best.trace;
    trace.extend(&more.trace[1..]);
    Ok(Ended { trace, ..more })
}

fn starts(spec: &Spec, points: &Points) -> usize {
    let full = matches!(spec.covariance_type, CovarianceType::Full | CovarianceType::Tied);
    let each = if full { points.width } else { 1 };
    let work = (points.values.len() * each * spec.n_components) as f64;
    cluster::starts(spec.n_init, work, CHEAP)
}

/// The parameters of a model that is gone on from.
fn known(spec: &Spec, model: &Model) -> Result<Parameters> {
    let (components, kind) = (model.parameters.components(), model.kind);
    if spec.n_components == components && spec.covariance_type == kind {
        return Ok(model.parameters.clone());
    }
    Err(Error::data(
        format!(
            "the model to go on from has {components} components with {} covariances, not {} with {}",
            kind.name(),
            spec.n_components,
            spec.covariance_type.name()
        ),
        format!(
            "`--set n_components={components} --set covariance_type={}`, or begin anew",
            kind.name()
        ),
    ))
}

/// One step on new rows, whose statistics count beside those that the model stands for (Neal & Hinton 1998).
fn online(spec: &Spec, model: &Model, points: &Points, run: &Run) -> Result<Ended> {
    let old = known(spec, model)?;
    let new = expect(points, &old, model.kind, 1.0, run.threads()).map_err(singular)?;
    let mass = points.mass();
    let mut all = old.statistics(model.kind, model.mass, spec.reg_covar);
    all.add(&new);
    let parameters = old.maximise(&all, model.kind, spec.reg_covar);
    let after = expect(points, &parameters, model.kind, 1.0, run.threads()).map_err(singular)?;
    let reason = format!(
        "{} were counted beside {} of the model",
        counted(points.rows(), "row"),
        number(model.mass)
    );
    Ok(Ended {
        log_likelihood: after.log_likelihood / mass,
        entropy: after.entropy / mass,
        trace: vec![new.log_likelihood / mass, after.log_likelihood / mass],
        mass: mass + model.mass,
        parameters,
        outcome: Outcome::Converged { reason },
    })
}

fn singular(component: usize) -> Error {
    Error::data(
        format!("component {component} has a singular covariance"),
        "raise `reg_covar`",
    )
}

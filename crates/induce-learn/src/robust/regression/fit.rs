//! Linear regression through most of the rows.

use induce_core::parallel::Team;
use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};

use super::design::width;
use super::linear::{Linear, Units};
use super::model::Model;
use super::scaled::FORK;
use super::settle::{Settled, settle};
use super::spec::{LEAST_SQUARES, Sampling, Spec, threshold};
use crate::robust::{Problem, Search, in_range, search};
use induce_core::linalg::invert;
use induce_core::model::Dataset;
use induce_core::model::Schema;
use induce_core::words::counted;

/// Fit a linear model to the rows that agree.
///
/// ```text
/// maximise  sum_i w_i log(1 + exp((t^2 - (y_i - x_i' beta - c)^2) / (2 sigma^2)))
/// ```
///
/// Numbers enter as they are, a missing one as its column's mean; a category as one column per name but the first.
/// Weights count as repetition: a row of weight 2 is a row twice. An error if there are fewer rows than coefficients.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::robust::regression::{Spec, fit};
///
/// let x: Vec<f64> = (0..50).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| if x % 3.0 == 0.0 { 500.0 - x } else { 2.0 * x + 1.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let model = fit(&Spec::default(), &Dataset::new(&table, &y), &mut Run::new(0))?.model;
/// assert!((model.coefficients[0] - 2.0).abs() < 1e-9 && (model.intercept - 1.0).abs() < 1e-9);
/// assert_eq!(model.inliers, 33);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, the rows cannot be used, there are too few of them, or no sample of them determines
/// a model.
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    if spec.base != LEAST_SQUARES {
        let reason = format!("this fit is `{LEAST_SQUARES}`; other bases are trained by `consensus`");
        return Err(Error::setting("base", &spec.base, reason));
    }
    data.check()?;
    let numbers = data.table.rows() * (1 + data.table.columns().len());
    let threads = if numbers < FORK { 1 } else { run.threads() };
    Team::with(threads, |team| among(spec, data, run, team))
}

fn among(spec: &Spec, data: &Dataset, run: &Run, team: &mut Team) -> Result<Fitted<Model>> {
    let schema = Schema::of(data.table)?;
    check_memory(&schema, data, run)?;
    let (mut linear, units) = Linear::new(&schema, data, team)?;
    linear.sample = sample_size(spec, data, &linear, &units)?;
    let limit = in_range(threshold(spec, data.target, data.weight) / units.target.size);
    let part = linear.part(run.stream("ransac/part"));
    let scored = part.as_ref().unwrap_or(&linear);
    let prosac = spec.sampling == Sampling::Prosac;
    let order = if prosac { scored.order() } else { None };
    let how = Search {
        stream: "ransac/samples",
        threshold: limit,
        confidence: spec.confidence,
        trials: spec.most_trials(linear.size()),
        order: order.as_deref(),
        mixed: true,
        weight: data.weight.filter(|_| part.is_none()),
    };
    let found = search(scored, &how, run).ok_or_else(|| too_few(data, linear.size()))?;
    let settled = settle(&linear, found.model, limit, team, run.stop());
    let trace = Trace::new("train", "log_likelihood", found.trace);
    let model = model(spec, schema, &linear, units, &settled, limit);
    check_finite(&model)?;
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report: FitReport::new(found.trials.max(1) as u64, vec![trace]),
    })
}

/// An error if the design, and the products of its columns, would take more than there is.
fn check_memory(schema: &Schema, data: &Dataset, run: &Run) -> Result<()> {
    let (rows, limit) = (data.table.rows() as u64, run.room());
    let columns = 1 + schema.features.iter().map(|f| width(f) as u64).sum::<u64>();
    let needed = columns
        .saturating_mul(8 * rows)
        .saturating_add(columns.saturating_mul(16 * columns));
    if needed > limit {
        let what = format!(
            "a robust fit of {} and {}",
            counted(rows as usize, "row"),
            counted(columns as usize, "coefficient")
        );
        return Err(Error::TooLarge { what, needed, limit });
    }
    Ok(())
}

/// An error if rounding left no number: such a model could not be opened again.
fn check_finite(model: &Model) -> Result<()> {
    let numbers = [model.intercept, model.sigma, model.threshold];
    let wrong = numbers.iter().chain(&model.coefficients).find(|x| !x.is_finite());
    wrong.map_or(Ok(()), |wrong| {
        Err(Error::data(
            format!("the fit gave {wrong} for a coefficient, its noise or its threshold"),
            "scale the columns or the target so that their values are of ordinary size, or give more rows",
        ))
    })
}

fn too_few(data: &Dataset, size: usize) -> Error {
    let what = format!(
        "{} are too few for {}",
        counted(data.table.rows(), "row"),
        counted(size, "coefficient")
    );
    Error::data(
        what,
        "give more rows than columns, or leave columns out with `--drop`",
    )
}

/// Rows per sample: as many as there are coefficients, unless it is said.
fn sample_size(spec: &Spec, data: &Dataset, linear: &Linear, units: &Units) -> Result<usize> {
    let size = linear.size();
    let sample = if spec.min_samples == 0 {
        size
    } else {
        spec.min_samples
    };
    let counted = data
        .weight
        .map_or(data.target.len(), |w| w.iter().filter(|w| **w > 0.0).count());
    if counted <= units.columns() || spec.min_samples > counted {
        return Err(too_few(data, sample));
    }
    if sample < size {
        let reason = format!("{size} coefficients need at least as many rows");
        return Err(Error::setting("min_samples", sample, reason));
    }
    Ok(sample)
}

/// The model in the table's own units, with what is known about it.
fn model(
    spec: &Spec,
    mut schema: Schema,
    linear: &Linear,
    units: Units,
    settled: &Settled,
    limit: f64,
) -> Model {
    let inverse = invert(&settled.information, linear.size());
    let covariance = inverse.map(|inverse| units.covariance(&inverse, settled.variance));
    let (intercept, coefficients) = units.unscaled(&settled.beta);
    schema.target = None;
    Model {
        schema,
        spec: spec.clone(),
        intercept,
        coefficients,
        covariance: covariance.unwrap_or_default(),
        threshold: limit * units.target.size,
        sigma: settled.variance.sqrt() * units.target.size,
        inliers: linear.within(&settled.beta, limit).round() as u64,
        rows: linear.rows() as u64,
        fill: units.fill,
    }
}

//! From rows to a fitted regression.

use induce_core::metrics::Task;
use induce_core::model::Rows;
use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};

use super::design::read;
use super::model::{Model, Noise};
use super::units::Units;
use super::{Gamma, LogisticSpec, Spec, linear, logistic};
use crate::points::Scaling;

fn report(trace: &[[f64; 5]]) -> FitReport {
    let series = |i: usize| {
        let value = |(t, own): (usize, &[f64; 5])| (t as u64 + 1, own[i]);
        trace.iter().enumerate().map(value).collect()
    };
    let named = Model::TERMS.iter().enumerate();
    FitReport::new(
        trace.len() as u64,
        named
            .map(|(i, name)| Trace::new("train", *name, series(i)))
            .collect(),
    )
}

/// Fit Bayesian linear regression.
///
/// ```
/// use induce_core::model::{Rows, RowsOptions};
/// use induce_core::{Column, Run, Table};
/// use induce_learn::bayes::{Spec, fit_linear};
///
/// let x: Vec<f64> = (0..40).map(f64::from).collect();
/// let y = x.iter().map(|x| 3.0 - 2.0 * x + x.cos()).collect();
/// let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// let model = fit_linear(&Spec::default(), &Rows::new(&table, &RowsOptions::default())?, &mut Run::new(0))?.model;
/// let (mean, deviation) = model.coefficients();
/// assert!((mean[0] + 2.0).abs() < 3.0 * deviation[0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the target is no quantity, no column is of use, or a setting is out of its range.
pub fn fit_linear(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let target = rows.target()?;
    if target.task != Task::Regression || !target.further.is_empty() {
        return Err(Error::data(
            "`bayes-linear` predicts one quantity, and the target is not one",
            "name another target, or say `--task regression` if its numbers are quantities",
        ));
    }
    let scaling = match (spec.fit_intercept, spec.standardize) {
        (false, _) => Scaling::Uncentred,
        (true, false) => Scaling::Common,
        (true, true) => Scaling::Deviation,
    };
    let (frame, points, notes) = read(rows, scaling, run)?;
    let units = Units::of(spec, &target.values, &points, frame.unit);
    if !(1e-140..1e140).contains(&units.scale) {
        return Err(Error::data(
            format!(
                "the target deviates by {:e}, whose square is out of the range of numbers",
                units.scale
            ),
            "multiply the target by a power of ten",
        ));
    }
    let mut found = linear(&points, &units.inside(&target.values), &units.problem(spec), run);
    let free = points.mass() - if spec.fit_intercept { 1.0 } else { 0.0 };
    found.trace.iter_mut().for_each(|own| {
        own[0] -= free * units.scale.ln();
        own[1] -= free * units.scale.ln();
    });
    let noise = units.noise(found.noise);
    let (mean, covariance) = units.coefficients(&found, points.mass(), spec.fit_intercept);
    let report = report(&found.trace);
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        frame,
        mean,
        covariance,
        noise: Noise::Gaussian(noise),
        size: units.size(found.size),
        intercept: spec.fit_intercept,
        bound: found.trace.last().copied().unwrap_or_default(),
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report,
    })
}

/// Fit Bayesian logistic regression.
///
/// # Errors
/// If the target has not two classes, no column is of use, or a setting is out of its range.
pub fn fit_logistic(spec: &LogisticSpec, rows: &Rows, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let target = rows.target()?;
    if target.task != Task::Classification || target.classes.len() != 2 {
        return Err(Error::data(
            format!(
                "`bayes-logistic` tells two classes apart, and the target has {}",
                target.classes.len()
            ),
            "`-m logistic` is for more of them; `--task classification` if its numbers are classes",
        ));
    }
    let (frame, points, notes) = read(rows, Scaling::Deviation, run)?;
    let prior = Gamma {
        shape: spec.lambda_1,
        rate: spec.lambda_2,
    };
    let precision = spec.intercept_scale.powi(-2);
    let limits = (spec.max_iter, spec.tol);
    let found = logistic(&points, &target.values, prior, precision, limits, run)?;
    let report = report(&found.trace);
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        frame,
        mean: found.mean,
        covariance: found.covariance,
        noise: Noise::Bernoulli,
        size: found.size,
        intercept: true,
        bound: found.trace.last().copied().unwrap_or_default(),
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report,
    })
}

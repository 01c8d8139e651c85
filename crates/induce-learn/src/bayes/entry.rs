//! Bayesian regressions as the registry knows them.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Fit, Model as Fitting, ModelInfo, Rows, any_task, read_spec,
};
use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};
use serde_json::Value;

use super::design::read;
use super::model::{Model, Noise};
use super::{Gamma, LogisticSpec, Spec, linear, logistic, store};

/// Bayesian linear regression.
pub static BAYES_LINEAR: Entry = Entry {
    info: ModelInfo {
        name: "bayes-linear",
        title: "Bayesian linear regression",
        about: "Linear regression that learns how large coefficients and noise are, and says how sure it is of each of them and of \
                every prediction.",
        idea: [
            "Gaussian of unknown precision",
            "Gaussian over coefficients, gammas over its precision and that of the noise",
            "mean field by coordinate ascent",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("bayes-linear", values)?.check(),
    task_of: any_task,
    fit: |values, data, context| any(values, data, context, "bayes-linear", fit_linear),
    kind: "bayes-linear",
    open: |file, _| Ok(Box::new(store::from_file(file)?)),
};

/// Bayesian logistic regression.
pub static BAYES_LOGISTIC: Entry = Entry {
    info: ModelInfo {
        name: "bayes-logistic",
        title: "Bayesian logistic regression",
        about: "Probabilities of two classes that know how sure they are: coefficients have a posterior, and probabilities have bands.",
        idea: [
            "Bernoulli, logit link",
            "Gaussian over coefficients, a gamma over its precision",
            "mean field under the bound of Jaakkola and Jordan",
        ],
    },
    tasks: &[Task::Classification],
    settings: LogisticSpec::SETTINGS,
    defaults: || serde_json::to_value(LogisticSpec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<LogisticSpec>("bayes-logistic", values)?.check(),
    fit: |values, data, context| any(values, data, context, "bayes-logistic", fit_logistic),
    kind: "bayes-logistic",
    ..BAYES_LINEAR
};

fn any<S: serde::de::DeserializeOwned>(
    values: &Value,
    data: &Data,
    context: &mut Fit,
    name: &'static str,
    fit: impl Fn(&S, &Rows, &mut Run) -> Result<Fitted<Model>>,
) -> Result<AnyFitted> {
    context.init.refuse(name)?;
    let spec: S = read_spec(name, values)?;
    let fitted = fit(&spec, data.rows()?, context.run)?;
    Ok(fitted.map(|model| Box::new(model) as Box<dyn Fitting>))
}

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
    let (frame, points, notes) = read(rows, run)?;
    let mass = points.mass();
    let mean = |of: &dyn Fn(f64) -> f64| {
        let own = target.values.iter().enumerate();
        own.map(|(i, y)| points.weight(i) * of(*y)).sum::<f64>() / mass
    };
    let centre = mean(&|y| y);
    let deviation = mean(&|y| (y - centre).powi(2)).sqrt();
    let scale = if deviation > 1e-13 * centre.abs() {
        deviation
    } else {
        1.0
    };
    let y: Vec<f64> = target.values.iter().map(|y| (y - centre) / scale).collect();
    let of = |shape: f64, rate: f64| Gamma { shape, rate };
    let prior = [of(spec.alpha_1, spec.alpha_2), of(spec.lambda_1, spec.lambda_2)];
    let found = linear(&points, &y, prior, spec.max_iter, spec.tol, run);
    let width = points.width;
    let noise = Gamma {
        rate: found.noise.rate * scale * scale,
        ..found.noise
    };
    let mut covariance = vec![0.0; (width + 1) * (width + 1)];
    for i in 0..width {
        for j in 0..width {
            covariance[i * (width + 1) + j] = found.covariance[i * width + j] * scale * scale;
        }
    }
    covariance[(width + 1) * (width + 1) - 1] = 1.0 / (noise.mean() * mass);
    let mut all: Vec<f64> = found.mean.iter().map(|m| m * scale).collect();
    all.push(centre);
    let report = report(&found.trace);
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        frame,
        mean: all,
        covariance,
        noise: Noise::Gaussian(noise),
        size: found.size,
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
    let (frame, points, notes) = read(rows, run)?;
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
        bound: found.trace.last().copied().unwrap_or_default(),
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report,
    })
}

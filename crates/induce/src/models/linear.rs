//! Linear models: one engine, and a row for every name under which people know a part of it.

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run, Table};
use induce_learn::linear::{self, Csr, Lambda, Spec};
use induce_learn::tree::Shap;
use induce_learn::{Dataset, Schema};
use serde_json::Value;

use crate::model::{Intervals, Margins, Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Checkpoints, Row, Setting, Space, setting};
use crate::settings::read_spec;

/// A row of the registry around the one engine.
macro_rules! row {
    ($name:ident, $id:literal, $title:literal, $about:literal, $idea:expr, $tasks:expr, $spec:expr, $search:expr) => {
        #[doc = $title]
        pub static $name: Row = Row {
            card: Card {
                name: $id,
                title: $title,
                about: $about,
                idea: $idea,
                tasks: $tasks,
                settings: &SETTINGS,
                defaults: || serde_json::to_value::<Spec>($spec).unwrap_or_default(),
            },
            search: $search,
            train: |spec, train, _valid, _checkpoints: Option<&Checkpoints>, run| {
                fit(row_of($id)?, spec, train, None, run)
            },
            load,
        };
    };
}

/// The least and largest prior strengths that a search tries; columns are standardised.
const LAMBDA: Space = Space::Log(1e-5, 10.0);
const STRENGTH: &[(&str, Space)] = &[("lambda", LAMBDA)];

row!(
    LINEAR,
    "linear",
    "Linear regression",
    "A quantity as a weighted sum of columns, by least squares, with standard errors, t tests and intervals.",
    [
        "Gaussian",
        "none",
        "normal equations by Cholesky, LSMR for over 2000 columns; the shortest solution where columns are dependent"
    ],
    &[Task::Regression],
    Spec {
        family: "gaussian".into(),
        ..Spec::default()
    },
    &[]
);
row!(
    RIDGE,
    "ridge",
    "Ridge regression",
    "Linear regression with coefficients drawn towards 0 together; lambda is chosen by the evidence.",
    [
        "Gaussian",
        "Gaussian (L2)",
        "Cholesky, the dual for fewer rows than columns, LSMR for very many; evidence for lambda"
    ],
    &[Task::Regression],
    Spec {
        family: "gaussian".into(),
        prior: "gaussian".into(),
        ..Spec::default()
    },
    STRENGTH
);
row!(
    LASSO,
    "lasso",
    "Lasso",
    "Linear regression that sets most coefficients to exactly 0; lambda is chosen by cross-validation.",
    [
        "Gaussian",
        "Laplace (L1)",
        "coordinate descent on working sets with extrapolation, to a duality gap"
    ],
    &[Task::Regression],
    Spec {
        family: "gaussian".into(),
        prior: "laplace".into(),
        ..Spec::default()
    },
    STRENGTH
);
row!(
    ELASTIC_NET,
    "elastic-net",
    "Elastic net",
    "Between ridge and lasso: columns that belong together stay or go together.",
    [
        "Gaussian",
        "Gaussian times Laplace",
        "coordinate descent on working sets with extrapolation"
    ],
    &[Task::Regression],
    Spec {
        family: "gaussian".into(),
        prior: "elastic-net".into(),
        ..Spec::default()
    },
    &[("lambda", LAMBDA), ("l1_ratio", Space::Uniform(0.0, 1.0))]
);
row!(
    LOGISTIC,
    "logistic",
    "Logistic regression",
    "Probabilities of two or more classes whose log-odds are weighted sums of columns.",
    [
        "Bernoulli or multinomial, logit link (or probit, cloglog, cauchit)",
        "Gaussian (L2) by default, or any other",
        "Newton; L-BFGS with the Hessian of a sample of the rows where they are many"
    ],
    &[Task::Classification],
    Spec {
        family: "bernoulli".into(),
        prior: "gaussian".into(),
        lambda: Lambda::Fixed(1e-4),
        ..Spec::default()
    },
    STRENGTH
);
row!(
    GLM,
    "glm",
    "Generalised linear model",
    "Counts, shares, waiting times, costs: any family of the exponential kind under any link, with the tests and \
     intervals of maximum likelihood.",
    [
        "Gaussian, Bernoulli, multinomial, Poisson, gamma, inverse Gaussian, negative binomial, Tweedie",
        "none by default, or Gaussian, Laplace, their product, SCAD, MCP",
        "chosen by shape and said in the outcome"
    ],
    &[Task::Regression, Task::Classification],
    Spec::default(),
    STRENGTH
);

static ROWS: [&Row; 6] = [&LINEAR, &RIDGE, &LASSO, &ELASTIC_NET, &LOGISTIC, &GLM];

/// A linear model and the row it was trained under.
struct Linear {
    row: &'static Row,
    model: linear::Model,
}

fn row_of(name: &str) -> Result<&'static Row> {
    row(name).ok_or_else(|| Error::setting("model", name, "it is no linear model"))
}

fn fit(
    row: &'static Row,
    spec: &Value,
    train: &Problem,
    from: Option<&linear::Model>,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    let spec: Spec = read_spec(row.card.name, spec)?;
    let data = Dataset {
        table: &train.features,
        target: &train.target,
        weight: train.weight.as_deref(),
        groups: None,
        classes: &train.classes,
    };
    let Fitted {
        mut model,
        outcome,
        report,
    } = linear::fit_from(&spec, &data, from, run)?;
    model.schema.target = Some(train.target_name.clone());
    Ok(Fitted {
        model: Box::new(Linear { row, model }),
        outcome,
        report,
    })
}

/// Fit from the coefficients of another model on; `row` must be a linear model's.
pub(crate) fn fit_from(
    row: &'static Row,
    spec: &Value,
    train: &Problem,
    from: &dyn Model,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    check_linear(row, "started from another", "; leave the start out")?;
    fit(row, spec, train, from.as_linear(), run)
}

/// The coefficients along falling `lambdas`; `row` must be a linear model's.
pub(crate) fn path(
    row: &'static Row,
    spec: &Value,
    train: &Problem,
    lambdas: &[f64],
    run: &mut Run,
) -> Result<linear::Path> {
    check_linear(row, "followed along lambdas", "")?;
    let spec: Spec = read_spec(row.card.name, spec)?;
    train.with_dataset(|data| linear::path(&spec, data, lambdas, run))
}

fn check_linear(row: &Row, what: &str, else_what: &str) -> Result<()> {
    if ROWS.iter().any(|own| own.card.name == row.card.name) {
        return Ok(());
    }
    Err(Error::data(
        format!("the model `{}` cannot be {what}", row.card.name),
        format!("the linear models can{else_what}"),
    ))
}

/// Fit on compressed sparse rows; `row` must be a linear model's.
pub(crate) fn fit_sparse(
    row: &'static Row,
    spec: &Value,
    rows: &Csr,
    target: &[f64],
    weight: Option<&[f64]>,
    classes: &[String],
    from: Option<&dyn Model>,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    check_linear(row, "fitted on sparse rows", "; for others make the rows dense")?;
    let spec: Spec = read_spec(row.card.name, spec)?;
    let from = from.and_then(|from| from.as_linear());
    let fitted = linear::fit_sparse_from(&spec, rows, target, weight, classes, from, run)?;
    Ok(Fitted {
        model: Box::new(Linear {
            row,
            model: fitted.model,
        }),
        outcome: fitted.outcome,
        report: fitted.report,
    })
}

/// A linear model with other coefficients (outputs, terms) and intercepts.
///
/// # Errors
/// If `model` is not linear, the numbers are not as many, or not finite.
pub fn with_coefficients(
    model: &dyn Model,
    coefficients: Vec<f64>,
    intercepts: Vec<f64>,
) -> Result<Box<dyn Model>> {
    let inside = model
        .as_linear()
        .and_then(|inside| Some((inside, row(model.row().card.name)?)));
    let Some((inside, row)) = inside else {
        let text = format!("a `{}` has no coefficients of its own", model.row().card.name);
        return Err(Error::data(text, "the linear models have"));
    };
    let model = inside.with_coefficients(coefficients, intercepts)?;
    Ok(Box::new(Linear { row, model }))
}

fn row(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.card.name == name).copied()
}

fn load(file: &ModelFile) -> Result<Box<dyn Model>> {
    let row = row(&file.kind)
        .ok_or_else(|| file.fault(format!("it holds a `{}`, not a linear model", file.kind)))?;
    let model = linear::Model::from_file(file)?;
    Ok(Box::new(Linear { row, model }))
}

impl Model for Linear {
    fn notes(&self) -> Vec<String> {
        self.model.notes.clone()
    }

    fn row(&self) -> &'static Row {
        self.row
    }

    fn schema(&self) -> &Schema {
        &self.model.schema
    }

    fn task(&self) -> Task {
        if self.model.schema.classes.is_empty() {
            Task::Regression
        } else {
            Task::Classification
        }
    }

    fn predict(&self, table: &Table, _threads: usize) -> Result<Prediction> {
        let classes = self.model.schema.classes.len();
        Ok(if classes == 0 {
            Prediction::of_quantities(self.model.predict(table)?)
        } else {
            Prediction::of_classes(self.model.probabilities(table)?, classes)
        })
    }

    fn quantiles(&self, table: &Table, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        self.model.quantiles(table, probabilities, threads)
    }

    fn intervals(&self, table: &Table, share: f64, threads: usize) -> Result<Intervals> {
        let bands = self.model.bands(table, share, threads)?;
        let mut mean = (bands.low, bands.high);
        if self.model.schema.classes.len() == 2 && self.model.intercepts.len() == 1 {
            // What is not the second class is the first, the ends the other way round.
            let (low, high) = (&mean.0, &mean.1);
            let both = |p: &[f64], q: &[f64]| p.iter().zip(q).flat_map(|(p, q)| [1.0 - q, *p]).collect();
            mean = (both(low, high), both(high, low));
        }
        Ok(Intervals {
            mean: Some(mean),
            new: bands.new,
        })
    }

    fn margins(&self, table: &Table, _threads: usize) -> Result<Margins> {
        Ok(Margins {
            values: self.model.scores(table)?,
            outputs: self.model.intercepts.len(),
        })
    }

    fn shap(&self, table: &Table, _threads: usize) -> Result<Shap> {
        self.model.contributions(table)
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.model.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.model.to_file(self.row.card.name)
    }

    fn as_linear(&self) -> Option<&linear::Model> {
        Some(&self.model)
    }
}

/// The settings of linear models, in the order of the reference.
const SETTINGS: [Setting; 24] = [
    setting(
        "family",
        "auto gaussian bernoulli multinomial poisson gamma inverse-gaussian negative-binomial tweedie",
        "The likelihood; `auto` is gaussian for quantities, bernoulli for two classes, multinomial for more",
    ),
    setting(
        "link",
        "auto identity log logit probit cloglog cauchit inverse inverse-squared sqrt power",
        "What of the mean is linear; `auto` is canonical for gaussian, bernoulli and poisson, else log",
    ),
    setting(
        "prior",
        "none gaussian laplace elastic-net scad mcp",
        "The prior of the coefficients",
    ),
    setting(
        "lambda",
        ">= 0, auto cv evidence",
        "Strength of the prior: noise variance over (rows times prior variance), the objective being mean loss plus \
         penalty; `auto` is the evidence for the Gaussian family and prior, else cross-validation",
    ),
    setting(
        "l1_ratio",
        "[0, 1]",
        "Share of the Laplace part of the elastic net",
    ),
    setting(
        "concavity",
        "> 1, scad > 2",
        "Where SCAD and MCP turn flat, in units of lambda",
    ),
    setting(
        "fit_intercept",
        "true false",
        "Whether there is an intercept; it is never penalised",
    ),
    setting(
        "standardise",
        "true false",
        "Whether the prior is on coefficients of columns scaled to deviation 1",
    ),
    setting(
        "tolerance",
        "> 0",
        "Largest slope of the objective that counts as 0, in standardised columns, relative to the mean absolute residual",
    ),
    setting("max_iterations", ">= 1", "Most steps of the solver"),
    setting(
        "solver",
        "auto cholesky svd newton lbfgs lsmr coordinate-descent",
        "The algorithm; `auto` chooses by shape, the outcome says which",
    ),
    setting(
        "lower",
        "{\"name\": number}",
        "Least coefficient of a column: `lower.age=0`",
    ),
    setting(
        "upper",
        "{\"name\": number}",
        "Largest coefficient of a column: `upper.age=2`",
    ),
    setting(
        "positive",
        "true false",
        "No coefficient but the intercept may be negative",
    ),
    setting("power", "<= 0, >= 1", "Variance power of the Tweedie family"),
    setting(
        "alpha",
        "> 0",
        "Dispersion of the negative binomial family: variance mu + alpha mu^2",
    ),
    setting(
        "link_power",
        "not 0",
        "Exponent of the power link: score = mean^link_power",
    ),
    setting(
        "offset",
        "a column",
        "Added to the score with coefficient 1: the log of an exposure",
    ),
    setting(
        "class_weight",
        "none balanced {\"class\": weight}",
        "Weights of the classes",
    ),
    setting(
        "missing",
        "mean error",
        "What a missing value is: the mean of its column in training, or an error",
    ),
    setting("folds", ">= 2", "Folds of the cross-validation of lambda"),
    setting(
        "covariance",
        "auto none model hc0 hc1 hc2 hc3",
        "Where standard errors come from: the likelihood and prior, or White's robust estimates (of several classes hc0 \
         and hc1); `auto` is model up to 1000 coefficients",
    ),
    setting(
        "confidence",
        "(0, 1)",
        "Coverage of the intervals of coefficients",
    ),
    setting(
        "task",
        "regression classification",
        "What to predict, instead of the guess from the target",
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use crate::model::{open_bytes, save};
    use crate::prelude::*;

    #[test]
    fn every_row_fits_saves_and_opens() {
        let x: Vec<f64> = (0..120).map(|i| f64::from(i * 37 % 101) / 50.0).collect();
        let noise = |i: usize| f64::from((i * 53 % 17) as u32) / 17.0 - 0.5;
        let y: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(i, x)| 1.0 + x + 2.0 * noise(i))
            .collect();
        let label: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 2.0))).collect();
        let table = Table::new(vec![
            Column::from_f64("x", x),
            Column::from_f64("y", y),
            Column::from_f64("l", label),
        ])
        .unwrap();
        for name in ["linear", "ridge", "lasso", "elastic-net", "logistic", "glm"] {
            let (target, drop) = if name == "logistic" {
                ("l", "y")
            } else {
                ("y", "l")
            };
            let options = ProblemOptions {
                target: Some(target.into()),
                drop: vec![drop.into()],
                ..Default::default()
            };
            let problem = Problem::new(&table, &options).unwrap();
            let fitted = Settings::new(name)
                .unwrap()
                .fit(&problem, None, &mut Run::new(0))
                .unwrap();
            let path =
                std::env::temp_dir().join(format!("induce-linear-{name}-{}.safetensors", std::process::id()));
            save(fitted.model.as_ref(), &serde_json::Value::Null, &path).unwrap();
            let (again, _) = open_bytes(name, &std::fs::read(&path).unwrap()).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(again.row().card.name, name);
            assert_eq!(
                again.predict(&table, 1).unwrap(),
                fitted.model.predict(&table, 2).unwrap()
            );
        }
    }
}

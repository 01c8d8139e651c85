//! Linear models as the registry knows them: one engine, and an entry for every name under which people know a part of it.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Explain, Fact, Features, Fit, Inputs, Intervals, Margins, Model,
    ModelInfo, Predict, Prediction, Registry, Rows, Schema, Section, Shap, Space, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use induce_prob::Family;
use serde_json::Value;

use super::{
    FamilyChoice, Lambda, Model as Linear, Path, PriorChoice, Spec, fit_from, fit_sparse_from, path,
};

/// What all linear models share.
const COMMON: Entry = Entry {
    info: ModelInfo {
        name: "",
        title: "",
        about: "",
        idea: [""; 3],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || Value::Null,
    check,
    task_of,
    fit: |values, data, context| fit(&GLM, values, data, context),
    kind: "",
    open: |file, _| open(&GLM, file),
};

/// The smallest and largest lambda that a search tries; columns are standardised.
const LAMBDA: Space = Space::Log(1e-5, 10.0);

/// Linear regression.
pub static LINEAR: Entry = Entry {
    info: ModelInfo {
        name: "linear",
        title: "Linear regression",
        about: "A quantity as a weighted sum of columns, by least squares, with standard errors, t tests and intervals.",
        idea: [
            "Gaussian",
            "none",
            "normal equations by Cholesky, LSMR for over 2000 columns; the shortest solution where columns are dependent",
        ],
    },
    tasks: &[Task::Regression],
    search: Some(&[]),
    defaults: || value(&gaussian(PriorChoice::None)),
    fit: |values, data, context| fit(&LINEAR, values, data, context),
    kind: "linear",
    open: |file, _| open(&LINEAR, file),
    ..COMMON
};

/// Ridge regression.
pub static RIDGE: Entry = Entry {
    info: ModelInfo {
        name: "ridge",
        title: "Ridge regression",
        about: "Linear regression with coefficients drawn towards 0 together; lambda is chosen by the evidence.",
        idea: [
            "Gaussian",
            "Gaussian (L2)",
            "Cholesky, the dual for fewer rows than columns, LSMR for very many; evidence for lambda",
        ],
    },
    tasks: &[Task::Regression],
    search: Some(&[("lambda", LAMBDA)]),
    defaults: || value(&gaussian(PriorChoice::Gaussian)),
    fit: |values, data, context| fit(&RIDGE, values, data, context),
    kind: "ridge",
    open: |file, _| open(&RIDGE, file),
    ..COMMON
};

/// Lasso.
pub static LASSO: Entry = Entry {
    info: ModelInfo {
        name: "lasso",
        title: "Lasso",
        about: "Linear regression that sets most coefficients to exactly 0; lambda is chosen by cross-validation.",
        idea: [
            "Gaussian",
            "Laplace (L1)",
            "coordinate descent on working sets with extrapolation, to a duality gap",
        ],
    },
    tasks: &[Task::Regression],
    search: Some(&[("lambda", LAMBDA)]),
    defaults: || value(&gaussian(PriorChoice::Laplace)),
    fit: |values, data, context| fit(&LASSO, values, data, context),
    kind: "lasso",
    open: |file, _| open(&LASSO, file),
    ..COMMON
};

/// Elastic net.
pub static ELASTIC_NET: Entry = Entry {
    info: ModelInfo {
        name: "elastic-net",
        title: "Elastic net",
        about: "Between ridge and lasso: columns that belong together stay or go together.",
        idea: [
            "Gaussian",
            "Gaussian times Laplace",
            "coordinate descent on working sets with extrapolation",
        ],
    },
    tasks: &[Task::Regression],
    search: Some(&[("lambda", LAMBDA), ("l1_ratio", Space::Uniform(0.0, 1.0))]),
    defaults: || value(&gaussian(PriorChoice::ElasticNet)),
    fit: |values, data, context| fit(&ELASTIC_NET, values, data, context),
    kind: "elastic-net",
    open: |file, _| open(&ELASTIC_NET, file),
    ..COMMON
};

/// Logistic regression.
pub static LOGISTIC: Entry = Entry {
    info: ModelInfo {
        name: "logistic",
        title: "Logistic regression",
        about: "Probabilities of two or more classes whose log-odds are weighted sums of columns.",
        idea: [
            "Bernoulli or multinomial, logit link (or probit, cloglog, cauchit)",
            "Gaussian (L2) by default, or any other",
            "Newton; L-BFGS with the Hessian of a sample of the rows where they are many",
        ],
    },
    tasks: &[Task::Classification],
    search: Some(&[("lambda", LAMBDA)]),
    defaults: || {
        value(&Spec {
            family: FamilyChoice::Bernoulli,
            prior: PriorChoice::Gaussian,
            lambda: Lambda::Fixed(1e-4),
            ..Spec::default()
        })
    },
    fit: |values, data, context| fit(&LOGISTIC, values, data, context),
    kind: "logistic",
    open: |file, _| open(&LOGISTIC, file),
    ..COMMON
};

/// Generalised linear model.
pub static GLM: Entry = Entry {
    info: ModelInfo {
        name: "glm",
        title: "Generalised linear model",
        about: "Counts, rates, waiting times, costs: any family of the exponential kind under any link, with the tests and \
                intervals of maximum likelihood.",
        idea: [
            "Gaussian, Bernoulli, multinomial, Poisson, gamma, inverse Gaussian, negative binomial, Tweedie",
            "none by default, or Gaussian, Laplace, their product, SCAD, MCP",
            "chosen by shape and said in the outcome",
        ],
    },
    tasks: &[Task::Regression, Task::Classification],
    search: Some(&[("lambda", LAMBDA)]),
    defaults: || value(&Spec::default()),
    fit: |values, data, context| fit(&GLM, values, data, context),
    kind: "glm",
    open: |file, _| open(&GLM, file),
    ..COMMON
};

fn gaussian(prior: PriorChoice) -> Spec {
    Spec {
        family: FamilyChoice::Gaussian,
        prior,
        ..Spec::default()
    }
}

fn value(spec: &Spec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

fn check(values: &Value, _: &Registry) -> Result<()> {
    read_spec::<Spec>("the linear model", values)?.check()
}

/// The task that a family is for.
fn task_of(values: &Value) -> Option<Task> {
    let family: FamilyChoice = values["family"].as_str()?.parse().ok()?;
    match family {
        FamilyChoice::Auto => None,
        FamilyChoice::Bernoulli | FamilyChoice::Multinomial => Some(Task::Classification),
        _ => Some(Task::Regression),
    }
}

/// A linear model and the entry it was fitted as.
pub struct Named {
    entry: &'static Entry,
    /// The model.
    pub model: Linear,
}

fn fit(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec(entry.info.name, values)?;
    let rows = data.rows()?;
    // Where the solver starts; a model that is none of these says nothing of where the mode is.
    let from = context.init.model.and_then(linear);
    let fitted = match &rows.features {
        Features::Table(_) => rows.with_dataset(|data| fit_from(&spec, data, from, context.run))?,
        Features::Sparse(sparse) => {
            let target = rows.target()?;
            let weight = rows.weight.as_deref();
            fit_sparse_from(
                &spec,
                sparse,
                &target.values,
                weight,
                &target.classes,
                from,
                context.run,
            )?
        }
    };
    let target = rows
        .target
        .as_ref()
        .filter(|_| matches!(rows.features, Features::Table(_)));
    Ok(fitted.map(|mut model| {
        if let Some(target) = target {
            model.schema.target = Some(target.name.clone());
        }
        Box::new(Named { entry, model }) as Box<dyn Model>
    }))
}

/// The linear model that a model is, if it is one.
pub fn linear(model: &dyn Model) -> Option<&Linear> {
    model.downcast::<Named>().map(|named| &named.model)
}

/// The coefficients along falling `lambdas`, for the settings of a linear model.
///
/// # Errors
/// As [`path`].
pub fn path_of(values: &Value, rows: &Rows, lambdas: &[f64], run: &mut Run) -> Result<Path> {
    let spec: Spec = read_spec("the linear model", values)?;
    rows.counted()
        .with_dataset(|data| path(&spec, data, lambdas, run))
}

/// A linear model with other coefficients (outputs, terms) and intercepts.
///
/// # Errors
/// If `model` is not linear, the values are not as many, or not finite.
pub fn with_coefficients(
    model: &dyn Model,
    coefficients: Vec<f64>,
    intercepts: Vec<f64>,
) -> Result<Box<dyn Model>> {
    let Some(named) = model.downcast::<Named>() else {
        let text = format!("a `{}` has no coefficients of its own", model.name());
        return Err(Error::data(text, "the linear models have"));
    };
    Ok(Box::new(Named {
        entry: named.entry,
        model: named.model.with_coefficients(coefficients, intercepts)?,
    }))
}

fn open(entry: &'static Entry, file: &ModelFile) -> Result<Box<dyn Model>> {
    let model = Linear::from_file(file)?;
    Ok(Box::new(Named { entry, model }))
}

impl Model for Named {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn settings(&self) -> Value {
        value(&self.model.spec)
    }

    fn store(&self) -> Result<ModelFile> {
        self.model.to_file(self.entry.kind)
    }

    fn summary(&self) -> Vec<Section> {
        self.model.sections()
    }

    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        Ok(self.model.report())
    }

    fn facts(&self) -> Vec<Fact> {
        self.model.facts()
    }

    fn step_unit(&self) -> &'static str {
        "iteration"
    }

    fn notes(&self) -> Vec<String> {
        self.model.notes.clone()
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn explainer(&self) -> Option<&dyn Explain> {
        Some(self)
    }
}

impl Predict for Named {
    fn schema(&self) -> &Schema {
        &self.model.schema
    }

    fn own_metrics(&self) -> Vec<String> {
        match self.model.family {
            Some(Family::Poisson) => vec!["poisson_deviance".into()],
            Some(Family::Gamma) => vec!["gamma_deviance".into()],
            Some(Family::Tweedie(power)) => vec![format!("tweedie_deviance@{power}")],
            _ => Vec::new(),
        }
    }

    fn task(&self) -> Task {
        if self.model.schema.classes.is_empty() {
            Task::Regression
        } else {
            Task::Classification
        }
    }

    fn predict(&self, inputs: Inputs, _threads: usize) -> Result<Prediction> {
        let (model, classes) = (&self.model, self.model.schema.classes.len());
        Ok(match (inputs, classes) {
            (Inputs::Sparse(rows), 0) => Prediction::of_quantities(model.predict_sparse(rows)?),
            (Inputs::Sparse(rows), _) => Prediction::of_classes(model.probabilities_sparse(rows)?, classes),
            (_, 0) => Prediction::of_quantities(model.predict(inputs.table()?)?),
            _ => Prediction::of_classes(model.probabilities(inputs.table()?)?, classes),
        })
    }

    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        self.model.quantiles(inputs.table()?, probabilities, threads)
    }

    fn intervals(&self, inputs: Inputs, coverage: f64, threads: usize) -> Result<Intervals> {
        let bands = self.model.bands(inputs.table()?, coverage, threads)?;
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

    fn margins(&self, inputs: Inputs, _threads: usize) -> Result<Margins> {
        let values = match inputs {
            Inputs::Sparse(rows) => self.model.scores_sparse(rows)?,
            _ => self.model.scores(inputs.table()?)?,
        };
        Ok(Margins {
            values,
            outputs: self.model.intercepts.len(),
        })
    }
}

impl Explain for Named {
    fn shap(&self, inputs: Inputs, _threads: usize) -> Result<Shap> {
        self.model.contributions(inputs.table()?)
    }
}

//! Gradient boosting as the registry knows it.

use std::time::Instant;

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Block, Data, DataKind, Dataset, Entry, Explain, Fact, Fit, Importance, Inputs, Margins, Model,
    ModelInfo, Predict, Prediction, Registry, Schema, Section, Shap, Snapshot, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::words::counted;
use induce_core::{Checkpoints, Result, Run, checkpoint_fault};
use induce_prob::Objective;
use serde_json::Value;

use super::{Booster, Checkpoint, InitModel, Model as Boosted, Spec, fit_from};
use crate::tree::drawn::short;

/// Gradient boosting.
pub static BOOST: Entry = Entry {
    info: ModelInfo {
        name: "boost",
        title: "Gradient-boosted trees",
        about: "The first thing to try on a table: quantities, classes or rankings from numbers and categories, \
                missing values included, without preparation.",
        idea: [
            "any loss: Gaussian, Laplace, Poisson, gamma, Tweedie, Bernoulli, categorical, pairwise ranking, your own",
            "gamma per leaf, Gaussian (lambda) and Laplace (alpha) on leaf values",
            "functional Newton steps: one small tree at a time, shrunk",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression, Task::Classification, Task::Ranking],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check,
    task_of,
    fit,
    kind: "boost",
    open: |file, _| Ok(Box::new(Boosted::from_file(file)?)),
};

fn check(values: &Value, _: &Registry) -> Result<()> {
    read_spec::<Spec>("boost", values)?.check()
}

/// The task that an objective is for.
fn task_of(values: &Value) -> Option<Task> {
    let objective: Objective = values["objective"].as_str()?.parse().ok()?;
    match objective {
        Objective::Auto => None,
        Objective::Logistic | Objective::Exponential | Objective::Softmax => Some(Task::Classification),
        Objective::Lambdarank => Some(Task::Ranking),
        _ => Some(Task::Regression),
    }
}

fn fit(values: &Value, data: &Data, fit: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec("boost", values)?;
    let train = data.rows()?;
    let valid = fit.valid.map(Data::rows).transpose()?;
    let from = resume_from(fit.checkpoints, &Schema::of(train.table()?)?)?;
    let init = InitModel {
        model: match fit.init.model {
            Some(model) => Some(boosted(model)?),
            None => None,
        },
        offset: fit.init.scores,
        valid_offset: fit.init.valid_scores,
    };
    let (run, checkpoints) = (&mut *fit.run, fit.checkpoints);
    let mut callback = fit.callback.as_deref_mut();
    let mut saved = Instant::now();
    let mut fault = None;
    let mut after = |booster: &Booster| -> Result<()> {
        if let Some(callback) = callback.as_deref_mut() {
            callback(booster)?;
        }
        let Some(plan) = checkpoints else { return Ok(()) };
        if saved.elapsed() >= plan.every {
            // The run is the fit's meanwhile: what is to be said of the last one is said in the end.
            fault = booster
                .state()
                .to_file(&plan.fingerprint)?
                .write(&plan.path)
                .err();
            saved = Instant::now();
        }
        Ok(())
    };
    let mut grow = |train: &Dataset, valid: Option<&Dataset>| {
        fit_from(&init, &spec, train, valid, from.clone(), run, &mut after)
    };
    let fitted = train.with_dataset(|train| match valid {
        Some(valid) => valid.with_dataset(|valid| grow(train, Some(valid))),
        None => grow(train, None),
    })?;
    if let Some(fault) = fault {
        fit.run.watched().note(&checkpoint_fault(&fault));
    }
    Ok(fitted.map(|mut model| {
        model.ensemble.schema.target = train.target.as_ref().map(|target| target.name.clone());
        Box::new(model) as Box<dyn Model>
    }))
}

/// The boosted trees that a model is.
///
/// # Errors
/// If it is something else.
pub fn boosted(model: &dyn Model) -> Result<&Boosted> {
    model.downcast().ok_or_else(|| {
        induce_core::Error::data(
            format!(
                "a `{}` cannot be gone on from: each tree builds on those before",
                model.name()
            ),
            "only boosted trees can be gone on from",
        )
    })
}

fn resume_from(checkpoints: Option<&Checkpoints>, schema: &Schema) -> Result<Option<Checkpoint>> {
    let Some(plan) = checkpoints.filter(|plan| plan.resume && plan.path.exists()) else {
        return Ok(None);
    };
    let file = ModelFile::read(&plan.path)?;
    Checkpoint::from_file(&file, &plan.fingerprint, schema).map(Some)
}

impl Snapshot for Booster<'_> {
    fn model(&self) -> Result<Option<Box<dyn Model>>> {
        Ok(Booster::model(self).map(|model| Box::new(model) as Box<dyn Model>))
    }
}

impl Model for Boosted {
    fn entry(&self) -> &'static Entry {
        &BOOST
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![("trees", self.ensemble.trees.len().into())]
    }

    fn summary(&self) -> Vec<Section> {
        let size = self.ensemble.size();
        let text = format!("{size}, objective {}", self.objective);
        vec![Section::new("Trees", vec![Block::Text(text)])]
    }

    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        let mut facts = vec![("objective".to_owned(), self.objective.clone())];
        if self.ensemble.outputs() > 1 {
            facts.push(("rounds".to_owned(), self.ensemble.rounds().to_string()));
        }
        facts.extend(self.ensemble.sizes());
        let mut blocks = vec![Block::Facts(facts)];
        if let Some(first) = self.ensemble.trees.first() {
            let leaf = |leaf: usize| {
                (
                    short(first.leaves[leaf], 3),
                    format!("cover {}", short(first.covers[leaf], 3)),
                )
            };
            blocks.push(Block::Text(self.about_first()));
            blocks.push(Block::Tree(first.drawn(&self.ensemble.schema, &leaf)));
        }
        Ok(vec![Section::new("Trees", blocks)])
    }

    fn step_unit(&self) -> &'static str {
        "round"
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn explainer(&self) -> Option<&dyn Explain> {
        Some(self)
    }
}

impl Boosted {
    /// What the drawing of the first tree is.
    fn about_first(&self) -> String {
        let trees = &self.ensemble;
        let whose = match trees.schema.classes.first() {
            Some(class) if trees.outputs() > 1 => format!(" of class {class}"),
            _ => String::new(),
        };
        let which = match trees.trees.len() {
            1 => "the one tree".to_owned(),
            n => format!("the first of {}", counted(n, "tree")),
        };
        format!(
            "Below is {which}. What its leaves say is added to the score{whose}, together with what all \
             others say; the cover of a leaf is the curvature (Hessian) of the loss over its rows."
        )
    }
}

impl Predict for Boosted {
    fn own_metrics(&self) -> Vec<String> {
        match self.spec.objective {
            Objective::Quantile => vec![format!("pinball@{}", self.spec.quantile), "coverage".into()],
            Objective::Poisson => vec!["poisson_deviance".into()],
            Objective::Gamma => vec!["gamma_deviance".into()],
            Objective::Tweedie => vec![format!("tweedie_deviance@{}", self.spec.tweedie_power)],
            _ => Vec::new(),
        }
    }

    fn schema(&self) -> &Schema {
        &self.ensemble.schema
    }

    fn task(&self) -> Task {
        match (self.objective.as_str(), self.ensemble.schema.classes.len()) {
            ("lambdarank", _) => Task::Ranking,
            (_, 0) => Task::Regression,
            _ => Task::Classification,
        }
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let (table, classes) = (inputs.table()?, self.ensemble.schema.classes.len());
        if classes == 0 {
            return Ok(Prediction::of_quantities(Boosted::predict(self, table, threads)?));
        }
        Ok(Prediction::of_classes(
            self.probabilities(table, threads)?,
            classes,
        ))
    }

    fn margins(&self, inputs: Inputs, threads: usize) -> Result<Margins> {
        Ok(Margins {
            values: self.ensemble.scores(inputs.table()?, threads)?,
            outputs: self.ensemble.outputs(),
        })
    }
}

impl Explain for Boosted {
    fn shap(&self, inputs: Inputs, threads: usize) -> Result<Shap> {
        self.ensemble.shap(inputs.table()?, threads)
    }

    fn importances(&self) -> Option<Vec<Importance>> {
        Some(self.ensemble.importances())
    }
}

//! One row per model: from it come the command line, the documentation and the common tests.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run};
use induce_learn::{Schema, boost};
use serde_json::Value;

use crate::model::Model;
use crate::problem::Problem;
use crate::settings;

/// A setting of a model.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the spec and after `--set`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The values it may have.
    pub range: &'static str,
}

/// Where and how often to save the state of a fit.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    /// The file.
    pub path: PathBuf,
    /// Time between two saves.
    pub every: Duration,
    /// Whether to go on from the file if it is there.
    pub resume: bool,
    /// What identifies data, split, seed and settings.
    pub fingerprint: String,
}

/// How a fit is started.
pub type Train =
    fn(&Value, &Problem, Option<&Problem>, Option<&Checkpoints>, &mut Run) -> Result<Fitted<Box<dyn Model>>>;

/// A model of the house.
pub struct Row {
    /// Its name after `-m`.
    pub name: &'static str,
    /// Its full name.
    pub title: &'static str,
    /// What it is good for, in a few sentences.
    pub about: &'static str,
    /// The idea: likelihood, prior, inference.
    pub idea: [&'static str; 3],
    /// What it can predict.
    pub tasks: &'static [Task],
    /// Its settings.
    pub settings: &'static [Setting],
    /// The default settings.
    pub defaults: fn() -> Value,
    /// Fit it.
    pub train: Train,
    /// Open it.
    pub load: fn(&ModelFile) -> Result<Box<dyn Model>>,
}

/// Every model.
pub static MODELS: [&Row; 1] = [&BOOST];

/// The row called `name`.
pub fn find(name: &str) -> Result<&'static Row> {
    let known = || MODELS.iter().map(|row| row.name.to_string()).collect();
    let found = MODELS.iter().find(|row| row.name == name);
    found.copied().ok_or_else(|| Error::UnknownName {
        what: "model",
        name: name.into(),
        known: known(),
    })
}

/// Gradient boosting.
pub static BOOST: Row = Row {
    name: "boost",
    title: "Gradient-boosted trees",
    about: "The first thing to try on a table: quantities, classes or rankings from numbers and categories, \
            missing values included, without preparation.",
    idea: [
        "any loss: Gaussian, Laplace, Poisson, gamma, Tweedie, Bernoulli, categorical, pairwise ranking, your own",
        "gamma per leaf, Gaussian (lambda) and Laplace (alpha) on leaf values",
        "functional Newton steps: one small tree at a time, shrunk",
    ],
    tasks: &[Task::Regression, Task::Classification, Task::Ranking],
    settings: &settings::BOOST,
    defaults: || serde_json::to_value(boost::Spec::default()).unwrap_or_default(),
    train: train_boost,
    load: |file| Ok(Box::new(boost::Model::from_file(file)?)),
};

fn train_boost(
    spec: &Value,
    train: &Problem,
    valid: Option<&Problem>,
    checkpoints: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    let spec: boost::Spec = serde_json::from_value(spec.clone())
        .map_err(|e| Error::setting("boost", spec, format!("the settings do not fit: {e}")))?;
    let from = resume_from(checkpoints, &Schema::of(&train.features)?)?;
    let mut saved = Instant::now();
    let mut after = |booster: &boost::Booster| -> Result<()> {
        let Some(plan) = checkpoints else { return Ok(()) };
        if saved.elapsed() >= plan.every {
            booster.state().to_file(&plan.fingerprint)?.write(&plan.path)?;
            saved = Instant::now();
        }
        Ok(())
    };
    let fitted = train.with_dataset(|train| match valid {
        Some(valid) => {
            valid.with_dataset(|valid| boost::resume(&spec, train, Some(valid), from, run, &mut after))
        }
        None => boost::resume(&spec, train, None, from, run, &mut after),
    })?;
    let Fitted {
        mut model,
        outcome,
        report,
    } = fitted;
    model.ensemble.schema.target = Some(train.target_name.clone());
    Ok(Fitted {
        model: Box::new(model),
        outcome,
        report,
    })
}

fn resume_from(checkpoints: Option<&Checkpoints>, schema: &Schema) -> Result<Option<boost::Checkpoint>> {
    let Some(plan) = checkpoints.filter(|plan| plan.resume && plan.path.exists()) else {
        return Ok(None);
    };
    let file = ModelFile::read(&plan.path)?;
    boost::Checkpoint::from_file(&file, &plan.fingerprint, schema).map(Some)
}

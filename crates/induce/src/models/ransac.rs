//! Robust regression.

use std::sync::{Arc, Mutex, PoisonError};

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run, Table};
use induce_learn::Schema;
use induce_learn::robust::regression::{self, Base, Consensus, LEAST_SQUARES, RANSAC as KIND, Spec, Trained};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::members;
use crate::model::{Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Checkpoints, Row, Setting, Space, setting};
use crate::settings::{Settings, read_spec};

/// Robust regression.
pub static RANSAC: Row = Row {
    card: Card {
        name: "ransac",
        title: "Regression that outliers do not move",
        about: "For tables in which part of the rows are wrong: sensors that fail, units mixed up, another process mixed \
                in. Fits least squares, or any other model, to the rows that agree.",
        idea: [
            "Gaussian beside a uniform: a row follows the model or it follows nothing",
            "none of its own; the base model's",
            "random samples, the best improved by expectation-maximisation",
        ],
        tasks: &[Task::Regression],
        settings: &SETTINGS,
        defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    },
    search: &[
        ("threshold", Space::Log(1e-3, 1e3)),
        ("sampling", Space::OneOf(&["uniform", "prosac"])),
    ],
    train,
    load,
};

const SETTINGS: [Setting; 7] = [
    setting(
        "base",
        "least-squares, or a model of `induce models`",
        "The model that is fitted to the rows that agree",
    ),
    setting(
        "base_settings",
        "{\"name\": value}",
        "Settings of that model: `base_settings.rounds=50`",
    ),
    setting(
        "threshold",
        ">= 0",
        "How far an inlier may miss; 0 is the median absolute deviation of the target",
    ),
    setting(
        "min_samples",
        ">= 0",
        "Rows per sample; 0 is the number of coefficients (for other bases a tenth of the rows, at least 20)",
    ),
    setting(
        "trials",
        ">= 0",
        "Samples at most; 0 is 1000 (for other bases 20)",
    ),
    setting(
        "confidence",
        "(0, 1)",
        "Probability with which one sample without outliers must have been drawn",
    ),
    setting(
        "sampling",
        "uniform prosac",
        "All rows alike, or those that a first fit misses least first",
    ),
];

fn train(
    spec: &Value,
    train: &Problem,
    _: Option<&Problem>,
    _: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    let spec: Spec = read_spec("ransac", spec)?;
    if train.task != Task::Regression {
        return Err(Error::data(
            "`ransac` predicts quantities, and the target is not one",
            "name another target, or say `--set task=regression` if its numbers are quantities",
        ));
    }
    if spec.base == LEAST_SQUARES {
        let fitted = train.with_dataset(|data| regression::fit(&spec, data, run))?;
        let mut model = fitted.model;
        model.schema.target = Some(train.target_name.clone());
        return Ok(Fitted {
            model: Box::new(model),
            outcome: fitted.outcome,
            report: fitted.report,
        });
    }
    train_any(&spec, train, run)
}

fn train_any(spec: &Spec, train: &Problem, run: &Run) -> Result<Fitted<Box<dyn Model>>> {
    let settings = members::base(RANSAC.card.name, &spec.base, &spec.base_settings)?;
    let base = Registered {
        settings,
        problem: train,
        run: Mutex::new(run.part()),
    };
    let found = regression::consensus(spec, &base, &train.target, train.weight.as_deref(), run)?;
    let Consensus {
        model,
        threshold,
        inliers,
        rows,
    } = found.model;
    let head = Head {
        threshold,
        inliers,
        rows,
    };
    Ok(Fitted {
        model: Box::new(Robust {
            spec: spec.clone(),
            base: model,
            head,
        }),
        outcome: found.outcome,
        report: found.report,
    })
}

/// A model of the registry, trained on rows of a problem.
struct Registered<'a> {
    settings: Settings,
    problem: &'a Problem,
    /// What a training may use: what the whole fit may. Locked only to be copied, since monitors cannot be shared.
    run: Mutex<Run>,
}

impl Base for Registered<'_> {
    type Model = Box<dyn Model>;

    fn train(&self, rows: &[usize], weight: &[f64]) -> Result<Trained<Self::Model>> {
        let mut part = self.problem.take(rows);
        part.weight = Some(weight.to_vec());
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner).part();
        let model = self.settings.fit(&part, None, &mut run)?.model;
        let predictions = model.predict(&self.problem.features, run.threads())?.values;
        Ok(Trained {
            model: Arc::new(model),
            predictions: Arc::new(predictions),
        })
    }
}

/// What a robust model of another base is besides that base.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Head {
    threshold: f64,
    inliers: u64,
    rows: u64,
}

/// A model of another kind, trained on the rows that agree.
struct Robust {
    spec: Spec,
    base: Arc<Box<dyn Model>>,
    head: Head,
}

impl Model for regression::Model {
    fn row(&self) -> &'static Row {
        &RANSAC
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn predict(&self, table: &Table, _: usize) -> Result<Prediction> {
        Ok(Prediction::of_quantities(regression::Model::predict(
            self, table,
        )?))
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }
}

impl Model for Robust {
    fn row(&self) -> &'static Row {
        &RANSAC
    }

    fn schema(&self) -> &Schema {
        self.base.schema()
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction> {
        self.base.predict(table, threads)
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("spec", &self.spec)?;
        file.put_json("consensus", &self.head)?;
        file.put_file(BASE, self.base.store()?);
        Ok(file)
    }
}

/// The name of the base model within the file.
const BASE: &str = "base";

fn load(file: &ModelFile) -> Result<Box<dyn Model>> {
    file.expect_kind(KIND)?;
    if !file.has_file(BASE) {
        return Ok(Box::new(regression::Model::from_file(file)?));
    }
    let base = members::open(&file.file_at(BASE)?)?;
    if base.task() != Task::Regression {
        return Err(file.fault("its base does not predict a quantity"));
    }
    Ok(Box::new(Robust {
        spec: file.json("spec")?,
        base: Arc::new(base),
        head: file.json("consensus")?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use induce_core::{Column, Outcome, Run, Table};

    use crate::problem::{Problem, ProblemOptions};
    use crate::settings::Settings;

    fn problem() -> Problem {
        let x: Vec<f64> = (0..600).map(|i| f64::from(i * 37 % 600)).collect();
        let y = x
            .iter()
            .map(|x| if x % 5.0 == 0.0 { 900.0 } else { (x / 40.0).sin() });
        let y = y.collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        Problem::new(&table, &ProblemOptions::default()).unwrap()
    }

    fn boosted() -> Settings {
        let settings = Settings::new("ransac").unwrap().with("base=boost").unwrap();
        settings.with("base_settings.rounds=60").unwrap()
    }

    /// Trainings of a base once began runs of their own, which heard of no Ctrl-C and knew of no budget: a fit that
    /// was told to stop trained dozens of full models first.
    #[test]
    fn a_training_of_the_base_hears_when_the_fit_is_to_stop() {
        let bytes = |run: &mut Run| {
            let fitted = boosted().fit(&problem(), None, run).unwrap();
            let stopped = matches!(fitted.outcome, Outcome::Stopped { .. });
            (stopped, fitted.model.store().unwrap().to_bytes().unwrap().len())
        };
        let (stopped, full) = bytes(&mut Run::new(1));
        assert!(!stopped);
        let cancelled = Run::new(1).with_cancellation(Arc::new(AtomicBool::new(true)));
        for mut run in [cancelled, Run::new(1).with_time(Duration::ZERO)] {
            let (stopped, short) = bytes(&mut run);
            assert!(stopped && 2 * short < full, "{short} of {full} bytes");
        }
    }

    #[test]
    fn a_training_of_the_base_keeps_to_the_memory_of_the_fit() {
        let mut run = Run::new(1).with_memory(1000);
        let error = boosted().fit(&problem(), None, &mut run).err().unwrap();
        assert!(error.hint().is_some(), "{error}");
    }
}

//! Robust regression as the registry knows it.

use std::sync::{Arc, Mutex, PoisonError};

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Block, Data, DataKind, Entry, Fact, Fit, Inputs, Model, ModelInfo, Predict, Prediction,
    Registry, Rows, Schema, Section, Settings, any_task, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::report::{agreement, picture};
use super::{
    Base, Consensus, LEAST_SQUARES, Model as LeastSquares, RANSAC as KIND, Spec, Trained, consensus, fit,
};
use crate::ensemble::members;

/// Robust regression.
pub static ENTRY: Entry = Entry {
    info: ModelInfo {
        name: "ransac",
        title: "Robust regression (RANSAC)",
        about: "For tables in which part of the rows are wrong: sensors that fail, units mixed up, another process mixed \
                in. Fits least squares, or any other model, to the rows that agree.",
        idea: [
            "Gaussian beside a uniform: a row follows the model or it follows nothing",
            "none of its own; the base model's",
            "random samples, the best improved by expectation-maximisation",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check,
    task_of: any_task,
    fit: fit_any,
    kind: KIND,
    open,
};

fn check(values: &Value, registry: &Registry) -> Result<()> {
    let spec: Spec = read_spec(KIND, values)?;
    spec.check()?;
    if spec.base != LEAST_SQUARES {
        members::base(*registry, KIND, &spec.base, &spec.base_settings)?;
    }
    Ok(())
}

fn fit_any(values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(KIND)?;
    let spec: Spec = read_spec(KIND, values)?;
    let train = data.rows()?;
    if train.target()?.task != Task::Regression {
        return Err(Error::data(
            "`ransac` predicts quantities, and the target is not one",
            "name another target, or say `--task regression` if its numbers are quantities",
        ));
    }
    if spec.base != LEAST_SQUARES {
        return fit_base(&spec, train, context);
    }
    let fitted = train.with_dataset(|data| fit(&spec, data, context.run))?;
    Ok(fitted.map(|mut model| {
        model.schema.target = train.target.as_ref().map(|target| target.name.clone());
        Box::new(model) as Box<dyn Model>
    }))
}

fn fit_base(spec: &Spec, train: &Rows, context: &Fit) -> Result<AnyFitted> {
    let settings = members::base(context.registry, KIND, &spec.base, &spec.base_settings)?;
    let (run, target) = (&*context.run, train.target()?);
    let base = Registered {
        settings,
        rows: train,
        run: Mutex::new(run.part()),
    };
    let found = consensus(spec, &base, &target.values, train.weight.as_deref(), run)?;
    Ok(found.map(|found| {
        let Consensus {
            model,
            threshold,
            inliers,
            rows,
        } = found;
        let head = Head {
            threshold,
            inliers,
            rows,
        };
        Box::new(Robust {
            spec: spec.clone(),
            base: model,
            head,
        }) as Box<dyn Model>
    }))
}

/// A model of the registry, trained on rows of a table.
struct Registered<'a> {
    settings: Settings,
    rows: &'a Rows,
    /// What a training may use: what the whole fit may. Locked only to be copied, since monitors cannot be shared.
    run: Mutex<Run>,
}

impl Base for Registered<'_> {
    type Model = Box<dyn Model>;

    fn train(&self, rows: &[usize], weight: &[f64]) -> Result<Trained<Self::Model>> {
        let mut part = self.rows.take(rows);
        part.weight = Some(weight.to_vec());
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner).part();
        let model = self.settings.fit(&Data::Rows(part), &mut run)?.model;
        let inputs = &self.rows.features;
        let predictions = model.predict(inputs, run.threads())?.values;
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
pub struct Robust {
    spec: Spec,
    base: Arc<Box<dyn Model>>,
    head: Head,
}

impl Model for LeastSquares {
    fn entry(&self) -> &'static Entry {
        &ENTRY
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            ("threshold", self.threshold.into()),
            ("inliers", self.inliers.into()),
            ("rows", self.rows.into()),
            ("intercept", self.intercept.into()),
            ("coefficients", self.coefficients.clone().into()),
        ]
    }

    fn summary(&self) -> Vec<Section> {
        self.sections()
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        Ok(with_picture(
            self.sections(),
            picture(self, self.threshold, data, run)?,
        ))
    }

    fn step_unit(&self) -> &'static str {
        "trial"
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}

impl Predict for LeastSquares {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn predict(&self, inputs: Inputs, _: usize) -> Result<Prediction> {
        Ok(Prediction::of_quantities(LeastSquares::predict(
            self,
            inputs.table()?,
        )?))
    }
}

impl Model for Robust {
    fn entry(&self) -> &'static Entry {
        &ENTRY
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

    fn facts(&self) -> Vec<Fact> {
        let Head {
            threshold,
            inliers,
            rows,
        } = self.head;
        vec![
            ("threshold", threshold.into()),
            ("inliers", inliers.into()),
            ("rows", rows.into()),
        ]
    }

    fn summary(&self) -> Vec<Section> {
        let head = &self.head;
        let facts = agreement(head.threshold, head.inliers, head.rows);
        let consensus = Section::new("Consensus", vec![Block::Facts(facts)]);
        std::iter::once(consensus).chain(self.base.summary()).collect()
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        Ok(with_picture(
            self.summary(),
            picture(self, self.head.threshold, data, run)?,
        ))
    }

    fn parts(&self) -> Vec<&dyn Model> {
        vec![self.base.as_ref().as_ref()]
    }

    fn step_unit(&self) -> &'static str {
        "trial"
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}

/// That of its base, which `open` and the fit have seen predict.
impl Predict for Robust {
    fn schema(&self) -> &Schema {
        static NONE: Schema = Schema::empty();
        self.base.predictor().map_or(&NONE, Predict::schema)
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        self.base.predict(inputs, threads)
    }
}

/// The sections, the picture of the rows in the first.
fn with_picture(mut sections: Vec<Section>, picture: [Block; 2]) -> Vec<Section> {
    if let Some(first) = sections.first_mut() {
        first.blocks.splice(1..1, picture);
    }
    sections
}

/// The name of the base model within the file.
const BASE: &str = "base";

fn open(file: &ModelFile, registry: &Registry) -> Result<Box<dyn Model>> {
    file.expect_kind(KIND)?;
    if !file.has_file(BASE) {
        return Ok(Box::new(LeastSquares::from_file(file)?));
    }
    let base = registry.open(&file.file_at(BASE)?)?;
    if base.predictor().map(Predict::task) != Some(Task::Regression) {
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

    use induce_core::model::{Block, Data, Registry, Rows, RowsOptions, Settings};
    use induce_core::{Column, Outcome, Run, Table};

    use super::ENTRY;
    use crate::boost::BOOST;

    const REGISTRY: Registry = Registry(&[&BOOST, &ENTRY]);

    fn data() -> Data {
        let x: Vec<f64> = (0..600).map(|i| f64::from(i * 37 % 600)).collect();
        let y = x
            .iter()
            .map(|x| if x % 5.0 == 0.0 { 900.0 } else { (x / 40.0).sin() });
        let y = y.collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        Data::Rows(Rows::new(&table, &RowsOptions::default()).unwrap())
    }

    fn boosted() -> Settings {
        let settings = Settings::new(REGISTRY, "ransac")
            .unwrap()
            .with("base=boost")
            .unwrap();
        settings.with("base_settings.rounds=60").unwrap()
    }

    /// Trainings of a base once began runs of their own, which heard of no Ctrl-C and knew of no budget: a fit that
    /// was told to stop trained dozens of full models first.
    #[test]
    fn a_training_of_the_base_hears_when_the_fit_is_to_stop() {
        let bytes = |run: &mut Run| {
            let fitted = boosted().fit(&data(), run).unwrap();
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
    fn a_report_shows_who_agrees() {
        let x: Vec<f64> = (0..100).map(f64::from).collect();
        let wrong = |x: f64| x % 10.0 == 0.0;
        let y = x
            .iter()
            .map(|&x| if wrong(x) { 900.5 } else { 2.5 * x + 1.0 })
            .collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        let data = Data::Rows(Rows::new(&table, &RowsOptions::default()).unwrap());
        let fitted = Settings::new(REGISTRY, "ransac")
            .unwrap()
            .fit(&data, &mut Run::new(1));
        let sections = fitted.unwrap().model.report(&data, &Run::new(1)).unwrap();
        let drawn = sections[0].blocks.iter().find_map(|block| match block {
            Block::Points(points) => Some(points),
            _ => None,
        });
        let drawn = drawn.unwrap();
        let sizes: Vec<usize> = drawn.groups.iter().map(|group| group.1.len()).collect();
        assert_eq!(
            (drawn.x.as_str(), drawn.y.as_str(), sizes),
            ("x", "y", vec![90, 10])
        );
        let (line, reach) = drawn.line.clone().unwrap();
        assert!((line[40].1 - 101.0).abs() < 1e-6 && reach > 0.0, "{line:?}");
    }

    #[test]
    fn a_training_of_the_base_keeps_to_the_memory_of_the_fit() {
        let mut run = Run::new(1).with_memory(1000);
        let error = boosted().fit(&data(), &mut run).err().unwrap();
        assert!(error.hint().is_some(), "{error}");
    }
}

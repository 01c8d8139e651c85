//! Bagging: the average of one model fitted to resampled rows.
//!
//! f(x) = (1 / B) sum_b f_b(x), f_b fitted to rows drawn with replacement (Breiman 1996): what members do not
//! share of their variance, the mean divides by B.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Data, DataKind, Entry, Features, Fit, Inputs, Model, ModelInfo, Predict, Prediction, Range,
    Registry, Rows, Schema, Section, Space, any_task, range, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::words::all_done;
use induce_core::{FitReport, Fitted, Outcome, Result, Run, settings};
use serde_json::{Map, Value};

use super::members;

/// Bagging of any model.
pub static BAGGING: Entry = Entry {
    info: ModelInfo {
        name: "bagging",
        title: "Bagging",
        about: "The average of any model of the house, fitted to resampled rows: steadier than one fit, at the price of many.",
        idea: [
            "that of its base",
            "that of its base; averaging takes out variance that members do not share",
            "the base's, on bootstrap samples",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[Task::Regression, Task::Classification],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check,
    task_of: any_task,
    fit,
    kind: "bagging",
    open: |file, registry| Ok(Box::new(open(file, registry)?)),
};

settings! {
    /// Settings of bagging.
    pub struct Spec {
        /// The model that is fitted again and again
        base: String = "tree".into(), in Range::Said("a model's name");
        /// Its settings: `base_settings.max_depth=3`
        base_settings: Map<String, Value> = Map::new();
        /// Number of members, whose predictions are averaged
        members: usize = 50, in range::to(1, 10_000);
        /// Draw every member's rows with replacement
        bootstrap: bool = true;
        /// Rows drawn per member, as a fraction of all
        subsample: f64 = 1.0, in range::up_to(0.0, 1.0), search Space::Uniform(0.3, 1.0);
        /// Fraction of the features that a member sees
        colsample: f64 = 1.0, in range::up_to(0.0, 1.0), search Space::Uniform(0.3, 1.0);
    }
}

fn check(values: &Value, registry: &Registry) -> Result<()> {
    let spec: Spec = read_spec("bagging", values)?;
    spec.check_ranges()?;
    members::base(*registry, BAGGING.info.name, &spec.base, &spec.base_settings).map(drop)
}

/// The average of members.
pub struct Bagging {
    spec: Spec,
    schema: Schema,
    members: Vec<Box<dyn Model>>,
}

fn fit(values: &Value, data: &Data, fit: &mut Fit) -> Result<AnyFitted> {
    fit.init.refuse("bagging")?;
    let spec: Spec = read_spec("bagging", values)?;
    spec.check_ranges()?;
    let (train, run) = (data.rows()?, &mut *fit.run);
    let base = members::base(fit.registry, BAGGING.info.name, &spec.base, &spec.base_settings)?;
    let stream = run.stream("bagging/members");
    let mut members = Vec::new();
    let mut outcome = Outcome::Exhausted {
        reason: all_done(spec.members, "member", "fitted"),
    };
    run.monitor().begin("members", spec.members as u64);
    for i in 0..spec.members {
        let sample = Data::Rows(sample(&spec, train, stream.child(i as u64))?);
        members.push(members::fit(&base, &sample, stream.child(i as u64), run)?);
        run.monitor().step(members.len() as u64, &[]);
        if let Some(reason) = run.stop_reason().filter(|_| members.len() < spec.members) {
            outcome = Outcome::Stopped { reason };
            break;
        }
    }
    run.monitor().end();
    let schema = members::schema(train)?;
    let steps = members.len() as u64;
    Ok(Fitted {
        model: Box::new(Bagging {
            spec,
            schema,
            members,
        }),
        outcome,
        report: FitReport {
            steps,
            ..FitReport::default()
        },
    })
}

/// The rows and columns of one member.
fn sample(spec: &Spec, train: &Rows, stream: Stream) -> Result<Rows> {
    let n = train.rows();
    let drawn = ((spec.subsample * n as f64).round() as usize).clamp(1, n);
    let mut rows: Vec<usize> = if spec.bootstrap {
        (0..drawn as u64).map(|i| stream.child(0).below(i, n)).collect()
    } else {
        stream.child(0).permutation(n)[..drawn].to_vec()
    };
    rows.sort_unstable();
    let mut sample = train.take(&rows);
    let table = sample.table()?;
    let columns = table.names();
    let kept = ((spec.colsample * columns.len() as f64).round() as usize).clamp(1, columns.len());
    let left_out: Vec<&str> = stream.child(1).permutation(columns.len())[kept..]
        .iter()
        .map(|&c| columns[c].as_str())
        .collect();
    if !left_out.is_empty() {
        sample.features = Features::Table(table.without(&left_out));
    }
    Ok(sample)
}

fn open(file: &ModelFile, registry: &Registry) -> Result<Bagging> {
    let (schema, members) = members::get(file, registry)?;
    Ok(Bagging {
        spec: file.json("spec")?,
        schema,
        members,
    })
}

impl Model for Bagging {
    fn entry(&self) -> &'static Entry {
        &BAGGING
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(BAGGING.kind);
        file.put_json("spec", &self.spec)?;
        members::put(&self.schema, &self.parts(), &mut file)?;
        Ok(file)
    }

    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        Ok(vec![members::section(&self.spec.base, self.members.len(), None)])
    }

    fn step_unit(&self) -> &'static str {
        "member"
    }

    fn parts(&self) -> Vec<&dyn Model> {
        members::parts(&self.members)
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}

impl Predict for Bagging {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        members::task(&self.members)
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let mut sum: Vec<f64> = Vec::new();
        let classes = self.schema.classes.len();
        for member in &self.members {
            let own = member.predict(inputs, threads)?;
            let own = if classes == 0 {
                own.values
            } else {
                own.probabilities
            };
            if sum.is_empty() {
                sum = own;
            } else {
                sum.iter_mut().zip(own).for_each(|(s, o)| *s += o);
            }
        }
        sum.iter_mut().for_each(|s| *s /= self.members.len() as f64);
        Ok(if classes == 0 {
            Prediction::of_quantities(sum)
        } else {
            Prediction::of_classes(sum, classes)
        })
    }
}

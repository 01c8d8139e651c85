//! Toy models, one per kind of data: what is the mean? They prove the place of a kind before a real model lives there:
//! registry, settings, split, fit, evaluation, model file, command line.

use induce::core::metrics::Score;
use induce::core::model::{
    AnyFitted, Block, Data, DataKind, Entry, Evaluation, Fact, Fit, Model, ModelInfo, Registry, Section,
    any_task, range, read_spec,
};
use induce::core::model_file::ModelFile;
use induce::core::{Error, FitReport, Fitted, Outcome, Result, Run, settings};
use serde_json::Value;

settings! {
    /// Settings of a toy.
    pub struct Spec {
        /// Added to every mean
        shift: f64 = 0.0;
        /// Steps of a random policy, in an environment
        steps: usize = 500, in range::to(1, 100_000), alias "episodes";
    }
}

const COMMON: Entry = Entry {
    info: ModelInfo {
        name: "",
        title: "Mean",
        about: "The mean of what there is.",
        idea: ["Gaussian", "none", "closed form"],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: &[],
    settings: Spec::SETTINGS,
    search: None,
    defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    check: |values, _| read_spec::<Spec>("toy", values)?.check_ranges(),
    task_of: any_task,
    fit: |values, data, context| fit(&ROWS, values, data, context),
    kind: "",
    open: |file, _| open(&ROWS, file),
};

macro_rules! toy {
    ($entry:ident, $name:literal, $kind:ident) => {
        pub static $entry: Entry = Entry {
            info: ModelInfo {
                name: $name,
                ..COMMON.info
            },
            input: DataKind::$kind,
            also: &[],
            fit: |values, data, context| fit(&$entry, values, data, context),
            kind: $name,
            open: |file, _| open(&$entry, file),
            ..COMMON
        };
    };
}

toy!(ROWS, "toy-rows", Rows);
toy!(TEXT, "toy-text", Text);
toy!(IMAGES, "toy-images", Images);
toy!(GRAPH, "toy-graph", Graph);
toy!(ENVIRONMENT, "toy-environment", Environment);

/// The toys, as a registry of their own.
pub const REGISTRY: Registry = Registry(&[&ROWS, &TEXT, &IMAGES, &GRAPH, &ENVIRONMENT]);

/// A mean.
pub struct Toy {
    entry: &'static Entry,
    spec: Spec,
    mean: Vec<f64>,
}

fn fit(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(entry.info.name)?;
    let spec: Spec = read_spec(entry.info.name, values)?;
    if data.kind() != entry.input {
        data.rows()?;
    }
    let mut mean = mean(&spec, data, context.run)?;
    mean.iter_mut().for_each(|m| *m += spec.shift);
    Ok(Fitted {
        model: Box::new(Toy { entry, spec, mean }),
        outcome: Outcome::Converged {
            reason: "the mean is the mean".into(),
        },
        report: FitReport::default(),
    })
}

/// Means of columns, of bytes, of pixels, of degrees, of the rewards of a random policy.
fn mean(spec: &Spec, data: &Data, run: &Run) -> Result<Vec<f64>> {
    Ok(match data {
        Data::Rows(rows) => rows.table()?.columns().iter().map(column_mean).collect(),
        Data::Text(text) => vec![of(text.plain()?.bytes().map(f64::from))],
        Data::Images(images) => (0..images.size())
            .map(|pixel| of((0..images.len()).map(|i| f64::from(images.image(i)[pixel]))))
            .collect(),
        Data::Graph(graph) => vec![of(
            (0..graph.edges.rows()).map(|i| graph.edges.row(i).map(|e| e.1).sum())
        )],
        Data::Environment(environment) => {
            let stream = run.stream("toy/policy");
            let mut state = environment.start(&stream);
            vec![of((0..spec.steps as u64).map(|step| {
                let action = stream.child(step).below(0, environment.actions());
                let there = environment.step(state, action, &stream.child(step).child(1));
                state = if there.done {
                    environment.start(&stream.child(step))
                } else {
                    there.state
                };
                there.reward
            }))]
        }
    })
}

fn column_mean(column: &induce::core::Column) -> f64 {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    of(values.into_iter().filter(|v| v.is_finite()))
}

fn of(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), v| (sum + v, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

fn open(entry: &'static Entry, file: &ModelFile) -> Result<Box<dyn Model>> {
    file.expect_kind(entry.kind)?;
    let mean = file.values::<f64>("mean")?.to_vec();
    if mean.is_empty() || mean.iter().any(|m| !m.is_finite()) {
        return Err(file.fault("it has no mean"));
    }
    let spec = file.json("spec")?;
    Ok(Box::new(Toy { entry, spec, mean }))
}

impl Model for Toy {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(self.entry.kind);
        file.put_json("spec", &self.spec)?;
        file.put("mean", self.mean.clone());
        Ok(file)
    }

    fn summary(&self) -> Vec<Section> {
        vec![Section::new(
            "Mean",
            vec![Block::Text(format!("{} means", self.mean.len()))],
        )]
    }

    fn facts(&self) -> Vec<Fact> {
        vec![("means", self.mean.len().into())]
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        let there = mean(&self.spec, data, run)?;
        if there.len() != self.mean.len() {
            return Err(Error::data(
                "the data are of another size",
                "give data like those of training",
            ));
        }
        let distance = of(there.iter().zip(&self.mean).map(|(a, b)| (a - b).abs()));
        Ok(Evaluation {
            scores: vec![Score {
                name: "distance".into(),
                value: distance,
                error: None,
                low: None,
                high: None,
            }],
            prediction: None,
            facts: vec![("judged", data.len().into())],
        })
    }
}

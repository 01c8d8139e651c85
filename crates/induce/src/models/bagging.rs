//! Bagging: the average of one model fitted to resampled rows.
//!
//! f(x) = (1 / B) sum_b f_b(x), f_b fitted to rows drawn with replacement (Breiman 1996): what members do not
//! share of their variance, the mean divides by B.

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Table};
use induce_learn::Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::members;
use crate::model::{Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Row, Setting, Space, setting};
use crate::settings::read_spec;

/// Bagging of any model.
pub static BAGGING: Row = Row {
    card: Card {
        name: "bagging",
        title: "Bagging",
        about: "The average of any model of the house, fitted to resampled rows: steadier than one fit, at the price of many.",
        idea: [
            "that of its base",
            "that of its base; averaging takes out variance that members do not share",
            "the base's, on bootstrap samples",
        ],
        tasks: &[Task::Regression, Task::Classification],
        settings: &SETTINGS,
        defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    },
    search: &[
        ("subsample", Space::Uniform(0.3, 1.0)),
        ("colsample", Space::Uniform(0.3, 1.0)),
    ],
    train: |spec, train, _, _, run| fit(spec, train, run),
    load: |file| Ok(Box::new(open(file)?)),
};

const SETTINGS: [Setting; 7] = [
    setting(
        "base",
        "a model's name",
        "The model that is fitted again and again",
    ),
    setting(
        "base_settings",
        "{\"name\": value}",
        "Its settings: `base_settings.max_depth=3`",
    ),
    setting("members", ">= 1", "How many fits are averaged"),
    setting(
        "bootstrap",
        "true false",
        "Draw every member's rows with replacement",
    ),
    setting("subsample", "(0, 1]", "Rows drawn per member, as a share of all"),
    setting("colsample", "(0, 1]", "Share of the features a member sees"),
    setting(
        "task",
        "regression classification",
        "What to predict, instead of the guess from the target",
    ),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Spec {
    base: String,
    base_settings: Map<String, Value>,
    members: usize,
    bootstrap: bool,
    subsample: f64,
    colsample: f64,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            base: "tree".into(),
            base_settings: Map::new(),
            members: 50,
            bootstrap: true,
            subsample: 1.0,
            colsample: 1.0,
        }
    }
}

impl Spec {
    fn check(&self) -> Result<()> {
        let share = |name: &str, x: f64| {
            if x > 0.0 && x <= 1.0 {
                Ok(())
            } else {
                Err(Error::setting(name, x, "it must be in (0, 1]"))
            }
        };
        share("subsample", self.subsample)?;
        share("colsample", self.colsample)?;
        if self.members == 0 {
            return Err(Error::setting("members", 0, "it must be at least 1"));
        }
        Ok(())
    }
}

struct Bagging {
    spec: Spec,
    schema: Schema,
    members: Vec<Box<dyn Model>>,
}

fn fit(spec: &Value, train: &Problem, run: &mut Run) -> Result<Fitted<Box<dyn Model>>> {
    let spec: Spec = read_spec("bagging", spec)?;
    spec.check()?;
    let base = members::base(BAGGING.card.name, &spec.base, &spec.base_settings)?;
    let stream = run.stream("bagging/members");
    let mut members = Vec::with_capacity(spec.members);
    let mut outcome = Outcome::Exhausted {
        reason: format!("all {} members are fitted", spec.members),
    };
    run.monitor().begin("members", spec.members as u64);
    for i in 0..spec.members {
        let sample = sample(&spec, train, stream.child(i as u64));
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
fn sample(spec: &Spec, train: &Problem, stream: Stream) -> Problem {
    let n = train.rows();
    let drawn = ((spec.subsample * n as f64).round() as usize).clamp(1, n);
    let mut rows: Vec<usize> = if spec.bootstrap {
        (0..drawn as u64).map(|i| stream.child(0).below(i, n)).collect()
    } else {
        stream.child(0).permutation(n)[..drawn].to_vec()
    };
    rows.sort_unstable();
    let mut sample = train.take(&rows);
    let columns = sample.features.names();
    let kept = ((spec.colsample * columns.len() as f64).round() as usize).clamp(1, columns.len());
    let left_out: Vec<&str> = stream.child(1).permutation(columns.len())[kept..]
        .iter()
        .map(|&c| columns[c].as_str())
        .collect();
    if !left_out.is_empty() {
        sample.features = sample.features.without(&left_out);
    }
    sample
}

fn open(file: &ModelFile) -> Result<Bagging> {
    let (schema, members) = members::get(file)?;
    Ok(Bagging {
        spec: file.json("spec")?,
        schema,
        members,
    })
}

impl Model for Bagging {
    fn row(&self) -> &'static Row {
        &BAGGING
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        self.members[0].task()
    }

    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction> {
        let mut sum: Vec<f64> = Vec::new();
        let classes = self.schema.classes.len();
        for member in &self.members {
            let own = member.predict(table, threads)?;
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

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(BAGGING.card.name);
        file.put_json("spec", &self.spec)?;
        members::put(&self.schema, &self.members, &mut file)?;
        Ok(file)
    }
}

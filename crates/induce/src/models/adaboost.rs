//! `AdaBoost`: members fitted one after the other to rows weighted by the errors so far.
//!
//! Classes: SAMME (Zhu, Zou, Rosset & Hastie 2009). A member with weighted error e gets the say
//! alpha = eta (ln((1 - e) / e) + ln(K - 1)), and the weights of the rows it gets wrong are multiplied by
//! exp(alpha); the class with the largest sum of says wins. It is forward stagewise fitting of the exponential loss.
//! Quantities: AdaBoost.R2 (Drucker 1997), whose prediction is the weighted median of the members. A row's loss is its
//! error's share l of the largest error, or l^2, or 1 - exp(-l).

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Table, Trace};
use induce_learn::Schema;
use induce_prob::loss::weighted_quantile;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::members;
use crate::model::{Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Row, Setting, Space, setting};
use crate::settings::read_spec;

/// `AdaBoost` of any model that heeds row weights.
pub static ADABOOST: Row = Row {
    card: Card {
        name: "adaboost",
        title: "AdaBoost",
        about: "Weak models made strong: each is fitted to the rows that those before it got wrong. `boost` is its modern form.",
        idea: [
            "exp(-margin): the exponential loss (classes), weighted errors (quantities)",
            "that of its base; few members, or a small learning rate",
            "forward stagewise: reweigh, fit, add",
        ],
        tasks: &[Task::Regression, Task::Classification],
        settings: &SETTINGS,
        defaults: || serde_json::to_value(Spec::default()).unwrap_or_default(),
    },
    search: &[
        ("members", Space::Whole(10, 400)),
        ("learning_rate", Space::Log(0.01, 2.0)),
    ],
    train: |spec, train, _, _, run| fit(spec, train, run),
    load: |file| Ok(Box::new(open(file)?)),
};

const SETTINGS: [Setting; 6] = [
    setting(
        "base",
        "a model's name",
        "The model that is fitted again and again",
    ),
    setting(
        "base_settings",
        "{\"name\": value}",
        "Its settings: `base_settings.max_depth=3`; a tree's depth is 1 for classes, 3 for quantities if not set",
    ),
    setting("members", ">= 1", "How many members, at most"),
    setting("learning_rate", "> 0", "Shrinkage of every member's say"),
    setting(
        "loss",
        "linear square exponential",
        "For quantities: a row's loss is its error's share l of the largest, its square, or 1 - exp(-l)",
    ),
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
    learning_rate: f64,
    loss: Loss,
}

/// What an error of a quantity, as a share of the largest, counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Loss {
    Linear,
    Square,
    Exponential,
}

impl Loss {
    fn of(self, share: f64) -> f64 {
        match self {
            Self::Linear => share,
            Self::Square => share * share,
            Self::Exponential => -(-share).exp_m1(),
        }
    }
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            base: "tree".into(),
            base_settings: Map::new(),
            members: 50,
            learning_rate: 1.0,
            loss: Loss::Linear,
        }
    }
}

struct AdaBoost {
    spec: Spec,
    schema: Schema,
    members: Vec<Box<dyn Model>>,
    says: Vec<f64>,
}

/// What a member's errors lead to.
enum Verdict {
    /// Its say, and the factor of every row's weight.
    Say(f64, Vec<f64>),
    /// It is right everywhere: the last member, and the only one that counts from here on.
    Perfect,
    /// It is no better than chance.
    Useless,
}

fn fit(spec: &Value, train: &Problem, run: &mut Run) -> Result<Fitted<Box<dyn Model>>> {
    let mut spec: Spec = read_spec("adaboost", spec)?;
    if spec.members == 0 {
        return Err(Error::setting("members", 0, "it must be at least 1"));
    }
    if !(spec.learning_rate > 0.0 && spec.learning_rate.is_finite()) {
        return Err(Error::setting(
            "learning_rate",
            spec.learning_rate,
            "it must be above 0",
        ));
    }
    if spec.base == "tree" && !spec.base_settings.contains_key("max_depth") {
        let depth = if train.classes.is_empty() { 3 } else { 1 };
        spec.base_settings.insert("max_depth".into(), json!(depth));
    }
    let base = members::base(ADABOOST.card.name, &spec.base, &spec.base_settings)?;
    let (n, stream) = (train.rows(), run.stream("adaboost/members"));
    let mut problem = train.clone();
    let mut weight = train.weight.clone().unwrap_or_else(|| vec![1.0; n]);
    let (mut members, mut says): (Vec<Box<dyn Model>>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut errors = Vec::new();
    let mut outcome = None;
    run.monitor().begin("members", spec.members as u64);
    while members.len() < spec.members && outcome.is_none() {
        normalise(&mut weight);
        problem.weight = Some(weight.clone());
        // Of 32 bits, as in all versions: other seeds were other members.
        let seed = stream.child(members.len() as u64).bits(u64::MAX) >> 32;
        let model = members::fit_with_seed(&base, &problem, seed, run)?;
        let predicted = model.predict(&train.features, run.threads())?;
        let (error, verdict) = judge(&spec, train, &weight, &predicted);
        let number = members.len() + 1;
        errors.push((number as u64, error));
        match verdict {
            Verdict::Say(say, factors) => {
                weight.iter_mut().zip(factors).for_each(|(w, f)| *w *= f);
                members.push(model);
                says.push(say);
                if !weight.iter().sum::<f64>().is_finite() {
                    let reason = format!("the rows' weights are infinite after member {number}");
                    outcome = Some(Outcome::Exhausted { reason });
                }
            }
            Verdict::Perfect => {
                outcome = Some(converged(format!("member {number} makes no error")));
                // Nothing is left to reweigh; a perfect member outweighs all others together.
                says.push(says.iter().sum::<f64>() + 1.0);
                members.push(model);
            }
            Verdict::Useless if members.is_empty() => {
                outcome = Some(converged("the first member is no better than chance".into()));
                members.push(model);
                says.push(1.0);
            }
            Verdict::Useless => {
                outcome = Some(converged(format!("member {number} is no better than chance")));
            }
        }
        run.monitor()
            .step(members.len() as u64, &[("error".into(), error)]);
        outcome = outcome.or(run.stop_reason().map(|reason| Outcome::Stopped { reason }));
    }
    run.monitor().end();
    let schema = members::schema(train)?;
    let report = FitReport {
        steps: members.len() as u64,
        traces: vec![Trace {
            split: "train".into(),
            metric: "weighted error".into(),
            points: errors,
        }],
    };
    let outcome = outcome.unwrap_or_else(|| Outcome::Exhausted {
        reason: format!("all {} members are fitted", spec.members),
    });
    Ok(Fitted {
        model: Box::new(AdaBoost {
            spec,
            schema,
            members,
            says,
        }),
        outcome,
        report,
    })
}

fn converged(reason: String) -> Outcome {
    Outcome::Converged { reason }
}

/// Weights that sum to the number of rows, as settings such as a leaf's least weight expect.
fn normalise(weight: &mut [f64]) {
    let mean = weight.iter().sum::<f64>() / weight.len() as f64;
    weight.iter_mut().for_each(|w| *w /= mean);
}

fn judge(spec: &Spec, train: &Problem, weight: &[f64], predicted: &Prediction) -> (f64, Verdict) {
    let total: f64 = weight.iter().sum();
    let mean = |values: &[f64]| values.iter().zip(weight).map(|(v, w)| v * w).sum::<f64>() / total;
    let misses = predicted.values.iter().zip(&train.target);
    if train.classes.is_empty() {
        let misses: Vec<f64> = misses.map(|(p, y)| (p - y).abs()).collect();
        let largest = misses.iter().copied().fold(0.0, f64::max);
        if largest == 0.0 {
            return (0.0, Verdict::Perfect);
        }
        let loss: Vec<f64> = misses.iter().map(|m| spec.loss.of(m / largest)).collect();
        let error = mean(&loss);
        if error >= 0.5 {
            return (error, Verdict::Useless);
        }
        let beta = error / (1.0 - error);
        let factors = loss
            .iter()
            .map(|l| beta.powf(spec.learning_rate * (1.0 - l)))
            .collect();
        return (error, Verdict::Say(-spec.learning_rate * beta.ln(), factors));
    }
    let wrong: Vec<f64> = misses.map(|(p, y)| f64::from(p != y)).collect();
    let error = mean(&wrong);
    let classes = train.classes.len() as f64;
    if error <= 0.0 {
        return (0.0, Verdict::Perfect);
    }
    if error >= 1.0 - 1.0 / classes {
        return (error, Verdict::Useless);
    }
    let say = spec.learning_rate * (((1.0 - error) / error).ln() + (classes - 1.0).ln());
    let factors = wrong.iter().map(|w| (say * w).exp()).collect();
    (error, Verdict::Say(say, factors))
}

fn open(file: &ModelFile) -> Result<AdaBoost> {
    let (schema, members) = members::get(file)?;
    let says = file.values_of::<f64>("says", members.len())?.to_vec();
    if !says.iter().all(|s| s.is_finite() && *s > 0.0) {
        return Err(file.fault("a member's say is not a positive number"));
    }
    Ok(AdaBoost {
        spec: file.json("spec")?,
        schema,
        says,
        members,
    })
}

impl AdaBoost {
    /// softmax(d / (K - 1)), d_k the mean say of the members for class k (Zhu et al. 2009, section 2.3).
    fn probabilities(&self, predictions: &[Vec<f64>], rows: usize) -> Vec<f64> {
        let classes = self.schema.classes.len();
        let total: f64 = self.says.iter().sum();
        let against = -1.0 / (classes as f64 - 1.0).max(1.0);
        let mut out = vec![0.0; rows * classes];
        for (i, row) in out.chunks_exact_mut(classes).enumerate() {
            for (own, say) in predictions.iter().zip(&self.says) {
                for (k, score) in row.iter_mut().enumerate() {
                    *score += say / total * if own[i] == k as f64 { 1.0 } else { against };
                }
            }
            // For two classes the margin d_1 - d_0 is what the logistic function takes.
            row.iter_mut().for_each(|s| *s /= (classes as f64 - 1.0).max(1.0));
            induce_prob::Link::Softmax.mean(row);
        }
        out
    }
}

impl Model for AdaBoost {
    fn row(&self) -> &'static Row {
        &ADABOOST
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        self.members[0].task()
    }

    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction> {
        let predictions = self.members.iter().map(|m| Ok(m.predict(table, threads)?.values));
        let predictions: Vec<Vec<f64>> = predictions.collect::<Result<_>>()?;
        if !self.schema.classes.is_empty() {
            let probabilities = self.probabilities(&predictions, table.rows());
            return Ok(Prediction::of_classes(probabilities, self.schema.classes.len()));
        }
        let median = |i: usize| {
            let mut values: Vec<(f64, f64)> = predictions
                .iter()
                .zip(&self.says)
                .map(|(own, &say)| (own[i], say))
                .collect();
            weighted_quantile(&mut values, 0.5)
        };
        Ok(Prediction::of_quantities((0..table.rows()).map(median).collect()))
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(ADABOOST.card.name);
        file.put_json("spec", &self.spec)?;
        file.put("says", self.says.clone());
        members::put(&self.schema, &self.members, &mut file)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests;

//! `AdaBoost`: members fitted one after the other to rows weighted by the errors so far.
//!
//! Classes: SAMME (Zhu, Zou, Rosset & Hastie 2009). A member with weighted error e gets the weight
//! alpha = eta (ln((1 - e) / e) + ln(K - 1)), and the weights of the rows it gets wrong are multiplied by
//! exp(alpha); the class with the largest sum of weights wins. It is forward stagewise fitting of the exponential loss.
//! Quantities: AdaBoost.R2 (Drucker 1997), whose prediction is the weighted median of the members. A row's loss is its
//! error as a fraction l of the largest error, or l^2, or 1 - exp(-l).

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Block, Data, DataKind, Entry, Fact, Fit, Inputs, Lines, Model, ModelInfo, Predict, Prediction,
    Range, Registry, Schema, Section, Space, Target, any_task, range, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::words::all_done;
use induce_core::{FitReport, Fitted, Outcome, Result, Run, Trace, choices, settings};
use induce_prob::loss::weighted_quantile;
use serde_json::{Map, Value, json};

use super::members::{self, WEIGHTS};

/// `AdaBoost` of any model that heeds row weights.
pub static ADABOOST: Entry = Entry {
    info: ModelInfo {
        name: "adaboost",
        title: "AdaBoost",
        about: "Weak models made strong: each is fitted to the rows that those before it got wrong. `boost` is its modern form.",
        idea: [
            "exp(-margin): the exponential loss (classes), weighted errors (quantities)",
            "that of its base; few members, or a small learning rate",
            "forward stagewise: reweigh, fit, add",
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
    kind: "adaboost",
    open: |file, registry| Ok(Box::new(open(file, registry)?)),
};

choices! {
    /// What an error of a quantity, as a fraction of the largest, counts.
    pub enum Loss {
        /// Itself.
        Linear = "linear",
        /// Its square.
        Square = "square",
        /// 1 - exp(-l).
        Exponential = "exponential",
    }
}

settings! {
    /// Settings of `AdaBoost`.
    pub struct Spec {
        /// The model that is fitted again and again
        base: String = "tree".into(), in Range::Said("a model's name");
        /// Its settings: `base_settings.max_depth=3`; a tree's depth is 1 for classes, 3 for quantities if not set
        base_settings: Map<String, Value> = Map::new();
        /// Boosting rounds, at most: one member each
        rounds: usize = 50, in range::from(1), search Space::Whole(10, 400), alias "members";
        /// Shrinkage of every member's weight
        learning_rate: f64 = 1.0, in range::above(0.0), search Space::Log(0.01, 2.0);
        /// For quantities: a row's loss is its error as a fraction l of the largest, its square, or 1 - exp(-l)
        loss: Loss = Loss::Linear;
    }
}

/// The name of the members' weights in files of earlier versions.
const OLD_WEIGHTS: &str = "says";

fn check(values: &Value, registry: &Registry) -> Result<()> {
    let spec: Spec = read_spec("adaboost", values)?;
    spec.check_ranges()?;
    members::base(*registry, ADABOOST.info.name, &spec.base, &spec.base_settings).map(drop)
}

impl Loss {
    fn of(self, fraction: f64) -> f64 {
        match self {
            Self::Linear => fraction,
            Self::Square => fraction * fraction,
            Self::Exponential => -(-fraction).exp_m1(),
        }
    }
}

/// Weighted members.
pub struct AdaBoost {
    spec: Spec,
    schema: Schema,
    members: Vec<Box<dyn Model>>,
    /// A positive weight per member. // (members)
    estimator_weights: Vec<f64>,
}

/// What a member's errors lead to.
enum Verdict {
    /// Its weight, and the factor of every row's weight.
    Weight(f64, Vec<f64>),
    /// It is right everywhere: the last member, and the only one that counts from here on.
    Perfect,
    /// It is no better than chance.
    Useless,
}

impl Verdict {
    /// A weight that is no positive number, as a large `learning_rate` makes, is no use.
    fn of_numbers(self) -> Self {
        match self {
            Self::Weight(own, _) if !(own.is_finite() && own > 0.0) => Self::Useless,
            other => other,
        }
    }
}

fn fit(values: &Value, data: &Data, fit: &mut Fit) -> Result<AnyFitted> {
    fit.init.refuse("adaboost")?;
    let mut spec: Spec = read_spec("adaboost", values)?;
    spec.check_ranges()?;
    let (train, run) = (data.rows()?, &mut *fit.run);
    let target = train.target()?;
    if spec.base == "tree" && !spec.base_settings.contains_key("max_depth") {
        let depth = if target.classes.is_empty() { 3 } else { 1 };
        spec.base_settings.insert("max_depth".into(), json!(depth));
    }
    let base = members::base(fit.registry, ADABOOST.info.name, &spec.base, &spec.base_settings)?;
    let (n, stream) = (train.rows(), run.stream("adaboost/members"));
    let mut weighted = Data::Rows(train.clone());
    let mut weight = train.weight.clone().unwrap_or_else(|| vec![1.0; n]);
    let (mut members, mut estimator_weights): (Vec<Box<dyn Model>>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut errors = Vec::new();
    let mut outcome = None;
    run.monitor().begin("members", spec.rounds as u64);
    while members.len() < spec.rounds && outcome.is_none() {
        normalise(&mut weight);
        set_weight(&mut weighted, &weight);
        // Of 32 bits, as in all versions: other seeds were other members.
        let seed = stream.child(members.len() as u64).bits(u64::MAX) >> 32;
        let model = members::fit_with_seed(&base, &weighted, seed, run)?;
        let predicted = model.predict(&train.features, run.threads())?;
        let (error, verdict) = verdict_on(&spec, target, &weight, &predicted);
        let number = members.len() + 1;
        errors.extend(error.is_finite().then_some((number as u64, error)));
        match verdict.of_numbers() {
            Verdict::Weight(own, factors) => {
                weight.iter_mut().zip(factors).for_each(|(w, f)| *w *= f);
                members.push(model);
                estimator_weights.push(own);
                let sum = weight.iter().sum::<f64>();
                if !sum.is_finite() || sum <= 0.0 {
                    let reason = format!("the rows' weights come to {sum} after member {number}");
                    outcome = Some(Outcome::Exhausted { reason });
                }
            }
            Verdict::Perfect => {
                outcome = Some(converged(format!("member {number} makes no error")));
                // Nothing is left to reweigh; a perfect member outweighs all others together.
                estimator_weights.push((estimator_weights.iter().sum::<f64>() + 1.0).min(0.5 * f64::MAX));
                members.push(model);
            }
            Verdict::Useless if members.is_empty() => {
                outcome = Some(converged("the first member is no better than chance".into()));
                members.push(model);
                estimator_weights.push(1.0);
            }
            Verdict::Useless => {
                outcome = Some(converged(format!("member {number} is no better than chance")));
            }
        }
        run.monitor()
            .step(members.len() as u64, &[("error".into(), error)]);
        outcome = outcome.or(run.stopped());
    }
    run.monitor().end();
    let schema = members::schema(train)?;
    let trace = Trace {
        split: "train".into(),
        metric: "weighted error".into(),
        points: errors,
    };
    let report = FitReport::new(members.len() as u64, vec![trace]);
    let outcome = outcome.unwrap_or_else(|| Outcome::Exhausted {
        reason: all_done(spec.rounds, "member", "fitted"),
    });
    Ok(Fitted {
        model: Box::new(AdaBoost {
            spec,
            schema,
            members,
            estimator_weights,
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

fn verdict_on(spec: &Spec, target: &Target, weight: &[f64], predicted: &Prediction) -> (f64, Verdict) {
    let total: f64 = weight.iter().sum();
    let mean = |values: &[f64]| values.iter().zip(weight).map(|(v, w)| v * w).sum::<f64>() / total;
    let misses = predicted.values.iter().zip(&target.values);
    if target.classes.is_empty() {
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
        return (error, Verdict::Weight(-spec.learning_rate * beta.ln(), factors));
    }
    let wrong: Vec<f64> = misses.map(|(p, y)| f64::from(p != y)).collect();
    let error = mean(&wrong);
    let classes = target.classes.len() as f64;
    if error <= 0.0 {
        return (0.0, Verdict::Perfect);
    }
    if error >= 1.0 - 1.0 / classes {
        return (error, Verdict::Useless);
    }
    let own = spec.learning_rate * (((1.0 - error) / error).ln() + (classes - 1.0).ln());
    let factors = wrong.iter().map(|w| (own * w).exp()).collect();
    (error, Verdict::Weight(own, factors))
}

fn set_weight(data: &mut Data, weight: &[f64]) {
    if let Data::Rows(rows) = data {
        rows.weight = Some(weight.to_vec());
    }
}

fn open(file: &ModelFile, registry: &Registry) -> Result<AdaBoost> {
    let (schema, members) = members::get(file, registry)?;
    let name = if file.tensors.contains_key(OLD_WEIGHTS) {
        OLD_WEIGHTS
    } else {
        WEIGHTS
    };
    let estimator_weights = file.values_of::<f64>(name, members.len())?.to_vec();
    if !estimator_weights.iter().all(|w| w.is_finite() && *w > 0.0) {
        return Err(file.fault("a member's weight is not a positive number"));
    }
    Ok(AdaBoost {
        spec: file.json("spec")?,
        schema,
        estimator_weights,
        members,
    })
}

impl AdaBoost {
    /// softmax(d / (K - 1)), d_k the mean weight of the members for class k (Zhu et al. 2009, section 2.3).
    fn probabilities(&self, predictions: &[Vec<f64>], rows: usize) -> Vec<f64> {
        let classes = self.schema.classes.len();
        let total: f64 = self.estimator_weights.iter().sum();
        let against = -1.0 / (classes as f64 - 1.0).max(1.0);
        let mut out = vec![0.0; rows * classes];
        for (i, row) in out.chunks_exact_mut(classes).enumerate() {
            for (own, weight) in predictions.iter().zip(&self.estimator_weights) {
                for (k, score) in row.iter_mut().enumerate() {
                    *score += weight / total * if own[i] == k as f64 { 1.0 } else { against };
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
    fn entry(&self) -> &'static Entry {
        &ADABOOST
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(ADABOOST.kind);
        file.put_json("spec", &self.spec)?;
        file.put(WEIGHTS, self.estimator_weights.clone());
        members::put(&self.schema, &self.parts(), &mut file)?;
        Ok(file)
    }

    fn facts(&self) -> Vec<Fact> {
        vec![("estimator_weights", self.estimator_weights.clone().into())]
    }

    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        let weights = self
            .estimator_weights
            .iter()
            .zip(1..)
            .map(|(w, member)| (f64::from(member), *w));
        let weights = Block::Lines(Lines {
            x: "member".into(),
            y: "estimator weight".into(),
            curves: vec![("weight".into(), weights.collect())],
            mark: None,
        });
        let drawn = Some(weights).filter(|_| self.members.len() > 1);
        Ok(vec![members::section(&self.spec.base, self.members.len(), drawn)])
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

impl Predict for AdaBoost {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        members::task(&self.members)
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let of = |member: &dyn Model| Ok(member.predict(inputs, threads)?.values);
        let predictions = self.members.iter().map(|member| of(member.as_ref()));
        let predictions: Vec<Vec<f64>> = predictions.collect::<Result<_>>()?;
        let rows = inputs.table()?.rows();
        if !self.schema.classes.is_empty() {
            let probabilities = self.probabilities(&predictions, rows);
            return Ok(Prediction::of_classes(probabilities, self.schema.classes.len()));
        }
        let median = |i: usize| {
            let mut values: Vec<(f64, f64)> = predictions
                .iter()
                .zip(&self.estimator_weights)
                .map(|(own, &weight)| (own[i], weight))
                .collect();
            weighted_quantile(&mut values, 0.5)
        };
        Ok(Prediction::of_quantities((0..rows).map(median).collect()))
    }
}

#[cfg(test)]
mod tests;

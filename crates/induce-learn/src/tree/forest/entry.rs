//! Trees and forests as the registry knows them.

use induce_core::metrics::Task;
use induce_core::model::{
    AnyFitted, Block, Data, DataKind, Entry, Explain, Fact, Fit, Importance, Inputs, Model, ModelInfo,
    Predict, Prediction, Registry, Rows, Schema, Section, Shap, Space, any_task, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::words::{counted, number};
use induce_core::{Error, Result, Run};
use serde_json::Value;
use std::borrow::Cow;

use super::{FitOptions, Model as Forest, OutOfBag, Spec, Targets, fit_with};
use crate::tree::drawn::short;
use crate::tree::{Ensemble, Tree};

/// Decision tree.
pub static TREE: Entry = Entry {
    info: ModelInfo {
        name: "tree",
        title: "Decision tree",
        about: "One tree that can be read: classification and regression trees (CART), with cost-complexity pruning.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the tree's shape: depth, rows per leaf, cost per leaf",
            "greedy search, then pruning",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: TASKS,
    settings: Spec::SETTINGS,
    search: Some(&[
        ("max_depth", Space::Whole(1, 20)),
        ("min_samples_leaf", Space::Log(1.0, 100.0)),
        ("pruning", Space::Log(1e-6, 1e-2)),
    ]),
    defaults: || value(&Spec::tree()),
    check,
    task_of: any_task,
    fit: |values, data, context| fit(&TREE, values, data, context),
    kind: "tree",
    open: |file, _| open(&TREE, file),
};

/// Random forest.
pub static FOREST: Entry = Entry {
    info: ModelInfo {
        name: "forest",
        title: "Random forest",
        about: "The average of deep trees on resampled rows and random features: hard to get wrong, with an \
                out-of-bag estimate of its own error.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the trees' shape; averaging takes out the variance that trees do not share",
            "greedy search on bootstrap samples",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: TASKS,
    settings: Spec::SETTINGS,
    search: Some(FOREST_SEARCH),
    defaults: || value(&Spec::forest()),
    check,
    task_of: any_task,
    fit: |values, data, context| fit(&FOREST, values, data, context),
    kind: "forest",
    open: |file, _| open(&FOREST, file),
};

/// Extremely randomised trees.
pub static EXTRA_TREES: Entry = Entry {
    info: ModelInfo {
        name: "extra-trees",
        title: "Extremely randomised trees",
        about: "A forest on all rows whose thresholds are drawn at random: smoother than a random forest, and quicker.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the trees' shape; averaging takes out the variance that trees do not share",
            "random thresholds, the best of which is kept",
        ],
    },
    input: DataKind::Rows,
    also: &[],
    tasks: TASKS,
    settings: Spec::SETTINGS,
    search: Some(FOREST_SEARCH),
    defaults: || value(&Spec::extra_trees()),
    check,
    task_of: any_task,
    fit: |values, data, context| fit(&EXTRA_TREES, values, data, context),
    kind: "extra-trees",
    open: |file, _| open(&EXTRA_TREES, file),
};

const FOREST_SEARCH: &[(&str, Space)] = &[
    ("colsample_node", Space::Uniform(0.05, 1.0)),
    ("min_samples_leaf", Space::Log(1.0, 50.0)),
    ("max_depth", Space::Whole(4, 40)),
];

const TASKS: &[Task] = &[Task::Regression, Task::Classification];

fn value(spec: &Spec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

fn check(values: &Value, _: &Registry) -> Result<()> {
    read_spec::<Spec>("forest", values)?.check()
}

/// A tree or a forest, and the entry it was fitted as.
pub struct Trees {
    entry: &'static Entry,
    /// The trees.
    pub model: Forest,
}

fn fit(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    let spec: Spec = read_spec(entry.info.name, values)?;
    let train = data.rows()?;
    let targets = several(train)?;
    let start = match context.init.model {
        Some(model) => Some(forest(model).ok_or_else(|| no_forest(model))?.clone()),
        None => None,
    };
    let options = FitOptions {
        targets: targets.as_ref(),
        start,
    };
    let fitted = train.with_dataset(|data| fit_with(&spec, data, options, context.run))?;
    Ok(fitted.map(|mut model| {
        model.ensemble.schema.target = train.target.as_ref().map(|target| target.name.clone());
        Box::new(Trees { entry, model }) as Box<dyn Model>
    }))
}

/// All targets, where there are several.
fn several(train: &Rows) -> Result<Option<Targets>> {
    let first = train.target()?;
    if first.further.is_empty() {
        return Ok(None);
    }
    let all: Vec<_> = std::iter::once(first).chain(&first.further).collect();
    let row = |i: usize| all.iter().map(move |target| target.values[i]);
    Ok(Some(Targets {
        values: (0..train.rows()).flat_map(row).collect(),
        classes: all.iter().map(|target| target.classes.clone()).collect(),
    }))
}

fn no_forest(model: &dyn Model) -> Error {
    Error::data(
        format!(
            "a `{}` cannot be gone on from: trees are added to a forest",
            model.name()
        ),
        "`tree`, `forest` and `extra-trees` can be gone on from",
    )
}

/// The tree or forest that a model is, if it is one.
pub fn forest(model: &dyn Model) -> Option<&Forest> {
    model.downcast::<Trees>().map(|trees| &trees.model)
}

/// Tree `t` of a forest as a model of its own.
///
/// # Errors
/// If the model is no forest, or has no such tree.
pub fn tree(model: &dyn Model, t: usize) -> Result<Box<dyn Model>> {
    let forest = forest(model).ok_or_else(|| {
        Error::data(
            format!("the model `{}` is no forest", model.name()),
            "`tree`, `forest` and `extra-trees` are",
        )
    })?;
    Ok(Box::new(Trees {
        entry: &TREE,
        model: forest.tree(t)?,
    }))
}

/// The rows of a leaf, which are counted by weight.
fn rows(weight: f64) -> String {
    if weight == 1.0 {
        return counted(1, "row");
    }
    format!("{} rows", short(weight, 3))
}

fn open(entry: &'static Entry, file: &ModelFile) -> Result<Box<dyn Model>> {
    let model = Forest::from_file(file)?;
    Ok(Box::new(Trees { entry, model }))
}

impl Trees {
    /// The trees, one score per class if there are more than two.
    pub fn ensemble(&self) -> Cow<'_, Ensemble> {
        if self.model.leaf_probabilities.is_empty() {
            Cow::Borrowed(&self.model.ensemble)
        } else {
            Cow::Owned(self.model.per_class())
        }
    }

    /// What a leaf of a single tree predicts: a quantity, or its most probable class.
    fn says(&self, tree: &Tree, leaf: usize) -> String {
        // Of several targets the first is said.
        let single = self.model.outputs.is_empty();
        let classes = if single {
            &self.model.ensemble.schema.classes[..]
        } else {
            &[]
        };
        let value = tree.leaves[leaf];
        match classes {
            [] => short(value, 4),
            [no, yes] => {
                let (name, p) = if value >= 0.5 {
                    (yes, value)
                } else {
                    (no, 1.0 - value)
                };
                format!("{name} {p:.2}")
            }
            names => {
                let of_leaf = self
                    .model
                    .leaf_probabilities
                    .chunks_exact(names.len())
                    .nth(leaf)
                    .unwrap_or(&[]);
                let best = of_leaf.iter().zip(names).max_by(|a, b| a.0.total_cmp(b.0));
                best.map_or_else(|| short(value, 4), |(p, name)| format!("{name} {p:.2}"))
            }
        }
    }
}

impl Model for Trees {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn settings(&self) -> Value {
        value(&self.model.spec)
    }

    fn store(&self) -> Result<ModelFile> {
        self.model.to_file(self.entry.kind)
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![("trees", self.ensemble().trees.len().into())];
        // The names of the classes of every target, where there are several targets.
        if !self.model.outputs.is_empty() {
            facts.push(("outputs", self.model.outputs.clone().into()));
        }
        facts
    }

    fn summary(&self) -> Vec<Section> {
        vec![Section::new("Trees", vec![Block::Text(self.ensemble().size())])]
    }

    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        let trees = &self.model.ensemble;
        let mut facts = trees.sizes();
        if let Some(own) = &self.model.out_of_bag {
            let value = format!("{} on {}", number(own.value), counted(own.rows, "row"));
            facts.push((format!("out-of-bag {}", own.metric), value));
        }
        let mut blocks = vec![Block::Facts(facts)];
        let title = match trees.trees.as_slice() {
            [only] => {
                let leaf = |leaf: usize| (self.says(only, leaf), rows(only.covers[leaf]));
                blocks.push(Block::Tree(only.drawn(&trees.schema, &leaf)));
                self.entry.info.title
            }
            _ => "Trees",
        };
        Ok(vec![Section::new(title, blocks)])
    }

    fn step_unit(&self) -> &'static str {
        "tree"
    }

    fn notes(&self) -> Vec<String> {
        let told = |o: &OutOfBag| {
            format!(
                "out of bag: {} {:.4} on {} that some tree had not seen",
                o.metric,
                o.value,
                counted(o.rows, "row")
            )
        };
        let all = self.schema().features.len();
        let chosen = |o: &OutOfBag| {
            let own = o.features?;
            Some(format!(
                "a node looks at {own} of {}, chosen on out-of-bag rows (`colsample_node`)",
                counted(all, "feature")
            ))
        };
        let out_of_bag = self.model.out_of_bag.iter();
        out_of_bag
            .flat_map(|own| std::iter::once(told(own)).chain(chosen(own)))
            .collect()
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn explainer(&self) -> Option<&dyn Explain> {
        Some(self)
    }
}

impl Predict for Trees {
    fn schema(&self) -> &Schema {
        &self.model.ensemble.schema
    }

    fn task(&self) -> Task {
        if self.schema().classes.is_empty() && self.model.outputs.iter().all(Vec::is_empty) {
            Task::Regression
        } else {
            Task::Classification
        }
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let (table, classes) = (inputs.table()?, self.schema().classes.len());
        if classes == 0 {
            // Several targets are refused here too.
            return Ok(Prediction::of_quantities(self.model.predict(table, threads)?));
        }
        let mut probabilities = self.model.probabilities(table, threads)?;
        if let Some((factor, parts)) = self.model.smoothed() {
            let rows = probabilities.chunks_exact_mut(classes);
            rows.flat_map(|row| row.iter_mut().zip(&parts))
                .for_each(|(p, part)| *p = factor * *p + part);
        }
        Ok(Prediction::of_classes(probabilities, classes))
    }

    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        self.model.quantiles(inputs.table()?, probabilities, threads)
    }
}

impl Explain for Trees {
    fn shap(&self, inputs: Inputs, threads: usize) -> Result<Shap> {
        let mut shap = self.ensemble().shap(inputs.table()?, threads)?;
        if let Some((factor, parts)) = self.model.smoothed() {
            // Of two classes there is one score, the probability of the second.
            let parts = if shap.outputs == 1 {
                &parts[1..]
            } else {
                &parts[..]
            };
            shap.values.iter_mut().for_each(|value| *value *= factor);
            let means = shap
                .values
                .iter_mut()
                .skip(shap.features)
                .step_by(shap.features + 1);
            means
                .zip(parts.iter().cycle())
                .for_each(|(mean, part)| *mean += part);
        }
        Ok(shap)
    }

    fn importances(&self) -> Option<Vec<Importance>> {
        Some(self.ensemble().importances())
    }
}

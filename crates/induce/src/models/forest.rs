//! A decision tree, random forests, extremely randomised trees.

use std::borrow::Cow;

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run, Table};
use induce_learn::forest::FitOptions;
use induce_learn::tree::Ensemble;
use induce_learn::{Schema, forest};
use serde_json::Value;

use crate::model::{Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Row, Setting, Space, setting};
use crate::settings::read_spec;

/// A decision tree.
pub static TREE: Row = Row {
    card: Card {
        name: "tree",
        title: "Decision tree",
        about: "One tree that can be read: classification and regression trees (CART), with cost-complexity pruning.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the tree's shape: depth, rows per leaf, cost per leaf",
            "greedy search, then pruning",
        ],
        tasks: TASKS,
        settings: &SETTINGS,
        defaults: || value(&forest::Spec::tree()),
    },
    search: &[
        ("max_depth", Space::Whole(1, 20)),
        ("min_leaf", Space::Log(1.0, 100.0)),
        ("pruning", Space::Log(1e-6, 1e-2)),
    ],
    train: |spec, train, valid, _, run| fit(&TREE, spec, train, valid, run),
    load: |file| open(&TREE, file),
};

/// Random forests.
pub static FOREST: Row = Row {
    card: Card {
        name: "forest",
        title: "Random forest",
        about: "The average of deep trees on resampled rows and random features: hard to get wrong, with an \
                out-of-bag estimate of its own error.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the trees' shape; averaging takes out the variance that trees do not share",
            "greedy search on bootstrap samples",
        ],
        tasks: TASKS,
        settings: &SETTINGS,
        defaults: || value(&forest::Spec::default()),
    },
    search: FOREST_SEARCH,
    train: |spec, train, valid, _, run| fit(&FOREST, spec, train, valid, run),
    load: |file| open(&FOREST, file),
};

/// Extremely randomised trees.
pub static EXTRA_TREES: Row = Row {
    card: Card {
        name: "extra-trees",
        title: "Extremely randomised trees",
        about: "A forest on all rows whose thresholds are drawn at random: smoother than a random forest, and quicker.",
        idea: [
            "Gaussian or categorical, constant in every leaf",
            "the trees' shape; averaging takes out the variance that trees do not share",
            "random thresholds, the best of which is kept",
        ],
        tasks: TASKS,
        settings: &SETTINGS,
        defaults: || value(&forest::Spec::extra_trees()),
    },
    search: FOREST_SEARCH,
    train: |spec, train, valid, _, run| fit(&EXTRA_TREES, spec, train, valid, run),
    load: |file| open(&EXTRA_TREES, file),
};

const FOREST_SEARCH: &[(&str, Space)] = &[
    ("colsample_node", Space::Uniform(0.05, 1.0)),
    ("min_leaf", Space::Log(1.0, 50.0)),
    ("max_depth", Space::Whole(4, 40)),
];

const TASKS: &[Task] = &[Task::Regression, Task::Classification];

const SETTINGS: [Setting; 19] = [
    setting("trees", ">= 1", "How many trees are averaged"),
    setting(
        "criterion",
        "auto gini entropy squared absolute poisson",
        "What a split makes purer; `auto` is gini for classes, squared for quantities. With `absolute` leaves are medians, \
         `poisson` is for counts",
    ),
    setting("max_depth", ">= 0", "Deepest level of a leaf; 0 is no limit"),
    setting(
        "max_leaves",
        "0 or >= 2",
        "Most leaves of a tree, of which the one that gains most is split next; 0 is no limit",
    ),
    setting("min_leaf", "> 0", "Least weight of the rows in a leaf"),
    setting(
        "min_split",
        ">= 0",
        "Least weight of the rows in a node that is split",
    ),
    setting(
        "min_gain",
        ">= 0",
        "Least fall of the impurity by a split, in shares of all rows",
    ),
    setting(
        "colsample_node",
        "[0, 1]",
        "Share of the features a node looks at; 0 is their square root for classes, a third for quantities",
    ),
    setting(
        "bootstrap",
        "true false",
        "Draw every tree's rows with replacement",
    ),
    setting(
        "subsample",
        "> 0",
        "Rows drawn per tree, as a share of all; above 1 with `bootstrap` only",
    ),
    setting(
        "random_split",
        "true false",
        "One random threshold per feature instead of the best",
    ),
    setting(
        "pruning",
        ">= 0",
        "Cost of a leaf in cost-complexity pruning; 0 prunes nothing",
    ),
    setting(
        "bins",
        "2 to 65534",
        "Bins per quantity; up to 255 fit a byte and are fastest",
    ),
    setting(
        "max_categories",
        "1 to 65000",
        "Categories with a code of their own; the rarest beyond share one",
    ),
    setting(
        "class_weight",
        "none balanced {\"class\": weight}",
        "Weights of the classes",
    ),
    setting(
        "monotone",
        "{\"name\": -1 | 0 | 1}",
        "Direction in which a feature may move the prediction: `monotone.age=1`",
    ),
    setting(
        "quantiles",
        "true false",
        "Keep the training targets by leaf, for `predict --quantiles` (quantile regression forests)",
    ),
    setting(
        "keep_out_of_bag",
        "true false",
        "Keep what the trees that left a row out predict for it, for every row",
    ),
    setting(
        "task",
        "regression classification",
        "What to predict, instead of the guess from the target",
    ),
];

fn value(spec: &forest::Spec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// A fitted model with the row it was fitted as.
struct Trees {
    row: &'static Row,
    model: forest::Model,
}

fn fit(
    row: &'static Row,
    spec: &Value,
    train: &Problem,
    _valid: Option<&Problem>,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    let spec: forest::Spec = read_spec(row.card.name, spec)?;
    let fitted = train.with_dataset(|data| forest::fit(&spec, data, run))?;
    Ok(named(row, fitted, train))
}

/// Fit with several targets, or on top of a fitted forest; rows of weight 0 are left out.
pub(crate) fn fit_with(
    row: &'static Row,
    spec: &Value,
    train: &Problem,
    extras: FitOptions,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    if ![&TREE, &FOREST, &EXTRA_TREES]
        .iter()
        .any(|known| known.card.name == row.card.name)
    {
        let hint = "it must be `tree`, `forest` or `extra-trees`";
        return Err(Error::setting("model", row.card.name, hint));
    }
    let spec: forest::Spec = read_spec(row.card.name, spec)?;
    let rows = train.counting_rows();
    let own = extras
        .targets
        .zip(rows.as_ref())
        .map(|(targets, rows)| targets.take(rows));
    let extras = FitOptions {
        targets: own.as_ref().or(extras.targets),
        ..extras
    };
    let fitted = train
        .counted()
        .with_dataset(|data| forest::fit_with(&spec, data, extras, run))?;
    Ok(named(row, fitted, train))
}

fn named(row: &'static Row, mut fitted: Fitted<forest::Model>, train: &Problem) -> Fitted<Box<dyn Model>> {
    fitted.model.ensemble.schema.target = Some(train.target_name.clone());
    Fitted {
        model: Box::new(Trees {
            row,
            model: fitted.model,
        }),
        outcome: fitted.outcome,
        report: fitted.report,
    }
}

fn open(row: &'static Row, file: &ModelFile) -> Result<Box<dyn Model>> {
    let model = forest::Model::from_file(file)?;
    Ok(Box::new(Trees { row, model }))
}

impl Model for Trees {
    fn row(&self) -> &'static Row {
        self.row
    }

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

    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction> {
        let classes = self.schema().classes.len();
        if classes == 0 {
            // Several targets are refused here too.
            return Ok(Prediction::of_quantities(self.model.predict(table, threads)?));
        }
        Ok(Prediction::of_classes(
            self.model.probabilities(table, threads)?,
            classes,
        ))
    }

    fn quantiles(&self, table: &Table, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        self.model.quantiles(table, probabilities, threads)
    }

    fn settings(&self) -> Value {
        value(&self.model.spec)
    }

    fn store(&self) -> Result<ModelFile> {
        self.model.to_file(self.row.card.name)
    }

    fn trees(&self) -> Option<Cow<'_, Ensemble>> {
        Some(if self.model.leaf_probabilities.is_empty() {
            Cow::Borrowed(&self.model.ensemble)
        } else {
            Cow::Owned(self.model.per_class())
        })
    }

    fn as_forest(&self) -> Option<&forest::Model> {
        Some(&self.model)
    }

    fn tree(&self, t: usize) -> Result<Box<dyn Model>> {
        let model = self.model.tree(t)?;
        Ok(Box::new(Self { row: &TREE, model }))
    }

    fn notes(&self) -> Vec<String> {
        let told = |o: &forest::OutOfBag| {
            format!(
                "out of bag: {} {:.4} on {} rows that some tree had not seen",
                o.metric, o.value, o.rows
            )
        };
        self.model.out_of_bag.iter().map(told).collect()
    }
}

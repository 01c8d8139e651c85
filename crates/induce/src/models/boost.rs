//! Gradient boosting.

use std::borrow::Cow;
use std::time::Instant;

use induce_core::metrics::Task;
use induce_core::model_file::ModelFile;
use induce_core::{Fitted, Result, Run, Table};
use induce_learn::boost::InitModel;
use induce_learn::tree::Ensemble;
use induce_learn::{Schema, boost};
use serde_json::Value;

use crate::model::{Margins, Model, Prediction};
use crate::problem::Problem;
use crate::registry::{Card, Checkpoints, Row, Setting, Space, setting};
use crate::settings::read_spec;

/// Gradient boosting.
pub static BOOST: Row = Row {
    card: Card {
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
        settings: &SETTINGS,
        defaults: || serde_json::to_value(boost::Spec::default()).unwrap_or_default(),
    },
    search: &[
        ("learning_rate", Space::Log(0.01, 0.3)),
        ("max_leaves", Space::Whole(4, 255)),
        ("min_child_weight", Space::Log(0.1, 50.0)),
        ("lambda", Space::Log(0.01, 100.0)),
        ("subsample", Space::Uniform(0.5, 1.0)),
        ("colsample", Space::Uniform(0.3, 1.0)),
    ],
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
    let beginning = InitModel::default();
    fit_from(&beginning, spec, train, valid, checkpoints, run, &mut |_| Ok(()))
}

/// What looks at the model after every round; making the model is left to it, for that copies all trees.
pub type Look<'a> = dyn FnMut(&boost::Booster) -> Result<()> + 'a;

/// Fit on top of a model or of scores, or both.
pub(crate) fn fit_from(
    beginning: &InitModel,
    spec: &Value,
    train: &Problem,
    valid: Option<&Problem>,
    checkpoints: Option<&Checkpoints>,
    run: &mut Run,
    look: &mut Look,
) -> Result<Fitted<Box<dyn Model>>> {
    let spec: boost::Spec = read_spec("boost", spec)?;
    let from = resume_from(checkpoints, &Schema::of(&train.features)?)?;
    let mut saved = Instant::now();
    let mut after = |booster: &boost::Booster| -> Result<()> {
        look(booster)?;
        let Some(plan) = checkpoints else { return Ok(()) };
        if saved.elapsed() >= plan.every {
            booster.state().to_file(&plan.fingerprint)?.write(&plan.path)?;
            saved = Instant::now();
        }
        Ok(())
    };
    let fit = |train: &boost::Dataset, valid: Option<&boost::Dataset>| {
        boost::fit_from(beginning, &spec, train, valid, from, run, &mut after)
    };
    let fitted = train.with_dataset(|train| match valid {
        Some(valid) => valid.with_dataset(|valid| fit(train, Some(valid))),
        None => fit(train, None),
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

/// The settings of boosting, in the order of the reference.
const SETTINGS: [Setting; 45] = [
    setting(
        "objective",
        "auto squared absolute huber quantile poisson gamma tweedie logistic exponential softmax lambdarank",
        "The loss; `auto` is squared for quantities, logistic for two classes, softmax for more, lambdarank with groups",
    ),
    setting(
        "rounds",
        ">= 0",
        "Trees per output, at most; 0 chooses the number on rows held out within the training rows",
    ),
    setting("learning_rate", ">= 0", "Shrinkage of every tree"),
    setting(
        "step",
        "newton gradient",
        "Fit trees to gradient and curvature, or to the gradient by least squares with leaf values by line search",
    ),
    setting(
        "growth",
        "depthwise leafwise",
        "Split level by level, or the leaf of largest gain first",
    ),
    setting("max_depth", ">= 0", "Deepest level of a leaf; 0 is no limit"),
    setting("max_leaves", "0, >= 2", "Most leaves of a tree; 0 is no limit"),
    setting(
        "bins",
        "2 to 65534",
        "Bins per quantity; up to 255 fit a byte and are fastest",
    ),
    setting(
        "split",
        "histogram exact",
        "Split between bins, or between any two different values",
    ),
    setting(
        "min_child_weight",
        ">= 0",
        "Least sum of curvatures in a leaf (rows, for squared loss)",
    ),
    setting(
        "min_rows",
        ">= 0",
        "Least rows in a leaf, estimated by its share of its parent's curvature",
    ),
    setting("min_split", ">= 0", "Least rows in a node that is split"),
    setting(
        "lambda",
        ">= 0",
        "Precision of the Gaussian prior on leaf values (L2)",
    ),
    setting("alpha", ">= 0", "Rate of the Laplace prior on leaf values (L1)"),
    setting("gamma", ">= 0", "Least gain of a split"),
    setting(
        "pruning",
        ">= 0",
        "Cost of a leaf in minimal cost-complexity pruning once the tree is grown, in units of `gamma`",
    ),
    setting(
        "max_delta_step",
        ">= 0",
        "Largest leaf value before shrinkage; 0 is no limit",
    ),
    setting("subsample", "(0, 1]", "Share of rows per tree"),
    setting("colsample", "(0, 1]", "Share of features per tree"),
    setting(
        "colsample_level",
        "(0, 1]",
        "Share of a tree's features per level",
    ),
    setting("colsample_node", "(0, 1]", "Share of a level's features per node"),
    setting(
        "goss_top",
        "[0, 1]",
        "GOSS: share of rows kept for their large gradients, in place of `subsample`; 0 is no GOSS",
    ),
    setting("goss_other", "[0, 1]", "GOSS: share of rows drawn from the rest"),
    setting(
        "dart_rate",
        "[0, 1]",
        "DART: share of earlier trees dropped per round; 0 is no DART",
    ),
    setting("dart_skip", "[0, 1]", "DART: chance that a round drops nothing"),
    setting(
        "dart_max",
        ">= 0",
        "DART: most trees dropped per round; 0 is no limit",
    ),
    setting(
        "early_stopping",
        ">= 0",
        "Stop after so many rounds without a better validation loss; 0 never",
    ),
    setting(
        "trace",
        ">= 0",
        "Rounds between two looks at the training loss, the first before any round; 0 is about ten looks in all",
    ),
    setting(
        "out_of_bag",
        "true false",
        "Follow the losses of the rows that each round drew, and of those it left out",
    ),
    setting(
        "one_hot",
        ">= 0",
        "One category against the rest for features with up to this many categories",
    ),
    setting(
        "max_categories",
        "1 to 65000",
        "Categories with a code of their own; the rarest beyond share one",
    ),
    setting(
        "category_rows",
        ">= 0",
        "Least rows of a category with a code of its own; rarer ones count as missing",
    ),
    setting(
        "category_smooth",
        ">= 0",
        "Added to the curvature where categories are ordered",
    ),
    setting(
        "category_lambda",
        ">= 0",
        "Added to `lambda` for splits by ordered categories",
    ),
    setting("category_set", ">= 1", "Most categories listed in one branch"),
    setting(
        "category_group",
        ">= 0",
        "Least sum of curvatures between two ends of the order",
    ),
    setting(
        "monotone",
        "{\"name\": -1 | 0 | 1}",
        "Direction in which a feature may move the score: `monotone.age=1`",
    ),
    setting(
        "interactions",
        "[[\"a\", \"b\"], ...]",
        "Sets of features that may meet on one path",
    ),
    setting(
        "class_weight",
        "none balanced {\"class\": weight}",
        "Weights of the classes",
    ),
    setting(
        "huber_delta",
        "> 0",
        "Where Huber's loss turns linear, in units of the target",
    ),
    setting(
        "huber_quantile",
        "[0, 1)",
        "The quantile of the absolute residuals at which it does, round by round; 0 leaves it at `huber_delta`",
    ),
    setting("quantile", "(0, 1)", "The quantile of the pinball loss"),
    setting(
        "tweedie_power",
        "(1, 2)",
        "Variance power of the Tweedie likelihood",
    ),
    setting(
        "rank_depth",
        ">= 0",
        "Positions of a query that count in ranking; 0 is all",
    ),
    setting(
        "task",
        "regression classification ranking",
        "What to predict, instead of the guess from the target",
    ),
];

impl Model for boost::Model {
    fn row(&self) -> &'static Row {
        &BOOST
    }

    fn schema(&self) -> &Schema {
        &self.ensemble.schema
    }

    fn task(&self) -> Task {
        match (self.objective.as_str(), self.ensemble.schema.classes.len()) {
            ("lambdarank", _) => Task::Ranking,
            (_, 0) => Task::Regression,
            _ => Task::Classification,
        }
    }

    fn predict(&self, table: &Table, threads: usize) -> Result<Prediction> {
        let classes = self.ensemble.schema.classes.len();
        if classes == 0 {
            return Ok(Prediction::of_quantities(boost::Model::predict(
                self, table, threads,
            )?));
        }
        Ok(Prediction::of_classes(
            self.probabilities(table, threads)?,
            classes,
        ))
    }

    fn margins(&self, table: &Table, threads: usize) -> Result<Margins> {
        Ok(Margins {
            values: self.ensemble.scores(table, threads)?,
            outputs: self.ensemble.outputs(),
        })
    }

    fn settings(&self) -> Value {
        serde_json::to_value(&self.spec).unwrap_or_default()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn as_boost(&self) -> Option<&boost::Model> {
        Some(self)
    }

    fn trees(&self) -> Option<Cow<'_, Ensemble>> {
        Some(Cow::Borrowed(&self.ensemble))
    }
}

//! The learner: columns, objective, and the dealing of trees.

use induce_prob::Link;

use super::super::super::boost::Model;
use super::super::super::{Ensemble, Tree};
use super::super::features::{Budget, Kind, schema};
use super::super::value::{Read, Value, index};
use super::{cats, known, objective, tree};

/// Most outputs of a model.
const OUTPUTS: usize = 1 << 16;

/// The model in a document of `bytes` bytes.
pub fn read(document: &Value, bytes: usize) -> Read<Model> {
    let learner = document.get("learner")?;
    known::check_learner(document, learner)?;
    let parameters = learner.get("learner_model_param")?;
    let booster = Booster::of(learner.get("gradient_booster")?)?;
    let targets = if parameters.find("num_target").is_some() {
        parameters.count_of("num_target")?
    } else {
        1
    };
    let outputs = parameters.count_of("num_class")?.max(targets).max(1);
    if outputs > OUTPUTS {
        return Err(format!("it has {outputs} outputs"));
    }
    let features = parameters.count_of("num_feature")?;
    let target = objective::read(learner.get("objective")?, outputs)?;
    let budget = Budget::new(bytes);
    let trees = booster.trees(outputs, features, &budget)?;
    let names = names(learner, features, bytes)?;
    let kinds = kinds(learner, booster.model, &trees, features)?;
    let mut schema = schema(names, kinds, &trees)?;
    schema.classes = (0..target.classes).map(|c| c.to_string()).collect();
    let start = start(parameters.str_of("base_score")?, target.link, outputs)?;
    let ensemble = Ensemble {
        schema,
        start,
        trees,
        link: target.link,
        single: true,
        average: false,
    };
    Ok(Model {
        ensemble,
        objective: target.name,
        spec: target.spec,
    })
}

/// What a model says that does not count here: the best round of early stopping, if it is not the last.
pub fn notes(document: &Value) -> Vec<String> {
    let best = || -> Read<(usize, usize)> {
        let learner = document.get("learner")?;
        let model = Booster::of(learner.get("gradient_booster")?)?.model;
        let rounds = model.numbers_of("iteration_indptr")?.len().saturating_sub(1);
        Ok((learner.get("attributes")?.count_of("best_iteration")? + 1, rounds))
    };
    let early = best().ok().filter(|(best, rounds)| best < rounds);
    let note = early.map(|(best, rounds)| {
        format!(
            "early stopping found round {best} of {rounds} the best; all rounds predict, as in `Booster.predict`, where \
             `XGBRegressor` and its kin stop at the best (save `booster[:{best}]` to keep only those)"
        )
    });
    note.into_iter().collect()
}

/// The trees and what DART multiplies them with.
struct Booster<'a> {
    model: &'a Value,
    weights: Option<Vec<f64>>,
}

impl<'a> Booster<'a> {
    fn of(booster: &'a Value) -> Read<Self> {
        let inner = match booster.str_of("name")? {
            "gbtree" => booster,
            "dart" => booster.get("gbtree")?,
            "gblinear" => return Err("it is a linear model (`gblinear`), not trees".into()),
            other => return Err(format!("its booster `{other}` is not known")),
        };
        // XGBoost 3.4 calls DART `gbtree` too, and keeps its weights beside the trees.
        let dart = booster.str_of("name")? == "dart" || booster.find("weight_drop").is_some();
        let weights = || {
            Ok::<_, String>(
                booster
                    .numbers_of("weight_drop")?
                    .iter()
                    .map(|&w| tree::single(w))
                    .collect(),
            )
        };
        let weights = dart.then(weights).transpose()?;
        let model = inner.get("model")?;
        known::check_booster(booster, model, model.list_of("trees")?.len())?;
        Ok(Self { model, weights })
    }

    /// The trees, dealt to the outputs in turn.
    fn trees(&self, outputs: usize, features: usize, budget: &Budget) -> Read<Vec<Tree>> {
        let trees = self.model.list_of("trees")?;
        let count = self.model.get("gbtree_model_param")?.count_of("num_trees")?;
        if count != trees.len() {
            return Err(format!("`num_trees` is {count}, there are {} trees", trees.len()));
        }
        let groups = self.model.numbers_of_length("tree_info", count)?;
        if self.weights.as_ref().is_some_and(|w| w.len() != count) {
            return Err("`weight_drop` has not one weight per tree".into());
        }
        let mut dealt = vec![Vec::new(); outputs];
        for (t, (tree, &group)) in trees.iter().zip(groups.iter()).enumerate() {
            let weight = self.weights.as_ref().map_or(1.0, |w| w[t]);
            let read = || {
                let group = index(group, outputs, "its output")?;
                Ok((group, tree::read(tree, features, weight, budget)?))
            };
            let (group, tree) = read().map_err(|e: String| format!("tree {t}: {e}"))?;
            dealt[group].push(tree);
        }
        interleave(dealt)
    }
}

/// Trees per output to trees in turn.
fn interleave(dealt: Vec<Vec<Tree>>) -> Read<Vec<Tree>> {
    let (outputs, rounds) = (dealt.len(), dealt.first().map_or(0, Vec::len));
    if dealt.iter().any(|own| own.len() != rounds) {
        return Err("`tree_info` deals its trees unevenly to the outputs".into());
    }
    let mut dealt: Vec<_> = dealt.into_iter().map(Vec::into_iter).collect();
    Ok((0..rounds * outputs)
        .filter_map(|t| dealt[t % outputs].next())
        .collect())
}

fn names(learner: &Value, features: usize, bytes: usize) -> Read<Vec<String>> {
    let names = if learner.find("feature_names").is_some() {
        learner.texts_of("feature_names")?
    } else {
        Vec::new()
    };
    match names.len() {
        n if n == features => Ok(names),
        0 if features <= (1 << 20) + bytes => Ok((0..features).map(|f| format!("f{f}")).collect()),
        n => Err(format!(
            "`num_feature` is {features}, there are {n} feature names"
        )),
    }
}

/// How every feature is read: by its type, the names of its categories, or the tests asked of it.
fn kinds(learner: &Value, model: &Value, trees: &[Tree], features: usize) -> Read<Vec<Kind>> {
    let types = if learner.find("feature_types").is_some() {
        learner.texts_of("feature_types")?
    } else {
        Vec::new()
    };
    if !types.is_empty() && types.len() != features {
        return Err(format!(
            "`num_feature` is {features}, there are {} feature types",
            types.len()
        ));
    }
    let mut names = cats::read(model.find("cats"))?;
    names.resize(features, Vec::new());
    let mut category: Vec<bool> = (0..features)
        .map(|f| types.get(f).is_some_and(|t| t == "c"))
        .collect();
    if types.is_empty() {
        for branch in trees.iter().flat_map(|t| &t.branches) {
            if matches!(branch.test, super::super::super::Test::Member(_)) {
                category[branch.feature as usize] = true;
            }
        }
    }
    let kind = |(category, names): (bool, Vec<String>)| match (category, names.is_empty()) {
        (false, _) => Kind::Number,
        (true, true) => Kind::Codes,
        (true, false) => Kind::Named(names),
    };
    Ok(category.into_iter().zip(names).map(kind).collect())
}

/// Start scores from `base_score`, which is a mean: one for all outputs, or one each.
fn start(text: &str, link: Link, outputs: usize) -> Read<Vec<f64>> {
    let bad = || format!("`base_score` is `{text}`");
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let score = |x: &str| {
        x.trim()
            .parse()
            .map(|mean| f64::from(margin(mean, link)))
            .map_err(|_| bad())
    };
    let mut scores = inner.split(',').map(score).collect::<Read<Vec<_>>>()?;
    if scores.len() == 1 {
        scores.resize(outputs, scores[0]);
    }
    if scores.len() == outputs && scores.iter().all(|s| s.is_finite()) {
        Ok(scores)
    } else {
        Err(bad())
    }
}

/// The score whose mean is `mean`, with XGBoost's rounding and its care for targets that are all one.
pub(super) fn margin(mean: f32, link: Link) -> f32 {
    match link {
        Link::Identity | Link::Softmax => mean,
        Link::Log if mean == 0.0 => f32::from_bits(1).ln(),
        Link::Log => mean.ln(),
        Link::Logit if !(0.0..=1.0).contains(&mean) => f32::NAN,
        Link::Logit => -(1.0 / mean.clamp(1e-6, 1.0 - 1e-6) - 1.0).ln(),
        other => other.score_of(f64::from(mean)) as f32,
    }
}

//! Settings by name: what `--set key=value` means.

use induce_core::{Error, Fitted, Result, Run};
use serde_json::Value;

use crate::model::Model;
use crate::problem::Problem;
use crate::registry::{self, Checkpoints, Row, Setting};

const fn setting(name: &'static str, range: &'static str, doc: &'static str) -> Setting {
    Setting { name, doc, range }
}

/// The settings of boosting, in the order of the reference.
pub(crate) const BOOST: [Setting; 37] = [
    setting(
        "objective",
        "auto squared absolute huber quantile poisson gamma tweedie logistic softmax lambdarank",
        "The loss; `auto` is squared for quantities, logistic for two classes, softmax for more, lambdarank with groups",
    ),
    setting(
        "rounds",
        ">= 0",
        "Trees per output, at most; 0 chooses the number on rows held out within the training rows",
    ),
    setting("learning_rate", "(0, 1]", "Shrinkage of every tree"),
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
        "lambda",
        ">= 0",
        "Precision of the Gaussian prior on leaf values (L2)",
    ),
    setting("alpha", ">= 0", "Rate of the Laplace prior on leaf values (L1)"),
    setting("gamma", ">= 0", "Least gain of a split"),
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

/// A model's settings before the fit.
#[derive(Clone)]
pub struct Settings {
    /// The model.
    pub row: &'static Row,
    /// Its spec as JSON.
    pub spec: Value,
    /// Names that were set by hand.
    pub set: Vec<String>,
}

impl Settings {
    /// The defaults of the model called `name`.
    pub fn new(name: &str) -> Result<Self> {
        let row = registry::find(name)?;
        Ok(Self {
            row,
            spec: (row.defaults)(),
            set: Vec::new(),
        })
    }

    /// With one `key=value`; an unknown key or a value of another type is an error.
    pub fn with(mut self, assignment: &str) -> Result<Self> {
        let (key, text) = assignment
            .split_once('=')
            .ok_or_else(|| Error::setting(assignment, "nothing", "write it as `key=value`"))?;
        let (key, text) = (key.trim(), text.trim());
        let (name, member) = key
            .split_once('.')
            .map_or((key, None), |(name, member)| (name, Some(member)));
        let known = self.row.settings.iter().any(|s| s.name == name);
        let Some(slot) = self.spec.get_mut(name).filter(|_| known) else {
            let known = self.row.settings.iter().map(|s| s.name.to_string()).collect();
            return Err(Error::UnknownName {
                what: "setting",
                name: name.into(),
                known,
            });
        };
        match member {
            Some(member) => set_member(slot, key, member, text)?,
            None => *slot = parse(slot, key, text)?,
        }
        self.set.push(name.into());
        Ok(self)
    }

    /// Fit the model.
    pub fn fit(
        &self,
        train: &Problem,
        valid: Option<&Problem>,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        (self.row.train)(&self.spec, train, valid, None, run)
    }

    /// Fit the model, saving its state on the way.
    pub fn fit_with_checkpoints(
        &self,
        train: &Problem,
        valid: Option<&Problem>,
        checkpoints: Option<&Checkpoints>,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        (self.row.train)(&self.spec, train, valid, checkpoints, run)
    }
}

fn set_member(slot: &mut Value, key: &str, member: &str, text: &str) -> Result<()> {
    let number: Value =
        serde_json::from_str(text).map_err(|_| Error::setting(key, text, "it must be a number"))?;
    if !slot.is_object() {
        *slot = Value::Object(serde_json::Map::new());
    }
    slot[member] = number;
    Ok(())
}

/// A value of the same type as `like`.
fn parse(like: &Value, key: &str, text: &str) -> Result<Value> {
    let json = || serde_json::from_str::<Value>(text).ok();
    let wrong = |what: &str| Error::setting(key, text, format!("it must be {what}"));
    match like {
        Value::Number(n) if n.is_u64() => text
            .parse::<u64>()
            .map(Value::from)
            .map_err(|_| wrong("a whole number that is not negative")),
        Value::Number(_) => {
            let number = text.parse::<f64>().ok().filter(|x| x.is_finite());
            number.map(Value::from).ok_or_else(|| wrong("a number"))
        }
        Value::Bool(_) => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| wrong("true or false")),
        Value::String(_) => Ok(json()
            .filter(Value::is_object)
            .unwrap_or_else(|| Value::from(text))),
        Value::Array(_) => json()
            .filter(Value::is_array)
            .ok_or_else(|| wrong("a JSON array")),
        Value::Object(_) => json()
            .filter(Value::is_object)
            .ok_or_else(|| wrong("a JSON object")),
        Value::Null => json().ok_or_else(|| wrong("JSON")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_every_setting_of_the_spec() {
        for row in registry::MODELS {
            let spec = (row.defaults)();
            let keys: Vec<&String> = spec.as_object().unwrap().keys().collect();
            let mut names: Vec<&str> = row.settings.iter().map(|s| s.name).collect();
            names.retain(|n| *n != "task");
            assert_eq!(keys, names);
        }
    }

    #[test]
    fn values_are_typed_and_names_are_known() {
        let settings = Settings::new("boost")
            .unwrap()
            .with("rounds=7")
            .unwrap()
            .with("monotone.age=1")
            .unwrap();
        assert_eq!(settings.spec["rounds"], 7);
        assert_eq!(settings.spec["monotone"]["age"], 1);
        let hint = |assignment: &str| {
            Settings::new("boost")
                .unwrap()
                .with(assignment)
                .err()
                .unwrap()
                .hint()
        };
        assert_eq!(
            hint("learningrate=1").as_deref(),
            Some("did you mean `learning_rate`?")
        );
        assert!(Settings::new("boost").unwrap().with("rounds=many").is_err());
        assert!(Settings::new("boost").unwrap().with("lambda=nan").is_err());
        assert!(Settings::new("bost").is_err());
    }
}

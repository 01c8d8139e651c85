//! Settings by name: what `--set key=value` means.

use std::borrow::Cow;

use induce_core::{Error, Fitted, Result, Run};
use induce_learn::boost;
use induce_learn::forest::FitOptions;
use induce_learn::linear::{Csr, Path};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::Model;
use crate::models::boost::{Look, fit_from};
use crate::models::{forest, linear};
use crate::problem::Problem;
use crate::registry::{self, Checkpoints, Row, Setting};

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
            spec: (row.card.defaults)(),
            set: Vec::new(),
        })
    }

    /// With one `key=value`; an unknown key or a value of another type is an error.
    pub fn with(mut self, assignment: &str) -> Result<Self> {
        let name = assign(&mut self.spec, self.row.card.settings, assignment)?;
        self.set.push(name);
        Ok(self)
    }

    /// With every one of `assignments`.
    ///
    /// # Errors
    /// As [`with`](Self::with), for the first that is wrong.
    pub fn with_all<S: AsRef<str>>(self, assignments: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut all = assignments.into_iter();
        all.try_fold(self, |settings, assignment| settings.with(assignment.as_ref()))
    }

    /// Fit the model.
    pub fn fit(
        &self,
        train: &Problem,
        valid: Option<&Problem>,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        self.fit_with_checkpoints(train, valid, None, run)
    }

    /// Fit the model, saving its state on the way.
    pub fn fit_with_checkpoints(
        &self,
        train: &Problem,
        valid: Option<&Problem>,
        checkpoints: Option<&Checkpoints>,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        (self.row.train)(&self.spec, &train.counted(), valid, checkpoints, run)
    }
}

impl Settings {
    /// Fit a linear model, its solver starting at the coefficients of `from`, where that is linear too.
    ///
    /// # Errors
    /// If the model is none of the linear ones, and as [`fit`](Self::fit).
    pub fn fit_starting_at(
        &self,
        train: &Problem,
        from: &dyn Model,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        linear::fit_from(self.row, &self.spec, &train.counted(), from, run)
    }

    /// Fit boosted trees on top of a model, of scores that the rows have, or of both; `look` is shown every round.
    ///
    /// # Errors
    /// If the settings are not those of boosting, and as [`boost::fit_from`].
    pub fn fit_from(
        &self,
        beginning: &boost::InitModel,
        train: &Problem,
        valid: Option<&Problem>,
        checkpoints: Option<&Checkpoints>,
        run: &mut Run,
        look: &mut Look,
    ) -> Result<Fitted<Box<dyn Model>>> {
        if self.row.card.name != "boost" {
            let reason = "only boosting can go on from a model: each of its trees builds on those before";
            return Err(Error::setting("model", self.row.card.name, reason));
        }
        // Scores are given row by row: then no row may be left out.
        let counted = if beginning.offset.is_none() {
            train.counted()
        } else {
            Cow::Borrowed(train)
        };
        fit_from(beginning, &self.spec, &counted, valid, checkpoints, run, look)
    }

    /// The coefficients of a linear model along falling `lambdas`.
    ///
    /// # Errors
    /// If the model is none of the linear ones, and as [`linear::path`](induce_learn::linear::path).
    pub fn path(&self, train: &Problem, lambdas: &[f64], run: &mut Run) -> Result<Path> {
        linear::path(self.row, &self.spec, &train.counted(), lambdas, run)
    }

    /// Fit a tree or a forest with several targets, or on top of a fitted forest.
    ///
    /// # Errors
    /// If the model is none of them, and as [`forest::fit_with`](induce_learn::forest::fit_with).
    pub fn fit_forest(
        &self,
        train: &Problem,
        extras: FitOptions,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        forest::fit_with(self.row, &self.spec, train, extras, run)
    }

    /// Fit a linear model on compressed sparse rows, without a table; `from` as in [`fit_starting_at`](Self::fit_starting_at).
    ///
    /// # Errors
    /// If the model is none of the linear ones, and as [`linear::fit_sparse`](induce_learn::linear::fit_sparse).
    pub fn fit_sparse(
        &self,
        rows: &Csr,
        target: &[f64],
        weight: Option<&[f64]>,
        classes: &[String],
        from: Option<&dyn Model>,
        run: &mut Run,
    ) -> Result<Fitted<Box<dyn Model>>> {
        linear::fit_sparse(self.row, &self.spec, rows, target, weight, classes, from, run)
    }
}

/// Put `key=value` into a spec of these settings; the name that was set.
pub(crate) fn assign(spec: &mut Value, settings: &[Setting], assignment: &str) -> Result<String> {
    let (key, text) = assignment
        .split_once('=')
        .ok_or_else(|| Error::setting(assignment, "nothing", "write it as `key=value`"))?;
    let (key, text) = (key.trim(), text.trim());
    let (name, member) = key
        .split_once('.')
        .map_or((key, None), |(name, member)| (name, Some(member)));
    let known = settings.iter().any(|s| s.name == name);
    let Some(slot) = spec.get_mut(name).filter(|_| known) else {
        let known = settings.iter().map(|s| s.name.to_string()).collect();
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
    Ok(name.into())
}

/// The spec of the model called `name`.
pub(crate) fn read_spec<S: DeserializeOwned>(name: &str, spec: &Value) -> Result<S> {
    serde_json::from_value(spec.clone())
        .map_err(|e| Error::setting(name, spec, format!("the settings do not fit: {e}")))
}

fn set_member(slot: &mut Value, key: &str, member: &str, text: &str) -> Result<()> {
    // Settings of a base model may be words; all other members are numbers.
    let word = || key.starts_with("base_settings.").then(|| Value::from(text));
    let value: Option<Value> = serde_json::from_str(text).ok().or_else(word);
    let value = value.ok_or_else(|| Error::setting(key, text, "it must be a number"))?;
    if !slot.is_object() {
        *slot = Value::Object(serde_json::Map::new());
    }
    slot[member] = value;
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
            let spec = (row.card.defaults)();
            let keys: Vec<&String> = spec.as_object().unwrap().keys().collect();
            let mut names: Vec<&str> = row.card.settings.iter().map(|s| s.name).collect();
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

//! A model and the values of its settings, before the fit.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::setting::{NESTED, typed};
use super::{AnyFitted, Data, Entry, Fit, InitModel, OnlyTask, Registry, Setting, When, assign};
use crate::error::nearest;
use crate::metrics::Task;
use crate::{Error, Result, Run, synonyms};

/// A model's settings before the fit.
#[derive(Clone)]
pub struct Settings {
    /// The model.
    pub entry: &'static Entry,
    /// The values by name.
    pub values: Value,
    /// Names that were set by hand.
    pub set: Vec<String>,
    /// What `task=` asked for.
    pub task: Option<Task>,
    /// Whether a program set them, which says all that it has: what has no effect is passed over then.
    by_program: bool,
    registry: Registry,
}

impl Settings {
    /// The defaults of the model called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(registry: Registry, name: &str) -> Result<Self> {
        let entry = registry.find(name)?;
        Ok(Self {
            entry,
            values: (entry.defaults)(),
            set: Vec::new(),
            task: None,
            by_program: false,
            registry,
        })
    }

    /// With one `name=value`.
    ///
    /// # Errors
    /// If there is no such setting, or the value is of another type or outside of its range.
    pub fn with(mut self, assignment: &str) -> Result<Self> {
        if let Some(("task", name)) = assignment
            .split_once('=')
            .filter(|_| !self.entry.tasks.is_empty())
        {
            return self.with_task(name.trim());
        }
        let name = match assign(&mut self.values, self.entry.settings, assignment) {
            Err(Error::UnknownName {
                what: "setting",
                name,
                known,
            }) => return Err(self.unknown(name, known)),
            other => other?,
        };
        self.set.push(name.into());
        Ok(self)
    }

    /// With the task called `name`.
    ///
    /// # Errors
    /// If there is no such task, or the model is not for it.
    pub fn with_task(mut self, name: &str) -> Result<Self> {
        let task: Task = name.parse()?;
        if !self.entry.tasks.contains(&task) {
            let (model, own) = (self.entry.info.name, self.entry.task_names().join(" and "));
            return Err(Error::data(
                format!("`{model}` is for {own}, not for {task}"),
                format!("for {task} there are {}", self.registry.models_for(task)),
            ));
        }
        self.task = Some(task);
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

    /// With values as [`with`](Self::with) reads them, by their names.
    ///
    /// # Errors
    /// As [`with`](Self::with), for the first that is wrong.
    pub fn with_values(self, values: &Map<String, Value>) -> Result<Self> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.with_all(
            values
                .iter()
                .map(|(name, value)| format!("{name}={}", text(value))),
        )
    }

    /// With the members of a JSON object, as other programs hand settings over.
    ///
    /// # Errors
    /// If there is no such setting, or a value is of another type or outside of its range.
    pub fn with_json(self, values: &Value) -> Result<Self> {
        let mut all = self.by_program();
        for (name, value) in values.as_object().into_iter().flatten() {
            let known = all.entry.settings.iter().find(|setting| setting.is(name));
            let setting = known.ok_or_else(|| Error::UnknownName {
                what: "setting",
                name: name.clone(),
                known: all.entry.settings.iter().map(|s| s.name.to_string()).collect(),
            })?;
            all.values[setting.name] = typed(setting, value)?;
            all.set.push(setting.name.into());
        }
        Ok(all)
    }

    /// As a program sets them: what has no effect is passed over.
    #[must_use]
    pub fn by_program(mut self) -> Self {
        self.by_program = true;
        self
    }

    /// Hold every value against its range, and the values against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        if !self.by_program {
            self.check_effects()?;
        }
        (self.entry.check)(&self.values, &self.registry)
    }

    /// An error for the first setting, also of a base model, that was set by hand and has no effect.
    fn check_effects(&self) -> Result<()> {
        let set = |own: &&Setting| self.set.iter().any(|set| set == own.name);
        for setting in self.entry.settings.iter().filter(set) {
            if let Some(when) = self.unmet(setting) {
                self.check_effect(setting.name, when)?;
            }
        }
        match (self.values["base"].as_str(), self.values[NESTED].as_object()) {
            (Some(base), Some(nested)) if !nested.is_empty() && self.registry.find(base).is_ok() => {
                let own = Self::new(self.registry, base)?;
                own.with_values(nested)?.check_effects()
            }
            _ => Ok(()),
        }
    }

    /// What keeps a setting from having an effect: another setting's value, or what keeps that one from having any.
    fn unmet(&self, setting: &Setting) -> Option<When> {
        let when = setting.when?;
        if !when.holds(&self.values) {
            return Some(when);
        }
        let other = self.entry.settings.iter().find(|own| own.name == when.setting)?;
        self.unmet(other)
    }

    /// An error for a setting that was set although it has no effect. Its default is harmless, unless other tools mean
    /// another setting by its name.
    fn check_effect(&self, name: &str, when: When) -> Result<()> {
        let settings = self.entry.settings.iter();
        let effective = settings.filter(|own| own.has_effect(&self.values));
        let effective: Vec<String> = effective.map(|own| own.name.to_owned()).collect();
        let meant = synonyms::ours(name, &effective);
        if meant.is_none() && self.values[name] == (self.entry.defaults)()[name] {
            return Ok(());
        }
        let leave = format!("leave it out, or set `{}` as well", when.setting);
        let value = &self.values[when.setting];
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Err(Error::data(
            format!(
                "`{name}` has no effect with {}={value}, only {when}",
                when.setting
            ),
            meant.map_or(leave, |own| format!("did you mean `{own}`?")),
        ))
    }

    /// The task that was asked for, or that the settings imply.
    pub fn task(&self) -> Option<Task> {
        self.task.or_else(|| self.implied())
    }

    fn implied(&self) -> Option<Task> {
        match self.entry.tasks {
            [only] => Some(*only),
            _ => (self.entry.task_of)(&self.values),
        }
    }

    /// The task that the model and its settings allow only, where none was asked for.
    pub fn only_task(&self) -> Option<OnlyTask> {
        let implied = self.implied().filter(|_| self.task.is_none());
        let other = |task| match task {
            Task::Classification => Task::Regression,
            Task::Regression | Task::Ranking | Task::Clustering => Task::Classification,
        };
        let name = self.entry.info.name;
        let why = match self.entry.tasks {
            [_] => format!("`{name}` is for nothing else"),
            _ => format!("the settings of `{name}` are for nothing else"),
        };
        implied.map(|task| OnlyTask {
            task,
            why,
            model: self.entry.info.name,
            others: format!(
                "for {} there are {}",
                other(task),
                self.registry.models_for(other(task))
            ),
        })
    }

    /// Fit the model.
    ///
    /// # Errors
    /// If the settings or the data cannot be used.
    pub fn fit(&self, data: &Data, run: &mut Run) -> Result<AnyFitted> {
        self.fit_in(data, &mut Fit::new(run, self.registry))
    }

    /// Fit the model in a context: validation data, a beginning, checkpoints, a callback. Rows of weight 0 are left out.
    ///
    /// # Errors
    /// If the settings, the data or the context cannot be used.
    pub fn fit_in(&self, data: &Data, fit: &mut Fit) -> Result<AnyFitted> {
        let counting = match data {
            Data::Rows(rows) => rows.counting_rows().map(|places| (rows, places)),
            _ => None,
        };
        let Some((rows, places)) = counting else {
            return (self.entry.fit)(&self.values, data, fit);
        };
        // A weight of 0 means what leaving out the row means, also where cuts between values are chosen.
        let of = |column: &Vec<f64>, row: usize| column.get(row).copied().unwrap_or(f64::NAN);
        let part = |column: &Vec<f64>| -> Vec<f64> { places.iter().map(|&row| of(column, row)).collect() };
        let scores = fit
            .init
            .scores
            .map(|all| all.iter().map(part).collect::<Vec<_>>());
        let mut own = Fit {
            run: &mut *fit.run,
            registry: fit.registry,
            valid: fit.valid,
            init: InitModel {
                scores: scores.as_deref(),
                ..fit.init
            },
            checkpoints: fit.checkpoints,
            callback: match &mut fit.callback {
                Some(callback) => Some(&mut **callback),
                None => None,
            },
        };
        (self.entry.fit)(&self.values, &Data::Rows(rows.take(&places)), &mut own)
    }

    /// Every model there is.
    pub fn registry(&self) -> Registry {
        self.registry
    }

    /// The error for a setting that the model does not have: a slip, a word of another tool, or a setting of other models.
    fn unknown(&self, name: String, mut known: Vec<String>) -> Error {
        if self.has_task() {
            known.push("task".into());
        }
        let own = self.entry.info.name;
        let others = self
            .registry
            .iter()
            .filter(|entry| entry.settings.iter().any(|setting| setting.is(&name)));
        let others: Vec<String> = others.map(|entry| format!("`{}`", entry.info.name)).collect();
        let elsewhere = synonyms::flag(&name).or_else(|| synonyms::advice(&name));
        let meant = elsewhere
            .or_else(|| synonyms::ours(&name, &known))
            .or_else(|| nearest(&name, &known));
        if meant.is_some() || others.is_empty() {
            return Error::UnknownName {
                what: "setting",
                name,
                known,
            };
        }
        Error::data(
            format!("`{own}` has no setting `{name}`"),
            format!(
                "it is a setting of {}; `induce models {own}` lists those of `{own}`",
                others.join(", ")
            ),
        )
    }

    fn has_task(&self) -> bool {
        self.entry.tasks.len() > 1
    }
}

/// The values of the settings of `model` as its plain struct.
///
/// ```
/// use induce_core::{model::read_spec, settings};
/// settings! {
///     /// Told.
///     pub struct Spec {
///         /// So many
///         count: usize = 1;
///         /// So large
///         size: f64 = 1.0;
///     }
/// }
/// let wrong = read_spec::<Spec>("toy", &serde_json::json!({ "count": 2, "size": "big" })).unwrap_err();
/// assert!(wrong.to_string().starts_with("`size` cannot be big: "), "{wrong}");
/// ```
///
/// # Errors
/// If a value is of another type; the error names it.
pub fn read_spec<S: DeserializeOwned>(model: &str, values: &Value) -> Result<S> {
    let read = |values: &Value| serde_json::from_value::<S>(values.clone());
    read(values).map_err(|error| {
        let fits_without = |name: &&String| {
            let mut others = values.clone();
            others
                .as_object_mut()
                .is_some_and(|all| all.remove(*name).is_some())
                && read(&others).is_ok()
        };
        let mut names = values.as_object().into_iter().flatten().map(|(name, _)| name);
        match names.find(fits_without) {
            Some(name) => Error::setting(name, said(&values[name]), error.to_string()),
            None => Error::setting(model, values, format!("the settings do not fit: {error}")),
        }
    })
}

/// A value as a person writes it: a word without quotes.
fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! A model and the values of its settings, before the fit.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::setting::typed;
use super::{AnyFitted, Data, Entry, Fit, InitModel, Registry, assign};
use crate::metrics::Task;
use crate::{Error, Result, Run};

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
            registry,
        })
    }

    /// With one `name=value`.
    ///
    /// # Errors
    /// If there is no such setting, or the value is of another type or outside of its range.
    pub fn with(mut self, assignment: &str) -> Result<Self> {
        if let Some(("task", name)) = assignment.split_once('=').filter(|_| self.has_task()) {
            self.task = Some(task_among(self.entry.tasks, name.trim())?);
            return Ok(self);
        }
        let name = match assign(&mut self.values, self.entry.settings, assignment) {
            Err(Error::UnknownName {
                what: "setting",
                name,
                mut known,
            }) if self.has_task() => {
                known.push("task".into());
                return Err(Error::UnknownName {
                    what: "setting",
                    name,
                    known,
                });
            }
            other => other?,
        };
        self.set.push(name.into());
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

    /// With the members of a JSON object, as other programs hand settings over.
    ///
    /// # Errors
    /// If there is no such setting, or a value is of another type or outside of its range.
    pub fn with_json(mut self, values: &Value) -> Result<Self> {
        for (name, value) in values.as_object().into_iter().flatten() {
            let known = self.entry.settings.iter().find(|setting| setting.is(name));
            let setting = known.ok_or_else(|| Error::UnknownName {
                what: "setting",
                name: name.clone(),
                known: self.entry.settings.iter().map(|s| s.name.to_string()).collect(),
            })?;
            self.values[setting.name] = typed(setting, value)?;
            self.set.push(setting.name.into());
        }
        Ok(self)
    }

    /// Hold every value against its range, and the values against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        (self.entry.check)(&self.values, &self.registry)
    }

    /// The task that was asked for, or that the settings imply.
    pub fn task(&self) -> Option<Task> {
        self.task.or_else(|| (self.entry.task_of)(&self.values))
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

    fn has_task(&self) -> bool {
        self.entry.tasks.len() > 1
    }
}

fn task_among(tasks: &[Task], name: &str) -> Result<Task> {
    let found = tasks.iter().find(|task| task.name() == name);
    found.copied().ok_or_else(|| Error::UnknownName {
        what: "task",
        name: name.into(),
        known: tasks.iter().map(|task| task.name().to_owned()).collect(),
    })
}

/// The values of the settings of `model` as its plain struct.
///
/// # Errors
/// If a value is of another type.
pub fn read_spec<S: DeserializeOwned>(model: &str, values: &Value) -> Result<S> {
    serde_json::from_value(values.clone())
        .map_err(|e| Error::setting(model, values, format!("the settings do not fit: {e}")))
}

//! A row of the registry: what people are told of a model, and how it is fitted and opened.

use serde_json::Value;

use super::{Data, DataKind, Fit, Model, Range, Setting, Space};
use crate::metrics::Task;
use crate::model_file::ModelFile;
use crate::{Error, Fitted, Result};

/// A fitted model of any kind, with its report.
pub type AnyFitted = Fitted<Box<dyn Model>>;

/// What people are told of a model.
#[derive(Debug, Clone, Copy)]
pub struct ModelInfo {
    /// Its name after `-m`.
    pub name: &'static str,
    /// Its full name.
    pub title: &'static str,
    /// What it is good for, in a few sentences.
    pub about: &'static str,
    /// The idea: likelihood, prior, inference.
    pub idea: [&'static str; 3],
}

/// A model of the registry, of whatever kind of data.
pub struct Entry {
    /// What people are told of it.
    pub info: ModelInfo,
    /// What it learns from.
    pub input: DataKind,
    /// What it learns from besides.
    pub also: &'static [DataKind],
    /// What it predicts of a target; nothing where it needs none.
    pub tasks: &'static [Task],
    /// Its settings.
    pub settings: &'static [Setting],
    /// What a search draws from, where it is not what the settings say.
    pub search: Option<&'static [(&'static str, Space)]>,
    /// Their defaults.
    pub defaults: fn() -> Value,
    /// Hold settings against their ranges, and against each other.
    pub check: fn(&Value, &Registry) -> Result<()>,
    /// The task that settings imply, if they do: an objective for classes, a family of counts.
    pub task_of: fn(&Value) -> Option<Task>,
    /// Fit it.
    pub fit: fn(&Value, &Data, &mut Fit) -> Result<AnyFitted>,
    /// The `induce.kind` of its files.
    pub kind: &'static str,
    /// Open it.
    pub open: fn(&ModelFile, &Registry) -> Result<Box<dyn Model>>,
}

impl Entry {
    /// What it does, as `--format json` says it: its tasks, or that of its kind of data.
    pub fn task_names(&self) -> Vec<&'static str> {
        match self.input {
            DataKind::Text => vec!["language"],
            _ => self.tasks.iter().map(|task| task.name()).collect(),
        }
    }

    /// Whether it learns from a target.
    pub fn needs_target(&self) -> bool {
        !matches!(self.tasks, [] | [Task::Clustering])
    }

    /// Whether it learns from data of this kind.
    pub fn reads(&self, kind: DataKind) -> bool {
        self.input == kind || self.also.contains(&kind)
    }

    /// Its settings as people are told them: with `task`, where there is a choice.
    pub fn all_settings(&self) -> Vec<Setting> {
        let task = Setting {
            name: "task",
            aliases: &[],
            doc: "What to predict, instead of the guess from the target",
            range: Range::OneOf(match self.tasks {
                [Task::Regression, Task::Classification] => &["regression", "classification"],
                _ => &["regression", "classification", "ranking"],
            }),
            search: None,
            when: None,
        };
        let task = Some(task).filter(|_| self.tasks.len() > 1);
        self.settings.iter().copied().chain(task).collect()
    }

    /// Its settings that a search draws from.
    pub fn search(&self) -> Vec<(&'static str, Space)> {
        let said = || {
            self.settings
                .iter()
                .filter_map(|setting| Some((setting.name, setting.search?)))
        };
        self.search.map_or_else(|| said().collect(), <[_]>::to_vec)
    }
}

/// The task is whatever the data say.
pub fn any_task(_: &Value) -> Option<Task> {
    None
}

/// Every model there is.
#[derive(Clone, Copy)]
pub struct Registry(pub &'static [&'static Entry]);

impl Registry {
    /// Every entry, in the order people are shown.
    pub fn iter(&self) -> impl Iterator<Item = &'static Entry> + use<> {
        self.0.iter().copied()
    }

    /// The entry called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(&self, name: &str) -> Result<&'static Entry> {
        self.iter()
            .find(|entry| entry.info.name == name)
            .ok_or_else(|| Error::UnknownName {
                what: "model",
                name: name.into(),
                known: self.iter().map(|entry| entry.info.name.to_string()).collect(),
            })
    }

    /// The names of the models that predict `task`, for a hint.
    pub fn models_for(&self, task: Task) -> String {
        let own = self.iter().filter(|entry| entry.tasks.contains(&task));
        let names: Vec<String> = own.map(|entry| format!("`{}`", entry.info.name)).collect();
        names.join(", ")
    }

    /// Open the model in a file.
    ///
    /// # Errors
    /// If no model writes such files, or it is damaged.
    pub fn open(&self, file: &ModelFile) -> Result<Box<dyn Model>> {
        let entry = self.iter().find(|entry| entry.kind == file.kind);
        let entry =
            entry.ok_or_else(|| file.fault(format!("what it holds is `{}`, not a model", file.kind)))?;
        (entry.open)(file, self)
    }
}

//! What models made of other models share: fitting a base model, and keeping the members in one file.

use induce_core::model_file::ModelFile;
use induce_core::{Error, Result};
use serde_json::{Map, Value};

use crate::model::Model;
use crate::registry::{self, Row};
use crate::settings::Settings;

/// Models that are made of others cannot be members themselves: files that nest without end could not be opened.
const COMPOSITE: [&str; 2] = ["bagging", "adaboost"];

/// The settings of the base model called `base`.
pub fn base(base: &str, settings: &Map<String, Value>) -> Result<Settings> {
    if COMPOSITE.contains(&base) {
        let reason = "the base must be a model that is not made of others, such as `tree`";
        return Err(Error::setting("base", base, reason));
    }
    let mut all = Settings::new(base)?;
    for (name, value) in settings {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        all = all.with(&format!("{name}={text}"))?;
    }
    Ok(all)
}

/// Put `members` into `file`.
pub fn put(members: &[Box<dyn Model>], file: &mut ModelFile) -> Result<()> {
    file.put_json("members", &members.len())?;
    for (i, member) in members.iter().enumerate() {
        file.put_file(&format!("member.{i}"), member.store()?);
    }
    Ok(())
}

/// The members in `file`, each checked by its own kind: at least one, all of one schema and task.
pub fn get(file: &ModelFile) -> Result<Vec<Box<dyn Model>>> {
    let count: usize = file.json("members")?;
    let mut members: Vec<Box<dyn Model>> = Vec::new();
    for i in 0..count {
        let member = file.file_at(&format!("member.{i}"))?;
        let model = (row_of(&member)?.load)(&member)?;
        if members.first().is_some_and(|first| {
            first.task() != model.task() || first.schema().classes != model.schema().classes
        }) {
            return Err(file.fault(format!("member {i} predicts something else than member 0")));
        }
        members.push(model);
    }
    if members.is_empty() {
        return Err(file.fault("it has no members"));
    }
    Ok(members)
}

fn row_of(member: &ModelFile) -> Result<&'static Row> {
    let row = registry::find(&member.kind)
        .map_err(|_| member.fault(format!("there is no model `{}`", member.kind)))?;
    if COMPOSITE.contains(&row.name) {
        return Err(member.fault(format!("a `{}` cannot be a member", row.name)));
    }
    Ok(row)
}

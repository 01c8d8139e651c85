//! What models made of other models share: fitting a base model, and keeping the members in one file.

use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::{Error, Result, Run};
use induce_learn::Schema;
use induce_learn::schema::{Feature, FeatureType};
use serde_json::{Map, Value};

use crate::model::Model;
use crate::problem::Problem;
use crate::registry;
use crate::settings::Settings;

/// Bases within bases, at most: files nest a little deeper.
const DEEPEST: usize = 1;

/// How many bases lie within these settings.
fn depth(settings: &Map<String, Value>) -> usize {
    let own = usize::from(settings.contains_key("base"));
    own + settings
        .get("base_settings")
        .and_then(Value::as_object)
        .map_or(0, depth)
}

/// The settings of `base` as the base of `owner`.
pub fn base(owner: &str, base: &str, settings: &Map<String, Value>) -> Result<Settings> {
    if base == owner {
        return Err(Error::setting(
            "base",
            base,
            "a model cannot be its own base; `tree` is a good one",
        ));
    }
    if depth(settings) > DEEPEST {
        return Err(Error::setting(
            "base_settings",
            "nested",
            "bases of bases of bases cannot be kept in a file",
        ));
    }
    let mut all = Settings::new(base)?;
    for (name, value) in settings {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        all = all.with(&format!("{name}={text}"))?;
    }
    Ok(all)
}

/// A fit with a seed of its own, within the threads of `run`.
pub fn fit(base: &Settings, problem: &Problem, stream: Stream, run: &Run) -> Result<Box<dyn Model>> {
    fit_with_seed(base, problem, stream.bits(u64::MAX), run)
}

/// As [`fit`], with this seed.
pub fn fit_with_seed(base: &Settings, problem: &Problem, seed: u64, run: &Run) -> Result<Box<dyn Model>> {
    let mut own = run.part_with_seed(seed);
    Ok(base.fit(problem, None, &mut own)?.model)
}

/// What a model of `train` reads and predicts.
pub fn schema(train: &Problem) -> Result<Schema> {
    let mut schema = Schema::of(&train.features)?;
    schema.classes.clone_from(&train.classes);
    schema.target = Some(train.target_name.clone());
    Ok(schema)
}

/// Put `members` and their common schema into `file`.
pub fn put(schema: &Schema, members: &[Box<dyn Model>], file: &mut ModelFile) -> Result<()> {
    file.put_json("schema", schema)?;
    file.put_json("members", &members.len())?;
    for (i, member) in members.iter().enumerate() {
        file.put_file(&format!("member.{i}"), member.store()?);
    }
    Ok(())
}

/// The schema and the members in `file`, each checked by its own kind: at least one, all of one schema and task.
pub fn get(file: &ModelFile) -> Result<(Schema, Vec<Box<dyn Model>>)> {
    let count: usize = file.json("members")?;
    let mut members: Vec<Box<dyn Model>> = Vec::new();
    for i in 0..count {
        let model = open(&file.file_at(&format!("member.{i}"))?)?;
        if members.first().is_some_and(|first| {
            first.task() != model.task() || first.schema().classes != model.schema().classes
        }) {
            return Err(file.fault(format!("member {i} predicts something else than member 0")));
        }
        members.push(model);
    }
    let schema: Schema = file.json("schema")?;
    match members.first() {
        None => Err(file.fault("it has no members")),
        Some(first) if first.schema().classes != schema.classes => {
            Err(file.fault("its members know other classes"))
        }
        Some(_) => Ok((schema, members)),
    }
}

/// The model in a member's file, checked by its own kind.
pub fn open(member: &ModelFile) -> Result<Box<dyn Model>> {
    let row = registry::find(&member.kind)
        .map_err(|_| member.fault(format!("it holds a `{}`, not a model", member.kind)))?;
    (row.load)(member)
}

/// A model of `kind` that is made of `parts`, fitted one by one elsewhere: for bagging, and with a say for each for
/// `AdaBoost`.
///
/// `names` are the features of all, in order; one that no part reads is taken for a quantity.
pub fn of_members(
    kind: &str,
    names: &[String],
    spec: &Value,
    says: Option<Vec<f64>>,
    parts: &[&dyn Model],
) -> Result<Box<dyn Model>> {
    let known = parts.iter().flat_map(|part| part.schema().features.iter());
    let feature = |name: &String| {
        let found = known.clone().find(|feature| feature.name == *name).cloned();
        found.unwrap_or_else(|| Feature {
            name: name.clone(),
            feature_type: FeatureType::Number,
        })
    };
    let schema = Schema {
        features: names.iter().map(feature).collect(),
        target: Some("target".into()),
        classes: parts
            .first()
            .map_or_else(Vec::new, |first| first.schema().classes.clone()),
    };
    let mut file = ModelFile::new(kind);
    file.put_json("spec", spec)?;
    if let Some(says) = says {
        file.put("says", says);
    }
    file.put_json("schema", &schema)?;
    file.put_json("members", &parts.len())?;
    for (i, part) in parts.iter().enumerate() {
        file.put_file(&format!("member.{i}"), part.store()?);
    }
    // Opened as any file is, and so checked as any file is.
    open(&file)
}

//! What models made of other models share: fitting a base model, and keeping the members in one file.

use induce_core::metrics::Task;
use induce_core::model::{
    Block, Data, DataKind, Feature, FeatureType, Model, Predict, Registry, Rows, Schema, Section, Settings,
};
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::{Error, Result, Run};
use serde_json::{Map, Value};

/// The name of the members' weights within a file.
pub const WEIGHTS: &str = "estimator_weights";

/// Bases within bases, at most: files nest a little deeper.
const DEEPEST: usize = 1;

/// How many members there are, and what they are.
pub fn section(base: &str, members: usize, further: Option<Block>) -> Section {
    let facts = vec![
        ("members".to_owned(), members.to_string()),
        ("base".to_owned(), base.to_owned()),
    ];
    let blocks = std::iter::once(Block::Facts(facts)).chain(further);
    Section::new("Members", blocks.collect())
}

/// How many bases lie within these settings.
fn depth(settings: &Map<String, Value>) -> usize {
    let own = usize::from(settings.contains_key("base"));
    own + settings
        .get("base_settings")
        .and_then(Value::as_object)
        .map_or(0, depth)
}

/// The settings of `base` as the base of `owner`.
pub fn base(registry: Registry, owner: &str, base: &str, settings: &Map<String, Value>) -> Result<Settings> {
    if base == owner {
        return Err(Error::setting(
            "base",
            base,
            "a model cannot be its own base; `tree` is a good one",
        ));
    }
    let bases = registry
        .iter()
        .filter(|own| own.input == DataKind::Rows && !own.tasks.is_empty());
    let known: Vec<String> = bases
        .map(|own| own.info.name.to_owned())
        .filter(|own| own != owner)
        .collect();
    if !known.iter().any(|own| own == base) {
        return Err(Error::UnknownName {
            what: "base",
            name: base.into(),
            known,
        });
    }
    if depth(settings) > DEEPEST {
        return Err(Error::setting(
            "base_settings",
            "nested",
            "bases of bases of bases cannot be kept in a file",
        ));
    }
    // Whether what was set by hand has an effect is asked of the owner's settings.
    let all = Settings::new(registry, base)?
        .by_program()
        .with_values(settings)?;
    all.check()?;
    Ok(all)
}

/// A fit with a seed of its own, within the threads of `run`.
pub fn fit(base: &Settings, data: &Data, stream: Stream, run: &Run) -> Result<Box<dyn Model>> {
    fit_with_seed(base, data, stream.bits(u64::MAX), run)
}

/// As [`fit`], with this seed.
pub fn fit_with_seed(base: &Settings, data: &Data, seed: u64, run: &Run) -> Result<Box<dyn Model>> {
    let mut own = run.part_with_seed(seed);
    Ok(base.fit(data, &mut own)?.model)
}

/// What a model of `train` reads and predicts.
pub fn schema(train: &Rows) -> Result<Schema> {
    let (mut schema, target) = (Schema::of(train.table()?)?, train.target()?);
    schema.classes.clone_from(&target.classes);
    schema.target = Some(target.name.clone());
    Ok(schema)
}

/// The members as the parts of their ensemble.
pub fn parts(members: &[Box<dyn Model>]) -> Vec<&dyn Model> {
    members.iter().map(AsRef::as_ref).collect()
}

/// What they all predict.
pub fn task(members: &[Box<dyn Model>]) -> Task {
    members[0].predictor().map_or(Task::Regression, Predict::task)
}

/// Put `members` and their common schema into `file`.
pub fn put(schema: &Schema, members: &[&dyn Model], file: &mut ModelFile) -> Result<()> {
    file.put_json("schema", schema)?;
    file.put_json("members", &members.len())?;
    for (i, member) in members.iter().enumerate() {
        file.put_file(&format!("member.{i}"), member.store()?);
    }
    Ok(())
}

/// The schema and the members in `file`, each checked by its own kind: at least one, all of one schema and task.
pub fn get(file: &ModelFile, registry: &Registry) -> Result<(Schema, Vec<Box<dyn Model>>)> {
    let count: usize = file.json("members")?;
    let mut members: Vec<Box<dyn Model>> = Vec::new();
    for i in 0..count {
        let model = registry.open(&file.file_at(&format!("member.{i}"))?)?;
        let own = model.predicting()?;
        let other = |first: &dyn Predict| {
            first.task() != own.task() || first.schema().classes != own.schema().classes
        };
        if members
            .first()
            .and_then(|first| first.predictor())
            .is_some_and(other)
        {
            return Err(file.fault(format!("member {i} predicts something else than member 0")));
        }
        members.push(model);
    }
    let schema: Schema = file.json("schema")?;
    match members.first() {
        None => Err(file.fault("it has no members")),
        Some(first) if first.predicting()?.schema().classes != schema.classes => {
            Err(file.fault("its members know other classes"))
        }
        Some(_) => Ok((schema, members)),
    }
}

/// A model of the ensembles `entry` that is made of `parts`, fitted one by one elsewhere: for bagging, and with a weight for
/// each for `AdaBoost`.
///
/// `names` are the features of all, in order; one that no part reads is taken for a quantity.
///
/// # Errors
/// If the parts do not go together: other tasks or classes.
pub fn of_members(
    registry: &Registry,
    kind: &str,
    names: &[String],
    spec: &Value,
    weights: Option<Vec<f64>>,
    parts: &[&dyn Model],
) -> Result<Box<dyn Model>> {
    let predictors = parts
        .iter()
        .map(|part| part.predicting())
        .collect::<Result<Vec<_>>>()?;
    let known = predictors.iter().flat_map(|part| part.schema().features.iter());
    let feature = |name: &String| {
        let found = known.clone().find(|feature| feature.name == *name).cloned();
        found.unwrap_or_else(|| Feature {
            name: name.clone(),
            feature_type: FeatureType::Number,
            read_as: None,
            notation: None,
        })
    };
    let classes = predictors.first().map(|first| first.schema().classes.clone());
    let schema = Schema {
        features: names.iter().map(feature).collect(),
        target: Some("target".into()),
        classes: classes.unwrap_or_default(),
    };
    let mut file = ModelFile::new(kind);
    file.put_json("spec", spec)?;
    if let Some(weights) = weights {
        file.put(WEIGHTS, weights);
    }
    put(&schema, parts, &mut file)?;
    // Opened as any file is, and so checked as any file is.
    registry.open(&file)
}

//! Models and their files.

use std::path::Path;

use induce_core::metrics::SplitScores;
use induce_core::model::{Model, Registry};
use induce_core::model_file::ModelFile;
use induce_core::read::{Contents, Holds};
use induce_core::{Error, Outcome, Result};
use induce_deep::language;
use serde_json::{Value, json};

use crate::registry::REGISTRY;
use crate::scores::metrics_json;

/// Open a model and its training card: our own files, XGBoost's JSON or UBJSON, LightGBM's text, and language models in GGUF,
/// llama2.c's format, or a folder of Hugging Face.
///
/// ```no_run
/// let (model, card) = induce::open("wine.induce.safetensors".as_ref())?;
/// println!("{}, trained on {}", model.entry().info.title, card["data"]);
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there is no such file, or it is no model, or damaged.
pub fn open(path: &Path) -> Result<(Box<dyn Model>, Value)> {
    open_among(REGISTRY, path)
}

/// As [`open`], with the models of another registry: for programs that have models of their own.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let path = folder.path().join("line.induce.safetensors");
/// use induce::core::model::Registry;
///
/// // A program with one model of its own would list it here.
/// static OWN: &[&induce::core::model::Entry] = &[&induce::learn::forest::TREE];
/// let registry = Registry(OWN);
/// induce::save(fitted.model.as_ref(), &Default::default(), &path)?;
/// let (model, _) = induce::open_among(registry, &path)?;
/// assert_eq!(model.entry().info.title, "Decision tree");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// As [`open`].
pub fn open_among(registry: Registry, path: &Path) -> Result<(Box<dyn Model>, Value)> {
    if language::is(path) {
        let model = language::open(path, None)?;
        let card = model.trained.as_ref().map(|own| own["card"].clone());
        return Ok((Box::new(model), card.unwrap_or_default()));
    }
    let name = path.display().to_string();
    let bytes = Contents::of(path)?;
    bytes_among(registry, &name, &bytes)
}

/// As [`open`], from the bytes of one file; `name` is used in errors.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let bytes = induce::file_of(fitted.model.as_ref(), &Default::default())?.to_bytes()?;
/// let (model, _) = induce::open_bytes("from a database", &bytes)?;
/// assert_eq!(model.name(), "tree");
/// assert!(induce::open_bytes("from a database", b"no model").is_err());
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If they are no model, or damaged.
pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<(Box<dyn Model>, Value)> {
    bytes_among(REGISTRY, name, bytes)
}

fn bytes_among(registry: Registry, name: &str, bytes: &[u8]) -> Result<(Box<dyn Model>, Value)> {
    let holds = Holds::of(bytes);
    if holds != Holds::SAFETENSORS {
        check_model(name, holds, bytes)?;
        let imported = induce_learn::tree::interchange::read(name, bytes)?;
        let card = match imported.notes.is_empty() {
            true => Value::Null,
            false => json!({ "notes": imported.notes }),
        };
        return Ok((Box::new(imported.model), card));
    }
    let file = ModelFile::read_bytes(name, bytes)?;
    let card = file
        .metadata
        .get("card")
        .and_then(|card| serde_json::from_str(card).ok());
    Ok((registry.open(&file)?, card.unwrap_or_default()))
}

/// Whether a file starts as ours do: the length of a header, then a brace.
/// An error for a file that is data, not a model.
fn check_model(name: &str, holds: Holds, bytes: &[u8]) -> Result<()> {
    let what = match holds {
        Holds::Table(format) => format!("a table ({format})"),
        Holds::Picture(format) => format!("a picture ({format})"),
        Holds::Graph(format) => format!("a graph ({format})"),
        Holds::Foreign(kind) => kind.into(),
        Holds::Text if !looks_like_json(bytes) => "a table or a text".into(),
        _ => return Ok(()),
    };
    Err(Error::data(
        format!("`{name}` is {what}, not a model"),
        "a model is a file that `induce train DATA` writes; where data are asked for too, the model comes first",
    ))
}

/// Whether it may be a model of XGBoost, of which the reader knows better what is wrong with it.
fn looks_like_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// The training card: what a stranger should know of a model. It has neither clock nor machine, so equal fits write equal
/// bytes.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let card = induce::card(Some("line.csv"), 0, &fitted.outcome, &fitted.report.scores);
/// assert_eq!((&card["data"], &card["seed"]), (&"line.csv".into(), &0.into()));
/// # Ok::<(), induce::Error>(())
/// ```
pub fn card(data: Option<&str>, seed: u64, outcome: &Outcome, scores: &[SplitScores]) -> Value {
    json!({
        "made_by": concat!("induce ", env!("CARGO_PKG_VERSION")),
        "data": data,
        "seed": seed,
        "outcome": outcome,
        "metrics": metrics_json(scores),
    })
}

/// The model file with its training card: any safetensors reader opens it.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let file = induce::file_of(fitted.model.as_ref(), &Default::default())?;
/// assert!(file.metadata.contains_key("card"));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the model cannot be kept in a file of ours.
pub fn file_of(model: &dyn Model, card: &Value) -> Result<ModelFile> {
    let mut file = model.store()?;
    file.metadata.insert("card".into(), card.to_string());
    Ok(file)
}

/// Write a model with its training card.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let path = folder.path().join("line.induce.safetensors");
/// let card = induce::card(Some("line.csv"), 0, &fitted.outcome, &fitted.report.scores);
/// induce::save(fitted.model.as_ref(), &card, &path)?;
/// assert_eq!(induce::open(&path)?.1["data"], "line.csv");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// As [`file_of`], and if the file cannot be written.
pub fn save(model: &dyn Model, card: &Value, path: &Path) -> Result<()> {
    let file = file_of(model, card)?;
    // What nothing could open again takes no other model's place.
    (model.entry().open)(&file, &REGISTRY).map_err(|error| {
        Error::data(
            format!("the fit gave a model that cannot be kept: {error}"),
            "its numbers are too large or not defined; look at the target's scale and at extreme settings",
        )
    })?;
    file.write(path)
}

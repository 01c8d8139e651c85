//! Formats of other programs that a model is written in: a row per format.

use std::path::Path;

use induce_core::model::Model;
use induce_core::place::put_bytes;
use induce_core::{Error, Result, synonyms};
use induce_deep::language::{self, Precision, Tokenizer, Transformer};
use induce_learn::tree::interchange;
use serde_json::Value;

use crate::open::file_of;

/// What is to be written.
pub struct Source {
    /// The model.
    pub model: Box<dyn Model>,
    /// Its training card.
    pub card: Value,
    /// The precision of weights, where the format knows several.
    pub precision: Option<Precision>,
}

/// A format.
pub struct Format {
    /// Its name after `--to`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// What people call it, and the endings its own programs know; nothing for a folder.
    pub endings: Option<(&'static str, &'static [&'static str])>,
    /// Whether it holds language models.
    pub of_texts: bool,
    /// Write it; what could not be written along is returned as errors.
    pub write: fn(Source, &Path) -> Result<Option<Error>>,
}

/// Every format.
///
/// ```
/// let names: Vec<&str> = induce::formats::FORMATS.iter().map(|format| format.name).collect();
/// assert!(names.contains(&"xgboost-json"));
/// ```
pub static FORMATS: [Format; 7] = [
    Format {
        name: "induce",
        about: "Our own",
        endings: Some(("a model of induce", &["safetensors", "induce"])),
        of_texts: false,
        write: |source, path| {
            file_of(source.model.as_ref(), &source.card)?
                .write(path)
                .map(|()| None)
        },
    },
    Format {
        name: "xgboost-json",
        about: "XGBoost's JSON",
        endings: Some(("XGBoost's JSON", &["json"])),
        of_texts: false,
        write: |source, path| trees(&source, path, interchange::write_xgboost_json),
    },
    Format {
        name: "xgboost-ubj",
        about: "XGBoost's UBJSON",
        endings: Some(("XGBoost's UBJSON", &["ubj"])),
        of_texts: false,
        write: |source, path| trees(&source, path, interchange::write_xgboost_ubj),
    },
    Format {
        name: "lightgbm",
        about: "LightGBM's text",
        endings: Some(("LightGBM's text", &["txt", "model", "lgb"])),
        of_texts: false,
        write: |source, path| trees(&source, path, interchange::write_lightgbm),
    },
    Format {
        name: "hugging-face",
        about: "A folder of Hugging Face",
        endings: None,
        of_texts: true,
        write: |source, path| {
            transformer(source, |model, tokens, precision| {
                language::write_hugging_face(path, model, tokens, precision).map(|()| None)
            })
        },
    },
    Format {
        name: "gguf",
        about: "One file for llama.cpp",
        endings: Some(("GGUF", &["gguf"])),
        of_texts: true,
        write: |source, path| {
            transformer(source, |model, tokens, precision| {
                language::write_gguf(path, model, tokens, precision).map(|()| None)
            })
        },
    },
    Format {
        name: "llama2c",
        about: "One file for llama2.c, and `tokenizer.bin` beside it",
        endings: Some(("a model of llama2.c", &["bin"])),
        of_texts: true,
        write: |source, path| {
            transformer(source, |model, tokens, precision| {
                language::write_llama2c(path, model, tokens, precision)
            })
        },
    },
];

/// The format called `name`.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// use induce::formats::{Source, find};
///
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("trees.json");
/// let boosted = induce::settings("boost")?.with("rounds=3")?.fit(&Data::Rows(rows), &mut Run::new(0))?;
/// let source = Source { model: boosted.model, card: Default::default(), precision: None };
/// assert!((find("xgboost-json")?.write)(source, &path)?.is_none(), "all of it could be written");
/// let (again, _) = induce::open(&path)?;
/// assert_eq!(again.name(), "boost");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there is none.
pub fn find(name: &str) -> Result<&'static Format> {
    let known: Vec<String> = FORMATS.iter().map(|format| format.name.to_owned()).collect();
    let found = by_name(name).or_else(|| synonyms::ours(name, &known).and_then(by_name));
    found.ok_or_else(|| Error::UnknownName {
        what: "format",
        name: name.into(),
        known,
    })
}

fn names() -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    names.join(", ")
}

/// The format of exactly this name.
///
/// ```
/// use induce::formats::by_name;
/// assert_eq!(by_name("gguf").map(|format| format.of_texts), Some(true));
/// assert!(by_name("pdf").is_none());
/// ```
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that a path's ending says; without an ending, a folder.
///
/// ```
/// use induce::formats::by_ending;
/// assert_eq!(by_ending("model.ubj".as_ref())?.name, "xgboost-ubj");
/// assert_eq!(by_ending("folder".as_ref())?.name, "hugging-face");
/// assert!(by_ending("model.pdf".as_ref()).is_err());
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If no format has this ending.
pub fn by_ending(path: &Path) -> Result<&'static Format> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let has = |format: &&Format| match (format.endings, ending) {
        (Some((_, endings)), Some(ending)) => endings.contains(&ending),
        (None, None) => true,
        _ => false,
    };
    FORMATS.iter().find(has).ok_or_else(|| {
        Error::data(
            format!("the ending of `{}` says no format", path.display()),
            format!("name it with `--to`: {}", names()),
        )
    })
}

fn trees(
    source: &Source,
    path: &Path,
    write: fn(&induce_learn::boost::Model) -> Result<Vec<u8>>,
) -> Result<Option<Error>> {
    let boosted = source.model.downcast().ok_or_else(|| {
        Error::data(
            format!(
                "a `{}` has no such format: only sums of trees have",
                source.model.name()
            ),
            "`induce show` says what a model is; `boost` can be written so",
        )
    })?;
    put_bytes(path, &write(boosted)?)?;
    Ok(None)
}

fn transformer(
    source: Source,
    write: impl FnOnce(&Transformer, &Tokenizer, Precision) -> Result<Option<Error>>,
) -> Result<Option<Error>> {
    let own = language::pretrained(source.model)?;
    let precision = source.precision.unwrap_or_default();
    write(own.model.transformer("this format")?, &own.tokens, precision)
}

//! Models of other engines: XGBoost's JSON and UBJSON, LightGBM's text, both ways.
//!
//! Their own loaders trust a file; these check every index, length and number
//! first, so a broken or hostile file is an error and nothing else. What a model
//! means is kept to the bit where the formats allow it:
//!
//! - XGBoost asks `x < c` in single precision, which is our `x <= t` with the
//!   float before c and [`Ensemble::single`](super::Ensemble::single). It lists the
//!   categories that go right, we list those that go left, so children are swapped;
//!   a category that was never seen goes where those do that are not listed.
//! - LightGBM asks `x <= t` in double precision, as we do. Without missing values in
//!   training it reads a missing value as zero.
//! - Start scores and DART's weights are folded into the leaves where the other
//!   format has no place for them.
//!
//! XGBoost's `best_iteration` is not applied, but said: all trees count, as in its own
//! `Booster.predict`, where its classes for scikit-learn stop at that round.

mod arrange;
mod features;
mod json;
mod lightgbm;
mod ubjson;
mod value;
mod xgboost;

use induce_core::{Error, Result};

use super::boost::Model;
use value::Value;

pub use lightgbm::write as write_lightgbm;
pub use xgboost::{write_json as write_xgboost_json, write_ubj as write_xgboost_ubj};

/// The formats of other engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XGBoost, `save_model("model.json")`.
    XgboostJson,
    /// XGBoost, `save_model("model.ubj")`.
    XgboostUbj,
    /// LightGBM, `save_model("model.txt")`.
    Lightgbm,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::XgboostJson, Self::XgboostUbj, Self::Lightgbm];

    /// The format that `bytes` begin like, if any.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let start = bytes.trim_ascii_start();
        match start.get(..2)? {
            [b'{', b'L' | b'i' | b'U' | b'I' | b'l'] if start.len() == bytes.len() => Some(Self::XgboostUbj),
            [b'{', b'"' | b' ' | b'\n' | b'\r' | b'\t' | b'}'] => Some(Self::XgboostJson),
            _ if start.starts_with(b"tree\n") || start.starts_with(b"tree\r") => Some(Self::Lightgbm),
            _ => None,
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::XgboostJson => "xgboost-json",
            Self::XgboostUbj => "xgboost-ubj",
            Self::Lightgbm => "lightgbm",
        }
    }

    /// Its name for a user.
    fn title(self) -> &'static str {
        match self {
            Self::XgboostJson => "XGBoost JSON",
            Self::XgboostUbj => "XGBoost UBJSON",
            Self::Lightgbm => "LightGBM",
        }
    }

    /// The model in this format.
    ///
    /// # Errors
    /// If the format cannot express the model.
    pub fn write(self, model: &Model) -> Result<Vec<u8>> {
        match self {
            Self::XgboostJson => write_xgboost_json(model),
            Self::XgboostUbj => write_xgboost_ubj(model),
            Self::Lightgbm => write_lightgbm(model),
        }
    }
}

/// A model of another engine, ready to predict.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model; settings that its file does not hold are the defaults.
    pub model: Model,
    /// What the file was.
    pub format: Format,
    /// What it says that does not count here.
    pub notes: Vec<String>,
}

/// Read a model of another engine; errors call it `name`.
///
/// ```
/// use induce_learn::tree::interchange::read;
/// let error = read("model.bin", b"binf").unwrap_err();
/// assert!(error.hint().unwrap().contains("save_model"));
/// ```
///
/// # Errors
/// If the bytes are no model of a format that is known, or hold what it does not allow.
pub fn read(name: &str, bytes: &[u8]) -> Result<Imported> {
    let format = Format::of(bytes).ok_or_else(|| Error::Model {
        file: name.into(),
        reason: "it is neither XGBoost's JSON or UBJSON nor LightGBM's text".into(),
        hint: Some("save the model with `save_model(\"model.json\")` (XGBoost) or `save_model(\"model.txt\")` (LightGBM)".into()),
    })?;
    let of_xgboost = |value: Value| Ok((xgboost::read(&value, bytes.len())?, xgboost::notes(&value)));
    let found = match format {
        Format::XgboostJson => json::read(bytes).and_then(of_xgboost),
        Format::XgboostUbj => ubjson::read(bytes).and_then(of_xgboost),
        Format::Lightgbm => lightgbm::read(bytes).map(|model| (model, Vec::new())),
    };
    let (model, notes) = found.map_err(|reason| malformed(name, format, reason))?;
    model
        .ensemble
        .check(name)
        .map_err(|e| malformed(name, format, reason(e)))?;
    Ok(Imported { model, format, notes })
}

fn malformed(name: &str, format: Format, reason: String) -> Error {
    Error::Malformed {
        file: name.into(),
        format: format.title(),
        reason,
        hint: Some("save the model again with the package that trained it; nothing was loaded".into()),
    }
}

/// What a check found, without the name of the file.
fn reason(error: Error) -> String {
    if let Error::Model { reason, .. } = error {
        reason
    } else {
        error.to_string()
    }
}

/// A property that `format` cannot express.
fn inexpressible(format: &str, what: &str, hint: &str) -> Error {
    Error::data(format!("{what} cannot be written as {format}"), hint)
}

#[cfg(test)]
mod tests;

//! `config.json`: which architecture, and what begins and ends texts.

use induce_core::{Error, Result};
use serde_json::Value;

use crate::language::architectures::interchanges;
use crate::language::transformer::interchange::Interchange;

/// The architecture that a configuration names.
///
/// # Errors
/// If it is unknown.
pub fn interchange(file: &str, config: &Value) -> Result<&'static dyn Interchange> {
    let name = config["model_type"].as_str().unwrap_or("");
    interchanges().find(|own| own.name() == name).ok_or_else(|| {
        let known: Vec<String> = interchanges().map(|own| format!("`{}`", own.name())).collect();
        Error::Model {
            file: file.into(),
            reason: format!("its `model_type` is `{name}`"),
            hint: Some(format!("supported are {}", known.join(" and "))),
        }
    })
}

/// What begins texts, and what ends them.
pub fn ends(config: &Value) -> (Option<u32>, Vec<u32>) {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    let ends = match &config["eos_token_id"] {
        Value::Array(several) => several.iter().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    };
    (id(&config["bos_token_id"]), ends)
}

//! A fact.

/// A fact about data or a model: its name in JSON, and the value.
pub type Fact = (&'static str, serde_json::Value);

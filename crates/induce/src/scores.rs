//! Metrics as JSON, as the command line prints them and training cards keep them.

use induce_core::metrics::SplitScores;
use serde_json::{Map, Value, json};

/// `{name: {value, low, high}}`.
fn split_json(split: &SplitScores) -> Value {
    let mut map = Map::new();
    for score in &split.scores {
        let own = split.of_folds(&score.name);
        let mut entry = json!({ "value": score.value, "low": score.low, "high": score.high });
        if !own.is_empty() {
            entry["folds"] = json!(own);
        }
        map.insert(score.name.clone(), entry);
    }
    Value::Object(map)
}

/// The metrics of every split.
pub fn metrics_json(scores: &[SplitScores]) -> Value {
    Value::Object(
        scores
            .iter()
            .map(|own| (own.split.clone(), split_json(own)))
            .collect(),
    )
}

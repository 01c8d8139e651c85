//! Metrics as JSON, as the command line prints them and training cards keep them.

use induce_core::metrics::{Score, SplitScores};
use serde_json::{Map, Value, json};

/// `{name: {value, low, high}}`.
pub fn scores_json(scores: &[Score], folds: &[Vec<Score>]) -> Value {
    let split = SplitScores {
        split: String::new(),
        scores: scores.to_vec(),
        folds: folds.to_vec(),
    };
    split_json(&split)
}

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

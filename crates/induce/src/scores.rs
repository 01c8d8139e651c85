//! Scores as JSON, as the command line prints them and training cards keep them.

use induce_core::metrics::Score;
use serde_json::{Map, Value, json};

use crate::reports::Scored;

/// `{name: {value, low, high}}`.
pub fn scores_json(scores: &[Score], folds: &[Vec<Score>]) -> Value {
    let mut map = Map::new();
    for score in scores {
        let own: Vec<f64> = folds
            .iter()
            .filter_map(|f| f.iter().find(|s| s.name == score.name))
            .map(|s| s.value)
            .collect();
        let mut entry = json!({ "value": score.value, "low": score.low, "high": score.high });
        if !own.is_empty() {
            entry["folds"] = json!(own);
        }
        map.insert(score.name.clone(), entry);
    }
    Value::Object(map)
}

/// The scores of every split.
pub fn metrics_json(scores: &[Scored]) -> Value {
    let of = |(split, scores, folds): &Scored| (split.clone(), scores_json(scores, folds));
    Value::Object(scores.iter().map(of).collect())
}

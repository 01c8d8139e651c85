//! Metrics as JSON, as the command line prints them and training cards keep them.

use induce_core::metrics::SplitScores;
use serde_json::{Map, Value, json};

/// `{name: {value, low, high}}`, with `error` where it is known.
fn split_json(split: &SplitScores) -> Value {
    let mut map = Map::new();
    for score in &split.scores {
        let own = split.of_folds(&score.name);
        let mut entry = json!({ "value": score.value, "low": score.low, "high": score.high });
        if let Some(error) = score.error {
            entry["error"] = json!(error);
        }
        if !own.is_empty() {
            entry["folds"] = json!(own);
        }
        map.insert(score.name.clone(), entry);
    }
    Value::Object(map)
}

/// The metrics of every split.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// use induce::core::metrics::SplitScores;
///
/// let (scores, _) = induce::validate::evaluate(fitted.model.as_ref(), &rows, 1)?;
/// let json = induce::scores::metrics_json(&[SplitScores::new("train", scores)]);
/// assert!(json["train"]["r2"]["value"].as_f64() > Some(0.9));
/// # Ok::<(), induce::Error>(())
/// ```
pub fn metrics_json(scores: &[SplitScores]) -> Value {
    Value::Object(
        scores
            .iter()
            .map(|own| (own.split.clone(), split_json(own)))
            .collect(),
    )
}

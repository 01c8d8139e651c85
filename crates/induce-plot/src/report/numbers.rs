//! The numbers behind the page as a file to download, inside of the page: a link of data, which needs no script.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::{Value, json};

use super::Report;

/// `data:application/json;base64,...` of metrics, curves, confusion, importances and dependences: what a person would want
/// to draw again. Rows are left out.
pub(super) fn link(report: &Report) -> String {
    let mut own = json!({
        "title": report.title,
        "metrics": report.metrics,
        "baseline": report.baseline,
        "learning_curve": report.learning_curve,
        "roc": report.roc,
        "precision_recall": report.precision_recall,
        "calibration": report.calibration,
        "confusion": report.confusion,
        "thresholds": report.thresholds,
        "importances": report.importances,
        "dependence": report.dependence.iter().map(means).collect::<Vec<_>>(),
        "settings": report.settings,
        "command": report.command,
    });
    shorten(&mut own);
    format!(
        "data:application/json;base64,{}",
        STANDARD.encode(own.to_string().as_bytes())
    )
}

/// Seven digits of every number: what is beyond no chart shows and no metric means, and it is half of the file.
fn shorten(value: &mut Value) {
    match value {
        Value::Number(own) if own.is_f64() => {
            let short = own
                .as_f64()
                .and_then(|full| format!("{full:.6e}").parse::<f64>().ok());
            *value = short.map_or(Value::Null, Value::from);
        }
        Value::Array(all) => all.iter_mut().for_each(shorten),
        Value::Object(all) => all.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Without the single rows.
fn means(own: &crate::chart::Dependence) -> Value {
    json!({ "feature": own.feature, "unit": own.unit, "x": own.x, "levels": own.levels, "means": own.means })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_stay_what_they_are() {
        let mut own = json!({ "a": [1.0 / 3.0, 0.5, 1.5e9], "n": 12_345_678_901_u64 });
        shorten(&mut own);
        assert_eq!(
            own.to_string(),
            r#"{"a":[0.3333333,0.5,1500000000.0],"n":12345678901}"#
        );
    }
}

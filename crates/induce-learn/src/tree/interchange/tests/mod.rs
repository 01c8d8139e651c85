mod golden;
mod hostile;
mod judge;
mod spelling;

use std::path::PathBuf;

use induce_core::{Column, Table};

/// Inputs of a model of the real packages, and what they predict.
struct Case {
    name: String,
    files: Vec<String>,
    columns: serde_json::Map<String, serde_json::Value>,
    predictions: Vec<Vec<f64>>,
}

/// Where the models are; elsewhere if `INDUCE_GOLDEN` says so.
fn folder() -> PathBuf {
    if let Some(other) = std::env::var_os("INDUCE_GOLDEN") {
        return other.into();
    }
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/interchange")
}

/// Every case that `tests/golden/interchange.py` made.
fn cases() -> Vec<Case> {
    let paths = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|p| p.to_string_lossy().ends_with(".case.json"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let from = |key: &str| case[key].clone();
        Case {
            name: serde_json::from_value(from("name")).unwrap(),
            files: serde_json::from_value(from("files")).unwrap(),
            columns: serde_json::from_value(from("columns")).unwrap(),
            predictions: serde_json::from_value(from("predictions")).unwrap(),
        }
    };
    paths.into_iter().map(read).collect()
}

impl Case {
    fn table(&self) -> Table {
        Table::new(
            self.columns
                .iter()
                .map(|(name, values)| column(name, values.as_array().unwrap()))
                .collect(),
        )
        .unwrap()
    }
}

fn column(name: &str, values: &[serde_json::Value]) -> Column {
    if values.iter().any(serde_json::Value::is_string) {
        let texts: Vec<_> = values.iter().map(serde_json::Value::as_str).collect();
        return Column::from_text(name, &texts);
    }
    Column::from_f64(
        name,
        values.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect(),
    )
}

/// The largest difference, relative to the second but for what is nearer to zero than `floor`.
fn difference(a: &[f64], b: &[f64], floor: f64) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs() / b.abs().max(floor))
        .fold(0.0, f64::max)
}

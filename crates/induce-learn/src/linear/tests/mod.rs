#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod bands;
mod contributions;
mod edge;
mod golden;
mod laws;
mod several;
mod sparse;

use induce_core::{Column, Fitted, Outcome, Result, Run, Table};

use super::{Model, Spec, fit};
use induce_core::model::Dataset;

/// A spec from a few JSON fields.
fn spec(json: &str) -> Spec {
    serde_json::from_str(json).unwrap()
}

fn table(columns: &[(&str, Vec<f64>)]) -> Table {
    Table::new(
        columns
            .iter()
            .map(|(name, x)| Column::from_f64(*name, x.clone()))
            .collect(),
    )
    .unwrap()
}

/// Values that look random and are the same everywhere.
fn noise(n: usize, key: usize) -> Vec<f64> {
    let stream = induce_core::random::Stream::new(key as u64, "linear/tests");
    (0..n as u64).map(|i| 2.0 * stream.uniform(i) - 1.0).collect()
}

fn classes() -> Vec<String> {
    vec!["no".into(), "yes".into()]
}

/// Fit, of classes if the family has them.
fn fitted(spec: &Spec, table: &Table, target: &[f64], names: &[String]) -> Result<Fitted<Model>> {
    let data = Dataset {
        classes: names,
        ..Dataset::new(table, target)
    };
    fit(spec, &data, &mut Run::new(0).with_threads(2))
}

fn converged(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Converged { .. }), "{outcome:?}");
}

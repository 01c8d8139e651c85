//! Columns that a model writes of rows, beside those that are kept.

use anyhow::Result;
use induce::Error;
use induce::core::model::Embedding;
use induce::core::{Column, Table};

/// The columns that are to stand in front of what a model says of the rows, and that.
pub fn beside(keep: &[String], table: &Table, predictions: Vec<Column>) -> Result<Vec<Column>> {
    let mut columns = Vec::new();
    for name in keep {
        let own = table.column(name)?.clone();
        if predictions.iter().any(|column| column.name() == own.name()) {
            return Err(Error::data(
                format!("`--keep {name}`: a column of predictions is called so"),
                "rename the column of the table",
            )
            .into());
        }
        columns.push(own);
    }
    columns.extend(predictions);
    Ok(columns)
}

/// Column `k` of row-major values.
pub fn every(values: &[f64], k: usize, width: usize) -> Vec<f64> {
    values.iter().skip(k).step_by(width).copied().collect()
}

/// A column per coordinate.
pub fn columns(embedding: &Embedding) -> Vec<Column> {
    let width = embedding.names.len();
    let own =
        |(k, name): (usize, &String)| Column::from_f64(name.clone(), every(&embedding.values, k, width));
    embedding.names.iter().enumerate().map(own).collect()
}

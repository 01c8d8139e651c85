//! Where a model places rows or nodes, as columns.

use induce::core::Column;
use induce::core::model::Embedding;

/// A column per coordinate.
pub fn columns(embedding: &Embedding) -> Vec<Column> {
    let width = embedding.names.len();
    let own = |(k, name): (usize, &String)| {
        let values = embedding.values.iter().skip(k).step_by(width).copied();
        Column::from_f64(name.clone(), values.collect())
    };
    embedding.names.iter().enumerate().map(own).collect()
}

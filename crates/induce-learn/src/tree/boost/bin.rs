//! The table of a boosting run, in codes.

use induce_core::model::{Dataset, FeatureType, Schema};
use induce_core::{Result, Run};

use super::super::bins::{Binner, Packed, Pool, bin_table};
use super::super::grow::Data;
use super::Spec;

/// The columns of `train` in bins, row-major too.
pub(super) fn bin(spec: &Spec, schema: &Schema, train: &Dataset, run: &Run) -> Result<(Vec<Binner>, Data)> {
    let sources = schema.align(train.table)?;
    let pool = Pool {
        most: spec.max_categories,
        least: spec.category_rows as f64,
        weight: train.weight,
    };
    let (binners, codes) = bin_table(schema, &sources, spec.bins(), pool, run);
    let counts: Vec<usize> = binners.iter().map(Binner::codes).collect();
    let packed = Packed::new(&codes, &counts, run.threads());
    let category = schema
        .features
        .iter()
        .map(|f| matches!(f.feature_type, FeatureType::Category(_)))
        .collect();
    Ok((
        binners,
        Data {
            codes,
            packed,
            category,
        },
    ))
}

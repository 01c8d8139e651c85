//! A table as the columns of a linear model.

use induce_core::Result;
use induce_core::Table;

use induce_core::model::{Feature, FeatureType, MISSING, Schema, Source};

/// A column of the design: a numeric feature, or one category against the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    /// Columns, each over all rows.
    pub(super) columns: Vec<Vec<f64>>,
}

/// How many columns of the design a feature has.
pub(super) fn width(feature: &Feature) -> usize {
    match &feature.feature_type {
        FeatureType::Number => 1,
        FeatureType::Category(names) => names.len().saturating_sub(1),
    }
}

/// Read the columns of a feature, one after the other, into `out`; a missing value is NaN, a missing or unseen
/// category the feature's first one.
pub(super) fn read(feature: &Feature, source: &Source, out: &mut [f64]) {
    if feature.feature_type == FeatureType::Number {
        return source.read_f64(0, out);
    }
    let mut codes = vec![MISSING; source.len()];
    source.read_codes(0, &mut codes);
    for (column, name) in out.chunks_exact_mut(codes.len().max(1)).zip(1..) {
        for (v, &code) in column.iter_mut().zip(&codes) {
            *v = f64::from(u8::from(code == name));
        }
    }
}

impl Design {
    /// The design of `table`. A missing value becomes `fill` of its column.
    pub(super) fn of(schema: &Schema, table: &Table, fill: &[f64]) -> Result<Self> {
        let sources = schema.align(table)?;
        let rows = table.rows();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        for (feature, source) in schema.features.iter().zip(&sources) {
            let mut values = vec![0.0; width(feature) * rows];
            read(feature, source, &mut values);
            for column in values.chunks_exact(rows.max(1)) {
                let fill = fill.get(columns.len()).copied().unwrap_or(f64::NAN);
                let filled = column.iter().map(|v| if v.is_nan() { fill } else { *v });
                columns.push(filled.collect());
            }
        }
        Ok(Self { columns })
    }
}

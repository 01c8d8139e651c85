//! Which rows taught a model, kept in a few sums: enough to tell about how many of other rows are among them.
//!
//! Every row has a sum of 64 bits over its features and its target. The card keeps the k least of the sums of all distinct
//! training rows; of other rows those count whose sum is no larger than the largest that was kept (bottom-k sketch, Cohen &
//! Kaplan 2007), and the share of them that is kept estimates how many rows are known, to about .5 / sqrt(k).

use std::collections::BTreeSet;

use anyhow::Result;
use induce::core::Fingerprint;
use induce::core::model::{FeatureType, Rows, Schema};
use serde_json::Value;

/// Sums that are kept.
const KEPT: usize = 128;
/// Rows of a table where most are there several times: that one is known says nothing.
const REPEATED: f64 = 0.1;
/// Rows that must count before anything is said.
const ENOUGH: usize = 5;

/// The sketch of training rows for a card; nothing if many are the same.
pub fn of(schema: &Schema, rows: &Rows) -> Result<Option<Value>> {
    let mut distinct = sums(schema, rows)?;
    let all = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    if ((all - distinct.len()) as f64) > REPEATED * all as f64 {
        return Ok(None);
    }
    let kept = distinct.iter().take(KEPT);
    Ok(Some(kept.map(|sum| Value::from(format!("{sum:016x}"))).collect()))
}

/// About what part of `rows` a sketch has, if that can be told.
pub fn known(sketch: &Value, schema: &Schema, rows: &Rows) -> Result<Option<f64>> {
    let kept = sketch.as_array().into_iter().flatten();
    let kept: BTreeSet<u64> = kept
        .filter_map(|sum| u64::from_str_radix(sum.as_str()?, 16).ok())
        .collect();
    let bound = match kept.last() {
        Some(last) if kept.len() == KEPT => *last,
        Some(_) => u64::MAX,
        None => return Ok(None),
    };
    let sums = sums(schema, rows)?;
    let counted: Vec<&u64> = sums.iter().filter(|sum| **sum <= bound).collect();
    let found = counted.iter().filter(|sum| kept.contains(sum)).count();
    Ok((counted.len() >= ENOUGH).then(|| found as f64 / counted.len() as f64))
}

/// The sum of every row, as the model sees it.
fn sums(schema: &Schema, rows: &Rows) -> Result<Vec<u64>> {
    let mut sums = vec![Fingerprint::new(); rows.rows()];
    let (mut values, mut codes) = (vec![0.0; rows.rows()], vec![0; rows.rows()]);
    for (source, feature) in schema.align(rows.table()?)?.iter().zip(&schema.features) {
        match feature.feature_type {
            FeatureType::Number => {
                source.read_f64(0, &mut values);
                add(&mut sums, values.iter().map(|value| value.to_bits()));
            }
            FeatureType::Category(_) => {
                source.read_codes(0, &mut codes);
                add(&mut sums, codes.iter().map(|code| u64::from(*code)));
            }
        }
    }
    if let Some(target) = &rows.target {
        add(&mut sums, target.values.iter().map(|value| value.to_bits()));
    }
    Ok(sums.into_iter().map(Fingerprint::finish).collect())
}

fn add(sums: &mut [Fingerprint], words: impl Iterator<Item = u64>) {
    sums.iter_mut().zip(words).for_each(|(sum, word)| sum.word(word));
}

//! Monotone constraints: in which direction a feature may move the prediction.

use std::collections::BTreeMap;

use induce_core::model::{FeatureType, Schema};
use induce_core::{Error, Result};

/// The direction of every feature of the schema, -1, 0 or 1; empty if there is none.
///
/// # Errors
/// If a feature is unknown or a category, which has no order, or there are several scores: only their differences mean
/// anything.
pub fn directions(monotone: &BTreeMap<String, i8>, schema: &Schema, has_many: bool) -> Result<Vec<i8>> {
    if monotone.values().all(|&way| way == 0) {
        return Ok(Vec::new());
    }
    let wrong = |name: &str, way: i8, hint: &str| Err(Error::setting(format!("monotone.{name}"), way, hint));
    let mut ways = vec![0; schema.features.len()];
    for (name, &way) in monotone {
        let place = schema.features.iter().position(|f| f.name == *name);
        let place = place.ok_or_else(|| Error::UnknownColumn {
            name: name.clone(),
            known: schema.names(),
        })?;
        if !(-1..=1).contains(&way) {
            return wrong(name, way, "it must be -1, 0 or 1");
        }
        if has_many {
            return wrong(
                name,
                way,
                "directions need one quantity or two classes to predict",
            );
        }
        if way != 0 && schema.features[place].feature_type != FeatureType::Number {
            return wrong(name, way, "categories have no order");
        }
        ways[place] = way;
    }
    Ok(ways)
}

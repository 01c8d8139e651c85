//! The columns of a foreign model.

use std::cell::Cell;
use std::collections::HashSet;

use super::super::node::{Test, Tree, members, set_of};
use super::value::Read;
use induce_core::model::{Feature, FeatureType, Schema};

/// Most categories that are given numbers as names, over all features.
const UNNAMED: usize = 1 << 22;
/// The largest code of a category (XGBoost's own limit).
pub const CATEGORY: usize = 1 << 24;

/// What a file says of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A quantity.
    Number,
    /// Categories with names.
    Named(Vec<String>),
    /// Categories by number.
    Codes,
}

impl Kind {
    /// How a feature of ours is told to others; categories called `0`, `1`, ... are codes.
    pub fn of(feature: &Feature) -> Self {
        match &feature.feature_type {
            FeatureType::Number => Self::Number,
            FeatureType::Category(names) if names.iter().enumerate().all(|(i, n)| *n == i.to_string()) => {
                Self::Codes
            }
            FeatureType::Category(names) => Self::Named(names.clone()),
        }
    }
}

/// The schema of features that `trees` ask; unnamed categories are called `0`, `1`, ...
pub fn schema(names: Vec<String>, kinds: Vec<Kind>, trees: &[Tree]) -> Read<Schema> {
    let mut known = HashSet::new();
    if let Some(twice) = names.iter().find(|name| !known.insert(name.as_str())) {
        return Err(format!("two features are called `{twice}`"));
    }
    let largest = largest(trees, names.len())?;
    let mut left = UNNAMED;
    let mut features = Vec::with_capacity(names.len());
    for ((name, kind), largest) in names.into_iter().zip(kinds).zip(largest) {
        let feature_type = match kind {
            Kind::Number => FeatureType::Number,
            Kind::Named(names) => FeatureType::Category(named(&name, names, largest)?),
            Kind::Codes => {
                let n = largest.map_or(0, |c| c + 1);
                left = left
                    .checked_sub(n)
                    .ok_or("it has millions of categories without names")?;
                FeatureType::Category((0..n).map(|c| c.to_string()).collect())
            }
        };
        features.push(Feature {
            name,
            feature_type,
            read_as: None,
            notation: None,
        });
    }
    Ok(Schema {
        features,
        ..Schema::default()
    })
}

fn named(feature: &str, names: Vec<String>, largest: Option<usize>) -> Read<Vec<String>> {
    if let Some(code) = largest.filter(|&code| code >= names.len()) {
        return Err(format!(
            "a branch lists category {code} of `{feature}`, which has {}",
            names.len()
        ));
    }
    let mut known = HashSet::new();
    match names.iter().find(|name| !known.insert(name.as_str())) {
        Some(twice) => Err(format!("two categories of `{feature}` are called `{twice}`")),
        None => Ok(names),
    }
}

/// The largest category that is listed per feature.
fn largest(trees: &[Tree], features: usize) -> Read<Vec<Option<usize>>> {
    let mut largest = vec![None; features];
    for branch in trees.iter().flat_map(|tree| &tree.branches) {
        let own = largest.get_mut(branch.feature as usize);
        let own = own.ok_or_else(|| format!("a branch asks feature {} of {features}", branch.feature))?;
        if let Test::Member(set) = &branch.test {
            *own = (*own).max(members(set).last());
        }
    }
    Ok(largest)
}

/// Memory for category sets, in words, by the size of the file: a few bytes must not ask for gigabytes.
pub struct Budget(Cell<usize>);

impl Budget {
    /// For a file of `bytes` bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Cell::new((1 << 20) + bytes.saturating_mul(8)))
    }

    /// The set of the given categories, each below [`CATEGORY`].
    pub fn set(&self, categories: &[usize]) -> Read<Vec<u64>> {
        let words = categories.iter().max().map_or(0, |max| max / 64 + 1);
        let left = self
            .0
            .get()
            .checked_sub(words)
            .ok_or("its category sets are larger than the file can mean")?;
        self.0.set(left);
        Ok(set_of(categories.iter().copied()))
    }
}

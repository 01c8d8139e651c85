//! What every supervised model learns from: rows with targets and weights.

use std::collections::BTreeMap;

use crate::{Error, Result, Table};
use serde::{Deserialize, Serialize};

/// Rows with their targets.
#[derive(Clone, Copy)]
pub struct Dataset<'a> {
    /// The features.
    pub table: &'a Table,
    /// The target of every row: a quantity, or a class index.
    pub target: &'a [f64],
    /// A weight per row, not negative.
    pub weight: Option<&'a [f64]>,
    /// For ranking: ends of the query groups, rows of a group being neighbours.
    pub groups: Option<&'a [usize]>,
    /// Names of the classes; empty for a quantity.
    pub classes: &'a [String],
}

impl<'a> Dataset<'a> {
    /// Features and targets without weights, groups or classes.
    pub fn new(table: &'a Table, target: &'a [f64]) -> Self {
        Self {
            table,
            target,
            weight: None,
            groups: None,
            classes: &[],
        }
    }

    /// An error unless there are rows, and every target and weight is usable.
    pub fn check(&self) -> Result<()> {
        check_rows(self.table.rows(), self.target, self.weight)
    }
}

/// An error unless there are rows, and every target and weight is usable.
pub fn check_rows(rows: usize, target: &[f64], weight: Option<&[f64]>) -> Result<()> {
    if rows == 0 {
        return Err(Error::data(
            "there are no rows to learn from",
            "check the file and the filters",
        ));
    }
    if target.len() != rows || weight.is_some_and(|w| w.len() != rows) {
        let counts = format!("{rows} rows but {} targets", target.len());
        return Err(Error::data(counts, "give one target and one weight per row"));
    }
    if let Some(row) = target.iter().position(|y| !y.is_finite()) {
        let what = format!("the target of row {} is {}", row + 1, target[row]);
        return Err(Error::data(
            what,
            "drop the rows whose target is missing or infinite",
        ));
    }
    let Some(weight) = weight else { return Ok(()) };
    if let Some(row) = weight.iter().position(|w| !w.is_finite() || *w < 0.0) {
        let what = format!("the weight of row {} is {}", row + 1, weight[row]);
        return Err(Error::data(what, "weights must be finite and not negative"));
    }
    if weight.iter().all(|&w| w == 0.0) {
        return Err(Error::data("all weights are zero", "at least one row must count"));
    }
    Ok(())
}

/// Weights of the classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClassWeight {
    /// `none` or `balanced` (inverse to the class's share).
    Named(String),
    /// A weight per class name; 1 where none is given.
    PerClass(BTreeMap<String, f64>),
}

impl Default for ClassWeight {
    fn default() -> Self {
        Self::Named("none".into())
    }
}

impl ClassWeight {
    /// An error for a name other than `none` and `balanced`.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Named(name) if name != "none" && name != "balanced" => Err(Error::setting(
                "class_weight",
                name,
                "it must be `none`, `balanced` or a weight per class",
            )),
            _ => Ok(()),
        }
    }
}

/// Row weights times class weights.
pub fn weights(class_weight: &ClassWeight, data: &Dataset) -> Result<Option<Vec<f64>>> {
    let own = data.weight.map(<[f64]>::to_vec);
    let per_class = match class_weight {
        ClassWeight::Named(name) if name == "balanced" => {
            let mut share = vec![0.0; data.classes.len()];
            for (i, &y) in data.target.iter().enumerate() {
                *share.get_mut(y as usize).ok_or_else(needs_classes)? += data.weight.map_or(1.0, |w| w[i]);
            }
            let total: f64 = share.iter().sum();
            share
                .iter()
                .map(|s| {
                    if *s > 0.0 {
                        total / (share.len() as f64 * s)
                    } else {
                        0.0
                    }
                })
                .collect()
        }
        ClassWeight::Named(_) => return Ok(own),
        ClassWeight::PerClass(map) => {
            if let Some(name) = map.keys().find(|name| !data.classes.contains(name)) {
                return Err(Error::UnknownName {
                    what: "class",
                    name: name.clone(),
                    known: data.classes.to_vec(),
                });
            }
            data.classes
                .iter()
                .map(|class| map.get(class).copied().unwrap_or(1.0))
                .collect::<Vec<_>>()
        }
    };
    let mut weight = own.unwrap_or_else(|| vec![1.0; data.target.len()]);
    for (w, &y) in weight.iter_mut().zip(data.target) {
        *w *= per_class.get(y as usize).copied().ok_or_else(needs_classes)?;
    }
    Ok(Some(weight))
}

fn needs_classes() -> Error {
    Error::setting(
        "class_weight",
        "set",
        "the target is a quantity, it has no classes",
    )
}

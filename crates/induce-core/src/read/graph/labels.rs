//! What is known of nodes: their classes or values, and which of them are learnt from.

use std::collections::HashSet;

use super::nodes::{GraphOptions, Parts};
use crate::metrics::Task;
use crate::model::{NodeSplit, Target};
use crate::table::{Column, ColumnType};
use crate::words::{are, count, counted};
use crate::{Error, Result};

/// What known classes of nodes are usually called.
pub(super) const USUAL: [&str; 14] = [
    "label",
    "labels",
    "class",
    "y",
    "target",
    "subject",
    "club",
    "community",
    "group",
    "value",
    "gt",
    "ground_truth",
    "category",
    "classes",
];

/// What the division of nodes is usually called.
const DIVISIONS: [&str; 6] = ["split", "set", "fold", "partition", "subset", "part"];

/// So many different whole numbers are classes, and a tenth as many as there are nodes.
const CLASSES: usize = 20;

impl Parts {
    /// The attribute that is to be predicted or held against clusters, taken out of the others.
    ///
    /// # Errors
    /// If there is none of the name that is asked for, or no node has a value there.
    pub(super) fn target(&mut self, options: &GraphOptions) -> Result<Option<Target>> {
        let asked = options.labels.as_ref().or(options.target.as_ref());
        let place = match asked {
            Some(name) => Some(self.place_of(name)?),
            None => self.usual(),
        };
        let Some(place) = place else { return Ok(None) };
        let column = self.unknown_left_out(&self.attributes[place].clone());
        if asked.is_none() && column.missing() == column.len() {
            return Ok(None);
        }
        self.attributes.remove(place);
        let held = options.labels.is_some();
        let quantity = !held && is_quantity(&column);
        let target = match quantity {
            true => values_of(&column, asked.is_some())?,
            false => Target {
                task: if held {
                    Task::Clustering
                } else {
                    Task::Classification
                },
                why: why(asked.is_some(), held),
                ..Target::labels(&column)?
            },
        };
        if asked.is_none() {
            self.notes.push(self.said(&target));
        }
        Ok(Some(target))
    }

    /// The place of an attribute.
    ///
    /// # Errors
    /// If there is none of that name.
    pub(super) fn place_of(&self, name: &str) -> Result<usize> {
        if self.attributes.is_empty() {
            return Err(Error::data(
                format!(
                    "nothing but edges is known of the {}s, and `{name}` is asked for",
                    self.example
                ),
                format!(
                    "a table with a row for each {} beside the edges has columns (--nodes FILE)",
                    self.example
                ),
            ));
        }
        let found = self.attributes.iter().position(|column| column.name() == name);
        found.ok_or_else(|| Error::UnknownColumn {
            name: name.into(),
            known: self
                .attributes
                .iter()
                .map(|column| column.name().into())
                .collect(),
        })
    }

    /// The attribute that the format says to be the labels, or that is called so and divides the nodes; of graphs one that is called so, or the
    /// only one.
    pub(super) fn usual(&self) -> Option<usize> {
        let named = |name: &str| {
            let same = |column: &Column| column.name().eq_ignore_ascii_case(name);
            self.attributes.iter().position(same)
        };
        let of_graphs = self.example == "graph";
        let usual = || {
            let fits = |k: &usize| of_graphs || is_division(&self.attributes[*k]);
            USUAL.iter().find_map(|name| named(name).filter(fits))
        };
        let only = || (of_graphs && self.attributes.len() == 1).then_some(0);
        self.labels
            .as_deref()
            .and_then(named)
            .or_else(usual)
            .or_else(only)
    }

    fn said(&self, target: &Target) -> String {
        match target.classes.is_empty() {
            true => format!(
                "`{}` of the {}s is taken for what is predicted (--target)",
                target.name, self.example
            ),
            false => format!(
                "`{}` of the {}s is taken for known classes, {} of them (--target names another, --labels one that only judges clusters)",
                target.name,
                self.example,
                target.classes.len()
            ),
        }
    }

    /// -1 among whole numbers from 0 on is a class that nobody knows.
    fn unknown_left_out(&mut self, column: &Column) -> Column {
        if column.column_type() != ColumnType::Number {
            return column.clone();
        }
        let mut values = vec![0.0; column.len()];
        column.read_f64(0, &mut values);
        let unknown = values.iter().filter(|value| **value == -1.0).count();
        let whole = |value: &f64| value.is_nan() || *value == -1.0 || (*value >= 0.0 && value.fract() == 0.0);
        // Of -1 and 1 both are classes.
        let from_zero = values.contains(&0.0);
        if unknown == 0 || !from_zero || !values.iter().all(whole) {
            return column.clone();
        }
        self.notes.push(format!(
            "`{}` is -1 at {}: taken for unknown",
            column.name(),
            counted(unknown, self.example)
        ));
        values
            .iter_mut()
            .filter(|value| **value == -1.0)
            .for_each(|value| *value = f64::NAN);
        Column::from_f64(column.name(), values)
    }

    /// How they are divided, as the format says, or an attribute.
    pub(super) fn divided(&mut self) -> Option<NodeSplit> {
        let split = self.split.take().or_else(|| self.division())?;
        self.say_leak(&split);
        Some(split)
    }

    /// A word on nodes that are both learnt from and judged by.
    fn say_leak(&mut self, split: &NodeSplit) {
        let learnt: HashSet<&u32> = split.train.iter().chain(&split.valid).collect();
        let twice = split.test.iter().filter(|node| learnt.contains(node)).count();
        if twice > 0 {
            self.notes.push(format!(
                "{} to test by that are learnt from too, or chosen by",
                counted(twice, self.example)
            ));
        }
    }

    /// How an attribute called so divides the nodes, if its values are the names of parts; it is taken out of the others.
    fn division(&mut self) -> Option<NodeSplit> {
        let usual = |column: &Column| DIVISIONS.contains(&column.name().to_lowercase().as_str());
        let found = self
            .attributes
            .iter()
            .enumerate()
            .filter(|(_, column)| usual(column));
        let named: Vec<String> = found.clone().map(|own| own.1.name().to_owned()).collect();
        let told = found
            .filter_map(|(k, column)| Some((k, split_of(column)?)))
            .next();
        if let (None, Some(name)) = (&told, named.first()) {
            self.notes.push(format!(
                "`{name}` of the {}s names no part `train`: it is one attribute of others",
                self.example
            ));
        }
        let (place, split) = told?;
        let column = self.attributes.remove(place);
        self.notes.push(format!(
            "`{}` of the {}s divides them: {}",
            column.name(),
            self.example,
            split.said(self.example)
        ));
        let parts = split.train.len() + split.valid.len() + split.test.len();
        if parts < column.len() {
            self.notes.push(format!(
                "{} in no part: neither learnt from nor judged by",
                are(column.len() - parts, self.example)
            ));
        }
        let strange = of_no_part(&column);
        if !strange.is_empty() {
            self.notes.push(format!(
                "`{}` knows `train`, `valid` and `test`; in no part are those of {}",
                column.name(),
                strange.join(", ")
            ));
        }
        Some(split)
    }
}

/// Which part a word names: 0 to learn from, 1 to choose by, 2 to judge by.
pub(super) fn part_of(word: &str) -> Option<usize> {
    match word.to_lowercase().as_str() {
        "train" | "training" | "tr" => Some(0),
        "val" | "valid" | "validation" | "dev" | "va" => Some(1),
        "test" | "testing" | "te" => Some(2),
        _ => None,
    }
}

/// The division that a column of words is: some are of the part to learn from; of no part are those that are empty or called otherwise.
fn split_of(column: &Column) -> Option<NodeSplit> {
    if column.column_type() != ColumnType::Category {
        return None;
    }
    let parts: Vec<Option<usize>> = column.categories().iter().map(|name| part_of(name)).collect();
    if !parts.contains(&Some(0)) {
        return None;
    }
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let mut split = [Vec::new(), Vec::new(), Vec::new()];
    for (node, code) in (0..).zip(codes) {
        if let Some(part) = parts.get(code as usize).copied().flatten() {
            split[part].push(node);
        }
    }
    let [train, valid, test] = split;
    (!train.is_empty()).then_some(NodeSplit { train, valid, test })
}

/// Values of a division that name no part, and how many have them: `trian` (3).
fn of_no_part(column: &Column) -> Vec<String> {
    let names = column.categories();
    let (mut codes, mut counts) = (vec![0; column.len()], vec![0_usize; names.len()]);
    column.read_codes(0, &mut codes);
    for code in codes {
        if let Some(own) = counts.get_mut(code as usize) {
            *own += 1;
        }
    }
    let strange = |(name, n): &(&String, &usize)| **n > 0 && part_of(name).is_none();
    let all = names.iter().zip(&counts).filter(strange);
    all.map(|(name, n)| format!("`{name}` ({})", count(*n))).collect()
}

/// Whether numbers are a quantity rather than classes: some have a fraction, or too many are different.
fn is_quantity(column: &Column) -> bool {
    if column.column_type() != ColumnType::Number {
        return false;
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.retain(|value| !value.is_nan());
    if values.iter().any(|value| value.fract() != 0.0) {
        return true;
    }
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values.len() > CLASSES.max(column.len() / 10)
}

/// A quantity, NaN where it is not known.
fn values_of(column: &Column, asked: bool) -> Result<Target> {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    if values.iter().all(|value| value.is_nan()) {
        return Err(Error::data(
            format!("`{}`: no node has a value there", column.name()),
            "name another column with --target",
        ));
    }
    if let Some(node) = values.iter().position(|value| value.is_infinite()) {
        return Err(Error::data(
            format!(
                "`{}` of node {} is {}",
                column.name(),
                count(node + 1),
                values[node]
            ),
            "leave the value out where it is not known",
        ));
    }
    Ok(Target {
        name: column.name().into(),
        task: Task::Regression,
        why: why(asked, false),
        values,
        classes: Vec::new(),
        further: Vec::new(),
    })
}

fn why(asked: bool, held: bool) -> String {
    match (asked, held) {
        (true, true) => "they are known, and not learnt from".into(),
        (true, false) => "as asked".into(),
        (false, _) => "it is called so".into(),
    }
}

/// Whether a column divides the nodes: several values, and fewer than half as many as there are nodes.
fn is_division(column: &Column) -> bool {
    if column.column_type() == ColumnType::Text {
        return false;
    }
    let classes = column.to_category().categories().len();
    (2..=column.len() / 2).contains(&classes)
}

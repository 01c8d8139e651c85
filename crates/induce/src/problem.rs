//! A table seen as a problem: features, target, task, weights, groups.

use std::borrow::Cow;
use std::collections::HashMap;

use induce_core::metrics::Task;
use induce_core::{Column, ColumnType, Error, Result, Table};
use induce_learn::Schema;
use induce_learn::boost::Dataset;

/// What a user may say about a problem; what is `None` or empty is inferred.
#[derive(Debug, Clone, Default)]
pub struct ProblemOptions {
    /// The column to predict.
    pub target: Option<String>,
    /// The column of row weights.
    pub weight: Option<String>,
    /// The column whose equal values mark rows that belong together.
    pub group: Option<String>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// What to predict.
    pub task: Option<Task>,
}

/// Rows to learn from or to be judged on.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The features.
    pub features: Table,
    /// A quantity, a class index or a relevance per row.
    pub target: Vec<f64>,
    /// The target's column.
    pub target_name: String,
    /// The names of the classes; empty for a quantity.
    pub classes: Vec<String>,
    /// What is predicted.
    pub task: Task,
    /// Why that was thought.
    pub why_task: String,
    /// A weight per row.
    pub weight: Option<Vec<f64>>,
    /// A group number per row; rows of a group are neighbours.
    pub groups: Option<Vec<u32>>,
    /// What was left out or changed, in sentences.
    pub notes: Vec<String>,
}

/// Whole numbers with at most this many different values are classes.
const FEW_CLASSES: usize = 20;

/// Columns that are usually the target.
const USUAL_TARGETS: [&str; 4] = ["target", "label", "class", "y"];

impl Problem {
    /// The problem that `table` poses, inferring what `options` does not say.
    pub fn new(table: &Table, options: &ProblemOptions) -> Result<Self> {
        let target_name = target_name(table, options)?;
        let (table, mut notes) = with_target(table, &target_name)?;
        let table = sorted_by_group(&table, options.group.as_deref())?;
        let (task, why_task) = task(table.column(&target_name)?, options)?;
        let column = table.column(&target_name)?;
        let classes = if task == Task::Classification {
            column.to_category().categories()
        } else {
            Vec::new()
        };
        check_classes(&classes, column)?;
        let features = features(&table, &target_name, options, &mut notes)?;
        Ok(Self {
            target: read_target(column, &classes)?,
            weight: weights(&table, options)?,
            groups: group_of_rows(&table, options)?,
            features,
            target_name,
            classes,
            task,
            why_task,
            notes,
        })
    }

    /// The rows of another table as seen by a fitted model: its features, classes and task.
    pub fn for_model(table: &Table, schema: &Schema, task: Task, options: &ProblemOptions) -> Result<Self> {
        let name = options
            .target
            .clone()
            .or_else(|| schema.target.clone())
            .ok_or_else(|| {
                Error::data(
                    "the model does not name its target",
                    "say which column it is with `--target COL`",
                )
            })?;
        let (table, notes) = with_target(table, &name)?;
        let table = sorted_by_group(&table, options.group.as_deref())?;
        let target = read_target(table.column(&name)?, &schema.classes)?;
        Ok(Self {
            target,
            weight: weights(&table, options)?,
            groups: group_of_rows(&table, options)?,
            features: table,
            target_name: name,
            classes: schema.classes.clone(),
            task,
            why_task: "as in training".into(),
            notes,
        })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.target.len()
    }

    /// Only these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            features: self.features.take(rows),
            target: rows.iter().map(|&r| self.target[r]).collect(),
            weight: self.weight.as_ref().map(|w| rows.iter().map(|&r| w[r]).collect()),
            groups: self.groups.as_ref().map(|g| rows.iter().map(|&r| g[r]).collect()),
            ..self.clone()
        }
    }

    /// The rows of a weight above 0: a weight of 0 is to mean what leaving out the row means, also where cuts between
    /// values are chosen.
    pub fn counted(&self) -> Cow<'_, Self> {
        self.counting_rows()
            .map_or(Cow::Borrowed(self), |rows| Cow::Owned(self.take(&rows)))
    }

    /// The rows whose weight is not 0; `None` if that is all of them, or none.
    pub fn counting_rows(&self) -> Option<Vec<usize>> {
        let weight = self.weight.as_deref().unwrap_or_default();
        if weight.iter().all(|w| *w != 0.0) || weight.iter().all(|w| *w == 0.0) {
            return None;
        }
        Some((0..weight.len()).filter(|&row| weight[row] != 0.0).collect())
    }

    /// Two parts of the rows, each in its order.
    ///
    /// Column after column, each freed as soon as it is divided: the memory of one more column
    /// is needed, where two calls of [`take`](Self::take) need that of the whole table.
    #[must_use]
    pub fn divide(mut self, first: &[usize], second: &[usize]) -> (Self, Self) {
        let features = std::mem::take(&mut self.features);
        let (a, b) = (self.take(first), self.take(second));
        let (left, right) = features.divide(first, second);
        (Self { features: left, ..a }, Self { features: right, ..b })
    }

    /// Class indices, for stratified splits.
    pub fn strata(&self) -> Option<Vec<u32>> {
        (self.task == Task::Classification).then(|| self.target.iter().map(|&y| y as u32).collect())
    }

    /// Call `f` with the rows as the booster wants them.
    pub fn with_dataset<R>(&self, f: impl FnOnce(&Dataset) -> R) -> R {
        let ends = self
            .groups
            .as_ref()
            .filter(|_| self.task == Task::Ranking)
            .map(|g| group_ends(g));
        f(&Dataset {
            table: &self.features,
            target: &self.target,
            weight: self.weight.as_deref(),
            groups: ends.as_deref(),
            classes: &self.classes,
        })
    }
}

/// The weight of every row, if a column is named for it.
fn weights(table: &Table, options: &ProblemOptions) -> Result<Option<Vec<f64>>> {
    options
        .weight
        .as_ref()
        .map(|name| numbers(table, name))
        .transpose()
}

/// The group of every row, if a column is named for it.
fn group_of_rows(table: &Table, options: &ProblemOptions) -> Result<Option<Vec<u32>>> {
    options.group.as_ref().map(|name| groups(table, name)).transpose()
}

fn target_name(table: &Table, options: &ProblemOptions) -> Result<String> {
    if let Some(name) = &options.target {
        return Ok(table.column(name)?.name().into());
    }
    let names = table.names();
    let usual = names
        .iter()
        .find(|n| USUAL_TARGETS.contains(&n.to_lowercase().as_str()));
    usual
        .or(names.last())
        .cloned()
        .ok_or_else(|| Error::data("the table has no columns", "check the file"))
}

/// The rows whose target is known.
fn with_target(table: &Table, name: &str) -> Result<(Table, Vec<String>)> {
    let column = table.column(name)?;
    if table.rows() == 0 {
        return Err(Error::data(
            "the table has no rows",
            "check the file and the filters",
        ));
    }
    let missing = column.missing();
    if missing == table.rows() {
        let what = format!("the target `{name}` has no value in any row");
        return Err(Error::data(what, "name another column with `--target`"));
    }
    if missing == 0 {
        return Ok((table.clone(), Vec::new()));
    }
    let known: Vec<usize> = (0..table.rows())
        .filter(|&row| column.text(row).is_some_and(|t| t != "NaN"))
        .collect();
    let note = format!("{missing} rows without a value of `{name}` are left out");
    Ok((table.take(&known), vec![note]))
}

fn sorted_by_group(table: &Table, group: Option<&str>) -> Result<Table> {
    let Some(name) = group else {
        return Ok(table.clone());
    };
    let codes = groups(table, name)?;
    if codes.windows(2).all(|w| w[0] <= w[1]) {
        return Ok(table.clone());
    }
    let mut order: Vec<usize> = (0..codes.len()).collect();
    order.sort_by_key(|&row| codes[row]);
    Ok(table.take(&order))
}

/// Group numbers in order of first appearance.
fn groups(table: &Table, name: &str) -> Result<Vec<u32>> {
    let column = table.column(name)?.to_category();
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let mut numbers = HashMap::new();
    Ok(codes
        .iter()
        .map(|code| {
            let next = numbers.len() as u32;
            *numbers.entry(*code).or_insert(next)
        })
        .collect())
}

fn group_ends(groups: &[u32]) -> Vec<usize> {
    let changes = (1..groups.len()).filter(|&i| groups[i] != groups[i - 1]);
    std::iter::once(0).chain(changes).chain([groups.len()]).collect()
}

fn numbers(table: &Table, name: &str) -> Result<Vec<f64>> {
    let column = table.column(name)?;
    if !matches!(column.column_type(), ColumnType::Number | ColumnType::Boolean) {
        let what = format!(
            "column `{name}` holds {}, not numbers",
            column.column_type().name()
        );
        return Err(Error::data(
            what,
            format!("read it as numbers with `--type {name}=number`"),
        ));
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    Ok(values)
}

fn task(column: &Column, options: &ProblemOptions) -> Result<(Task, String)> {
    if let Some(task) = options.task {
        return Ok((task, "as asked".into()));
    }
    Ok(match column.column_type() {
        ColumnType::Category => (Task::Classification, "the target holds categories".into()),
        ColumnType::Boolean => (Task::Classification, "the target is true or false".into()),
        ColumnType::Date => (
            Task::Regression,
            "the target holds dates, taken as seconds".into(),
        ),
        ColumnType::Text => {
            let what = format!("the target `{}` holds free text", column.name());
            let hint = format!(
                "name another target, or read it as categories with `--type {}=category`",
                column.name()
            );
            return Err(Error::data(what, hint));
        }
        ColumnType::Number => task_of_numbers(column),
    })
}

fn task_of_numbers(column: &Column) -> (Task, String) {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    let whole = values.iter().all(|v| v.fract() == 0.0);
    let mut distinct: Vec<u64> = Vec::new();
    for v in &values {
        if !distinct.contains(&v.to_bits()) {
            distinct.push(v.to_bits());
            if distinct.len() > FEW_CLASSES {
                return (
                    Task::Regression,
                    format!("the target has more than {FEW_CLASSES} different numbers"),
                );
            }
        }
    }
    let n = distinct.len();
    if n <= 2 || (whole && n * 10 <= values.len()) {
        return (
            Task::Classification,
            format!("the target has only {n} different numbers"),
        );
    }
    (Task::Regression, "the target holds numbers".into())
}

fn check_classes(classes: &[String], column: &Column) -> Result<()> {
    if classes.len() == 1 {
        let what = format!("the target `{}` is `{}` in every row", column.name(), classes[0]);
        return Err(Error::data(
            what,
            "a classifier needs rows of at least two classes",
        ));
    }
    if classes.len() > 10_000 {
        let what = format!("the target `{}` has {} classes", column.name(), classes.len());
        return Err(Error::data(
            what,
            "is it a quantity? Then use `--set task=regression`",
        ));
    }
    Ok(())
}

fn read_target(column: &Column, classes: &[String]) -> Result<Vec<f64>> {
    let mut values = vec![0.0; column.len()];
    if classes.is_empty() {
        if matches!(column.column_type(), ColumnType::Category | ColumnType::Text) {
            let example = column.text(0).unwrap_or_default();
            let what = format!(
                "the target `{}` holds text such as `{example}`, not numbers",
                column.name()
            );
            return Err(Error::data(
                what,
                "use `--set task=classification`, or name another target",
            ));
        }
        column.read_f64(0, &mut values);
        if let Some(row) = values.iter().position(|v| !v.is_finite()) {
            let what = format!("the target of row {} is {}", row + 1, values[row]);
            return Err(Error::data(
                what,
                "drop the rows whose target is missing or infinite",
            ));
        }
        return Ok(values);
    }
    let categories = column.to_category();
    let index: HashMap<&str, usize> = classes.iter().enumerate().map(|(i, c)| (c.as_str(), i)).collect();
    let map: Vec<Option<usize>> = categories
        .categories()
        .iter()
        .map(|c| index.get(c.as_str()).copied())
        .collect();
    let mut codes = vec![0; column.len()];
    categories.read_codes(0, &mut codes);
    for (row, (value, &code)) in values.iter_mut().zip(&codes).enumerate() {
        let class = map.get(code as usize).copied().flatten();
        *value = class.ok_or_else(|| unknown_class(column, row, classes))? as f64;
    }
    Ok(values)
}

fn unknown_class(column: &Column, row: usize, classes: &[String]) -> Error {
    let name = column.text(row).unwrap_or_default();
    Error::UnknownName {
        what: "class",
        name,
        known: classes.to_vec(),
    }
}

/// Every column that a model may learn from; what it may not is noted.
fn features(table: &Table, target: &str, options: &ProblemOptions, notes: &mut Vec<String>) -> Result<Table> {
    let mut out: Vec<String> = vec![target.into()];
    out.extend(options.weight.clone());
    out.extend(options.group.clone());
    for name in &options.drop {
        out.push(table.column(name)?.name().into());
    }
    let candidates = table
        .columns()
        .iter()
        .filter(|c| !out.iter().any(|o| o == c.name()));
    let left_out: Vec<(String, &str)> = candidates
        .filter_map(|c| useless(c).map(|why| (c.name().into(), why)))
        .collect();
    for (name, why) in &left_out {
        notes.push(format!(
            "column `{name}` is left out: {why} (`--type {name}=category` keeps it)"
        ));
    }
    out.extend(left_out.into_iter().map(|(name, _)| name));
    let names: Vec<&str> = out.iter().map(String::as_str).collect();
    let features = table.without(&names);
    if features.columns().is_empty() {
        let what = "no column is left to learn from";
        return Err(Error::data(
            what,
            "text columns are left out; `--type NAME=category` keeps one",
        ));
    }
    Ok(features)
}

fn useless(column: &Column) -> Option<&'static str> {
    let names = || column.categories().len();
    match column.column_type() {
        ColumnType::Text => Some("it is free text"),
        ColumnType::Category
            if column.len() > 50 && names() + column.missing() == column.len() && column.missing() == 0 =>
        {
            Some("every row has another value")
        }
        _ => None,
    }
}

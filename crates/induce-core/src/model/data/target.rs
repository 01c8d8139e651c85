//! What a target means: what is predicted of it, its classes, its values.

use std::collections::HashMap;

use super::rows::{OnlyTask, RowsOptions, Target};
use crate::metrics::Task;
use crate::read::notation;
use crate::words::{count, number};
use crate::{Column, ColumnType, Error, Result};

/// Whole numbers with at most this many different values are classes.
const FEW_CLASSES: usize = 20;

/// Numbers that are called classes without that anybody asked for it are at most so many.
const MOST_NUMBERED: usize = 50;

/// What is predicted of a column, and why that is thought.
pub(super) fn task(column: &Column, options: &RowsOptions) -> Result<(Task, String)> {
    if let Some(task) = options.task {
        return Ok((task, "as asked".into()));
    }
    if let Some(OnlyTask { task, why, .. }) = &options.only {
        return Ok((*task, why.clone()));
    }
    Ok(match column.column_type() {
        ColumnType::Category => (Task::Classification, "the target holds categories".into()),
        ColumnType::Boolean => (Task::Classification, "the target is true or false".into()),
        ColumnType::Date => (
            Task::Regression,
            "the target holds dates, taken as seconds".into(),
        ),
        ColumnType::Text => return Err(free_text(column)),
        ColumnType::Number => task_of_numbers(column),
    })
}

fn free_text(column: &Column) -> Error {
    let name = column.name();
    Error::data(
        format!("the target `{name}` holds free text"),
        format!("name another target, or read it as categories with `--type {name}=category`"),
    )
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

/// The classes of a column, in their order.
///
/// # Errors
/// If there are too few or too many, or the numbers of a quantity would become classes without that anybody asked for it.
pub(super) fn classes(
    column: &Column,
    options: &RowsOptions,
    notes: &mut Vec<String>,
) -> Result<Vec<String>> {
    let classes = column.to_category().categories();
    let (name, n) = (column.name(), classes.len());
    if n == 1 {
        return Err(Error::data(
            format!("the target `{name}` is `{}` in every row", classes[0]),
            match notes.first() {
                Some(note) => format!(
                    "a classifier needs rows of at least two classes; {note}"
                ),
                None => "there is nothing to learn; a classifier needs rows of at least two classes (`--target COL` names \
                         another column)"
                    .into(),
            },
        ));
    }
    if column.column_type() == ColumnType::Number && n > FEW_CLASSES {
        if let Some(only) = options.only.as_ref().filter(|_| options.task.is_none())
            && (n > MOST_NUMBERED || !is_whole(column))
        {
            return Err(quantity(column, n, only));
        }
        notes.push(format!(
            "the {} different numbers of `{name}` are taken as classes",
            count(n)
        ));
    }
    if let Some(own) = notation::suspected(column) {
        notes.push(format!(
            "the target `{name}` is taken for classes, but `{}` looks like another notation ({} reads it)",
            own.example, own.flag
        ));
    }
    if n > 10_000 {
        return Err(Error::data(
            format!("the target `{name}` has {} classes", count(n)),
            "is it a quantity? Then use `--task regression`",
        ));
    }
    Ok(classes)
}

fn is_whole(column: &Column) -> bool {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.iter().all(|value| value.fract() == 0.0)
}

fn quantity(column: &Column, n: usize, only: &OnlyTask) -> Error {
    let name = column.name();
    Error::data(
        format!(
            "`{}` is for classes, and `{name}` looks like a quantity: it has {} different numbers",
            only.model,
            count(n)
        ),
        format!(
            "{}; `--type {name}=category` makes every number a class",
            only.others
        ),
    )
}

pub(super) fn values(column: &Column, classes: &[String], only: Option<&OnlyTask>) -> Result<Vec<f64>> {
    let mut values = vec![0.0; column.len()];
    if classes.is_empty() {
        if matches!(column.column_type(), ColumnType::Category | ColumnType::Text) {
            return Err(words(column, only));
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

/// Known classes that clusters are held against; NaN where a row has none.
pub(super) fn labels(column: &Column) -> Result<Target> {
    let column = column.to_category();
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let classes = column.categories();
    let value = |code: &u32| match (*code as usize) < classes.len() {
        true => f64::from(*code),
        false => f64::NAN,
    };
    if !codes.iter().any(|code| value(code).is_finite()) {
        return Err(Error::data(
            format!("`{}` has no value anywhere", column.name()),
            "name another column, or leave it out",
        ));
    }
    Ok(Target {
        name: column.name().into(),
        task: Task::Clustering,
        why: "they are known, and not learnt from".into(),
        values: codes.iter().map(value).collect(),
        classes,
        further: Vec::new(),
    })
}

/// A note on a quantity that is the same in every row.
pub(super) fn constant(name: &str, values: &[f64]) -> Option<String> {
    let first = *values.first()?;
    let same = values.len() > 1 && values.iter().all(|value| *value == first);
    same.then(|| {
        format!(
            "the target `{name}` is {} in every row: there is nothing to learn (`--target COL` names another)",
            number(first)
        )
    })
}

fn unknown_class(column: &Column, row: usize, classes: &[String]) -> Error {
    let name = column.text(row).unwrap_or_default();
    Error::UnknownName {
        what: "class",
        name,
        known: classes.to_vec(),
    }
}

/// An error for a target of words where a quantity is wanted.
fn words(column: &Column, only: Option<&OnlyTask>) -> Error {
    let (name, example) = (column.name(), column.text(0).unwrap_or_default());
    let hint = match only {
        _ if notation::suspected(column).is_some_and(|own| own.kind == ColumnType::Number) => {
            format!("`--type {name}=number` reads it as numbers")
        }
        Some(only) => format!("{}; or name another target", only.others),
        None => "use `--task classification`, or name another target".into(),
    };
    Error::data(
        match only {
            Some(only) => format!(
                "`{}` is for quantities, and the target `{name}` holds text such as `{example}`",
                only.model
            ),
            None => format!("the target `{name}` holds text such as `{example}`, not numbers"),
        },
        hint,
    )
}

impl Target {
    /// Known classes that clusters are held against; NaN where a row has none.
    ///
    /// # Errors
    /// If no row has a value.
    pub fn labels(column: &Column) -> Result<Self> {
        labels(column)
    }
}

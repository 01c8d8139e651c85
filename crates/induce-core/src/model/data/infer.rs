//! What a table means: which column is the target, what is predicted of it, which columns are features.

use std::collections::HashMap;

use super::rows::{Rows, RowsOptions, Target};
use super::{doubts, target};
use crate::error;
use crate::metrics::Task;
use crate::model::Schema;
use crate::read::notation;
use crate::words::{counted, number};
use crate::{Column, ColumnType, Error, Result, Table};

/// Columns that are usually the target.
const USUAL_TARGETS: [&str; 4] = ["target", "label", "class", "y"];

impl Rows {
    /// The rows of `table` with a target, inferring what `options` does not say.
    ///
    /// # Errors
    /// If there is no row with a target, or a column that is named is missing or cannot serve.
    pub fn new(table: &Table, options: &RowsOptions) -> Result<Self> {
        with_target(table, options)
    }

    /// The rows of `table`, all columns of which are features but those that `options` names otherwise.
    ///
    /// # Errors
    /// If no column is left, or one that is named is missing or cannot serve.
    pub fn without_target(table: &Table, options: &RowsOptions) -> Result<Self> {
        without_target(table, options)
    }

    /// The rows of another table as seen by a fitted model: its features, classes and task.
    ///
    /// # Errors
    /// If the target is not named, missing, or has a class that the model does not know.
    pub fn for_model(table: &Table, schema: &Schema, task: Task, options: &RowsOptions) -> Result<Self> {
        for_model(table, schema, task, options)
    }
}

fn with_target(table: &Table, options: &RowsOptions) -> Result<Rows> {
    let name = target_name(table, options)?;
    parts(&name, options)?;
    let (table, mut notes) = known_target(table, &name)?;
    let table = sorted_by_group(&table, options.group.as_deref())?;
    let column = table.column(&name)?;
    let (task, why) = target::task(column, options)?;
    let classes = match task {
        Task::Classification => target::classes(column, options, &mut notes)?,
        _ => Vec::new(),
    };
    let features = features(&table, Some(&name), options, &mut notes)?;
    let only = options.only.as_ref().filter(|_| options.task.is_none());
    let values = target::values(column, &classes, only)?;
    notes.extend(target::constant(&name, &values));
    notes.extend(doubts::of_target(&name, &values, &classes));
    notes.extend(doubts::of_rows(&features, &values, &classes));
    Ok(Rows {
        features: features.into(),
        target: Some(Target {
            name,
            task,
            why,
            values,
            classes,
            further: Vec::new(),
        }),
        groups: group_of_rows(&table, options)?,
        weight: noted_weights(&table, options, &mut notes)?,
        notes,
    })
}

fn without_target(table: &Table, options: &RowsOptions) -> Result<Rows> {
    let table = sorted_by_group(table, options.group.as_deref())?;
    let mut notes = Vec::new();
    let labels = options.labels.as_deref();
    Ok(Rows {
        features: features(&table, labels, options, &mut notes)?.into(),
        target: labels
            .map(|name| target::labels(table.column(name)?))
            .transpose()?,
        groups: group_of_rows(&table, options)?,
        weight: weights(&table, options)?,
        notes,
    })
}

fn for_model(table: &Table, schema: &Schema, task: Task, options: &RowsOptions) -> Result<Rows> {
    if task == Task::Clustering {
        return for_clusters(table, schema, options);
    }
    let name = options
        .target
        .as_ref()
        .or(schema.target.as_ref())
        .ok_or_else(|| {
            Error::data(
                "the model does not name its target",
                "say which column it is with `--target COL`",
            )
        })?;
    let (table, notes) = known_target(table, name)?;
    let table = sorted_by_group(&table, options.group.as_deref())?;
    let target = Target {
        name: name.clone(),
        task,
        why: "as in training".into(),
        values: target::values(table.column(name)?, &schema.classes, None)?,
        classes: schema.classes.clone(),
        further: Vec::new(),
    };
    Ok(Rows {
        target: Some(target),
        weight: weights(&table, options)?,
        groups: group_of_rows(&table, options)?,
        features: table.into(),
        notes,
    })
}

/// Rows for a model of clusters: those of the known classes that it was judged by, if the table has them.
fn for_clusters(table: &Table, schema: &Schema, options: &RowsOptions) -> Result<Rows> {
    let table = sorted_by_group(table, options.group.as_deref())?;
    let trained = schema.target.as_ref().filter(|name| table.names().contains(name));
    let labels = options.labels.as_ref().or(trained);
    Ok(Rows {
        target: labels
            .map(|name| target::labels(table.column(name)?))
            .transpose()?,
        weight: weights(&table, options)?,
        groups: group_of_rows(&table, options)?,
        features: table.into(),
        notes: Vec::new(),
    })
}

/// The weights, with a note where limits that count weight are out of reach.
fn noted_weights(table: &Table, options: &RowsOptions, notes: &mut Vec<String>) -> Result<Option<Vec<f64>>> {
    let found = weights(table, options)?;
    if let Some(all) = &found {
        let sum: f64 = all.iter().sum();
        if sum < 0.5 * all.len() as f64 {
            notes.push(format!(
                "the weights of {} sum to {}: a weight counts as repetition, so limits such as `min_samples_leaf` and \
                 `min_child_weight` may allow no split; lower them, or multiply the weights",
                counted(all.len(), "row"),
                number(sum)
            ));
        }
    }
    Ok(found)
}

/// The weight of every row, if a column is named for it.
fn weights(table: &Table, options: &RowsOptions) -> Result<Option<Vec<f64>>> {
    options
        .weight
        .as_ref()
        .map(|name| numbers(table, name))
        .transpose()
}

/// The group of every row, if a column is named for it.
fn group_of_rows(table: &Table, options: &RowsOptions) -> Result<Option<Vec<u32>>> {
    options.group.as_ref().map(|name| groups(table, name)).transpose()
}

/// That no column plays two parts: the target would be known in advance, or left out.
fn parts(target: &str, options: &RowsOptions) -> Result<()> {
    let weight = options.weight.iter().map(|name| (name, "weight"));
    let group = options.group.iter().map(|name| (name, "group"));
    let drop = options.drop.iter().map(|name| (name, "drop"));
    if options.names.iter().any(|name| name == target) {
        return Err(Error::data(
            format!("`{target}` is the target, and names users or items too"),
            "say which columns they are with `--target COL --user COL --item COL`",
        ));
    }
    let twice = weight.chain(group).chain(drop).find(|(name, _)| *name == target);
    let hint = match &options.target {
        Some(_) => "a column plays one part only".to_owned(),
        None => "name another column to predict with `--target COL`".into(),
    };
    match twice {
        None => Ok(()),
        Some((_, flag)) => Err(Error::data(
            format!("`{target}` is the target, and `--{flag} {target}` too"),
            hint,
        )),
    }
}

fn target_name(table: &Table, options: &RowsOptions) -> Result<String> {
    if let Some(name) = options
        .target
        .as_ref()
        .filter(|name| !table.names().contains(name))
    {
        several(table, name)?;
    }
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

/// An error for names of several columns in one.
fn several(table: &Table, name: &str) -> Result<()> {
    let Some(all) = error::several(name, &table.names()) else {
        return Ok(());
    };
    let others = all[1..]
        .iter()
        .map(|own| format!(" --drop {own}"))
        .collect::<String>();
    Err(Error::data(
        format!("`{name}` names {} columns, and a model predicts one", all.len()),
        format!(
            "train a model for each: `--target {}{others}`; in Python trees and forests learn several at once",
            all[0]
        ),
    ))
}

/// The rows whose target is known.
fn known_target(table: &Table, name: &str) -> Result<(Table, Vec<String>)> {
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
    let note = format!(
        "{} without a value of `{name}` {} left out",
        counted(missing, "row"),
        if missing == 1 { "is" } else { "are" }
    );
    let words = matches!(column.column_type(), ColumnType::Category | ColumnType::Text);
    let note = match words {
        true => format!("{note} (`--missing TEXT` says what means no value)"),
        false => note,
    };
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

fn numbers(table: &Table, name: &str) -> Result<Vec<f64>> {
    let column = table.column(name)?;
    if !matches!(column.column_type(), ColumnType::Number | ColumnType::Boolean) {
        let what = format!(
            "column `{name}` holds {}, not numbers",
            column.column_type().name()
        );
        return Err(Error::data(what, number_hint(column)));
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    Ok(values)
}

/// What to do about a column that should hold numbers: whether its values can be read as such is seen in one of them.
fn number_hint(column: &Column) -> String {
    let name = column.name();
    let mut texts = (0..column.len()).filter_map(|row| column.text(row));
    match texts.next() {
        Some(text) if text.parse::<f64>().is_err() => {
            format!("its values are words such as `{text}`; name a column of numbers, one for each row")
        }
        _ => format!("read it as numbers with `--type {name}=number`"),
    }
}

/// Every column that a model may learn from; what it may not is noted.
fn features(
    table: &Table,
    target: Option<&str>,
    options: &RowsOptions,
    notes: &mut Vec<String>,
) -> Result<Table> {
    let mut out: Vec<String> = target.into_iter().map(str::to_owned).collect();
    out.extend(options.weight.clone());
    out.extend(options.group.clone());
    for name in &options.drop {
        out.push(table.column(name)?.name().into());
    }
    let candidates = table
        .columns()
        .iter()
        .filter(|c| !out.iter().any(|o| o == c.name()));
    let named = |c: &&Column| options.names.iter().any(|own| own == c.name());
    let left_out: Vec<(String, String)> = candidates
        .filter(|c| !named(c))
        .filter_map(|c| useless(c).map(|why| (c.name().into(), left_out(c, why))))
        .collect();
    notes.extend(left_out.iter().map(|(_, note)| note.clone()));
    let in_words = left_out.first().map(|(_, note)| note.clone());
    out.extend(left_out.into_iter().map(|(name, _)| name));
    let kept = table
        .columns()
        .iter()
        .filter(|c| !out.iter().any(|o| o == c.name()));
    notes.extend(kept.filter(|c| !named(c)).filter_map(doubts::of));
    let names: Vec<&str> = out.iter().map(String::as_str).collect();
    let features = table.without(&names);
    if features.columns().is_empty() {
        let what = "no column is left to learn from";
        let usual = "running text is for `-m gpt`".to_owned();
        let hint = in_words.map_or_else(|| usual.clone(), |note| format!("{note}; {usual}"));
        return Err(Error::data(what, hint));
    }
    Ok(features)
}

/// A note on a column that is left out.
fn left_out(column: &Column, why: &str) -> String {
    let name = column.name();
    match notation::suspected(column) {
        Some(own) => format!(
            "column `{name}` is left out: {why}, such as `{}` ({} reads it as {})",
            own.example, own.flag, own.kind
        ),
        None => format!("column `{name}` is left out: {why} (`--type {name}=category` keeps it)"),
    }
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

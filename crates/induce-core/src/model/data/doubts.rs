//! What is odd about a column that is used as it is: each is said in a line, with the flag that changes it.

use std::collections::HashMap;

use crate::read::notation;
use crate::words::{count, counted};
use crate::{Column, ColumnType, Table};

/// Rows below which nothing is concluded from a column.
const FEW: usize = 50;

/// A note on a column, if there is doubt that it means what it is taken for.
pub(super) fn of(column: &Column) -> Option<String> {
    let name = column.name();
    if let Some(own) = notation::suspected(column) {
        return Some(format!(
            "column `{name}` is taken for categories, but `{}` looks like a {} in another notation ({} reads it)",
            own.example, own.kind, own.flag
        ));
    }
    if column.len() < FEW {
        return None;
    }
    match column.column_type() {
        ColumnType::Number => numbered(column).map(|what| {
            format!("column `{name}` {what} and says nothing of new rows (`--drop {name}` leaves it out)")
        }),
        ColumnType::Category => of_category(name, &column.categories(), column.len()),
        _ => None,
    }
}

/// A note on categories that nearly all are numbers, or nearly all different.
fn of_category(name: &str, names: &[String], rows: usize) -> Option<String> {
    let strangers = strangers(names);
    if !strangers.is_empty() {
        let flags: Vec<String> = strangers.iter().map(|own| format!("--missing '{own}'")).collect();
        return Some(format!(
            "column `{name}` would hold numbers but for `{}`, and is taken for categories (`{}` reads numbers)",
            strangers.join("`, `"),
            flags.join(" ")
        ));
    }
    (2 * names.len() > rows).then(|| {
        format!(
            "column `{name}` has {} different values in {} rows, as an identifier has (`--drop {name}` leaves it out)",
            count(names.len()),
            count(rows)
        )
    })
}

/// What makes a column of numbers one of names: it counts the rows, in their order or in another, or has long whole numbers,
/// each once. Their ends tell most columns apart, so that few are sorted.
fn numbered(column: &Column) -> Option<&'static str> {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    let whole = |value: &f64| value.fract() == 0.0 && value.abs() < 9e15;
    if !values.iter().all(whole) {
        return None;
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let counts = most - least == values.len() as f64 - 1.0;
    // As many digits in all of them, and six or more: a count or a price would have fewer in some rows.
    let long = least >= LONG && most < 10.0 * 10_f64.powf(least.log10().floor());
    if !counts && !long {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let differ = values.windows(2).all(|pair| pair[0] < pair[1]);
    match (differ, counts) {
        (false, _) => None,
        (true, true) => Some("numbers the rows"),
        (true, false) => Some("has another long number in every row, as an identifier has,"),
    }
}

/// The least of six digits.
const LONG: f64 = 1e5;

/// Most texts that keep a column from being numbers and are told one by one.
const STRANGERS: usize = 3;

/// The few of the names of categories that are no numbers, where most others are.
fn strangers(names: &[String]) -> Vec<&str> {
    let strangers = names.iter().filter(|name| name.trim().parse::<f64>().is_err());
    let strangers: Vec<&str> = strangers.take(STRANGERS + 1).map(String::as_str).collect();
    let few = strangers.len() <= STRANGERS && names.len() > FEW;
    if few { strangers } else { Vec::new() }
}

/// Classes above which somebody may not have meant classes.
const MANY: usize = 50;

/// Notes on a target: few rows, very many classes, a class that is there once.
pub(super) fn of_target(name: &str, values: &[f64], classes: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if values.len() < FEW {
        notes.push(format!(
            "{} are few: metrics, and whatever held-out rows choose, may be far off (`--cv 5` judges on all of them)",
            counted(values.len(), "row")
        ));
    }
    if classes.len() > MANY {
        notes.push(format!(
            "the target `{name}` has {} classes: many need many rows and much time",
            count(classes.len())
        ));
    }
    let mut rows = vec![0_usize; classes.len()];
    if !classes.is_empty() {
        values.iter().for_each(|class| rows[*class as usize] += 1);
    }
    let alone: Vec<&String> = classes
        .iter()
        .zip(&rows)
        .filter(|(_, n)| **n == 1)
        .map(|(class, _)| class)
        .collect();
    notes.extend(alone.first().map(|first| {
        let (are, others) = match alone.len() {
            1 => ("is", String::new()),
            n => ("are", format!(" and {} more", counted(n - 1, "class"))),
        };
        format!("`{first}`{others} {are} in one row only: it is learnt from or judged on, never both")
    }));
    notes
}

/// Notes on columns that never change, and on those that are the target itself.
pub(super) fn of_rows(features: &Table, target: &[f64], classes: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    let (mut constant, mut same) = (Vec::new(), Vec::new());
    for column in features.columns() {
        if is_constant(column) {
            constant.push(format!("`{}`", column.name()));
        } else if target.len() >= ENOUGH && is_target(column, target, classes.len()) {
            same.push(column.name());
        }
    }
    let few: Vec<String> = constant.iter().take(3).cloned().collect();
    if let Some(first) = few.first() {
        notes.push(match constant.len() {
            1 => format!("column {first} has the same value in every row, or none, and says nothing"),
            n => format!(
                "{n} columns have the same value in every row, or none, and say nothing: {}",
                few.join(", ")
            ),
        });
    }
    notes.extend(same.iter().map(|name| {
        format!("column `{name}` is the target in other words: is it known when a prediction is wanted? (`--drop {name}` leaves it out)")
    }));
    notes
}

/// Rows from which a column that says the target in all of them does so by no accident.
const ENOUGH: usize = 20;

fn is_constant(column: &Column) -> bool {
    let missing = column.missing();
    if missing > 0 {
        return missing == column.len();
    }
    let first = key(column, 0, &mut [0.0], &mut [0]);
    column.len() > 1 && (1..column.len()).all(|row| key(column, row, &mut [0.0], &mut [0]) == first)
}

/// Whether values of the column and of the target tell each other: numbers are the same, categories one class each.
fn is_target(column: &Column, target: &[f64], classes: usize) -> bool {
    let category = column.column_type() == ColumnType::Category;
    if !category && classes == 0 {
        let mut value = [0.0];
        return target.iter().enumerate().all(|(row, own)| {
            column.read_f64(row, &mut value);
            value[0] == *own
        });
    }
    if classes == 0 || category && column.categories().len() < classes {
        return false;
    }
    let (mut class_of, mut key_of) = (HashMap::new(), HashMap::new());
    target.iter().enumerate().all(|(row, class)| {
        let (key, class) = (key(column, row, &mut [0.0], &mut [0]), class.to_bits());
        *class_of.entry(key).or_insert(class) == class && *key_of.entry(class).or_insert(key) == key
    })
}

/// What tells the value of a row from others of its column.
fn key(column: &Column, row: usize, value: &mut [f64; 1], code: &mut [u32; 1]) -> u64 {
    match column.column_type() {
        ColumnType::Category => {
            column.read_codes(row, code);
            u64::from(code[0])
        }
        _ => {
            column.read_f64(row, value);
            value[0].to_bits()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::Column;

    fn words(value: impl Fn(usize) -> String) -> Column {
        let texts: Vec<String> = (0..100).map(value).collect();
        let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
        Column::from_text("c", &texts)
    }

    #[test]
    fn doubtful_columns_are_named_with_the_flag() {
        let says = |column: &Column| of(column).unwrap_or_default();
        assert!(says(&words(|i| format!("{i},5"))).contains("--type c=number"));
        assert!(says(&words(|i| format!("${},000", i + 1))).contains("--type c=number"));
        assert!(says(&words(|i| format!("{}.12.2024", i % 28 + 1))).contains("--type c=date"));
        assert!(says(&words(|i| format!("person {}", i % 90))).contains("--drop c"));
        assert!(
            says(&Column::from_f64("c", (1..=100).map(f64::from).collect())).contains("numbers the rows")
        );
        assert_eq!(of(&words(|i| format!("level {}", i % 5))), None);
        assert_eq!(
            of(&Column::from_f64(
                "c",
                (0..100).map(|i| f64::from(i * i)).collect()
            )),
            None
        );
    }
}

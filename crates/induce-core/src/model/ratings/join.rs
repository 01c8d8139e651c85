//! A table of users, or of items, joined onto their ratings.

use std::collections::HashMap;

use crate::words::{count, counted};
use crate::{Column, Error, Result, Table};

/// A table with columns of another beside its own.
#[derive(Debug)]
pub struct Joined {
    /// The table.
    pub table: Table,
    /// What was found out, in sentences.
    pub notes: Vec<String>,
}

/// The left join of `other` onto `table`: beside every row the row of `other` that has the same value of `key`, or missing values.
///
/// The key of `other` is its column of that name, or its first, whichever has more of the names. A column whose name is taken is called `WHAT NAME`.
///
/// ```
/// use induce_core::model::ratings::join;
/// use induce_core::{Column, Table};
///
/// let ratings = Table::new(vec![Column::from_f64("user", vec![2.0, 1.0, 2.0])])?;
/// let users = Table::new(vec![
///     Column::from_text("id", &[Some("1"), Some("2")]),
///     Column::from_f64("age", vec![24.0, 53.0]),
/// ])?;
/// let joined = join(&ratings, &users, "user", "users")?.table;
/// assert_eq!(joined.column("age")?.text(0).as_deref(), Some("53.0"));
/// // Without a header the first column is the key, whatever it is called.
/// let bare = Table::new(vec![Column::from_f64("x0", vec![1.0, 2.0]), Column::from_text("user", &[Some("a"), Some("a")])])?;
/// assert_eq!(join(&ratings, &bare, "user", "users")?.table.names(), ["user", "users user"]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If `other` has a value of the key twice, none that `table` has, or no column beside it.
pub fn join(table: &Table, other: &Table, key: &str, what: &str) -> Result<Joined> {
    let left = table.column(key)?.to_category();
    let mut codes = vec![0; left.len()];
    left.read_codes(0, &mut codes);
    let (own, rows) = key_of(other, &left.categories(), key, what)?;
    let mut notes = Vec::new();
    if own.name() != key {
        notes.push(format!(
            "{what}: `{}` of their table is taken for `{key}`",
            own.name()
        ));
    }
    let at: Vec<Option<usize>> = left
        .categories()
        .iter()
        .map(|name| rows.get(name).copied())
        .collect();
    let place = |code: &u32| at.get(*code as usize).copied().flatten();
    let places: Vec<Option<usize>> = codes.iter().map(place).collect();
    let missed = places.iter().filter(|place| place.is_none()).count();
    if missed == places.len() {
        return Err(Error::data(
            format!(
                "no row of the table of {what} has a `{}` that is a `{key}` of the ratings",
                own.name()
            ),
            format!("call the column of its keys `{key}`, or let it be the first"),
        ));
    }
    if missed > 0 {
        notes.push(format!(
            "{} of {} have no row in the table of {what}",
            count(missed),
            counted(places.len(), "rating")
        ));
    }
    let mut joined = table.clone();
    for column in other
        .columns()
        .iter()
        .filter(|column| column.name() != own.name())
    {
        let name = if table.names().iter().any(|taken| taken == column.name()) {
            format!("{what} {}", column.name())
        } else {
            column.name().to_owned()
        };
        joined = joined.with(column.take_some(&places).renamed(name))?;
    }
    if joined.columns().len() == table.columns().len() {
        return Err(Error::data(
            format!("the table of {what} has no column beside `{}`", own.name()),
            "leave it out",
        ));
    }
    Ok(Joined { table: joined, notes })
}

/// The column of keys, and the row of each: that of this name, or the first, where that has more of the names. Without a header names of
/// columns are mere numbers, and mean another column here.
fn key_of<'a>(
    other: &'a Table,
    names: &[String],
    key: &str,
    what: &str,
) -> Result<(&'a Column, HashMap<String, usize>)> {
    let first = other
        .columns()
        .first()
        .ok_or_else(|| Error::data(format!("the table of {what} has no columns"), "check the file"))?;
    let Some(named) = other.columns().iter().find(|column| column.name() == key) else {
        return Ok((first, places(first, what)?));
    };
    let known = |rows: &HashMap<String, usize>| names.iter().filter(|name| rows.contains_key(*name)).count();
    match (places(named, what), places(first, what)) {
        (Ok(own), Ok(other)) if known(&own) >= known(&other) => Ok((named, own)),
        (_, Ok(other)) => Ok((first, other)),
        (own, _) => Ok((named, own?)),
    }
}

/// The row of every value of a key.
fn places(column: &Column, what: &str) -> Result<HashMap<String, usize>> {
    let own = column.to_category();
    let (names, mut codes) = (own.categories(), vec![0; own.len()]);
    own.read_codes(0, &mut codes);
    let mut rows = HashMap::new();
    for (row, code) in codes.iter().enumerate() {
        let Some(name) = names.get(*code as usize) else {
            continue;
        };
        if rows.insert(name.clone(), row).is_some() {
            return Err(Error::data(
                format!(
                    "the table of {what} has `{}` {name} in several rows",
                    column.name()
                ),
                "keep one row of each, or let the first column be that of the keys",
            ));
        }
    }
    Ok(rows)
}

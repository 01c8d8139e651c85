//! From the columns of a typed format to the table that the user asked for.

use super::options::{ReadOptions, SniffedColumn};
use crate::error::{Error, Result};
use crate::table::{Column, ColumnType, Notation, Table};

/// The wanted columns, with the types that the user gave, and what to say of them.
///
/// `columns` come with the reasons for their types.
pub(crate) fn finish(
    columns: Vec<(Column, String)>,
    options: &ReadOptions,
) -> Result<(Table, Vec<SniffedColumn>)> {
    let mut kept = Vec::new();
    let mut sniffed = Vec::new();
    for (column, why) in columns
        .into_iter()
        .filter(|(column, _)| options.wants(column.name()))
    {
        let pinned = options.pinned(column.name());
        let column = pinned.map_or(Ok(column.clone()), |kind| {
            pin(&column, kind, options.notation(column.name()))
        })?;
        sniffed.push(SniffedColumn {
            name: column.name().into(),
            kind: column.column_type(),
            why: pinned.map_or(why, |_| "the user says so".into()),
            missing: column.missing(),
            notation: column.notation(),
        });
        kept.push(column);
    }
    in_order(Table::new(kept)?, sniffed, options)
}

/// Put the columns in the order in which the user named them.
pub(crate) fn in_order(
    table: Table,
    mut sniffed: Vec<SniffedColumn>,
    options: &ReadOptions,
) -> Result<(Table, Vec<SniffedColumn>)> {
    if options.columns.is_empty() {
        return Ok((table, sniffed));
    }
    let mut wanted: Vec<&str> = Vec::new();
    for name in options.columns.iter().filter(|name| options.wants(name)) {
        if !wanted.contains(&name.as_str()) {
            wanted.push(name);
        }
    }
    sniffed.sort_by_key(|column| wanted.iter().position(|name| *name == column.name));
    Ok((table.select(&wanted)?, sniffed))
}

/// The column as one of `kind`, if its values allow that.
fn pin(column: &Column, kind: ColumnType, notation: Option<Notation>) -> Result<Column> {
    let numbers = || {
        let mut values = vec![0.0; column.len()];
        column.read_f64(0, &mut values);
        values
    };
    match (column.column_type(), kind) {
        (from, to) if from == to => Ok(column.clone()),
        (_, ColumnType::Category) => Ok(column.to_category()),
        (_, ColumnType::Text) => {
            let texts: Vec<Option<String>> = (0..column.len()).map(|row| column.text(row)).collect();
            let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            Ok(Column::from_free_text(column.name(), &texts))
        }
        (ColumnType::Boolean | ColumnType::Date, ColumnType::Number) => {
            Ok(Column::from_f64(column.name(), numbers()))
        }
        (ColumnType::Number, ColumnType::Boolean)
            if numbers().iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0) =>
        {
            let values: arrow_array::BooleanArray = numbers()
                .iter()
                .map(|v| (!v.is_nan()).then_some(*v == 1.0))
                .collect();
            Column::new(column.name(), ColumnType::Boolean, std::sync::Arc::new(values))
        }
        (ColumnType::Category | ColumnType::Text, ColumnType::Number | ColumnType::Date) => {
            super::notation::read_as(column, kind, notation)
        }
        (from, to) => Err(Error::data(
            format!(
                "column `{}` is stored as {from} and cannot be read as {to}",
                column.name()
            ),
            "any column can be read as category or text",
        )),
    }
}

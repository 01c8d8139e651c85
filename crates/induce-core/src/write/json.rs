//! One JSON object per line; missing values are left out as `null`.

use std::io::{Result, Write};

use serde_json::{Map, Value};

use crate::table::{Column, ColumnType, Table};

pub(super) fn write(out: &mut impl Write, table: &Table) -> Result<()> {
    for row in 0..table.rows() {
        let pairs = table
            .columns()
            .iter()
            .map(|column| (column.name().to_string(), value(column, row)));
        serde_json::to_writer(&mut *out, &pairs.collect::<Map<String, Value>>())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Numbers and booleans are themselves (infinities are text, as JSON has none), everything else is text.
fn value(column: &Column, row: usize) -> Value {
    let Some(text) = column.text(row) else {
        return Value::Null;
    };
    match column.column_type() {
        ColumnType::Number => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ColumnType::Boolean if !column.has_words() => Value::Bool(text == "true"),
        _ => Value::String(text),
    }
}

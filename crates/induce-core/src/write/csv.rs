//! CSV with commas, a header, and quotes where they are needed.

use std::io::{Result, Write};

use crate::read::MARKERS;
use crate::table::{Column, ColumnType, Table};

pub(super) fn write(out: &mut impl Write, table: &Table) -> Result<()> {
    let names: Vec<String> = table.names().iter().map(|name| field(name)).collect();
    writeln!(out, "{}", names.join(","))?;
    let categories: Vec<Vec<String>> = table.columns().iter().map(quoted_categories).collect();
    let mut line = String::new();
    for row in 0..table.rows() {
        line.clear();
        for (j, column) in table.columns().iter().enumerate() {
            if j > 0 {
                line.push(',');
            }
            push(&mut line, column, &categories[j], row);
        }
        // A blank line would be skipped by readers.
        if line.is_empty() {
            line.push_str("\"\"");
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn quoted_categories(column: &Column) -> Vec<String> {
    if column.column_type() != ColumnType::Category {
        return Vec::new();
    }
    column.categories().iter().map(|name| field(name)).collect()
}

fn push(line: &mut String, column: &Column, categories: &[String], row: usize) {
    match column.column_type() {
        ColumnType::Category => {
            let mut code = [0];
            column.read_codes(row, &mut code);
            line.push_str(categories.get(code[0] as usize).map_or("", String::as_str));
        }
        ColumnType::Text => line.push_str(&column.text(row).map_or(String::new(), |text| field(&text))),
        _ => line.push_str(&column.text(row).unwrap_or_default()),
    }
}

/// `text` as a field: in quotes if it holds a delimiter, a quote, a line end, spaces at an end, or means missing.
fn field(text: &str) -> String {
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    let padded = text.trim() != text;
    if padded || text.bytes().any(special) || MARKERS.contains(&text) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_string()
}

//! Tables as people look at them: as text, as HTML, and a column as an array.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};
use induce::core::words::{counted, visible};
use induce::core::{Column, ColumnType, Table};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

/// Rows and columns that are shown at most.
const ROWS: usize = 6;
const COLUMNS: usize = 8;
/// Characters of a cell that are shown at most.
const WIDTH: usize = 20;

/// Names, kinds and the first rows, column after column.
fn cells(table: &Table) -> Vec<Vec<String>> {
    let shown = table.columns().iter().take(COLUMNS);
    let cell = |column: &Column, row| column.text(row).map_or_else(String::new, |text| short(&text));
    let column = |column: &Column| {
        let head = [short(column.name()), column.column_type().name().to_owned()];
        let body = (0..table.rows().min(ROWS)).map(|row| cell(column, row));
        head.into_iter().chain(body).collect()
    };
    let mut all: Vec<Vec<String>> = shown.map(column).collect();
    let left = table.columns().len().saturating_sub(COLUMNS);
    if left > 0 {
        let mut more = vec![String::new(); table.rows().min(ROWS) + 2];
        more[0] = format!("... {left} more");
        all.push(more);
    }
    all
}

fn short(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

fn title(table: &Table) -> String {
    format!(
        "Table of {} and {}",
        counted(table.rows(), "row"),
        counted(table.columns().len(), "column")
    )
}

/// As `repr` shows it.
pub fn text(table: &Table) -> String {
    let columns: Vec<Vec<String>> = cells(table)
        .into_iter()
        .map(|column| column.iter().map(|cell| visible(cell).into_owned()).collect())
        .collect();
    let mut out = title(table);
    for row in 0..columns.first().map_or(0, Vec::len) {
        out.push('\n');
        let line: Vec<String> = columns
            .iter()
            .map(|column| {
                let width = column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
                format!("{:>width$}", column[row])
            })
            .collect();
        out.push_str(&line.join("  "));
    }
    if table.rows() > ROWS {
        out.push_str("\n...");
    }
    out
}

/// As a notebook shows it.
pub fn html(table: &Table) -> String {
    let columns = cells(table);
    let rows = columns.first().map_or(0, Vec::len);
    let row = |r: usize, tag: &str| {
        let cells = columns
            .iter()
            .map(|column| format!("<{tag}>{}</{tag}>", escaped(&column[r])));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let head = (0..rows.min(2)).map(|r| row(r, "th")).collect::<String>();
    let body = (2..rows).map(|r| row(r, "td")).collect::<String>();
    format!(
        "<p>{}</p><table><thead>{head}</thead><tbody>{body}</tbody></table>",
        title(table)
    )
}

/// Names of columns and values are text of a file: in a notebook they must not run.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

/// A column as an array of NumPy: doubles, moments, booleans, or objects of `str` with None where there is no value.
pub fn array<'py>(py: Python<'py>, column: &Column) -> PyResult<Bound<'py, PyAny>> {
    let data = column.data();
    match column.column_type() {
        ColumnType::Number => {
            let mut values = vec![0.0; column.len()];
            column.read_f64(0, &mut values);
            Ok(PyArray1::from_vec(py, values).into_any())
        }
        ColumnType::Date => match data.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => moments::<TimestampSecondType>(py, column, "s"),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                moments::<TimestampMillisecondType>(py, column, "ms")
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                moments::<TimestampMicrosecondType>(py, column, "us")
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                moments::<TimestampNanosecondType>(py, column, "ns")
            }
            _ => moments::<Date32Type>(py, column, "D"),
        },
        ColumnType::Boolean if !column.has_words() && column.missing() == 0 => {
            let values: Vec<bool> = data
                .as_boolean()
                .iter()
                .map(|value| value == Some(true))
                .collect();
            Ok(PyArray1::from_vec(py, values).into_any())
        }
        ColumnType::Boolean if !column.has_words() => {
            objects(py, PyList::new(py, data.as_boolean().iter().collect::<Vec<_>>())?)
        }
        _ => {
            let words = (0..column.len()).map(|row| column.text(row));
            objects(py, PyList::new(py, words.collect::<Vec<_>>())?)
        }
    }
}

/// A list as an array of objects.
fn objects<'py>(py: Python<'py>, list: Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1("empty", (list.len(), numpy.getattr("object_")?))?;
    array.set_item(PySlice::full(py), list)?;
    Ok(array)
}

/// Counts of `unit` since 1970 as moments of NumPy, NaT where there is no value.
fn moments<'py, T: ArrowPrimitiveType>(
    py: Python<'py>,
    column: &Column,
    unit: &str,
) -> PyResult<Bound<'py, PyAny>>
where
    T::Native: Into<i64>,
{
    let values = column.data().as_primitive::<T>().iter();
    let counts: Vec<i64> = values.map(|value| value.map_or(i64::MIN, Into::into)).collect();
    PyArray1::from_vec(py, counts).call_method1("view", (format!("datetime64[{unit}]"),))
}

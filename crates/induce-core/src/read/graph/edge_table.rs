//! Edges in a table that is no plain text: Parquet, Arrow, JSON.

use super::head::Head;
use super::links::{Links, Sense};
use super::names::Numbers;
use super::nodes::Parts;
use crate::table::{Column, Table};
use crate::{Error, Result};

const FORMAT: &str = "table of edges";

/// An edge a row: its ends under usual names, else in the first two columns, and its weight if a column is called so.
pub(super) fn read(file: &str, table: &Table) -> Result<Parts> {
    let names = table.names();
    if names.len() < 2 {
        return Err(Error::data(
            format!(
                "`{file}` has one column, `{}`, where edges have two ends",
                names.join("")
            ),
            "name the columns `source` and `target`, and `weight` if there are weights",
        ));
    }
    let head = Head::of(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let columns = table.columns();
    let weights = head.weight.map(|k| doubles(&columns[k]));
    let (from, to) = (Ends::of(&columns[head.from]), Ends::of(&columns[head.to]));
    let (mut numbers, mut links) = (Numbers::default(), Links::of_length(table.rows()));
    for i in 0..table.rows() {
        let weight = weights.as_ref().map_or(1.0, |all| all[i]);
        if !weight.is_finite() {
            return Err(fault(file, i, &format!("its weight is {weight}")));
        }
        let missing = |k: usize| fault(file, i, &format!("`{}` names no node", names[k]));
        let a = numbers.of(from.name(i).ok_or_else(|| missing(head.from))?, i + 1);
        let b = numbers.of(to.name(i).ok_or_else(|| missing(head.to))?, i + 1);
        links.push(a, b, weight);
    }
    Ok(Parts {
        sense: Sense::Unsaid,
        notes: head.left_out().into_iter().collect(),
        ..Parts::new(FORMAT, numbers.names(), links)
    })
}

/// Names of nodes, each kept once.
struct Ends {
    codes: Vec<u32>,
    names: Vec<String>,
}

impl Ends {
    fn of(column: &Column) -> Self {
        let column = column.to_category();
        let mut codes = vec![0; column.len()];
        column.read_codes(0, &mut codes);
        Self {
            codes,
            names: column.categories(),
        }
    }

    fn name(&self, row: usize) -> Option<&str> {
        self.names.get(self.codes[row] as usize).map(String::as_str)
    }
}

fn doubles(column: &Column) -> Vec<f64> {
    let mut values = vec![f64::NAN; column.len()];
    column.read_f64(0, &mut values);
    values
}

fn fault(file: &str, row: usize, reason: &str) -> Error {
    Error::data(
        format!("`{file}`, row {}: {reason}", row + 1),
        "a row is an edge: two names, and a finite weight if a column is called so",
    )
}

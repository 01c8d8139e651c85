//! What is known of users and items besides their ratings, as numbers that a network reads.

use induce_core::model::ratings::Sides;
use induce_core::model::{Features, Inputs, Rows};
use induce_core::words::counted;
use induce_core::{ColumnType, Result, Run, Table};

use crate::inputs::Columns;

/// Categories of a column above which it is no feature but a name.
const MOST: usize = 100;

/// Features of users and of items.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// How columns become them; nothing where none is known.
    pub columns: [Option<Columns>; 2],
    /// The features of all nodes. // (users, features), (items, features)
    pub values: [Vec<f32>; 2],
}

impl Known {
    /// From columns of users and items, with remarks.
    ///
    /// # Errors
    /// If a column holds an infinite value.
    pub fn learn(sides: &Sides, run: &Run) -> Result<(Self, Vec<String>)> {
        let (mut own, mut notes) = (Self::default(), Vec::new());
        for (side, (table, what)) in [(&sides.users, "users"), (&sides.items, "items")]
            .into_iter()
            .enumerate()
        {
            let (table, left_out) = of_use(table);
            if !left_out.is_empty() {
                notes.push(format!(
                    "columns of {what} with more than {MOST} categories are names, and left out: {}",
                    left_out.join(", ")
                ));
            }
            if table.columns().is_empty() {
                continue;
            }
            let rows = Rows::from(Features::Table(table));
            let (columns, points, remarks) = Columns::learn(&rows, true, run)?;
            own.values[side] = columns.inputs(&points);
            notes.push(format!(
                "features of {what}: {}, as {}",
                rows.table()?.names().join(", "),
                counted(columns.width(), "number")
            ));
            notes.extend(remarks);
            own.columns[side] = Some(columns);
        }
        Ok((own, notes))
    }

    /// Numbers of a user, and of an item.
    pub fn widths(&self) -> [usize; 2] {
        [0, 1].map(|side| self.columns[side].as_ref().map_or(0, Columns::width))
    }

    /// Features of all nodes. // (users, features), (items, features)
    pub fn features(&self) -> [&[f32]; 2] {
        [&self.values[0], &self.values[1]]
    }

    /// Features of the rows of a table that has all columns of a side. // (rows, features)
    ///
    /// # Errors
    /// If a column is of another type than in training.
    pub fn read(&self, side: usize, table: &Table, run: &Run) -> Result<Option<Vec<f32>>> {
        let Some(columns) = &self.columns[side] else {
            return Ok(None);
        };
        let names = table.names();
        if !columns.schema().names().iter().all(|name| names.contains(name)) {
            return Ok(None);
        }
        Ok(Some(columns.inputs(&columns.read(Inputs::Table(table), run)?)))
    }
}

/// The columns that are features, and the names of those that have as many values as names have.
fn of_use(table: &Table) -> (Table, Vec<String>) {
    let many = |column: &&induce_core::Column| {
        column.column_type() == ColumnType::Text || column.categories().len() > MOST
    };
    let left_out: Vec<String> = table
        .columns()
        .iter()
        .filter(many)
        .map(|column| format!("`{}`", column.name()))
        .collect();
    let kept: Vec<_> = table
        .columns()
        .iter()
        .filter(|column| !many(column))
        .cloned()
        .collect();
    (Table::new(kept).unwrap_or_default(), left_out)
}

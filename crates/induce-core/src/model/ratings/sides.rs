//! What is known of users and of items besides their ratings.

use super::Roles;
use crate::Table;
use crate::table::{Column, ColumnType};

/// Features of users and of items: a row for each, in the order of their numbers; no columns where nothing is known.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// Of users. // (users)
    pub users: Table,
    /// Of items. // (items)
    pub items: Table,
}

impl Sides {
    /// Columns of rated pairs that are the same in all rows of a user, or of an item; and the names of those that are neither.
    ///
    /// A column that only one value has says nothing, and is neither too. Where nobody rates twice nothing is known to be a
    /// user's own, and the same of items.
    pub(super) fn of(
        table: &Table,
        roles: &Roles,
        pairs: &[(u32, u32)],
        (users, items): (usize, usize),
    ) -> (Self, Vec<String>) {
        let first = |n: usize, of: &dyn Fn(&(u32, u32)) -> u32| {
            let mut rows = vec![usize::MAX; n];
            for (row, pair) in pairs.iter().enumerate().rev() {
                rows[of(pair) as usize] = row;
            }
            rows
        };
        let (of_user, of_item) = (first(users, &|pair| pair.0), first(items, &|pair| pair.1));
        let (mut own, mut left_out) = ((Vec::new(), Vec::new()), Vec::new());
        let others = table
            .columns()
            .iter()
            .filter(|column| column.name() != roles.user && column.name() != roles.item);
        for column in others {
            let keys = keys(column);
            let follows = |rows: &[usize], of: &dyn Fn(&(u32, u32)) -> u32| {
                rows.len() < pairs.len()
                    && pairs
                        .iter()
                        .zip(&keys)
                        .all(|(pair, key)| keys[rows[of(pair) as usize]] == *key)
            };
            let constant = keys.iter().all(|key| *key == keys[0]);
            match constant {
                false if follows(&of_user, &|pair| pair.0) => own.0.push(column.take(&of_user)),
                false if follows(&of_item, &|pair| pair.1) => own.1.push(column.take(&of_item)),
                _ => left_out.push(column.name().to_owned()),
            }
        }
        // Columns of one table have different names, and one length.
        let table = |columns| Table::new(columns).unwrap_or_default();
        (
            Self {
                users: table(own.0),
                items: table(own.1),
            },
            left_out,
        )
    }
}

/// What tells the values of a column apart; missing values are one.
fn keys(column: &Column) -> Vec<u64> {
    if matches!(column.column_type(), ColumnType::Category | ColumnType::Text) {
        let column = column.to_category();
        let mut codes = vec![0; column.len()];
        column.read_codes(0, &mut codes);
        return codes.into_iter().map(u64::from).collect();
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    let key = |x: f64| {
        if x.is_nan() {
            f64::NAN.to_bits()
        } else {
            (x + 0.0).to_bits()
        }
    };
    values.into_iter().map(key).collect()
}

//! What is odd about a column that is used as it is: each is said in a line, with the flag that changes it.

use crate::read::notation;
use crate::words::count;
use crate::{Column, ColumnType};

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
        ColumnType::Number if numbers_rows(column) => Some(format!(
            "column `{name}` numbers the rows and says nothing of new ones (`--drop {name}` leaves it out)"
        )),
        ColumnType::Category => {
            let names = column.categories().len();
            let many = 2 * names > column.len();
            many.then(|| {
                format!(
                    "column `{name}` has {} different values in {} rows, as an identifier has (`--drop {name}` leaves it out)",
                    count(names),
                    count(column.len())
                )
            })
        }
        _ => None,
    }
}

/// Whether a column counts up by one from row to row.
fn numbers_rows(column: &Column) -> bool {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
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

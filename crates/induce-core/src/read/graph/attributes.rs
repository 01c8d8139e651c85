//! Attributes of nodes that are written as texts.

use super::words::finite;
use crate::table::Column;

/// The most attributes that are kept: each takes a value for each node.
pub(super) const MOST: usize = 30;

/// A column of them: numbers where all are, else text; `None` is missing.
pub(super) fn column(name: &str, values: &[Option<String>]) -> Column {
    let whole: Option<Vec<i64>> = values.iter().map(|value| value.as_ref()?.parse().ok()).collect();
    if let Some(whole) = whole {
        return Column::from_whole(name, whole);
    }
    let number = |value: &Option<String>| value.as_ref().map_or(Some(f64::NAN), |word| finite(word));
    let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
    match numbers {
        Some(numbers) => Column::from_f64(name, numbers),
        None => Column::from_text(name, &values.iter().map(Option::as_deref).collect::<Vec<_>>()),
    }
}

/// A column of texts, whatever they look like; an empty one is missing.
pub(super) fn texts(name: &str, values: &[Option<String>]) -> Column {
    let all: Vec<Option<&str>> = values
        .iter()
        .map(|value| value.as_deref().filter(|text| !text.is_empty()))
        .collect();
    Column::from_text(name, &all)
}

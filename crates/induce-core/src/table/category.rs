//! Columns of names: Arrow dictionaries with sorted values.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray, UInt32Array};
use arrow_schema::DataType;

use super::{text, values};

/// The array of a category column.
type Dictionary = DictionaryArray<UInt32Type>;

/// A dictionary of `values` with codes in the order of the names.
pub(super) fn encode(values: &[Option<&str>]) -> ArrayRef {
    let (codes, first) = codes_by(values.len(), |row| values[row]);
    sorted(
        &codes,
        &first,
        |row| values[row].unwrap_or_default().to_string(),
        |_, _| Ordering::Equal,
    )
}

/// A dictionary of the printed texts of `data`, in the order of the values.
pub(super) fn from_values(data: &ArrayRef) -> ArrayRef {
    let (codes, first) = match data.data_type() {
        DataType::Utf8 => {
            let texts = data.as_string::<i32>();
            codes_by(data.len(), |row| texts.is_valid(row).then(|| texts.value(row)))
        }
        DataType::Int64 | DataType::UInt64 | DataType::Timestamp(..) => {
            // Above 2^53 an `f64` no longer tells these apart, but their texts do.
            codes_by(data.len(), |row| text::print(data, row))
        }
        _ => {
            let mut numbers = vec![0.0; data.len()];
            values::read_f64(data, 0, &mut numbers);
            // + 0.0 turns -0 into 0: one class, not two.
            codes_by(data.len(), |row| {
                Some((numbers[row] + 0.0).to_bits()).filter(|_| !numbers[row].is_nan())
            })
        }
    };
    let number = |row: usize| {
        let mut out = [0.0];
        values::read_f64(data, row, &mut out);
        out[0]
    };
    sorted(
        &codes,
        &first,
        |row| label(data, row),
        |a, b| number(a).total_cmp(&number(b)),
    )
}

/// The categories of a boolean column: both words, if both values are there.
pub(super) fn of_booleans(data: &ArrayRef, words: [&str; 2]) -> ArrayRef {
    let booleans = data.as_boolean();
    let (codes, first) = codes_by(data.len(), |row| {
        booleans.is_valid(row).then(|| booleans.value(row))
    });
    let value = |row: usize| booleans.value(row);
    sorted(
        &codes,
        &first,
        |row| words[usize::from(value(row))].into(),
        |a, b| value(a).cmp(&value(b)),
    )
}

/// The printed text of a value as the name of a class.
fn label(data: &ArrayRef, row: usize) -> String {
    let mut text = text::print(data, row).unwrap_or_default();
    if data.data_type().is_floating() && text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    if text == "-0" { "0".into() } else { text }
}

/// Names by code.
pub(super) fn names(data: &ArrayRef) -> Vec<String> {
    let values = data.as_dictionary::<UInt32Type>().values();
    values
        .as_string::<i32>()
        .iter()
        .map(|name| name.unwrap_or_default().to_string())
        .collect()
}

/// Whether no value of the dictionary itself is null.
pub(super) fn is_sound(data: &ArrayRef) -> bool {
    data.as_dictionary::<UInt32Type>().values().null_count() == 0
}

/// Codes in order of appearance, and the first row of each code.
fn codes_by<K: Hash + Eq>(rows: usize, key: impl Fn(usize) -> Option<K>) -> (Vec<Option<u32>>, Vec<usize>) {
    let mut known = HashMap::new();
    let mut first = Vec::new();
    let code = |row| {
        key(row).map(|key| {
            *known.entry(key).or_insert_with(|| {
                first.push(row);
                first.len() as u32 - 1
            })
        })
    };
    let codes = (0..rows).map(code).collect();
    (codes, first)
}

/// A dictionary whose values are sorted by `order` of their first rows, then by name.
fn sorted(
    codes: &[Option<u32>],
    first: &[usize],
    name: impl Fn(usize) -> String,
    order: impl Fn(usize, usize) -> Ordering,
) -> ArrayRef {
    let names: Vec<String> = first.iter().map(|&row| name(row)).collect();
    let mut ranked: Vec<usize> = (0..names.len()).collect();
    ranked.sort_by(|&a, &b| order(first[a], first[b]).then_with(|| names[a].cmp(&names[b])));
    let mut rank = vec![0_u32; names.len()];
    for (place, &code) in ranked.iter().enumerate() {
        rank[code] = place as u32;
    }
    let keys: UInt32Array = codes
        .iter()
        .map(|code| code.map(|code| rank[code as usize]))
        .collect();
    let values = StringArray::from_iter_values(ranked.iter().map(|&code| &names[code]));
    dictionary(keys, values)
}

/// A dictionary array of codes that all name a value.
pub(crate) fn dictionary(keys: UInt32Array, values: StringArray) -> ArrayRef {
    let array = Dictionary::try_new(keys, Arc::new(values)).expect("every code has a name");
    Arc::new(array)
}

#[cfg(test)]
mod tests {
    use super::super::Column;

    #[test]
    fn codes_follow_the_names() {
        let column = Column::from_text("c", &[Some("b"), None, Some("a"), Some("b")]);
        let mut codes = [0; 4];
        column.read_codes(0, &mut codes);
        assert_eq!(codes, [1, u32::MAX, 0, 1]);
        assert_eq!(column.categories(), ["a", "b"]);
    }

    #[test]
    fn numbers_sort_as_numbers() {
        let column = Column::from_f64("c", vec![10.0, 9.0, f64::NAN, -0.0, 0.0, 2.5]).to_category();
        assert_eq!(column.categories(), ["0", "2.5", "9", "10"]);
        assert_eq!(column.missing(), 1);
    }
}

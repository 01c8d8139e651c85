//! How features are read, and the names of their categories.

use super::super::features::Kind;
use super::super::value::Read;

/// The key of the names with their blanks, in files of ours.
pub const OWN_NAMES: &str = "induce_feature_names";

/// What the file says of every feature.
///
/// `infos` are its `feature_infos`: `[low:high]` of a quantity, `a:b:c` of
/// categories, `none` of a constant. `columns` are the categorical features
/// according to its parameters, and `pandas` the last line, with a list of
/// categories per categorical column of a data frame.
pub fn kinds(infos: &[&str], columns: &[usize], pandas: Option<&str>, asked: &[bool]) -> Read<Vec<Kind>> {
    let listed = |f: usize| !infos[f].starts_with('[') && infos[f] != "none";
    let mut category: Vec<bool> = (0..infos.len()).map(|f| asked[f] || listed(f)).collect();
    columns.iter().for_each(|&f| category[f] = true);
    let mut kinds: Vec<Kind> = category
        .iter()
        .map(|&c| if c { Kind::Codes } else { Kind::Number })
        .collect();
    let names = pandas.map_or_else(|| Ok(Vec::new()), lists)?;
    let seen: Vec<usize> = (0..infos.len()).filter(|&f| category[f]).collect();
    for (feature, names) in owners(names.len(), columns, &seen).iter().zip(names) {
        kinds[*feature] = Kind::Named(names);
    }
    Ok(kinds)
}

/// Which features the lists belong to: the categorical ones, if their number fits.
fn owners<'a>(lists: usize, columns: &'a [usize], seen: &'a [usize]) -> &'a [usize] {
    if columns.len() == lists {
        columns
    } else if seen.len() == lists {
        seen
    } else {
        &[]
    }
}

fn lists(line: &str) -> Read<Vec<Vec<String>>> {
    let bad = |e: serde_json::Error| format!("`pandas_categorical` cannot be read: {e}");
    let lists: Option<Vec<Vec<serde_json::Value>>> = serde_json::from_str(line).map_err(bad)?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(lists
        .unwrap_or_default()
        .into_iter()
        .map(|list| list.into_iter().map(text).collect())
        .collect())
}

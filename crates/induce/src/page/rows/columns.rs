//! The columns of the table, described.

use induce_core::model::{Rows, Target};
use induce_core::words::count;
use induce_core::{Column, ColumnType, Result};
use induce_plot::{SchemaRow, Sparkline};

/// Categories that are named, and categories that have a stretch of their own in the little picture.
const NAMED: usize = 3;
const DRAWN: usize = 24;

/// The target first, then the columns that the model reads.
pub(super) fn of(rows: &Rows, names: &[String]) -> Result<Vec<SchemaRow>> {
    let mut all = vec![target(rows.target()?)];
    for name in names {
        all.push(described(rows.table()?.column(name)?));
    }
    Ok(all)
}

fn target(own: &Target) -> SchemaRow {
    let column = match own.classes.is_empty() {
        true => Column::from_f64(&own.name, own.values.clone()),
        false => {
            let name = |&class: &f64| own.classes.get(class as usize).map(String::as_str);
            Column::from_text(&own.name, &own.values.iter().map(name).collect::<Vec<_>>())
        }
    };
    SchemaRow {
        role: "target".into(),
        ..described(&column)
    }
}

fn described(column: &Column) -> SchemaRow {
    let mut row = SchemaRow {
        name: column.name().into(),
        kind: column.column_type().name().into(),
        role: "feature".into(),
        missing: column.missing() as u64,
        ..SchemaRow::default()
    };
    match column.column_type() {
        ColumnType::Category => describe_category(column, &mut row),
        ColumnType::Boolean => describe_boolean(column, &mut row),
        _ => describe_number(column, &mut row),
    }
    row
}

fn describe_category(column: &Column, row: &mut SchemaRow) {
    let names = column.categories();
    let mut codes = vec![0; column.len()];
    column.read_codes(0, &mut codes);
    let mut counts = vec![0_u64; names.len()];
    for &code in &codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    named(names.into_iter().zip(counts).collect(), row);
}

fn describe_boolean(column: &Column, row: &mut SchemaRow) {
    let values = numbers(column);
    let yes = values.iter().filter(|&&value| value == 1.0).count() as u64;
    let counts = [values.len() as u64 - yes, yes];
    named(column.categories().into_iter().zip(counts).collect(), row);
}

/// Values with their counts, the commonest first; a value and its count are told apart: `3/26/2012 (12 rows)`.
fn named(mut counts: Vec<(String, u64)>, row: &mut SchemaRow) {
    counts.retain(|own| own.1 > 0);
    // The order of names stays that of the column where counts are equal.
    counts.sort_by_key(|own| std::cmp::Reverse(own.1));
    row.distinct = Some(counts.len() as u64);
    let first = counts.iter().take(NAMED);
    let words: Vec<String> = first
        .map(|(name, n)| format!("{name} ({})", count(*n as usize)))
        .collect();
    row.summary = words.join(", ");
    counts.truncate(DRAWN);
    row.sparkline = Some(Sparkline::Categories { counts });
}

fn describe_number(column: &Column, row: &mut SchemaRow) {
    let mut values = numbers(column);
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    if places.is_empty() {
        row.summary = "no value".into();
        return;
    }
    // A day is told as the table has it, not as the days since 1970 that it is kept as.
    let dates = column.column_type() == ColumnType::Date;
    let known: Vec<usize> = (0..column.len())
        .filter(|_| dates)
        .filter(|&r| column.text(r).is_some())
        .collect();
    let text = |place: usize| match known.get(place) {
        Some(&r) => column.text(r).unwrap_or_default(),
        None => short(values[place]),
    };
    let (first, last, middle) = (places[0], places[places.len() - 1], places[places.len() / 2]);
    row.summary = format!("{} to {}, median {}", text(first), text(last), text(middle));
    values.sort_unstable_by(f64::total_cmp);
    let distinct = 1 + values.windows(2).filter(|w| w[0] != w[1]).count();
    row.distinct = Some(distinct as u64);
    row.sparkline = Some(Sparkline::from_numbers(values));
}

/// The values that are there.
fn numbers(column: &Column) -> Vec<f64> {
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    values.retain(|v| v.is_finite());
    values
}

/// Four digits are enough to recognise a value: `18.55`, `8,684.8`, `0.00012`.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e12).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = if size == 0.0 {
        0
    } else {
        (3 - size.log10().floor() as i32).clamp(1, 9) as usize
    };
    let text = format!("{size:.decimals$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let dot = if rest.is_empty() { "" } else { "." };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}{dot}{rest}", count(whole.parse().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `18.5500 to 8684.8000`, `0 to 1, median 0` of yes and no, `2/2/2012 12`.
    #[test]
    fn values_read_as_people_write_them() {
        let words = [18.55, 8684.8, 0.0, -3.0, 123_456_789.0, 0.000_123_4].map(short);
        assert_eq!(words, ["18.55", "8,684.8", "0", "−3", "123,456,789", "0.0001234"]);
        let dates = Column::from_text("day", &[Some("2/2/2012"), Some("2/2/2012"), None]);
        let row = described(&dates);
        assert_eq!((row.summary.as_str(), row.missing), ("2/2/2012 (2)", 1));
    }
}

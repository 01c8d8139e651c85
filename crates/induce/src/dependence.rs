//! Partial dependence: what a model predicts on average while one column takes each of its values.

use induce_core::metrics::Task;
use induce_core::model::{Model, Predict, Prediction, Rows};
use induce_core::{Column, ColumnType, Result, Run};
use induce_plot::Dependence;

use crate::explain;

/// Rows whose predictions are averaged: most, and fewest where a prediction costs much. A mean needs no more.
const ROWS: (usize, usize) = (200, 40);

/// Values of a number that are tried, evenly spread over its rows; categories that are, the commonest.
const VALUES: usize = 24;
const LEVELS: usize = 10;

/// Rows that are drawn singly.
const SINGLE: usize = 14;

/// Classes that are followed, where there are several.
const CLASSES: usize = 5;

/// The partial dependence of each of these features (Friedman 2001, eq. 53), over at most 200 of the rows:
///
/// f_S(v) = 1/n sum_i f(v, x_i without S)
///
/// The values are those that rows have, so that a column keeps its type. A run that is stopped has fewer features.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("linear")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let all = induce::dependence::of(fitted.model.as_ref(), &rows, &["x".into()], &Run::new(0))?;
/// let (x, means) = (&all[0].x, &all[0].means[0].1);
/// assert!(x.iter().zip(means).all(|(x, mean)| (mean - (2.0 * x + 1.0)).abs() < 1e-6));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the model predicts nothing, or the rows lack a column.
pub fn of(model: &dyn Model, rows: &Rows, features: &[String], run: &Run) -> Result<Vec<Dependence>> {
    let predictor = model.predicting()?;
    let few = few(model, rows, features.len());
    run.watched().begin("columns varied", features.len() as u64);
    let mut all = Vec::new();
    for feature in features {
        if run.stop().is_due() {
            break;
        }
        all.extend(one(predictor, rows, &few, feature, run)?);
        run.watched().step(all.len() as u64, &[]);
    }
    run.watched().end();
    Ok(all)
}

/// Evenly spread rows, as many as let this be done in seconds.
fn few(model: &dyn Model, rows: &Rows, features: usize) -> Rows {
    let (most, fewest) = ROWS;
    let walks = explain::WALKS / (explain::trees_in(model) * (VALUES * features.max(1)) as f64);
    let most = (walks as usize).clamp(fewest, most);
    explain::spread(rows, most)
}

/// One feature; nothing if all rows have the same value.
fn one(
    predictor: &dyn Predict,
    rows: &Rows,
    few: &Rows,
    feature: &str,
    run: &Run,
) -> Result<Option<Dependence>> {
    let column = rows.table()?.column(feature)?;
    let grid = Grid::of(column);
    if grid.rows.len() < 2 {
        return Ok(None);
    }
    let (n, values) = (few.rows(), grid.rows.len());
    // Row i with value v stands at v n + i.
    let repeated: Vec<usize> = (0..values).flat_map(|_| 0..n).collect();
    let varied: Vec<usize> = grid
        .rows
        .iter()
        .flat_map(|&row| std::iter::repeat_n(row, n))
        .collect();
    let names = predictor.schema().names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let table = few.table()?.select(&names)?.take(&repeated);
    let table = table.without(&[feature]).with(column.take(&varied))?;
    let prediction = predictor.predict((&table).into(), run.threads())?;
    let shown = Shown::of(predictor, few);
    let curves = shown.outputs.iter().map(|(name, output)| {
        let of = |v: usize| mean(few, (0..n).map(|i| at(&prediction, v * n + i, *output)));
        (name.clone(), (0..values).map(of).collect())
    });
    let single = if shown.outputs.len() == 1 {
        SINGLE.min(n)
    } else {
        0
    };
    let output = shown.outputs[0].1;
    let row = |i: usize| {
        (0..values)
            .map(|v| at(&prediction, v * n + i * n / single, output))
            .collect()
    };
    Ok(Some(Dependence {
        feature: feature.into(),
        unit: shown.unit.clone(),
        x: grid.x,
        levels: grid.levels,
        means: curves.collect(),
        rows: (0..single).map(row).collect(),
        deciles: grid.deciles,
    }))
}

/// The values that a column takes: rows that have them, in order.
struct Grid {
    rows: Vec<usize>,
    x: Vec<f64>,
    levels: Vec<String>,
    deciles: Vec<f64>,
}

impl Grid {
    fn of(column: &Column) -> Self {
        match column.column_type() {
            ColumnType::Category | ColumnType::Boolean => Self::of_levels(column),
            _ => Self::of_numbers(column),
        }
    }

    fn of_levels(column: &Column) -> Self {
        let mut first = std::collections::BTreeMap::<String, (usize, usize)>::new();
        for row in 0..column.len() {
            if let Some(name) = column.text(row) {
                first.entry(name).or_insert((0, row)).0 += 1;
            }
        }
        let mut levels: Vec<(usize, usize, String)> = first
            .into_iter()
            .map(|(name, (count, row))| (count, row, name))
            .collect();
        levels.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
        levels.truncate(LEVELS);
        Self {
            rows: levels.iter().map(|own| own.1).collect(),
            x: (0..levels.len()).map(|level| level as f64).collect(),
            levels: levels.into_iter().map(|own| own.2).collect(),
            deciles: Vec::new(),
        }
    }

    /// From the second to the 98th hundredth of the rows: beyond, a few far rows would make the picture.
    fn of_numbers(column: &Column) -> Self {
        let mut values = vec![0.0; column.len()];
        column.read_f64(0, &mut values);
        let mut known: Vec<usize> = (0..values.len()).filter(|&row| values[row].is_finite()).collect();
        known.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let Some(last) = known.len().checked_sub(1) else {
            return Self {
                rows: vec![],
                x: vec![],
                levels: vec![],
                deciles: vec![],
            };
        };
        let at = |fraction: f64| known[(fraction * last as f64).round() as usize];
        let mut rows: Vec<usize> = (0..VALUES)
            .map(|i| at(0.02 + 0.96 * i as f64 / (VALUES - 1) as f64))
            .collect();
        rows.dedup_by_key(|row| values[*row].to_bits());
        let told = |row: usize| told(column, values[row]);
        Self {
            x: rows.iter().map(|&row| told(row)).collect(),
            rows,
            levels: Vec::new(),
            deciles: (1..10).map(|tenth| told(at(f64::from(tenth) / 10.0))).collect(),
        }
    }
}

/// A value as a chart has it: a date is told in years, since nobody reads the seconds since 1970 that models see.
pub(crate) fn told(column: &Column, value: f64) -> f64 {
    const YEAR: f64 = 365.2425 * 86_400.0;
    match column.column_type() {
        ColumnType::Date => 1970.0 + value / YEAR,
        _ => value,
    }
}

/// What of a prediction is followed: names and places of outputs, and what they are called together.
struct Shown {
    unit: String,
    outputs: Vec<(String, usize)>,
}

impl Shown {
    fn of(predictor: &dyn Predict, rows: &Rows) -> Self {
        let classes = &predictor.schema().classes;
        match (predictor.task(), classes.as_slice()) {
            (Task::Classification, [_, class]) => Self {
                unit: format!("probability of {class}"),
                outputs: vec![(String::new(), 1)],
            },
            (Task::Classification, several) => Self {
                unit: "probability".into(),
                outputs: several.iter().take(CLASSES).cloned().zip(0..).collect(),
            },
            _ => Self {
                unit: rows
                    .target
                    .as_ref()
                    .map_or_else(|| "prediction".into(), |own| own.name.clone()),
                outputs: vec![(String::new(), 0)],
            },
        }
    }
}

fn at(prediction: &Prediction, row: usize, output: usize) -> f64 {
    match prediction.classes {
        0 => prediction.values[row],
        classes => prediction.probabilities[row * classes + output],
    }
}

/// Weighted as the rows are.
fn mean(rows: &Rows, values: impl Iterator<Item = f64>) -> f64 {
    let weight = |row: usize| rows.weight.as_ref().map_or(1.0, |all| all[row]);
    let (sum, total) = values.enumerate().fold((0.0, 0.0), |(sum, total), (row, value)| {
        (sum + weight(row) * value, total + weight(row))
    });
    sum / total
}

#[cfg(test)]
mod tests {
    use induce_core::Table;
    use induce_core::model::{Data, RowsOptions};

    use super::*;

    #[test]
    fn categories_are_the_commonest_and_a_constant_column_has_no_dependence() {
        let names = ["a", "b", "b", "b", "a", "c"].map(Some).repeat(20);
        let y: Vec<f64> = names
            .iter()
            .map(|name| f64::from(u8::from(*name == Some("b"))))
            .collect();
        let columns = vec![
            Column::from_text("letter", &names),
            Column::from_f64("same", vec![1.0; y.len()]),
            Column::from_f64("y", y.iter().map(|y| 3.0 * y + 1.5).collect()),
        ];
        let options = RowsOptions {
            task: Some(Task::Regression),
            ..RowsOptions::default()
        };
        let rows = Rows::new(&Table::new(columns).unwrap(), &options).unwrap();
        let fitted = crate::settings("tree")
            .unwrap()
            .fit(&Data::Rows(rows.clone()), &mut Run::new(0))
            .unwrap();
        let all = of(fitted.model.as_ref(), &rows, &["letter".into()], &Run::new(0)).unwrap();
        assert_eq!(all[0].levels, ["b", "a", "c"]);
        assert_eq!(all[0].means[0].1, [4.5, 1.5, 1.5]);
        let same = Grid::of(
            rows.table()
                .unwrap()
                .columns()
                .iter()
                .find(|c| c.name() == "same")
                .unwrap_or(&Column::from_f64("same", vec![1.0; 3])),
        );
        assert_eq!(same.rows.len(), 1);
    }
}

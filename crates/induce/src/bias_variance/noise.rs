//! How much of the target nothing can explain.

use std::collections::HashMap;

use induce_core::model::Rows;
use induce_core::words::counted;
use induce_core::{ColumnType, Result, Run, Table};

use super::{Part, part};

/// The variance of the target at fixed features.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// The estimate.
    pub variance: f64,
    /// Half of its 95 % interval.
    pub half: f64,
    /// How it was found.
    pub method: String,
}

impl Noise {
    pub(super) fn part(&self) -> Part {
        Part {
            value: self.variance,
            low: (self.variance - self.half).max(0.0),
            high: self.variance + self.half,
        }
    }
}

/// Rows with equals that make the pure error trustworthy.
const REPLICATES: usize = 30;
/// Rows the gamma test looks at: it compares all pairs.
const SAMPLE: usize = 3_000;
/// Neighbours of the gamma test.
const NEIGHBOURS: usize = 10;

/// The noise of the target of `rows`: pure error among replicates if there are enough of them, else the gamma test. `None` with
/// fewer than 30 rows.
///
/// ```
/// # use induce::prelude::*;
/// // The same ten places, measured four times each, with an error of +-1.
/// let x = (0..40).map(|i| f64::from(i / 4)).collect();
/// let y = (0..40).map(|i| f64::from(i / 4 * 3 + i % 2 * 2)).collect();
/// let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// let noise = induce::bias_variance::noise(&Rows::new(&table, &RowsOptions::default())?, &Run::new(0))?;
/// let noise = noise.expect("30 rows are enough");
/// assert_eq!((noise.method.as_str(), noise.variance), ("30 repeated rows", 4.0 / 3.0));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there is no target, or no table.
pub fn noise(rows: &Rows, run: &Run) -> Result<Option<Noise>> {
    let (table, target) = (rows.table()?, &rows.target()?.values);
    Ok(pure_error(table, target).or_else(|| gamma_test(table, target, run)))
}

/// The pooled variance within groups of rows whose features are equal.
fn pure_error(table: &Table, target: &[f64]) -> Option<Noise> {
    let rows = coordinates(table);
    let mut groups: HashMap<Vec<u64>, Vec<f64>> = HashMap::new();
    for (row, &y) in rows.iter().zip(target) {
        groups
            .entry(row.iter().map(|x| x.to_bits()).collect())
            .or_default()
            .push(y);
    }
    let replicated: Vec<Vec<f64>> = groups.into_values().filter(|group| group.len() > 1).collect();
    let (mut sum, mut freedom) = (0.0, 0.0);
    // Summed in the order of their values: a hash map has none.
    let mut deviations: Vec<f64> = replicated.iter().map(|group| deviation(group)).collect();
    deviations.sort_by(f64::total_cmp);
    deviations.iter().for_each(|d| sum += d);
    replicated
        .iter()
        .for_each(|group| freedom += group.len() as f64 - 1.0);
    // A few repeated rows among many are more likely the same thing twice than the same thing again.
    if freedom < REPLICATES.max(table.rows() / 20) as f64 {
        return None;
    }
    let variance = sum / freedom;
    Some(Noise {
        variance,
        // The variance of a variance, for Gaussian noise.
        half: 1.959_964 * variance * (2.0 / freedom).sqrt(),
        method: counted(freedom as usize, "repeated row"),
    })
}

fn deviation(group: &[f64]) -> f64 {
    let mean = group.iter().sum::<f64>() / group.len() as f64;
    group.iter().map(|y| (y - mean).powi(2)).sum()
}

/// The intercept of half the squared target difference of the p-th neighbours over their squared distance, p = 1..10.
fn gamma_test(table: &Table, targets: &[f64], run: &Run) -> Option<Noise> {
    let mut rows = run.stream("bias-variance/noise").permutation(table.rows());
    rows.truncate(SAMPLE);
    rows.sort_unstable();
    if rows.len() < REPLICATES {
        return None;
    }
    let all = standardised(table);
    let points: Vec<&[f64]> = rows.iter().map(|&r| &all[r][..]).collect();
    let target: Vec<f64> = rows.iter().map(|&r| targets[r]).collect();
    let count = NEIGHBOURS.min(points.len() - 1);
    let nearest = induce_core::parallel::map(run.threads(), points.len(), |i| neighbours(&points, i, count));
    let at = |p: usize| {
        let gammas: Vec<f64> = nearest
            .iter()
            .enumerate()
            .map(|(i, near)| 0.5 * (target[i] - target[near[p].1]).powi(2))
            .collect();
        let distance = nearest.iter().map(|near| near[p].0).sum::<f64>() / nearest.len() as f64;
        (distance, part(&gammas))
    };
    let line: Vec<(f64, Part)> = (0..count).map(at).collect();
    let n = line.len() as f64;
    let (x, y) = (
        line.iter().map(|l| l.0).sum::<f64>() / n,
        line.iter().map(|l| l.1.value).sum::<f64>() / n,
    );
    let spread: f64 = line.iter().map(|l| (l.0 - x).powi(2)).sum();
    let slope = line.iter().map(|l| (l.0 - x) * (l.1.value - y)).sum::<f64>() / spread.max(1e-300);
    let intercept = (y - slope * x).clamp(0.0, line[0].1.high);
    Some(Noise {
        variance: intercept,
        half: 0.5 * (line[0].1.high - line[0].1.low),
        method: format!("gamma test on {} rows", points.len()),
    })
}

/// The nearest rows to row `i` with their squared distances.
fn neighbours(points: &[&[f64]], i: usize, count: usize) -> Vec<(f64, usize)> {
    let mut all: Vec<(f64, usize)> = (0..points.len())
        .filter(|&j| j != i)
        .map(|j| {
            (
                points[i]
                    .iter()
                    .zip(points[j])
                    .map(|(a, b)| (a - b).powi(2))
                    .sum(),
                j,
            )
        })
        .collect();
    let by = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    all.select_nth_unstable_by(count - 1, by);
    all.truncate(count);
    all.sort_by(by);
    all
}

/// Every row as numbers: quantities as they are, missing ones as NaN, categories by code.
fn coordinates(table: &Table) -> Vec<Vec<f64>> {
    let mut rows = vec![Vec::with_capacity(table.columns().len()); table.rows()];
    for column in table.columns() {
        let mut values = vec![0.0; column.len()];
        if column.column_type() == ColumnType::Category {
            let mut codes = vec![0; column.len()];
            column.read_codes(0, &mut codes);
            values
                .iter_mut()
                .zip(&codes)
                .for_each(|(v, &c)| *v = f64::from(c));
        } else {
            column.read_f64(0, &mut values);
        }
        rows.iter_mut().zip(values).for_each(|(row, v)| row.push(v));
    }
    rows
}

/// Every row in coordinates of unit variance, so that a distance means the same in each: categories are 0 or 1 apart,
/// missing values lie at the mean.
fn standardised(table: &Table) -> Vec<Vec<f64>> {
    let mut rows = coordinates(table);
    for (c, column) in table.columns().iter().enumerate() {
        if column.column_type() == ColumnType::Category {
            // Codes are names, not lengths: a coordinate of their own for each of them, shared by the rows.
            let mut codes: Vec<f64> = rows.iter().map(|row| row[c]).collect();
            codes.sort_by(f64::total_cmp);
            codes.dedup();
            let side = std::f64::consts::FRAC_1_SQRT_2;
            for row in &mut rows {
                let own = row[c];
                row[c] = 0.0;
                if codes.len() <= 64 {
                    row.extend(codes.iter().map(|&code| if code == own { side } else { 0.0 }));
                }
            }
            continue;
        }
        let present: Vec<f64> = rows.iter().map(|row| row[c]).filter(|v| v.is_finite()).collect();
        let n = present.len().max(1) as f64;
        let mean = present.iter().sum::<f64>() / n;
        let scale = (present.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        for row in &mut rows {
            row[c] = if row[c].is_finite() && scale > 0.0 {
                (row[c] - mean) / scale
            } else {
                0.0
            };
        }
    }
    rows
}

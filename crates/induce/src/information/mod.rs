//! What the columns of a table say of each other: mutual information with a target, or entropies and all pairs.

mod choice;
mod options;
mod variable;

pub use options::Options;

use induce_core::{Error, Result, Run, Table};
use induce_prob::information::{Estimate, Sample, total_correlation};

use choice::{between, entropy};
use variable::{Variable, complete, known};

/// An estimate of a column, or of two.
#[derive(Debug, Clone)]
pub struct Named {
    /// The column, or both.
    pub columns: Vec<String>,
    /// What is estimated of it.
    pub estimate: Estimate,
    /// Rows that lack a value.
    pub missing: usize,
}

/// Columns by what they say of a target.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The most informative first.
    pub columns: Vec<Named>,
    /// Columns that say nothing here, and why.
    pub unused: Vec<(String, String)>,
    /// The entropy of the target where it is categories: what all columns together cannot exceed.
    pub entropy: Option<Estimate>,
}

/// A table without a target.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The entropy of every column: of categories in nats, of numbers that of their density.
    pub entropies: Vec<Named>,
    /// The mutual information of all pairs, the largest first.
    pub pairs: Vec<Named>,
    /// What all numbers share, if there are several.
    pub total: Option<Named>,
    /// Columns that say nothing here, and why.
    pub unused: Vec<(String, String)>,
}

/// I(column; target | given) of every other column.
///
/// Numbers and dates go through nearest neighbours (Kraskov's first estimator with exact ties; with a target of categories
/// Ross's), categories and booleans through counts; with something given, whatever is not all categories through neighbours.
/// Rows that lack a value of the columns at hand are left out.
///
/// ```
/// use induce::prelude::*;
/// let x: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 200)).collect();
/// let y: Vec<f64> = x.iter().map(|x| (x - 100.0).powi(2)).collect();
/// let noise: Vec<f64> = (0..200).map(|i| f64::from(i * i % 199)).collect();
/// let columns = vec![Column::from_f64("noise", noise), Column::from_f64("x", x), Column::from_f64("y", y)];
/// let own = induce::information::rank(&Table::new(columns)?, "y", &[], &Default::default(), &Run::new(0))?;
/// assert_eq!(own.columns[0].columns[0], "x");
/// assert!(own.columns[0].estimate.p_value == Some(0.005));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there is no such column, a column is text, or a pair has too few rows.
pub fn rank(table: &Table, target: &str, given: &[String], options: &Options, run: &Run) -> Result<Ranking> {
    let y = known(table.column(target)?)?;
    let given_columns = given
        .iter()
        .map(|name| known(table.column(name)?))
        .collect::<Result<Vec<_>>>()?;
    if given.iter().any(|name| name == target) {
        return Err(Error::data(
            format!("`{target}` is both the target and given"),
            "given the target there is nothing left to know of it",
        ));
    }
    let others = table
        .columns()
        .iter()
        .filter(|own| own.name() != target && !given.iter().any(|g| g == own.name()));
    let (mut columns, mut unused) = (Vec::new(), Vec::new());
    run.watched().begin("columns", table.columns().len() as u64);
    for column in others {
        if run.interrupted() {
            return Err(Error::Interrupted);
        }
        match Variable::of(column) {
            Err(why) => unused.push((column.name().to_owned(), why)),
            Ok(x) => match between(&x, &y, &given_columns, options, run) {
                Ok((estimate, missing)) => {
                    columns.push(Named {
                        columns: vec![column.name().to_owned()],
                        estimate,
                        missing,
                    });
                }
                Err(error) => unused.push((column.name().to_owned(), error.to_string())),
            },
        }
        run.watched().step((columns.len() + unused.len()) as u64, &[]);
    }
    run.watched().end();
    // A stable sort: equal columns stay in the order of the table.
    columns.sort_by(|a, b| b.estimate.value.total_cmp(&a.estimate.value));
    let entropy = match &y {
        Variable::Numbers(_) => None,
        Variable::Categories(_) => Some(entropy(&y, options, run)?.0),
    };
    Ok(Ranking {
        columns,
        unused,
        entropy,
    })
}

/// The entropy of every column, the mutual information of all pairs, and the total correlation of the numbers.
///
/// ```
/// use induce::prelude::*;
/// let letters = [Some("a"), Some("b")].repeat(30);
/// let table = Table::new(vec![Column::from_text("x", &letters), Column::from_text("y", &letters)])?;
/// let own = induce::information::overview(&table, &Default::default(), &Run::new(0))?;
/// assert!(own.pairs[0].estimate.value > 0.68 && own.total.is_none());
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the table has no column that can be used, or too few rows.
pub fn overview(table: &Table, options: &Options, run: &Run) -> Result<Overview> {
    let (mut variables, mut unused) = (Vec::new(), Vec::new());
    for column in table.columns() {
        match Variable::of(column) {
            Ok(own) => variables.push((column.name().to_owned(), own)),
            Err(why) => unused.push((column.name().to_owned(), why)),
        }
    }
    let mut entropies = Vec::new();
    for (name, own) in &variables {
        let (estimate, missing) = entropy(own, options, run).map_err(|error| error.within(name.clone()))?;
        entropies.push(Named {
            columns: vec![name.clone()],
            estimate,
            missing,
        });
    }
    let mut pairs = Vec::new();
    run.watched().begin(
        "pairs",
        (variables.len() * variables.len().saturating_sub(1) / 2) as u64,
    );
    for (i, (a, x)) in variables.iter().enumerate() {
        for (b, y) in &variables[..i] {
            if run.interrupted() {
                return Err(Error::Interrupted);
            }
            let (estimate, missing) = between(x, y, &[], options, run)?;
            pairs.push(Named {
                columns: vec![b.clone(), a.clone()],
                estimate,
                missing,
            });
            run.watched().step(pairs.len() as u64, &[]);
        }
    }
    run.watched().end();
    pairs.sort_by(|a, b| b.estimate.value.total_cmp(&a.estimate.value));
    Ok(Overview {
        entropies,
        pairs,
        total: total(&variables, options, run)?,
        unused,
    })
}

fn total(variables: &[(String, Variable)], options: &Options, run: &Run) -> Result<Option<Named>> {
    let numbers: Vec<&(String, Variable)> = variables
        .iter()
        .filter(|(_, own)| matches!(own, Variable::Numbers(_)))
        .collect();
    if numbers.len() < 3 {
        return Ok(None);
    }
    let all: Vec<&Variable> = numbers.iter().map(|(_, own)| own).collect();
    let rows = complete(&all);
    let samples = all
        .iter()
        .map(|own| own.sample(&rows))
        .collect::<Result<Vec<_>>>()?;
    let samples: Vec<&Sample> = samples.iter().collect();
    let estimate = total_correlation(&samples, options.neighbours, &options.inference, run)?;
    Ok(Some(Named {
        columns: numbers.iter().map(|(name, _)| name.clone()).collect(),
        estimate,
        missing: all[0].len() - rows.len(),
    }))
}

#[cfg(test)]
mod tests;

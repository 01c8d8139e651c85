//! What the columns of a table say of each other: mutual information with a target, or entropies and all pairs.

use induce_core::{Column, ColumnType, Error, Result, Run, Table};
use induce_prob::information::{
    Estimate, Estimator, Inference, Method, Sample, class_information, conditional_information,
    differential_entropy, discrete_information, entropy_of_counts, mutual_information, total_correlation,
};

/// How information is estimated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Neighbours of estimators of numbers.
    pub neighbours: usize,
    /// The estimator of categories.
    pub estimator: Estimator,
    /// What is done for intervals and p-values.
    pub inference: Inference,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            neighbours: 3,
            estimator: Estimator::MillerMadow,
            inference: Inference::default(),
        }
    }
}

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

/// The values of a column, as estimators take them.
enum Variable {
    /// NaN where missing.
    Numbers(Vec<f64>),
    /// `u32::MAX` where missing.
    Categories(Vec<u32>),
}

fn known(column: &Column) -> Result<Variable> {
    Variable::of(column).map_err(|why| {
        let what = format!("column `{}` cannot be used: {why}", column.name());
        Error::data(
            what,
            format!("`--type {}=category` reads it as categories", column.name()),
        )
    })
}

impl Variable {
    fn of(column: &Column) -> std::result::Result<Self, String> {
        match column.column_type() {
            ColumnType::Text => Err("it is free text".into()),
            ColumnType::Category | ColumnType::Boolean => {
                let mut codes = vec![0; column.len()];
                column.read_codes(0, &mut codes);
                Ok(Self::Categories(codes))
            }
            ColumnType::Number | ColumnType::Date => {
                let mut values = vec![0.0; column.len()];
                column.read_f64(0, &mut values);
                Ok(Self::Numbers(values))
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Categories(codes) => codes.len(),
        }
    }

    fn is_known(&self, row: usize) -> bool {
        match self {
            Self::Numbers(values) => values[row].is_finite(),
            Self::Categories(codes) => codes[row] != u32::MAX,
        }
    }

    fn numbers(&self, rows: &[usize]) -> Option<Vec<f64>> {
        match self {
            Self::Numbers(values) => Some(rows.iter().map(|&row| values[row]).collect()),
            Self::Categories(_) => None,
        }
    }

    fn codes(&self, rows: &[usize]) -> Option<Vec<u32>> {
        match self {
            Self::Numbers(_) => None,
            Self::Categories(codes) => Some(rows.iter().map(|&row| codes[row]).collect()),
        }
    }

    /// Points for neighbours.
    fn sample(&self, rows: &[usize]) -> Result<Sample> {
        match (self.numbers(rows), self.codes(rows)) {
            (Some(values), _) => Ok(Sample::numbers(&values)?.standardised()),
            (None, codes) => Ok(Sample::categories(&codes.unwrap_or_default())),
        }
    }
}

/// Rows in which none of these lacks a value.
fn complete(all: &[&Variable]) -> Vec<usize> {
    let rows = all.first().map_or(0, |own| own.len());
    (0..rows)
        .filter(|&row| all.iter().all(|own| own.is_known(row)))
        .collect()
}

/// I(X; Y | given) by the estimator of their kinds, and how many rows lack a value.
fn between(
    x: &Variable,
    y: &Variable,
    given: &[Variable],
    options: &Options,
    run: &Run,
) -> Result<(Estimate, usize)> {
    let all: Vec<&Variable> = [x, y].into_iter().chain(given).collect();
    let rows = complete(&all);
    let missing = x.len() - rows.len();
    let (k, inference) = (options.neighbours, &options.inference);
    let codes: Option<Vec<Vec<u32>>> = all.iter().map(|own| own.codes(&rows)).collect();
    let estimate = match (codes, x.numbers(&rows), y.numbers(&rows)) {
        (Some(codes), ..) => {
            let given = (!given.is_empty()).then(|| combined(&codes[2..]));
            discrete_information(
                &codes[0],
                &codes[1],
                given.as_deref(),
                options.estimator,
                inference,
                run,
            )
        }
        _ if !given.is_empty() => {
            let given = given
                .iter()
                .map(|own| own.sample(&rows))
                .collect::<Result<Vec<_>>>()?;
            let given = Sample::joined(&given.iter().collect::<Vec<_>>())?;
            conditional_information(&x.sample(&rows)?, &y.sample(&rows)?, &given, k, inference, run)
        }
        (None, Some(values), None) => {
            class_information(&values, &y.codes(&rows).unwrap_or_default(), k, inference, run)
        }
        (None, None, Some(values)) => {
            class_information(&values, &x.codes(&rows).unwrap_or_default(), k, inference, run)
        }
        _ => mutual_information(
            &x.sample(&rows)?,
            &y.sample(&rows)?,
            Method::Ksg1,
            k,
            inference,
            run,
        ),
    }?;
    Ok((estimate, missing))
}

/// One code for every combination that occurs.
fn combined(columns: &[Vec<u32>]) -> Vec<u32> {
    let rows = columns.first().map_or(0, Vec::len);
    let key = |row: usize| columns.iter().map(|own| own[row]).collect::<Vec<_>>();
    let mut known: Vec<Vec<u32>> = (0..rows).map(key).collect();
    known.sort_unstable();
    known.dedup();
    (0..rows)
        .map(|row| known.partition_point(|own| *own < key(row)) as u32)
        .collect()
}

/// The entropy of a column, and how many rows lack a value.
fn entropy(own: &Variable, options: &Options, run: &Run) -> Result<(Estimate, usize)> {
    let rows = complete(&[own]);
    let missing = own.len() - rows.len();
    let estimate = match (own.codes(&rows), own.numbers(&rows)) {
        (Some(codes), _) => {
            let mut counts = vec![0; codes.iter().max().map_or(0, |top| *top as usize + 1)];
            codes.iter().for_each(|&code| counts[code as usize] += 1);
            counts.retain(|count| *count > 0);
            entropy_of_counts(&counts, options.estimator, &options.inference)?
        }
        (None, values) => {
            let sample = Sample::numbers(&values.unwrap_or_default())?;
            differential_entropy(&sample, options.neighbours, &options.inference, run.threads())?
        }
    };
    Ok((estimate, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let words = ["a", "b", "c"];
        let class: Vec<Option<&str>> = (0..300).map(|i| (i % 50 != 7).then(|| words[i % 3])).collect();
        let text: Vec<Option<&str>> = (0..300).map(|_| Some("free text")).collect();
        let number = |i: usize| {
            if i % 40 == 3 {
                f64::NAN
            } else {
                (i % 3) as f64 + ((i * 7919) % 101) as f64 / 200.0
            }
        };
        Table::new(vec![
            Column::from_text("class", &class),
            Column::from_f64("number", (0..300).map(number).collect()),
            Column::from_f64("other", (0..300).map(|i| ((i * 31) % 97) as f64).collect()),
            Column::from_f64("same", vec![0.1; 300]),
            Column::from_free_text("text", &text),
        ])
        .unwrap()
    }

    #[test]
    fn columns_are_ranked_by_estimators_of_their_kinds() {
        let own = rank(&table(), "class", &[], &Options::default(), &Run::new(0)).unwrap();
        let names: Vec<&str> = own.columns.iter().map(|own| own.columns[0].as_str()).collect();
        assert_eq!(names[0], "number");
        assert_eq!(own.columns[0].estimate.estimator, "ross");
        assert_eq!(own.columns[0].missing, 14);
        let same = own.columns.iter().find(|own| own.columns[0] == "same").unwrap();
        assert_eq!((same.estimate.value, same.estimate.p_value), (0.0, Some(1.0)));
        assert_eq!(own.unused, [("text".to_owned(), "it is free text".to_owned())]);
        assert!((own.entropy.unwrap().value - 3.0_f64.ln()).abs() < 0.01);
    }

    #[test]
    fn what_is_given_is_taken_out() {
        let given = rank(
            &table(),
            "class",
            &["number".into()],
            &Options::default(),
            &Run::new(0),
        )
        .unwrap();
        assert!(given.columns.iter().all(|own| own.columns[0] != "number"));
        assert!(
            rank(
                &table(),
                "class",
                &["class".into()],
                &Options::default(),
                &Run::new(0)
            )
            .is_err()
        );
        assert!(rank(&table(), "clas", &[], &Options::default(), &Run::new(0)).is_err());
        assert!(rank(&table(), "text", &[], &Options::default(), &Run::new(0)).is_err());
    }

    #[test]
    fn a_table_without_a_target_has_entropies_and_pairs() {
        let options = Options {
            inference: Inference::none(),
            ..Options::default()
        };
        let own = overview(&table(), &options, &Run::new(0)).unwrap();
        assert_eq!((own.entropies.len(), own.pairs.len()), (4, 6));
        assert_eq!(own.pairs[0].columns, ["class", "number"]);
        assert_eq!(own.total.unwrap().columns, ["number", "other", "same"]);
    }
}

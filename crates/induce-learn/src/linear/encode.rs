//! From a table to a design matrix of columns with mean 0 and deviation 1, and the terms its columns stand for.

use induce_core::linalg::Csr;
use induce_core::parallel::Team;
use induce_core::points::Summary;
use induce_core::{Error, Result, Run, Table};
use serde::{Deserialize, Serialize};

use super::Spec;
use super::kernels::sum;
use super::matrix::{Column, Dense, Matrix, Sparse, in_order};
use crate::linear::spec::{Missing, PriorChoice};
use induce_core::model::{FeatureType, Schema, Source};

/// A column of the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The feature it is made of.
    pub feature: usize,
    /// For a category: the code of which it is the indicator.
    pub level: Option<u32>,
    /// Its name: the column, or `column=category`.
    pub name: String,
    /// Its mean, which stands for missing values.
    pub mean: f64,
    /// What is subtracted from it within the fit.
    pub centre: f64,
    /// What it is divided by within the fit.
    pub scale: f64,
}

/// A table as linear models see it.
pub struct Design<'a> {
    /// The columns, standardised; with an intercept the last is all ones.
    pub matrix: Matrix<'a>,
    /// What the columns stand for, the intercept not among them.
    pub terms: Vec<Term>,
    /// Remarks: columns that were dropped, values that were imputed.
    pub notes: Vec<String>,
}

/// Standard deviations of columns whose squared differences neither overflow nor underflow.
const PLAIN: std::ops::Range<f64> = 1e-150..1e150;

/// Designs with a smaller fraction of entries other than 0 are kept sparse.
pub const SPARSE: f64 = 0.15;

/// The design of `table` for rows of weight `weight`, which sum to 1; without weights all count alike.
pub fn encode<'a>(
    table: &'a Table,
    schema: &Schema,
    spec: &Spec,
    weight: Option<&[f64]>,
    team: &mut Team,
    run: &Run,
) -> Result<Design<'a>> {
    let sources = schema.align(table)?;
    let rows = table.rows();
    let used: Vec<usize> = (0..sources.len())
        .filter(|&f| schema.features[f].name != spec.offset)
        .collect();
    let drop_reference = spec.fit_intercept && spec.prior == PriorChoice::None;
    let found = in_order(team, used.len(), |k| {
        let f = used[k];
        let mut found = match &schema.features[f].feature_type {
            FeatureType::Number => number(&sources[f], f, &schema.features[f].name, spec, weight)?,
            FeatureType::Category(names) => categories(&sources[f], f, schema, names, spec, weight)?,
        };
        if drop_reference && found.terms.first().is_some_and(|t| t.level.is_some()) {
            found.terms.remove(0);
        }
        Ok(found)
    });
    let (mut terms, mut notes, mut filled, mut complete) = (Vec::new(), Vec::new(), 0.0, Vec::new());
    for found in found {
        let found: Found = found?;
        terms.extend(found.terms);
        notes.extend(found.notes);
        filled += found.filled;
        complete.extend(found.complete);
    }
    let sparse = terms.len() >= 16 && filled < SPARSE * terms.len() as f64;
    centre(&mut terms, sparse, spec.fit_intercept);
    let columns = terms.len() + usize::from(spec.fit_intercept);
    check_memory(
        run,
        if sparse { filled + 1.0 } else { columns as f64 } * rows as f64,
    )?;
    let matrix = if sparse {
        Matrix::Sparse(sparse_rows(&terms, &sources, rows, columns))
    } else {
        Matrix::Dense(dense_columns(&terms, &sources, &complete, (rows, columns), team))
    };
    Ok(Design { matrix, terms, notes })
}

/// Sparse columns keep their zeros, so they are not centred; without an intercept no column is.
pub fn centre(terms: &mut [Term], sparse: bool, intercept: bool) {
    for term in terms {
        term.centre = if sparse || !intercept { 0.0 } else { term.mean };
    }
}

/// Checks that a design of so many entries fits the memory limit of the run.
pub fn check_memory(run: &Run, entries: f64) -> Result<()> {
    let (needed, limit) = ((entries * 8.0) as u64, run.memory().unwrap_or(u64::MAX));
    if needed <= limit {
        return Ok(());
    }
    let what = "the design matrix".into();
    Err(Error::TooLarge { what, needed, limit })
}

/// The design columns of a feature.
#[derive(Default)]
struct Found {
    terms: Vec<Term>,
    notes: Vec<String>,
    /// Entries other than 0 per row.
    filled: f64,
    /// The feature, if no row is missing.
    complete: Option<usize>,
}

impl Found {
    fn useless(name: &str, why: &str) -> Self {
        Self {
            notes: vec![format!("column `{name}` is left out: {why}")],
            ..Self::default()
        }
    }
}

fn number(source: &Source, feature: usize, name: &str, spec: &Spec, weight: Option<&[f64]>) -> Result<Found> {
    let seen = Summary::of(source, weight, spec.fit_intercept);
    if let Some((row, x)) = seen.infinite {
        let what = format!("row {} of column `{name}` is {x}", row + 1);
        return Err(Error::data(
            what,
            "replace infinite values by finite ones, or drop the rows or the column",
        ));
    }
    if seen.missing == source.len() {
        return Ok(Found::useless(name, "it has no value in any row"));
    }
    let notes = missing_values(name, seen.missing, spec)?;
    if seen.deviation <= 1e-13 * seen.mean.abs() || seen.deviation == 0.0 {
        return Ok(Found::useless(
            name,
            "it has the same value in every row that counts",
        ));
    }
    let term = Term {
        feature,
        level: None,
        name: name.into(),
        mean: seen.mean,
        centre: 0.0,
        scale: seen.deviation,
    };
    Ok(Found {
        terms: vec![term],
        notes,
        filled: 1.0 - seen.zeros as f64 / source.len() as f64,
        complete: (seen.missing == 0).then_some(feature),
    })
}

fn missing_values(name: &str, missing: usize, spec: &Spec) -> Result<Vec<String>> {
    match (missing, spec.missing) {
        (0, _) => Ok(Vec::new()),
        (_, Missing::Mean) => Ok(vec![format!(
            "{missing} missing values of `{name}` are taken as its mean"
        )]),
        (_, Missing::Error) => Err(Error::data(
            format!("column `{name}` has {missing} missing values, and a linear model needs every value"),
            format!("`--set missing=mean` takes the mean for them; `--drop {name}` leaves the column out"),
        )),
    }
}

fn codes(source: &Source) -> Vec<u32> {
    let mut codes = vec![0; source.len()];
    source.read_codes(0, &mut codes);
    codes
}

fn categories(
    source: &Source,
    feature: usize,
    schema: &Schema,
    names: &[String],
    spec: &Spec,
    weight: Option<&[f64]>,
) -> Result<Found> {
    let name = &schema.features[feature].name;
    let mut fractions = vec![0.0; names.len()];
    let (mut missing, mut known) = (0, 0.0);
    for (row, &code) in codes(source).iter().enumerate() {
        let w = weight.map_or(1.0, |w| w[row]);
        match fractions.get_mut(code as usize) {
            Some(fraction) => {
                *fraction += w;
                known += w;
            }
            None => missing += 1,
        }
    }
    if missing == source.len() {
        return Ok(Found::useless(name, "it has no value in any row"));
    }
    let notes = missing_values(name, missing, spec)?;
    let present: Vec<usize> = (0..names.len()).filter(|&c| fractions[c] > 0.0).collect();
    if present.len() < 2 {
        return Ok(Found::useless(
            name,
            "it has the same value in every row that counts",
        ));
    }
    let term = |&level: &usize| {
        let mean = fractions[level] / known;
        let spread = if spec.fit_intercept {
            mean * (1.0 - mean)
        } else {
            mean
        };
        Term {
            feature,
            level: Some(level as u32),
            name: format!("{name}={}", names[level]),
            mean,
            centre: 0.0,
            scale: spread.sqrt(),
        }
    };
    Ok(Found {
        terms: present.iter().map(term).collect(),
        notes,
        filled: 1.0,
        complete: None,
    })
}

fn dense_columns<'a>(
    terms: &[Term],
    sources: &[Source<'a>],
    complete: &[usize],
    (rows, columns): (usize, usize),
    team: &mut Team,
) -> Dense<'a> {
    let columns = in_order(team, columns, |j| match terms.get(j) {
        None => vec![1.0; rows].into(),
        Some(term) => {
            let complete = complete.binary_search(&term.feature).is_ok();
            column(term, &sources[term.feature], complete, rows)
        }
    });
    Dense { rows, columns }
}

/// A term's column: where it lies if it can be read there, else a standardised copy.
fn column<'a>(term: &Term, source: &Source<'a>, complete: bool, rows: usize) -> Column<'a> {
    let plain = complete && PLAIN.contains(&term.scale);
    match source.doubles().filter(|_| plain) {
        Some(values) => Column::borrowed(values, term.centre, term.scale),
        None => {
            let mut values = vec![0.0; rows];
            fill(term, source, &mut values);
            values.into()
        }
    }
}

/// A term's standardised column.
fn fill(term: &Term, source: &Source, out: &mut [f64]) {
    read(term, source, out);
    // Dividing first keeps values of 1e200 and their differences in range.
    let centre = term.centre / term.scale;
    out.iter_mut().for_each(|x| *x = *x / term.scale - centre);
}

/// A term's column in its own units, its mean where missing.
fn read(term: &Term, source: &Source, out: &mut [f64]) {
    match term.level {
        None => {
            source.read_f64(0, out);
            out.iter_mut().filter(|x| x.is_nan()).for_each(|x| *x = term.mean);
        }
        Some(level) => {
            for (x, code) in out.iter_mut().zip(codes(source)) {
                *x = indicator(code, level, term.mean);
            }
        }
    }
}

/// 1 or 0; the mean for a code that stands for no category.
pub fn indicator(code: u32, level: u32, mean: f64) -> f64 {
    if code >= induce_core::model::UNSEEN {
        mean
    } else {
        f64::from(u8::from(code == level))
    }
}

/// Rows by feature, so that a category costs one entry per row and not one test per level.
fn sparse_rows(terms: &[Term], sources: &[Source], rows: usize, columns: usize) -> Sparse {
    let mut entries: Vec<Vec<(u32, f64)>> = vec![Vec::new(); rows];
    let mut first = 0;
    while first < terms.len() {
        let feature = terms[first].feature;
        let last = first + terms[first..].iter().take_while(|t| t.feature == feature).count();
        add_feature(&terms[first..last], first as u32, &sources[feature], &mut entries);
        first = last;
    }
    if columns > terms.len() {
        entries
            .iter_mut()
            .for_each(|row| row.push((terms.len() as u32, 1.0)));
    }
    let mut starts = Vec::with_capacity(rows + 1);
    starts.push(0);
    let (mut index, mut value) = (Vec::new(), Vec::new());
    for row in entries {
        index.extend(row.iter().map(|e| e.0));
        value.extend(row.iter().map(|e| e.1));
        starts.push(index.len());
    }
    Sparse::new(Csr::trusted(columns, starts, index, value))
}

fn add_feature(terms: &[Term], first: u32, source: &Source, entries: &mut [Vec<(u32, f64)>]) {
    if terms[0].level.is_none() {
        let mut values = vec![0.0; source.len()];
        read(&terms[0], source, &mut values);
        for (row, x) in entries.iter_mut().zip(values).filter(|(_, x)| *x != 0.0) {
            row.push((first, x / terms[0].scale));
        }
        return;
    }
    let most = terms.iter().filter_map(|t| t.level).max().unwrap_or(0) as usize;
    let mut place = vec![None; most + 1];
    for (k, term) in terms.iter().enumerate() {
        place[term.level.unwrap_or(0) as usize] = Some(k);
    }
    for (row, code) in entries.iter_mut().zip(codes(source)) {
        if code >= induce_core::model::UNSEEN {
            row.extend(
                terms
                    .iter()
                    .enumerate()
                    .map(|(k, t)| (first + k as u32, t.mean / t.scale)),
            );
        } else if let Some(k) = place.get(code as usize).copied().flatten() {
            row.push((first + k as u32, 1.0 / terms[k].scale));
        }
    }
}

/// The offset of every row, if a column is named for it.
pub fn offset(table: &Table, name: &str) -> Result<Option<Vec<f64>>> {
    if name.is_empty() {
        return Ok(None);
    }
    let column = table.column(name)?;
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(Some(values)),
        Some(row) => {
            let what = format!("the offset `{name}` of row {} is {}", row + 1, values[row]);
            Err(Error::data(what, "every row needs a finite offset"))
        }
    }
}

/// Weights that sum to 1, and their sum.
pub fn normalised(weight: Option<&[f64]>, rows: usize) -> (Vec<f64>, f64) {
    match weight {
        None => (vec![1.0 / rows as f64; rows], rows as f64),
        Some(w) => {
            let total = sum(w);
            (w.iter().map(|w| w / total).collect(), total)
        }
    }
}

//! The design of compressed sparse rows, made without a table.

use induce_core::{Result, Run};

use super::Spec;
use super::encode::{Design, SPARSE, Term, centre, check_memory};
use super::matrix::{Dense, Matrix, Sparse};
use induce_core::model::{Feature, FeatureType, Schema};

pub use induce_core::linalg::Csr;

/// Columns named by their places: `x0`, `x1`, ...
pub(super) fn schema(rows: &Csr) -> Schema {
    let feature = |j: usize| Feature {
        name: format!("x{j}"),
        feature_type: FeatureType::Number,
        read_as: None,
        notation: None,
    };
    Schema {
        features: (0..rows.columns()).map(feature).collect(),
        ..Schema::default()
    }
}

/// The design of `rows` for weights that sum to 1: what [`super::encode::encode`] makes of a table of the same values.
pub fn encode(rows: &Csr, spec: &Spec, weight: &[f64], run: &Run) -> Result<Design<'static>> {
    let moments = Moments::of(rows, spec.fit_intercept, weight);
    let mut terms: Vec<Term> = (0..rows.columns()).filter_map(|j| moments.term(j)).collect();
    let filled = terms.iter().map(|t| moments.count[t.feature]).sum::<usize>();
    let fraction = filled as f64 / rows.rows() as f64;
    let sparse = terms.len() >= 16 && fraction < SPARSE * terms.len() as f64;
    centre(&mut terms, sparse, spec.fit_intercept);
    let columns = terms.len() + usize::from(spec.fit_intercept);
    let entries = if sparse { fraction + 1.0 } else { columns as f64 };
    check_memory(run, entries * rows.rows() as f64)?;
    let matrix = if sparse {
        Matrix::Sparse(sparse_design(rows, &terms, columns))
    } else {
        Matrix::Dense(dense_design(rows, &terms, columns))
    };
    let useless = rows.columns() - terms.len();
    let first = (0..rows.columns()).find(|&j| moments.term(j).is_none());
    let notes = first.map(|j| {
        let which = if useless == 1 {
            format!("column `x{j}` is")
        } else {
            format!("{useless} columns are")
        };
        format!("{which} left out, from `x{j}` on: the same value in every row that counts")
    });
    Ok(Design {
        matrix,
        terms,
        notes: notes.into_iter().collect(),
    })
}

/// Weighted moments of the columns.
struct Moments {
    /// Entries other than 0.
    count: Vec<usize>,
    /// Largest absolute values, in which the others are counted, so that squares stay in range.
    unit: Vec<f64>,
    mean: Vec<f64>,
    /// Mean squares about the mean, or about 0 without an intercept.
    square: Vec<f64>,
}

impl Moments {
    fn of(rows: &Csr, intercept: bool, weight: &[f64]) -> Self {
        let zero = || vec![0.0; rows.columns()];
        let (mut count, mut unit, mut mean, mut square) = (vec![0; rows.columns()], zero(), zero(), zero());
        let each = || (0..rows.rows()).flat_map(|i| rows.row(i).map(move |(j, x)| (i, j, x)));
        for (_, j, x) in each() {
            count[j] += usize::from(x != 0.0);
            unit[j] = x.abs().max(unit[j]);
        }
        unit.iter_mut().filter(|u| **u == 0.0).for_each(|u| *u = 1.0);
        // The weight of the rows that have no entry in the column; exactly 0 if there is none, not 1 less a sum.
        let mut absent = vec![1.0; rows.columns()];
        let mut missing = vec![weight.iter().filter(|w| **w > 0.0).count(); rows.columns()];
        for (i, j, x) in each() {
            mean[j] += weight[i] * (x / unit[j]);
            absent[j] -= weight[i];
            missing[j] -= usize::from(weight[i] > 0.0);
        }
        let about = |j: usize| if intercept { mean[j] } else { 0.0 };
        for (i, j, x) in each() {
            square[j] += weight[i] * (x / unit[j] - about(j)).powi(2);
        }
        for j in (0..rows.columns()).filter(|&j| missing[j] > 0) {
            square[j] += absent[j].max(0.0) * about(j).powi(2);
        }
        Self {
            count,
            unit,
            mean,
            square,
        }
    }

    /// The term of a column, unless it is constant.
    fn term(&self, j: usize) -> Option<Term> {
        let (deviation, mean) = (self.square[j].sqrt(), self.mean[j]);
        (deviation > 1e-13 * mean.abs()).then(|| Term {
            feature: j,
            level: None,
            name: format!("x{j}"),
            mean: mean * self.unit[j],
            centre: 0.0,
            scale: deviation * self.unit[j],
        })
    }
}

/// The place of every column among the terms.
fn places(terms: &[Term], columns: usize) -> Vec<Option<usize>> {
    let mut places = vec![None; columns];
    terms
        .iter()
        .enumerate()
        .for_each(|(t, term)| places[term.feature] = Some(t));
    places
}

fn sparse_design(rows: &Csr, terms: &[Term], columns: usize) -> Sparse {
    let places = places(terms, rows.columns());
    let (mut starts, mut index, mut value) = (vec![0], Vec::new(), Vec::new());
    for i in 0..rows.rows() {
        for (j, x) in rows.row(i).filter(|(_, x)| *x != 0.0) {
            if let Some(t) = places[j] {
                index.push(t as u32);
                value.push(x / terms[t].scale);
            }
        }
        if columns > terms.len() {
            index.push(terms.len() as u32);
            value.push(1.0);
        }
        starts.push(index.len());
    }
    Sparse::new(Csr::trusted(columns, starts, index, value))
}

fn dense_design<'a>(rows: &Csr, terms: &[Term], columns: usize) -> Dense<'a> {
    let (n, places) = (rows.rows(), places(terms, rows.columns()));
    let mut values = vec![vec![1.0; n]; columns];
    for (values, term) in values.iter_mut().zip(terms) {
        values.fill(-term.centre / term.scale);
    }
    for i in 0..n {
        for (j, x) in rows.row(i) {
            if let Some(t) = places[j] {
                values[t][i] += x / terms[t].scale;
            }
        }
    }
    Dense {
        rows: n,
        columns: values.into_iter().map(Into::into).collect(),
    }
}

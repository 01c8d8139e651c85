//! Rows in an order of what they hold: neither how they come nor weights in place of repetitions can change what is drawn.
//!
//! Two sums of a row are frozen, for draws follow from them: of tables, whose columns may be categories, the cells one after
//! the other; of matrices a plain sum with nothing for 0, so that sparse and dense rows are alike.

use induce::core::random::fnv1a;
use induce::core::{ColumnType, Table};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Places, and whether each row is as the one before.
pub type Order<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<bool>>);

/// What sets equal values of different columns apart.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The rows sorted by the hashes that are made.
pub fn sorted(py: Python<'_>, hashes: impl FnOnce() -> Vec<u64> + Send) -> Order<'_> {
    let (rows, same) = py.detach(|| {
        let hashes = hashes();
        let mut rows: Vec<i64> = (0..).take(hashes.len()).collect();
        rows.sort_by_key(|&row| hashes[row as usize]);
        let hash = |place: usize| hashes[rows[place] as usize];
        let same = (0..rows.len()).map(|i| i > 0 && hash(i) == hash(i - 1));
        let same = same.collect();
        (rows, same)
    });
    (PyArray1::from_vec(py, rows), PyArray1::from_vec(py, same))
}

/// A hash of every row of a table and its target.
pub fn of_table(table: &Table, target: &[f64]) -> Vec<u64> {
    let mut hashes: Vec<u64> = target.iter().map(|y| chained(0, number(*y))).collect();
    let mut values = vec![0.0; target.len()];
    let mut codes = vec![0; target.len()];
    for column in table.columns() {
        if column.column_type() == ColumnType::Category {
            // By name: codes depend on which name came first.
            let names = column.categories();
            let names: Vec<u64> = names.iter().map(|name| fnv1a(name.as_bytes())).collect();
            column.read_codes(0, &mut codes);
            for (hash, &code) in hashes.iter_mut().zip(&codes) {
                *hash = chained(*hash, names.get(code as usize).copied().unwrap_or(u64::MAX));
            }
        } else {
            column.read_f64(0, &mut values);
            for (hash, &value) in hashes.iter_mut().zip(&values) {
                *hash = chained(*hash, number(value));
            }
        }
    }
    hashes
}

/// A number for every cell of a matrix, whose sums over rows say what these hold; 0 for the value 0.
#[pyfunction]
pub fn hash_cells<'py>(
    py: Python<'py>,
    values: PyReadonlyArray1<f64>,
    columns: PyReadonlyArray1<u64>,
) -> PyResult<Bound<'py, PyArray1<u64>>> {
    let (values, columns) = (values.as_array(), columns.as_array());
    if values.len() != columns.len() && columns.len() != 1 {
        return Err(PyValueError::new_err(format!(
            "{} values of {} columns",
            values.len(),
            columns.len()
        )));
    }
    let cells = values.iter().zip(columns.iter().cycle());
    let cells = cells.map(|(value, column)| match (value + 0.0).to_bits() {
        0 => 0,
        bits => mixed(bits.wrapping_add(column.wrapping_add(1).wrapping_mul(STEP))),
    });
    Ok(PyArray1::from_iter(py, cells))
}

/// The rows in the order of the sums of their cells, and whether each has that of the one before.
#[pyfunction]
pub fn order_by_cells<'py>(py: Python<'py>, sums: PyReadonlyArray1<u64>) -> Order<'py> {
    let sums = sums.as_array().to_vec();
    sorted(py, || sums.into_iter().map(mixed).collect())
}

/// The bits of a number; one for both zeros, one for all that are not a number.
fn number(value: f64) -> u64 {
    if value.is_nan() {
        u64::MAX
    } else {
        (value + 0.0).to_bits()
    }
}

/// A hash and a further value as one hash.
fn chained(hash: u64, value: u64) -> u64 {
    mixed(hash.wrapping_add(STEP) ^ value.wrapping_mul(0xff51_afd7_ed55_8ccd))
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
fn mixed(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

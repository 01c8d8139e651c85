mod assign;
mod edge;
mod laws;
mod suite;

use induce_core::model::{Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

use super::{Spec, Spectral, fit};

fn table(values: &[f64], p: usize) -> Table {
    let column = |d: usize| {
        Column::from_f64(
            format!("x{d}"),
            values.iter().skip(d).step_by(p).copied().collect(),
        )
    };
    Table::new((0..p).map(column).collect()).unwrap()
}

fn rows(values: &[f64], p: usize) -> Rows {
    Rows::without_target(&table(values, p), &RowsOptions::default()).unwrap()
}

fn fitted(spec: &Spec, values: &[f64], p: usize) -> Spectral {
    fit(spec, &rows(values, p), &mut Run::new(0)).unwrap().model
}

/// Two rings about one centre, which no k-means divides.
fn rings(n: usize) -> Vec<f64> {
    let stream = Stream::new(1, "test/rings");
    let point = |i: usize| {
        let angle = std::f64::consts::TAU * stream.uniform(2 * i as u64);
        let radius = if i.is_multiple_of(2) { 1.0 } else { 3.0 } + 0.3 * stream.uniform(2 * i as u64 + 1);
        [radius * angle.cos(), radius * angle.sin()]
    };
    (0..n).flat_map(point).collect()
}

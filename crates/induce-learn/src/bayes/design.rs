//! Rows and sums of their products.

use induce_core::model::Rows;
use induce_core::{Error, Result, Run};

use crate::points::{Frame, Points, Scaling};

/// Rows as points, with the mean where values are missing; remarks.
///
/// # Errors
/// If no column is of use, no row has a weight, or values are missing in columns that are not centred.
pub fn read(rows: &Rows, scaling: Scaling, run: &Run) -> Result<(Frame, Points, Vec<String>)> {
    let (mut frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let mut points = frame.weighted(rows, run)?;
    if points.has_missing() {
        if scaling == Scaling::Uncentred {
            return Err(no_mean());
        }
        notes.push("values are missing: the mean of their column stands for them".into());
        points.fill_missing();
    }
    if let Some(target) = &rows.target {
        frame.schema.classes.clone_from(&target.classes);
    }
    Ok((frame, points, notes))
}

/// Without an intercept no mean is known that could stand for a missing value.
pub fn no_mean() -> Error {
    Error::data(
        "values are missing, and without an intercept no mean stands for them",
        "`--set fit_intercept=true`, or fill the values in",
    )
}

/// sum_i f(i) x x', all of it, and sum_i g(i) x, with (f(i), g(i)) given of the points' rows. // (width^2), (width)
pub fn sums(
    points: &Points,
    threads: usize,
    factors: impl Fn(usize) -> (f64, f64) + Sync,
) -> (Vec<f64>, Vec<f64>) {
    let width = points.width;
    let parts = points.by_chunks(threads, |rows| {
        let (mut square, mut sum) = (vec![0.0; width * width], vec![0.0; width]);
        for row in rows {
            let ((f, g), x) = (factors(row), points.row(row));
            for i in 0..width {
                let own = f * x[i];
                let place = square[i * width..=i * width + i].iter_mut();
                place.zip(x).for_each(|(q, y)| *q += own * y);
                sum[i] += g * x[i];
            }
        }
        (square, sum)
    });
    let (mut square, mut sum) = (vec![0.0; width * width], vec![0.0; width]);
    for (q, s) in parts {
        square.iter_mut().zip(q).for_each(|(a, b)| *a += b);
        sum.iter_mut().zip(s).for_each(|(a, b)| *a += b);
    }
    for i in 0..width {
        (0..i).for_each(|j| square[j * width + i] = square[i * width + j]);
    }
    (square, sum)
}

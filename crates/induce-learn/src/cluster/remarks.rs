//! What a careful reader would ask of clusters: a sentence where columns, values or numbers are not what they seem.

use induce_core::words::{counted, number};

use crate::points::{Frame, Points, Scaling};

/// Deviations of two columns whose ratio is worth a word.
const APART: f64 = 10.0;

/// A remark if some column decides `what` by its unit alone, columns not being divided by their deviations.
///
/// `squares` is the sum of squared differences from the mean of every coordinate.
pub fn units(frame: &Frame, squares: &[f64], what: &str) -> Option<String> {
    let numbers = (0..frame.width()).filter(|&a| frame.axes[a].level.is_none() && squares[a] > 0.0);
    let mut order: Vec<usize> = numbers.collect();
    order.sort_by(|&a, &b| squares[b].total_cmp(&squares[a]));
    let (first, last) = (*order.first()?, *order.last()?);
    let ratio = (squares[first] / squares[last]).sqrt();
    (ratio > APART).then(|| {
        format!(
            "`{}` varies {} times as much as `{}` and decides the {what} (`standardize=true` divides columns by their deviations)",
            frame.axes[first].name,
            number(ratio.round()),
            frame.axes[last].name
        )
    })
}

/// The same of points whose sums are not known yet; `None` if no unit is left in their coordinates.
pub fn units_of(
    frame: &Frame,
    points: &Points,
    scaling: Scaling,
    what: &str,
    threads: usize,
) -> Option<String> {
    match scaling {
        Scaling::Common => units(frame, &points.moments(threads).squares, what),
        Scaling::Deviation | Scaling::Uncentred => None,
    }
}

/// What is said of rows before they are clustered: units that decide, and values that are missing.
pub fn of_rows(frame: &Frame, points: &Points, scaling: Scaling, threads: usize) -> Vec<String> {
    let mut notes: Vec<String> = units_of(frame, points, scaling, "clusters", threads)
        .into_iter()
        .collect();
    notes.extend(missing(points));
    notes
}

/// Remarks on values that are missing: how such rows count, and that some have none at all.
pub fn missing(points: &Points) -> Vec<String> {
    if !points.has_missing() {
        return Vec::new();
    }
    let mut notes =
        vec!["values are missing: of such rows only the coordinates count that are there".to_owned()];
    let empty = (0..points.rows())
        .filter(|&row| points.row(row).iter().all(|x| x.is_nan()))
        .count();
    if empty > 0 {
        notes.push(format!(
            "{} no value at all, which no centre is nearer to: the first cluster has {}",
            if empty == 1 {
                "1 row has".to_owned()
            } else {
                format!("{} have", counted(empty, "row"))
            },
            if empty == 1 { "it" } else { "them" }
        ));
    }
    notes
}

/// A remark if fewer clusters have rows than were asked for.
pub fn fewer(asked: usize, sizes: &[f64], why: &str) -> Option<String> {
    let filled = sizes.iter().filter(|size| **size > 0.0).count();
    (filled < asked).then(|| {
        format!(
            "{} instead of {asked}: {why} (`n_clusters`)",
            counted(filled, "cluster")
        )
    })
}

/// A remark if a sum of squares is none in the units of the table: no double has the square of 1e200.
pub fn beyond(sum: f64, unit: f64) -> Option<String> {
    in_units(sum, unit).is_none().then(|| {
        "squares in the units of the table are beyond what a number can hold, so that there is no inertia (multiply columns by a power of ten)"
            .to_owned()
    })
}

/// A sum of squares in the units of the table; `None` if it is too large or too small for a number.
pub fn in_units(sum: f64, unit: f64) -> Option<f64> {
    let own = sum * unit * unit;
    (own.is_finite() && (own > 0.0 || sum == 0.0)).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of rows of 1e155 no inertia was printed, of rows of 1e-200 an inertia of 0: both without a word.
    #[test]
    fn squares_beyond_numbers_are_told() {
        assert_eq!(
            (in_units(2.0, 1e10), in_units(0.0, 1e-300)),
            (Some(2e20), Some(0.0))
        );
        assert_eq!((in_units(2.0, 1e155), in_units(2.0, 1e-200)), (None, None));
        assert!(beyond(2.0, 1e155).is_some() && beyond(2.0, 1.0).is_none());
    }

    /// A row without any value is in a cluster by nothing but its number, and was so in silence.
    #[test]
    fn rows_without_a_value_are_counted() {
        let nan = f64::NAN;
        assert!(missing(&Points::new(vec![1.0, 2.0], 2)).is_empty());
        assert_eq!(missing(&Points::new(vec![1.0, nan], 2)).len(), 1);
        let told = missing(&Points::new(vec![nan, nan, 1.0, nan, nan, nan], 2));
        assert!(told[1].starts_with("2 rows have no value at all"), "{told:?}");
    }
}

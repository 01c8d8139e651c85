use super::*;
use crate::model::{Rows, RowsOptions};
use crate::{Column, Run, Table};

fn table() -> Table {
    Table::new(vec![
        Column::from_f64("x", vec![1e200, 3e200, f64::NAN, 2e200]),
        Column::from_text("c", &[Some("a"), Some("b"), Some("a"), None]),
    ])
    .unwrap()
}

#[test]
fn columns_become_centred_coordinates_of_about_one() {
    let rows = Rows::without_target(&table(), &RowsOptions::default()).unwrap();
    let features = &rows.features;
    let (frame, notes) = Frame::learn(&rows, Scaling::Common, 1).unwrap();
    assert_eq!(frame.names(), ["x", "c=a", "c=b"]);
    assert_eq!(notes.len(), 1, "{notes:?}");
    let points = frame.points(features.into(), &Run::new(0)).unwrap();
    assert!(points.values.iter().all(|x| x.is_nan() || x.abs() < 2.0));
    assert!(points.row(2)[0].is_nan() && points.row(3)[1].is_nan());
    let back = frame.original(points.row(1));
    assert!((back[0] / 3e200 - 1.0).abs() < 1e-14, "{back:?}");
    assert_eq!(frame.of_original(&back)[0], points.row(1)[0]);
}

#[test]
fn deviations_are_one_if_asked_and_columns_that_never_change_stay_finite() {
    let table = Table::new(vec![
        Column::from_f64("x", vec![1.0, 3.0]),
        Column::from_f64("same", vec![7.1, 7.1]),
    ])
    .unwrap();
    let rows = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    let features = &rows.features;
    let (frame, _) = Frame::learn(&rows, Scaling::Deviation, 1).unwrap();
    let points = frame.points(features.into(), &Run::new(0)).unwrap();
    assert_eq!((points.row(0)[0], points.row(1)[0]), (-1.0, 1.0));
    assert!(points.row(0)[1].abs() < 1e-12);
}

#[test]
fn the_plane_has_the_directions_of_largest_variance() {
    let values: Vec<f64> = (0..40)
        .flat_map(|i| {
            let (t, s) = (f64::from(i) - 19.5, if i % 2 == 0 { 1.0 } else { -1.0 });
            [3.0 * t, 4.0 * t, 2.0 * s]
        })
        .collect();
    let plane = Plane::of(&Points::new(values, 3));
    let first = &plane.axes[0];
    assert!(
        (first[0].abs() - 0.6).abs() < 1e-6 && (first[1].abs() - 0.8).abs() < 1e-6,
        "{first:?}"
    );
    assert!(plane.explained[0] > 0.99 && plane.axes[1][2].abs() > 0.99);
}

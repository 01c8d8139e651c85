use super::*;
use crate::cluster::centres::Centres;
use induce_core::model::{Model as _, Predict, Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

fn rows(n: usize) -> Rows {
    let stream = Stream::new(1, "rows");
    let column = |j: usize| {
        let value = |i: usize| 8.0 * ((i % 4) >> j & 1) as f64 + stream.uniform((2 * i + j) as u64);
        Column::from_f64(format!("x{j}"), (0..n).map(value).collect())
    };
    let table = Table::new(vec![column(0), column(1)]).unwrap();
    Rows::without_target(&table, &RowsOptions::default()).unwrap()
}

#[test]
fn four_squares_are_four_clusters_by_either_strategy() {
    let data = rows(400);
    for bisecting_strategy in [Strategy::Inertia, Strategy::Rows] {
        let spec = Spec {
            n_clusters: 4,
            bisecting_strategy,
            n_init: 3,
            ..Spec::default()
        };
        let fitted = fit(&spec, &data, &mut Run::new(0)).unwrap();
        assert_eq!(fitted.model.sizes, [100.0; 4]);
        let trace: Vec<f64> = fitted.report.traces[0].points.iter().map(|own| own.1).collect();
        assert!(trace.windows(2).all(|w| w[1] < w[0]), "{trace:?}");
        let again = Centres::from_file(&BISECTING, &fitted.model.store().unwrap()).unwrap();
        let labels = |model: &Centres| model.predict((&data.features).into(), 1).unwrap().values;
        assert_eq!(labels(&again), labels(&fitted.model));
        assert!((0..400).all(|row| labels(&again)[row] == labels(&again)[row % 4]));
    }
}

#[test]
fn threads_do_not_change_a_bit_and_equal_rows_are_not_divided() {
    let data = rows(4_000);
    let spec = Spec {
        n_clusters: 9,
        ..Spec::default()
    };
    let of = |threads| {
        fit(&spec, &data, &mut Run::new(0).with_threads(threads))
            .unwrap()
            .model
    };
    assert_eq!((of(1).centres, of(1).tree), (of(4).centres, of(4).tree));
    let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.0, 5.0])]).unwrap();
    let few = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    let model = fit(&spec, &few, &mut Run::new(0)).unwrap().model;
    assert_eq!(model.k(), 2, "{:?}", model.notes);
    assert!(
        model.notes[0].contains("2 clusters instead of 9"),
        "{:?}",
        model.notes
    );
}

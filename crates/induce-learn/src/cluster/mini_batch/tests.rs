use super::*;
use crate::cluster::kmeans::{self, Clusters};
use induce_core::model::{Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

fn rows(n: usize, k: usize, seed: u64) -> Rows {
    let stream = Stream::new(seed, "rows");
    let noise = |i: usize| {
        (0..4)
            .map(|t| stream.uniform((4 * i + t) as u64) - 0.5)
            .sum::<f64>()
    };
    let column = |j: usize| {
        let value = |i: usize| 6.0 * ((i % k * (j + 1)) as f64).sin() + noise(2 * i + j);
        Column::from_f64(format!("x{j}"), (0..n).map(value).collect())
    };
    let table = Table::new(vec![column(0), column(1)]).unwrap();
    Rows::without_target(&table, &RowsOptions::default()).unwrap()
}

fn spec(k: usize) -> Spec {
    Spec {
        n_clusters: k,
        batch_size: 256,
        ..Spec::default()
    }
}

#[test]
fn it_comes_near_to_k_means() {
    let data = rows(6_000, 5, 1);
    let small = fit(&spec(5), &data, None, &mut Run::new(0)).unwrap().model;
    let whole = kmeans::Spec {
        n_clusters: Clusters::Fixed(5),
        ..kmeans::Spec::default()
    };
    let whole = kmeans::fit(&whole, &data, &mut Run::new(0)).unwrap().model;
    assert!(
        small.inertia < 1.05 * whole.inertia,
        "{} {}",
        small.inertia,
        whole.inertia
    );
    assert_eq!(small.sizes.iter().sum::<f64>(), 6_000.0);
}

#[test]
fn threads_do_not_change_a_bit() {
    let data = rows(3_000, 4, 2);
    let of = |threads| {
        fit(&spec(6), &data, None, &mut Run::new(0).with_threads(threads))
            .unwrap()
            .model
            .centres
    };
    assert_eq!(of(1), of(2));
    assert_eq!(of(1), of(4));
}

/// With counts, going on from a model with further rows makes each centre the mean of all that it was given.
#[test]
fn a_model_is_gone_on_from() {
    let (first, second) = (rows(1_000, 3, 3), rows(500, 3, 4));
    let model = fit(&spec(3), &first, None, &mut Run::new(0)).unwrap().model;
    let more = fit(&spec(3), &second, Some(&model), &mut Run::new(0))
        .unwrap()
        .model;
    assert_eq!(more.sizes.iter().sum::<f64>(), 1_500.0);
    let moved = more
        .centres
        .iter()
        .zip(&model.centres)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(moved > 0.0 && moved < 0.1, "{moved}");
}

#[test]
fn fewer_rows_than_clusters_are_no_error() {
    let model = fit(&spec(8), &rows(3, 3, 5), None, &mut Run::new(0))
        .unwrap()
        .model;
    assert!(model.k() <= 3);
}

//! What every model of centres says and refuses alike.

use induce_core::model::{Cluster, Model as _, Rows, RowsOptions};
use induce_core::model_file::ModelFile;
use induce_core::{Column, Fitted, Result, Run, Table};

use super::centres::Centres;
use super::{bisecting, dp_means, hdp, kmeans, mini_batch};

/// A fit of some model of centres with about three clusters.
type Fit = fn(&Rows) -> Result<Fitted<Centres>>;

const MODELS: [(&str, Fit); 5] = [
    ("kmeans", |rows| {
        let spec = kmeans::Spec {
            n_clusters: kmeans::Clusters::Fixed(3),
            ..kmeans::Spec::default()
        };
        kmeans::fit(&spec, rows, &mut Run::new(0))
    }),
    ("mini-batch-kmeans", |rows| {
        let spec = mini_batch::Spec {
            n_clusters: 3,
            ..mini_batch::Spec::default()
        };
        mini_batch::fit(&spec, rows, None, &mut Run::new(0))
    }),
    ("bisecting-kmeans", |rows| {
        let spec = bisecting::Spec {
            n_clusters: 3,
            ..bisecting::Spec::default()
        };
        bisecting::fit(&spec, rows, &mut Run::new(0))
    }),
    ("dp-means", |rows| {
        dp_means::fit(&dp_means::Spec::default(), rows, &mut Run::new(0))
    }),
    ("hard-hdp", |rows| {
        hdp::fit(&hdp::Spec::default(), rows, &mut Run::new(0))
    }),
];

/// Places at 0, 10 and 30 in `x`, nothing much in `y`; `x` in units of `unit`. Two data sets, each of all places.
fn rows(unit: f64) -> Rows {
    let x = (0..30)
        .map(|i| unit * ([0.0, 10.0, 30.0][i % 3] + 0.01 * (i / 3) as f64))
        .collect();
    of(vec![
        Column::from_f64("x", x),
        Column::from_f64("y", (0..30).map(|i| f64::from(i % 2)).collect()),
    ])
}

fn of(columns: Vec<Column>) -> Rows {
    let table = Table::new(columns).unwrap();
    let rows = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    Rows {
        groups: Some((0..rows.rows() as u32).map(|i| i / 15).collect()),
        ..rows
    }
}

fn notes(fit: Fit, rows: &Rows) -> String {
    fit(rows).unwrap().model.notes().join("\n")
}

/// A column of dates decided the clusters of four models without a word; only k-means said so.
#[test]
fn every_model_says_which_column_decides_by_its_unit() {
    for (name, fit) in MODELS {
        let said = notes(fit, &rows(1e6));
        assert!(
            said.contains("`x` varies") && said.contains("decides the clusters"),
            "{name}: {said}"
        );
    }
}

#[test]
fn every_model_says_how_rows_count_that_lack_values() {
    let nan = f64::NAN;
    let x: Vec<f64> = (0..30)
        .map(|i| {
            if i == 4 || i == 9 {
                nan
            } else {
                [0.0, 10.0, 30.0][i % 3]
            }
        })
        .collect();
    let y = (0..30).map(|i| if i == 9 { nan } else { 1.0 }).collect();
    let rows = of(vec![Column::from_f64("x", x), Column::from_f64("y", y)]);
    for (name, fit) in MODELS {
        let said = notes(fit, &rows);
        assert!(said.contains("values are missing"), "{name}: {said}");
        assert!(said.contains("1 row has no value at all"), "{name}: {said}");
    }
}

/// No square of 1e200 is a number: DP-means and the hard HDP gave a model that could not be kept, others no inertia without a word,
/// and for 1e-200 an inertia of 0.
#[test]
fn models_of_any_unit_are_kept_and_say_that_there_is_no_inertia() {
    for (name, fit) in MODELS {
        for unit in [1e155, 1e200, 1e300, 1e-200] {
            let at = |i: usize| unit * ([0.0, 10.0, 30.0][i % 3] + 0.1 * (i / 3) as f64);
            let data = of(vec![Column::from_f64("x", (0..30).map(at).collect())]);
            let model = fit(&data).unwrap().model;
            let file = ModelFile::read_bytes("memory", &model.store().unwrap().to_bytes().unwrap()).unwrap();
            let again = Centres::from_file(model.entry, &file).unwrap();
            assert_eq!(
                (again.k(), &again.centres, again.lambda),
                (3, &model.centres, model.lambda),
                "{name} {unit}"
            );
            let said = model.notes().join("\n");
            assert!(said.contains("there is no inertia"), "{name} {unit}: {said}");
            assert!(again.own_scores(&data, 1).unwrap().is_empty(), "{name} {unit}");
        }
    }
}

/// Components of rows of which one counted -1 were found without a word, and the message of others spoke of predictions.
#[test]
fn weights_that_are_none_are_refused_with_their_row() {
    for (name, fit) in MODELS {
        let weighted = |w: Vec<f64>| {
            fit(&Rows {
                weight: Some(w),
                ..rows(1.0)
            })
            .err()
            .map(|e| e.to_string())
        };
        let with = |odd: f64| weighted((0..30).map(|i| if i == 3 { odd } else { 1.0 }).collect());
        assert_eq!(with(-1.0).unwrap(), "row 4 has the weight -1", "{name}");
        assert_eq!(with(f64::NAN).unwrap(), "row 4 has the weight NaN", "{name}");
        assert_eq!(weighted(vec![0.0; 30]).unwrap(), "no row has a weight", "{name}");
        assert_eq!(with(0.0), None, "{name}");
    }
}

/// Equal rows: one cluster, and one that is said, also where eight were asked for. Bisecting k-means said that there were eight.
#[test]
fn equal_rows_are_one_cluster() {
    let rows = of(vec![Column::from_f64("x", vec![7.0; 30])]);
    for (name, fit) in MODELS {
        let fitted = fit(&rows).unwrap();
        let filled = fitted.model.sizes.iter().filter(|size| **size > 0.0).count();
        assert_eq!(filled, 1, "{name}");
        if name.ends_with("kmeans") {
            let said = fitted.model.notes().join("\n");
            assert!(said.contains("1 cluster instead of 3"), "{name}: {said}");
        }
        assert!(!fitted.outcome.reason().contains("3 clusters"), "{name}");
    }
}

/// Two places in every data set: one cluster at their mean, since a global cluster cost as much as its farthest row.
#[test]
fn hard_hdp_finds_what_dp_means_finds_on_all_rows() {
    let x = (0..30)
        .map(|i| f64::from(i % 2) * 5.0 + 0.01 * f64::from(i))
        .collect();
    let rows = of(vec![Column::from_f64("x", x)]);
    let shared = hdp::fit(&hdp::Spec::default(), &rows, &mut Run::new(0))
        .unwrap()
        .model;
    let pooled = dp_means::fit(&dp_means::Spec::default(), &rows, &mut Run::new(0))
        .unwrap()
        .model;
    assert_eq!((shared.k(), pooled.k()), (2, 2));
    assert!((shared.lambda.unwrap() / pooled.lambda.unwrap() - 1.0).abs() < 1e-12);
}

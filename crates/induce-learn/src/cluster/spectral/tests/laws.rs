use induce_core::Run;
use induce_core::model::Inputs;
use induce_core::model_file::ModelFile;

use crate::graph::{Edges, Weights};

use crate::cluster::kmeans::Clusters;

use super::super::{Assign, Kind, Spec, Spectral, fit};
use super::{fitted, rings, rows, table};

#[test]
fn rings_are_told_apart_by_every_graph_laplacian_and_assignment() {
    let data = rings(400);
    for edges in [Edges::Mutual, Edges::Neighbors, Edges::Radius, Edges::All] {
        for laplacian in [Kind::RandomWalk, Kind::Symmetric, Kind::Unnormalized] {
            for assign_labels in [Assign::Kmeans, Assign::Discretize, Assign::ClusterQr] {
                let weights = if edges == Edges::All {
                    Weights::Rbf
                } else {
                    Weights::SelfTuning
                };
                let spec = Spec {
                    n_clusters: Clusters::Fixed(2),
                    edges,
                    weights,
                    gamma: 8.0,
                    laplacian,
                    assign_labels,
                    ..Spec::default()
                };
                let labels = fitted(&spec, &data, 2).division.labels;
                assert!((0..400).all(|i| labels[i] == (i % 2) as u32), "{spec:?}");
            }
        }
    }
}

#[test]
fn the_number_of_clusters_is_where_the_eigenvalues_step() {
    let model = fitted(&Spec::default(), &rings(400), 2);
    assert_eq!(model.division.clusters, 2);
    assert!(
        model.division.notes.iter().any(|note| note.contains("eigengap")),
        "{:?}",
        model.division.notes
    );
}

#[test]
fn threads_leave_no_trace() {
    let data = rings(900);
    let bytes = |threads| {
        let mut run = Run::new(4).with_threads(threads);
        let model = fit(
            &Spec {
                n_clusters: Clusters::Fixed(5),
                ..Spec::default()
            },
            &rows(&data, 2),
            &mut run,
        )
        .unwrap()
        .model;
        model.to_file().unwrap().to_bytes().unwrap()
    };
    let one = bytes(1);
    assert!(one == bytes(2) && one == bytes(4));
}

/// The bits of a unit that is a power of two are those of the data.
#[test]
fn the_unit_of_the_data_does_not_matter() {
    let data = rings(300);
    let of = |unit: f64| {
        let scaled: Vec<f64> = data.iter().map(|x| x * unit).collect();
        fitted(
            &Spec {
                n_clusters: Clusters::Fixed(3),
                ..Spec::default()
            },
            &scaled,
            2,
        )
        .division
        .labels
    };
    let one = of(1.0);
    for unit in [
        2.0_f64.powi(-27),
        2.0_f64.powi(510),
        2.0_f64.powi(664),
        1e-8,
        1e155,
        1e200,
    ] {
        assert_eq!(of(unit), one, "{unit}");
    }
}

#[test]
fn rows_that_were_learnt_keep_their_clusters_and_others_join_their_neighbours() {
    let data = rings(400);
    let model = fitted(
        &Spec {
            n_clusters: Clusters::Fixed(2),
            ..Spec::default()
        },
        &data,
        2,
    );
    let own = model.predict(Inputs::Table(&table(&data, 2)), 2).unwrap();
    let labels: Vec<f64> = model.division.labels.iter().map(|l| f64::from(*l)).collect();
    assert_eq!(own.values, labels);
    let other = table(&[0.0, 1.15, -3.2, 0.0, 0.0, -1e9], 2);
    let there = model.predict(Inputs::Table(&other), 1).unwrap();
    assert_eq!(there.values, [0.0, 1.0, 1.0]);
    let sums = there.probabilities.chunks(2).map(|row| row[0] + row[1]);
    assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() < 1e-12));
    let places = model.embed(Inputs::Table(&table(&data, 2)), 1).unwrap();
    assert_eq!(places.values, model.division.embedding);
}

#[test]
fn what_is_kept_is_what_was_fitted() {
    for weights in [Weights::SelfTuning, Weights::Connectivity] {
        let data = rings(120);
        let model = fitted(
            &Spec {
                weights,
                ..Spec::default()
            },
            &data,
            2,
        );
        let bytes = model.to_file().unwrap().to_bytes().unwrap();
        let again = Spectral::from_file(&ModelFile::read_bytes("m", &bytes).unwrap()).unwrap();
        assert_eq!(again.to_file().unwrap().to_bytes().unwrap(), bytes);
        let other = table(&[0.1, 0.9, 2.0, 2.5], 2);
        let of = |model: &Spectral| model.predict(Inputs::Table(&other), 1).unwrap();
        assert_eq!(of(&again), of(&model));
    }
}

use induce_core::linalg::Csr;
use induce_core::model::{Graph, Inputs, Rows, RowsOptions};
use induce_core::{Column, Run, Table};

use crate::cluster::kmeans::Clusters;

use super::super::{Assign, Spec, Spectral, divide, fit, fit_graph};
use super::{fitted, rows};

fn refused(spec: &Spec, values: &[f64], p: usize) -> String {
    fit(spec, &rows(values, p), &mut Run::new(0))
        .unwrap_err()
        .to_string()
}

fn of(n_clusters: usize) -> Spec {
    Spec {
        n_clusters: if n_clusters == 0 {
            Clusters::Auto
        } else {
            Clusters::Fixed(n_clusters)
        },
        ..Spec::default()
    }
}

#[test]
fn odd_rows_have_outcomes() {
    assert!(refused(&of(3), &[1.0, 2.0], 1).contains("2 different rows"));
    assert!(refused(&of(2), &[5.0; 40], 2).contains("1 different row"));
    assert!(refused(&of(2), &[1.0, f64::NAN, 2.0], 1).contains("row 2"));
    assert!(refused(&of(2), &[1.0, f64::INFINITY, 2.0], 1).contains("row 2"));
    // One point, and points at one place: one cluster.
    for (n, k) in [(1, 0), (1, 1), (20, 0), (20, 1)] {
        let model = fitted(&of(k), &vec![7.0; n], 1);
        assert_eq!((model.division.clusters, model.division.labels), (1, vec![0; n]));
    }
    // As many clusters as rows.
    for assign_labels in [Assign::Kmeans, Assign::Discretize, Assign::ClusterQr] {
        let model = fitted(
            &Spec {
                assign_labels,
                ..of(4)
            },
            &[0.0, 1.0, 5.0, 9.0],
            1,
        );
        assert_eq!(model.division.labels, [0, 1, 2, 3]);
    }
}

#[test]
fn constant_columns_and_copies_do_not_matter() {
    let data = super::rings(200);
    let plain = fitted(&of(2), &data, 2).division.labels;
    let wide: Vec<f64> = data.chunks(2).flat_map(|x| [x[0], 3.0, x[1]]).collect();
    for standardize in [false, true] {
        assert_eq!(
            fitted(&Spec { standardize, ..of(2) }, &wide, 3).division.labels,
            plain
        );
    }
    let twice: Vec<f64> = data.iter().chain(&data).copied().collect();
    let labels = fitted(&of(2), &twice, 2).division.labels;
    assert_eq!((&labels[..200], &labels[200..]), (&plain[..], &plain[..]));
}

fn graph(n: u32, edges: &[(u32, u32)]) -> Graph {
    let both = edges
        .iter()
        .flat_map(|&(i, j)| [(i, j, 1.0), (j, i, 1.0)])
        .collect();
    let names: Vec<String> = (0..n).map(|i| format!("node {i}")).collect();
    let names: Vec<_> = names.iter().map(|name| Some(name.as_str())).collect();
    let table = Table::new(vec![Column::from_text("node", &names)]).unwrap();
    let nodes = Rows::without_target(&table, &RowsOptions::default()).unwrap_or_else(|_| Rows {
        features: table.into(),
        target: None,
        weight: None,
        groups: None,
        notes: Vec::new(),
    });
    Graph::new(nodes, Csr::from_entries(n as usize, n as usize, both).unwrap()).unwrap()
}

#[test]
fn components_are_clusters() {
    let pairs = graph(7, &[(0, 1), (2, 3), (3, 4), (5, 6)]);
    for laplacian in [
        super::super::Kind::RandomWalk,
        super::super::Kind::Symmetric,
        super::super::Kind::Unnormalized,
    ] {
        let model = fit_graph(&Spec { laplacian, ..of(3) }, &pairs, &mut Run::new(0))
            .unwrap()
            .model;
        assert_eq!(model.division.labels, [0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(
            (model.division.components, model.division.partition.cut()),
            (3, 0.0)
        );
        assert!(model.division.values[2].abs() < 1e-12 && model.division.values[3] > 0.1);
    }
    // By k-means alone it is the same: rows of a component are one point.
    let spec = Spec {
        regularization: 1e-12,
        ..of(3)
    };
    assert_eq!(
        fit_graph(&spec, &pairs, &mut Run::new(0))
            .unwrap()
            .model
            .division
            .labels,
        [0, 0, 1, 1, 1, 2, 2]
    );
    // More components than clusters: the largest for themselves, and it is said.
    let model = fit_graph(&of(2), &pairs, &mut Run::new(0)).unwrap().model;
    assert_eq!(model.division.labels, [0, 0, 1, 1, 1, 0, 0]);
    assert!(
        model
            .division
            .notes
            .iter()
            .any(|note| note.contains("3 components"))
    );
}

#[test]
fn nodes_without_edges_and_nothing_else() {
    let none = graph(5, &[]);
    let model = fit_graph(&of(2), &none, &mut Run::new(0)).unwrap().model;
    assert_eq!((model.division.clusters, model.division.components), (2, 5));
    assert!(
        fit_graph(&of(6), &none, &mut Run::new(0))
            .unwrap_err()
            .to_string()
            .contains("5 nodes")
    );
    assert!(
        divide(
            &Csr::from_entries(0, 0, Vec::new()).unwrap(),
            &of(0),
            &Run::new(0)
        )
        .is_err()
    );
    let regular = Spec {
        regularization: 1.0,
        ..of(2)
    };
    assert!(fit_graph(&regular, &none, &mut Run::new(0)).is_ok());
}

#[test]
fn new_nodes_join_those_they_have_edges_to() {
    let model = fit_graph(
        &of(2),
        &graph(6, &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)]),
        &mut Run::new(0),
    )
    .unwrap()
    .model;
    let more = graph(8, &[(0, 1), (3, 6), (6, 7), (4, 6)]);
    let of = |model: &Spectral, graph: &Graph| model.predict(Inputs::Graph(graph), 1);
    assert!(of(&model, &more).unwrap_err().to_string().contains("node 7"));
    let near = of(&model, &graph(7, &[(3, 6), (4, 6), (0, 6)])).unwrap();
    assert_eq!(near.values, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    let table = super::table(&[1.0], 1);
    assert!(model.predict(Inputs::Table(&table), 1).is_err());
}

#[test]
fn a_fit_that_is_to_stop_says_so() {
    let mut run = Run::new(0).with_time(std::time::Duration::ZERO);
    let error = fit(&of(2), &rows(&super::rings(300), 2), &mut run)
        .unwrap_err()
        .to_string();
    assert!(error.contains("budget"), "{error}");
}

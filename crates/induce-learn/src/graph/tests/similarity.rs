use induce_core::Run;
use induce_core::linalg::Csr;

use super::super::{Components, Edges, Points, Similarity, Weights, undirected};
use super::points;

const KIND: Similarity = Similarity {
    edges: Edges::Mutual,
    weights: Weights::SelfTuning,
    neighbors: 5,
    radius: 0.2,
    gamma: 3.0,
    connect: false,
};

fn of(kind: Similarity, points: &Points) -> Csr {
    kind.of(points, &Run::new(0)).unwrap().weights
}

#[test]
fn every_graph_is_undirected_and_on_any_threads_the_same() {
    let points = points(300, 2, 1);
    for edges in [Edges::Mutual, Edges::Neighbors, Edges::Radius, Edges::All] {
        for weights in [Weights::SelfTuning, Weights::Rbf, Weights::Connectivity] {
            for connect in [false, true] {
                let kind = Similarity {
                    edges,
                    weights,
                    connect,
                    ..KIND
                };
                let own = of(kind, &points);
                assert_eq!(undirected(&own).unwrap(), own);
                assert!(own.value().iter().all(|w| *w > 0.0 && *w <= 1.0));
                assert!(!connect || Components::of(&own).count == 1);
                let other = kind.of(&points, &Run::new(0).with_threads(4)).unwrap();
                assert_eq!(own, other.weights);
            }
        }
    }
}

#[test]
fn weights_are_the_formulas() {
    let points = Points::new(vec![0.0, 1.0, 2.5, 4.5], 1).unwrap();
    let rbf = of(
        Similarity {
            edges: Edges::All,
            weights: Weights::Rbf,
            ..KIND
        },
        &points,
    );
    let row: Vec<f64> = rbf.row(0).map(|(_, w)| w).collect();
    for (w, d) in row.iter().zip([1.0, 2.5, 4.5_f64]) {
        assert!((w / (-3.0 * d * d).exp() - 1.0).abs() < 1e-12 || *w == 1e-12);
    }
    // The scale is the distance to the last there is, where there are no seven: 4.5, 3.5, 2.5, 4.5.
    let own = of(
        Similarity {
            edges: Edges::All,
            ..KIND
        },
        &points,
    );
    let expected = (-(2.5 * 2.5) / (4.5 * 2.5_f64)).exp();
    assert!((own.row(0).nth(1).unwrap().1 - expected).abs() < 1e-14);
    // 0 and 1 are each other's nearest; 1 is 2.5's, but not the other way round.
    let half = of(
        Similarity {
            edges: Edges::Neighbors,
            weights: Weights::Connectivity,
            neighbors: 1,
            ..KIND
        },
        &points,
    );
    assert_eq!(half.row(1).collect::<Vec<_>>(), [(0, 1.0), (2, 0.5)]);
    let mutual = of(
        Similarity {
            weights: Weights::Connectivity,
            neighbors: 1,
            ..KIND
        },
        &points,
    );
    assert_eq!(mutual.row(1).collect::<Vec<_>>(), [(0, 1.0)]);
}

/// By Kruskal's algorithm on all pairs, the edges that join what is already together left out.
#[test]
fn components_are_joined_by_the_shortest_edges() {
    let points = points(200, 2, 3);
    let apart = Similarity {
        neighbors: 1,
        weights: Weights::Connectivity,
        ..KIND
    };
    let before = of(apart, &points);
    let after = of(
        Similarity {
            connect: true,
            ..apart
        },
        &points,
    );
    let mut parts = Components::of(&before).label;
    let mut all: Vec<(usize, usize)> = (0..200).flat_map(|i| (i + 1..200).map(move |j| (i, j))).collect();
    all.sort_by(|a, b| points.square(a.0, a.1).total_cmp(&points.square(b.0, b.1)));
    let mut joined = 0;
    for (i, j) in all {
        let (one, other) = (parts[i], parts[j]);
        if one != other {
            parts.iter_mut().for_each(|part| {
                if *part == other {
                    *part = one;
                }
            });
            assert!(after.row(i).any(|entry| entry.0 == j), "{i} {j}");
            joined += 2;
        }
    }
    assert!(joined > 50);
    assert_eq!(after.value().len(), before.value().len() + joined);
}

#[test]
fn odd_points_have_graphs() {
    for (values, p) in [
        (vec![1.0; 40], 2),
        (vec![7.0], 1),
        (vec![0.0, 1e200], 1),
        (vec![1e-320, 0.0, 5e-324], 1),
    ] {
        let points = Points::new(values, p).unwrap();
        for edges in [Edges::Mutual, Edges::Neighbors, Edges::Radius, Edges::All] {
            let own = of(
                Similarity {
                    edges,
                    connect: true,
                    ..KIND
                },
                &points,
            );
            assert_eq!(Components::of(&own).count, 1);
            assert!(own.value().iter().all(|w| w.is_finite() && *w > 0.0));
        }
    }
}

#[test]
fn a_graph_of_all_pairs_is_held_against_the_memory() {
    let run = Run::new(0).with_memory(100_000);
    let error = Similarity {
        edges: Edges::All,
        ..KIND
    }
    .of(&points(3000, 2, 0), &run)
    .unwrap_err();
    assert!(error.to_string().contains("needs"), "{error}");
}

#[test]
fn weights_that_make_no_graph_are_refused() {
    let of = |entries| undirected(&Csr::from_entries(2, 2, entries).unwrap());
    for (entries, word) in [
        (vec![(0, 1, -1.0), (1, 0, -1.0)], "-1"),
        (vec![(0, 1, 1.0)], "node 0 to 1"),
        (vec![(0, 1, 1.0), (1, 0, 2.0)], "another"),
    ] {
        assert!(of(entries).unwrap_err().to_string().contains(word));
    }
    assert_eq!(
        of(vec![(0, 0, 3.0), (0, 1, 1.0), (1, 0, 1.0)]).unwrap().value(),
        [1.0, 1.0]
    );
    assert!(undirected(&Csr::from_entries(2, 3, Vec::new()).unwrap()).is_err());
}

use induce_core::Run;
use induce_core::random::Stream;

use super::super::assign::assign;
use super::super::{Assign, Spec};

/// Indicators of four clusters, rotated and disturbed a little: every assignment turns them back.
#[test]
fn rotated_indicators_are_turned_back() {
    let (n, k) = (200, 4);
    let stream = Stream::new(2, "test");
    let hadamard = [
        [1.0, 1.0, 1.0, 1.0],
        [1.0, -1.0, 1.0, -1.0],
        [1.0, 1.0, -1.0, -1.0],
        [1.0, -1.0, -1.0, 1.0],
    ];
    let truth: Vec<usize> = (0..n).map(|i| stream.below(i as u64, k)).collect();
    let noise = |i: usize, d: usize| 0.05 * (stream.uniform((1000 + i * k + d) as u64) - 0.5);
    let rows: Vec<f64> = (0..n * k)
        .map(|id| 0.5 * hadamard[truth[id / k]][id % k] + noise(id / k, id % k))
        .collect();
    for assign_labels in [Assign::Kmeans, Assign::Discretize, Assign::ClusterQr] {
        let labels = assign(
            &rows,
            k,
            k,
            &Spec {
                assign_labels,
                ..Spec::default()
            },
            &Run::new(0),
        )
        .unwrap();
        for i in 0..n {
            for j in 0..n {
                assert_eq!(labels[i] == labels[j], truth[i] == truth[j], "{assign_labels}");
            }
        }
    }
}

#[test]
fn rows_of_nothing_are_assigned() {
    for assign_labels in [Assign::Kmeans, Assign::Discretize, Assign::ClusterQr] {
        let labels = assign(
            &[0.0; 30],
            3,
            3,
            &Spec {
                assign_labels,
                ..Spec::default()
            },
            &Run::new(0),
        )
        .unwrap();
        assert!(labels.len() == 10 && labels.iter().all(|label| *label < 3));
    }
}

use super::*;
use crate::cluster::dp_means::{Creation, descend as one_set};
use crate::cluster::nearest::Singles;
use crate::points::Points;
use induce_core::model::{Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use proptest::prelude::*;

/// Data sets of which each has two of the clusters at 0, 10, 20, ... on a line.
fn sets(n: usize, sets: usize, clusters: usize, seed: u64) -> (Points, Vec<u32>) {
    let stream = Stream::new(seed, "sets");
    let mut values = Vec::new();
    let mut groups = Vec::new();
    for g in 0..sets {
        for i in 0..n {
            let cluster = (g + i % 2) % clusters;
            values.push(10.0 * cluster as f64 + stream.uniform((g * n + i) as u64));
            groups.push(g as u32);
        }
    }
    (Points::new(values, 1), groups)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn the_objective_never_rises(seed in 0_u64..1000, local in 0.01_f64..50.0, global in 0.01_f64..200.0) {
        let (points, groups) = sets(12, 5, 4, seed);
        let found = descend(&points, &groups, Penalties { local, global }, 300, &Run::new(0));
        prop_assert!(found.trace.windows(2).all(|w| w[1] <= w[0] * (1.0 + 1e-12)), "{:?}", found.trace);
    }

    /// With one data set a global cluster is a local one: DP-means with the sum of both penalties.
    #[test]
    fn one_data_set_is_dp_means(seed in 0_u64..1000, lambda in 1.0_f64..80.0) {
        let (points, _) = sets(20, 3, 3, seed);
        let penalties = Penalties { local: 0.5 * lambda, global: 0.5 * lambda };
        let found = descend(&points, &vec![0; points.rows()], penalties, 300, &Run::new(0));
        let singles = Singles::new(&points, 1);
        let other = one_set(&points, &singles, lambda, Creation::Serial, None, 300, &Run::new(0));
        let best = found.trace.last().unwrap().min(*other.trace.last().unwrap());
        prop_assert!((found.trace.last().unwrap() / best - 1.0) < 0.35, "{:?} {:?}", found.trace, other.trace);
    }
}

#[test]
fn data_sets_share_clusters() {
    let (points, groups) = sets(30, 6, 4, 1);
    let group: Vec<String> = groups.iter().map(|g| format!("set {g}")).collect();
    let named: Vec<Option<&str>> = group.iter().map(|g| Some(g.as_str())).collect();
    let table = Table::new(vec![
        Column::from_f64("x", points.values.clone()),
        Column::from_text("set", &named),
    ])
    .unwrap();
    let options = RowsOptions {
        group: Some("set".into()),
        ..RowsOptions::default()
    };
    let rows = Rows::without_target(&table, &options).unwrap();
    let fitted = fit(&Spec::default(), &rows, &mut Run::new(0)).unwrap();
    assert_eq!(fitted.model.k(), 4, "{:?}", fitted.model.notes);
    let penalties = Penalties {
        local: 3.0,
        global: 20.0,
    };
    let found = descend(&points, &groups, penalties, 300, &Run::new(0));
    assert_eq!((found.local, found.centres.len()), (vec![2; 6], 4));
    let alone = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    let error = fit(&Spec::default(), &alone, &mut Run::new(0)).err().unwrap();
    assert!(error.hint().unwrap().contains("--group"), "{error}");
}

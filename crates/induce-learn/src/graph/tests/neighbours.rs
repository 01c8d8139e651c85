use induce_core::Run;
use induce_core::random::Stream;
use proptest::prelude::*;

use super::super::brute::Panels;
use super::super::{Neighbours, Points};
use super::points;

/// All distances, sorted.
fn slowly(points: &Points, k: usize) -> Vec<(u32, f64)> {
    let of = |i: usize| {
        let others = (0..points.len()).filter(|&j| j != i);
        let mut all: Vec<(u32, f64)> = others.map(|j| (j as u32, points.square(i, j))).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        all.truncate(k);
        all
    };
    (0..points.len()).flat_map(of).collect()
}

fn pairs(near: &Neighbours) -> Vec<(u32, f64)> {
    near.index
        .iter()
        .copied()
        .zip(near.square.iter().copied())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Coordinates of few values make many ties and many points at the same place.
    #[test]
    fn tree_and_panels_find_what_looking_at_all_finds(n in 2_usize..120, p in 1_usize..20, few in 1_u64..200, seed: u64, k in 1_usize..12) {
        let stream = Stream::new(seed, "test");
        let values = (0..(n * p) as u64).map(|i| (stream.bits(i) % few) as f64 * 0.37 - 3.0).collect();
        let points = Points::new(values, p).unwrap();
        let k = k.min(n - 1);
        let expected = slowly(&points, k);
        prop_assert_eq!(&pairs(&Neighbours::of(&points, k, &Run::new(0)).unwrap()), &expected);
        let panels = Panels::new(&points).nearest(points.values(), Some(&(0..n)), k);
        let panels: Vec<(u32, f64)> = panels.into_iter().flatten().map(|(square, j)| (j, square)).collect();
        prop_assert_eq!(panels, expected);
    }
}

/// In single precision these are all at one place; far from the centre, products cancel.
#[test]
fn what_single_precision_cannot_tell_apart_is_measured() {
    let stream = Stream::new(1, "test");
    let near = |i: u64| {
        if i < 16 {
            1.0
        } else {
            1e-9 * stream.uniform(i) - 1.0
        }
    };
    let points = Points::new((0..64 * 16).map(near).collect(), 16).unwrap();
    assert_eq!(
        pairs(&Neighbours::of(&points, 5, &Run::new(0)).unwrap()),
        slowly(&points, 5)
    );
}

#[test]
fn threads_and_other_points() {
    for p in [3, 30] {
        let points = points(700, p, 5);
        let one = Neighbours::of(&points, 9, &Run::new(0).with_threads(1)).unwrap();
        for threads in [2, 4] {
            let other = Neighbours::of(&points, 9, &Run::new(0).with_threads(threads)).unwrap();
            assert_eq!(pairs(&one), pairs(&other));
        }
        // Among all, a point is its own first neighbour.
        let among = Neighbours::among(&points, &points.values()[..100 * p], 10, &Run::new(0)).unwrap();
        for i in 0..100 {
            let all: Vec<_> = among.of_point(i).collect();
            assert_eq!(all[0], (i, 0.0));
            assert_eq!(all[1..], one.of_point(i).collect::<Vec<_>>());
        }
    }
}

#[test]
fn edges_of_what_can_be_asked() {
    let two = points(2, 1, 0);
    for k in [0, 2] {
        assert!(
            Neighbours::of(&two, k, &Run::new(0))
                .unwrap_err()
                .to_string()
                .contains("n_neighbors")
        );
    }
    let stopped = Run::new(0).with_time(std::time::Duration::ZERO);
    assert!(
        Neighbours::of(&two, 1, &stopped)
            .unwrap_err()
            .to_string()
            .contains("budget")
    );
    for odd in [f64::NAN, f64::INFINITY] {
        let error = Points::new(vec![0.0, 1.0, odd, 2.0], 2).unwrap_err().to_string();
        assert!(error.contains("row 2") && error.contains("column 1"), "{error}");
    }
    assert!(Points::new(Vec::new(), 2).is_err() && Points::new(vec![1.0; 3], 2).is_err());
}

#[test]
fn the_unit_of_the_data_does_not_matter() {
    let stream = Stream::new(2, "test");
    let of = |unit: f64| {
        let values = (0..300).map(|i| unit * (stream.uniform(i) - 0.5)).collect();
        Neighbours::of(&Points::new(values, 3).unwrap(), 4, &Run::new(0)).unwrap()
    };
    let one = of(1.0);
    for unit in [1e-300, 1e-8, 1e155, 1.7e308] {
        assert_eq!(of(unit).index, one.index, "{unit}");
    }
}

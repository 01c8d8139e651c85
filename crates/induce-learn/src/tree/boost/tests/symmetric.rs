//! Symmetric trees, and the choice of how to grow.

use std::collections::HashMap;

use super::super::super::Tree;
use super::*;

fn symmetric() -> Spec {
    Spec {
        growth: Order::Symmetric,
        ..small_spec()
    }
}

/// The tests of every level, over all its nodes.
fn levels(tree: &Tree) -> HashMap<usize, Vec<String>> {
    let mut found: HashMap<usize, Vec<String>> = HashMap::new();
    let mut open = vec![(0_i32, 0_usize)];
    while let Some((node, depth)) = open.pop() {
        if node >= 0 && (node as usize) < tree.branches.len() {
            let branch = &tree.branches[node as usize];
            found
                .entry(depth)
                .or_default()
                .push(format!("{} {:?}", branch.feature, branch.test));
            open.extend([(branch.left, depth + 1), (branch.right, depth + 1)]);
        }
    }
    found
}

#[test]
fn a_level_has_one_test() {
    let table = table(3_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let model = fit(&symmetric(), &data, None, &mut Run::new(1)).unwrap().model;
    assert_eq!(model.ensemble.trees.len(), 20);
    for tree in &model.ensemble.trees {
        assert!(tree.leaves.len() <= 16 && !tree.branches.is_empty());
        for (depth, mut tests) in levels(tree) {
            assert!(depth < 4);
            tests.dedup();
            assert_eq!(tests.len(), 1, "level {depth}: {tests:?}");
        }
    }
}

/// Missing values, categories, bounds and weights, at any number of threads.
#[test]
fn threads_do_not_change_a_symmetric_tree() {
    let table = table(70_000);
    let target = score(&table);
    let weight: Vec<f64> = (0..70_000).map(|i| 0.5 + f64::from(i % 3)).collect();
    let data = Dataset {
        weight: Some(&weight),
        ..Dataset::new(&table, &target)
    };
    let bounded = Spec {
        max_delta_step: 0.5,
        ..symmetric()
    };
    let wide = Spec {
        bins: 1000,
        ..symmetric()
    };
    for spec in [symmetric(), bounded, wide] {
        let spec = Spec { rounds: 4, ..spec };
        assert_eq!(fit_bits(&spec, &data, 1), fit_bits(&spec, &data, 3));
    }
}

/// The scan of 16 cuts at a time and the one that any rules have agree.
#[test]
fn the_fast_scan_finds_what_the_careful_one_finds() {
    let table = table(2_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    // A limit that never binds takes the careful path.
    let careful = Spec {
        max_delta_step: 1e9,
        ..symmetric()
    };
    let predicted = |spec: &Spec| {
        let model = fit(spec, &data, None, &mut Run::new(1)).unwrap().model;
        model.predict(&table, 1).unwrap()
    };
    let (fast, careful) = (predicted(&symmetric()), predicted(&careful));
    let near = fast
        .iter()
        .zip(&careful)
        .filter(|(a, b)| (*a - *b).abs() < 1e-3)
        .count();
    assert!(near as f64 > 0.99 * fast.len() as f64, "{near} of {}", fast.len());
}

/// A smooth function of few columns without noise: sampling columns once cost nineteen times the loss of the best.
#[test]
fn held_out_rows_choose_how_to_grow() {
    let grid = |i: usize, step: f64| (i as f64 * step).fract();
    let (a, b): (Vec<f64>, Vec<f64>) = (0..600).map(|i| (grid(i, 0.618_034), grid(i, 0.754_878))).unzip();
    let target: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 4.0 * a * b).collect();
    let table = Table::new(vec![Column::from_f64("a", a), Column::from_f64("b", b)]).unwrap();
    let part: Vec<usize> = (0..400).collect();
    let (train, y) = (table.take(&part), &target[..400]);
    let error = |spec: &Spec| {
        let fitted = fit(spec, &Dataset::new(&train, y), None, &mut Run::new(1)).unwrap();
        let all = fitted.model.predict(&table, 1).unwrap();
        let new = all[400..].iter().zip(&target[400..]);
        let squares: f64 = new.map(|(p, y)| (p - y).powi(2)).sum();
        ((squares / 200.0).sqrt(), fitted.outcome.reason().to_owned())
    };
    let spec = Spec {
        learning_rate: 0.1,
        ..Spec::default()
    };
    let usual = Spec {
        subsample: 0.8,
        colsample: 0.7,
        growth: Order::Leafwise,
        ..spec.clone()
    };
    let (chosen, told) = error(&spec);
    assert!(chosen < 0.25 * error(&usual).0, "{chosen} {}", error(&usual).0);
    assert!(
        told.contains("growth=symmetric") && told.contains("colsample=1"),
        "{told}"
    );
}

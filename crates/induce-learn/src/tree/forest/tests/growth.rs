//! Criteria, limits, and what a grown forest tells of its trees.

use super::*;

/// An exclusive or: no single test gains anything, two of them everything.
#[test]
fn splits_that_gain_nothing_lead_to_some_that_do() {
    let side = |i: usize| (i as f64, i < 5);
    let cells: Vec<_> = (0..100).map(|i| (side(i / 10), side(i % 10))).collect();
    let table = Table::new(vec![
        Column::from_f64("a", cells.iter().map(|c| c.0.0).collect()),
        Column::from_f64("b", cells.iter().map(|c| c.1.0).collect()),
    ]);
    let table = table.unwrap();
    let y: Vec<f64> = cells.iter().map(|c| f64::from(c.0.1 == c.1.1)).collect();
    let names = names(2);
    let of_classes = Dataset {
        classes: &names,
        ..Dataset::new(&table, &y)
    };
    for data in [of_classes, Dataset::new(&table, &y)] {
        let predicted = fitted(&Spec::tree(), &data, 1).predict(&table, 1).unwrap();
        assert!(rmse(&predicted, &y) < 1e-12);
        let strict = Spec {
            min_impurity_decrease: 1e-6,
            ..Spec::tree()
        };
        assert!(fitted(&strict, &data, 1).ensemble.trees[0].branches.is_empty());
    }
}

#[test]
fn the_best_leaves_are_split_first() {
    let table = table(400);
    let y = quantity(&table);
    let with = |max_leaves| {
        let spec = Spec {
            max_leaves,
            ..Spec::tree()
        };
        fitted(&spec, &Dataset::new(&table, &y), 1)
    };
    let error = |model: &Model| rmse(&model.predict(&table, 1).unwrap(), &y);
    let models = [2, 5, 20, 100].map(with);
    for (model, leaves) in models.iter().zip([2, 5, 20, 100]) {
        model.ensemble.check("best first").unwrap();
        assert_eq!(model.ensemble.trees[0].leaves.len(), leaves);
    }
    assert!(models.windows(2).all(|pair| error(&pair[1]) < error(&pair[0])));
    // Random numbers belong to nodes, so without a limit that binds the tree is the one that grows depth first.
    let (all, usual) = (with(1000), with(0));
    assert_eq!(all.predict(&table, 1).unwrap(), usual.predict(&table, 1).unwrap());
}

/// Missing values, categories and random splits have medians too, at any number of threads, and weights are repetitions.
#[test]
fn medians_and_counts_keep_the_laws() {
    let table = table(240);
    let target: Vec<f64> = quantity(&table).iter().map(|y| (4.0 * y).exp().floor()).collect();
    let weight: Vec<f64> = (0..240).map(|i| f64::from(1 + i % 3)).collect();
    let rows: Vec<usize> = (0..240).flat_map(|i| vec![i; 1 + i % 3]).collect();
    let copies: Vec<f64> = rows.iter().map(|&r| target[r]).collect();
    let repeated = table.take(&rows);
    for criterion in [Criterion::Absolute, Criterion::Poisson] {
        for base in [small(), Spec::tree(), Spec::extra_trees()] {
            let spec = Spec {
                criterion,
                trees: base.trees.min(8),
                min_samples_leaf: 3.0,
                // Out-of-bag rows that choose the features are others of rows that are there twice.
                colsample_node: base.colsample_node.max(0.5),
                ..base
            };
            let weighted = Dataset {
                weight: Some(&weight),
                ..Dataset::new(&table, &target)
            };
            let one = fitted(&spec, &weighted, 1);
            assert_eq!(one, fitted(&spec, &weighted, 3));
            one.ensemble.check("grown").unwrap();
            let (a, b) = (one, fitted(&spec, &Dataset::new(&repeated, &copies), 1));
            let (a, b) = (a.predict(&table, 1).unwrap(), b.predict(&table, 1).unwrap());
            assert!(rmse(&a, &b) < 1e-9 && a.iter().all(|p| *p >= 0.0), "{spec:?}");
        }
    }
}

/// One wild target moves a mean and no median; and no leaf of counts predicts 0.
#[test]
fn criteria_do_what_they_are_for() {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let table = Table::new(vec![Column::from_f64("x", x.clone())]).unwrap();
    let stump = |criterion, y: &[f64]| {
        let spec = Spec {
            criterion,
            max_depth: 1,
            ..Spec::tree()
        };
        fitted(&spec, &Dataset::new(&table, y), 1)
            .predict(&table, 1)
            .unwrap()
    };
    let mut wild: Vec<f64> = x.iter().map(|x| f64::from(*x >= 20.0)).collect();
    wild[3] = 30.0;
    assert_eq!(stump(Criterion::Absolute, &wild)[19..21], [0.0, 1.0]);
    assert!(stump(Criterion::Squared, &wild)[0] > 1.0);
    let counts: Vec<f64> = x
        .iter()
        .map(|x| if *x < 20.0 { 0.0 } else { 9.0 + x % 2.0 })
        .collect();
    assert!(stump(Criterion::Squared, &counts).contains(&0.0));
    assert!(stump(Criterion::Poisson, &counts).iter().all(|p| *p > 0.0));
    for wrong in [vec![0.0; 40], x.iter().map(|x| x - 1.0).collect()] {
        let spec = Spec {
            criterion: Criterion::Poisson,
            ..Spec::tree()
        };
        let found = fit(&spec, &Dataset::new(&table, &wrong), &mut Run::new(0));
        assert!(found.unwrap_err().hint().is_some());
    }
}

/// Weights of 2.5 and 5 are as good as 1 and 2: the same rows are drawn, whatever the unit.
#[test]
fn weights_have_no_scale() {
    let table = table(100);
    let y = classes(&quantity(&table), 3);
    let names = names(3);
    let leaf_probabilities = |scale: f64| {
        let weight: Vec<f64> = (0..100).map(|i| scale * f64::from(1 + i % 4)).collect();
        let data = Dataset {
            weight: Some(&weight),
            classes: &names,
            ..Dataset::new(&table, &y)
        };
        let spec = Spec {
            min_samples_leaf: 1e-9,
            min_samples_split: 0.0,
            // With all features, equal gains are told apart by the rounding of their sums.
            colsample_node: 0.5,
            ..small()
        };
        fitted(&spec, &data, 1).probabilities(&table, 1).unwrap()
    };
    for scale in [2.5, 0.1, 3e5] {
        assert!(rmse(&leaf_probabilities(1.0), &leaf_probabilities(scale)) < 1e-12);
    }
}

#[test]
fn what_was_held_out_is_what_the_estimate_is_made_of() {
    let table = table(300);
    let y = quantity(&table);
    let spec = Spec {
        keep_out_of_bag: true,
        ..small()
    };
    let model = fitted(&spec, &Dataset::new(&table, &y), 2);
    let held = model.held_out.unwrap();
    let seen: Vec<usize> = (0..300).filter(|&i| !held[i].is_nan()).collect();
    let pick = |values: &[f64]| seen.iter().map(|&i| values[i]).collect::<Vec<_>>();
    let told = model.out_of_bag.unwrap();
    assert_eq!(told.rows, seen.len());
    assert!((told.value - rmse(&pick(&held), &pick(&y))).abs() < 1e-12);
}

/// The mean of the trees as models of their own is the forest, and leaves are those that predict.
#[test]
fn a_forest_comes_apart_into_its_trees() {
    let table = table(150);
    let y = quantity(&table);
    let model = fitted(&small(), &Dataset::new(&table, &y), 1);
    let whole = model.predict(&table, 1).unwrap();
    let (mut mean, leaves) = (vec![0.0; 150], model.leaves(&table, 2).unwrap());
    for t in 0..20 {
        let own = model.tree(t).unwrap().predict(&table, 1).unwrap();
        let told = leaves
            .iter()
            .skip(t)
            .step_by(20)
            .map(|&leaf| model.values(t)[leaf as usize]);
        assert!(own.iter().zip(told).all(|(a, b)| (a - b).abs() < 1e-15));
        mean.iter_mut().zip(own).for_each(|(m, own)| *m += own / 20.0);
    }
    assert!(rmse(&mean, &whole) < 1e-12);
    assert!(model.tree(20).unwrap_err().hint().is_some());
}

/// Depth first, left before right: every node comes after its parent, and the left subtree before the right one.
#[test]
fn nodes_are_numbered_in_the_order_of_a_walk() {
    let table = table(80);
    let y = quantity(&table);
    let model = fitted(&Spec::tree(), &Dataset::new(&table, &y), 1);
    let tree = &model.ensemble.trees[0];
    let (branches, leaves) = tree.numbers();
    let mut all: Vec<u32> = branches.iter().chain(&leaves).copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..all.len() as u32).collect::<Vec<_>>());
    let number = |child: i32| {
        if child < 0 {
            leaves[!child as usize]
        } else {
            branches[child as usize]
        }
    };
    for (branch, own) in tree.branches.iter().zip(&branches) {
        assert_eq!(number(branch.left), own + 1);
        assert!(number(branch.right) > own + 1);
    }
}

/// More of `x` may only raise what a tree says, and more of `holes` only lower it, whatever the other columns are.
#[test]
fn directions_hold_everywhere() {
    let table = table(500);
    let y: Vec<f64> = quantity(&table).iter().map(|y| y + 1.0).collect();
    let (two, both) = (classes(&y, 2), names(2));
    let of_classes = Dataset {
        classes: &both,
        ..Dataset::new(&table, &two)
    };
    let of = |criterion, max_leaves, base: Spec| Spec {
        criterion,
        max_leaves,
        trees: base.trees.min(5),
        monotone: [("x".to_string(), 1), ("holes".to_string(), -1)].into(),
        ..base
    };
    for base in [Spec::tree(), small(), Spec::extra_trees()] {
        for criterion in [Criterion::Squared, Criterion::Absolute, Criterion::Poisson] {
            let positive: Vec<f64> = y.iter().map(|y| y.max(0.0)).collect();
            let model = fitted(
                &of(criterion, 0, base.clone()),
                &Dataset::new(&table, &positive),
                2,
            );
            check_directions(&model, &table);
        }
        let model = fitted(&of(Criterion::Entropy, 40, base), &of_classes, 2);
        check_directions(&model, &table);
    }
    let name: Spec = Spec {
        monotone: [("name".to_string(), 1)].into(),
        ..small()
    };
    let found = fit(&name, &Dataset::new(&table, &y), &mut Run::new(0));
    assert!(found.unwrap_err().hint().is_some());
}

fn check_directions(model: &Model, table: &Table) {
    for (column, way) in [("x", 1.0), ("holes", -1.0)] {
        let mut before: Option<Vec<f64>> = None;
        for value in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
            let columns = ["x", "holes", "name"].map(|name| {
                let own = || table.column(name).unwrap().clone();
                if name == column {
                    Column::from_f64(name, vec![value; table.rows()])
                } else {
                    own()
                }
            });
            let now = model.predict(&Table::new(columns.to_vec()).unwrap(), 1).unwrap();
            let falls = |before: &Vec<f64>| before.iter().zip(&now).any(|(a, b)| way * (b - a) < -1e-12);
            assert!(!before.as_ref().is_some_and(falls), "{column}: {:?}", model.spec);
            before = Some(now);
        }
    }
}

/// The squares of errors beyond 1e154 are infinite, and what is infinite cannot be kept in a file.
#[test]
fn errors_whose_squares_are_no_numbers_have_no_estimate() {
    let table = table(100);
    let y: Vec<f64> = quantity(&table).iter().map(|y| 1e200 * y).collect();
    let model = fitted(&Spec::default(), &Dataset::new(&table, &y), 1);
    assert!(model.out_of_bag.is_none_or(|own| own.value.is_finite()));
}

/// Only boosting kept the limit.
#[test]
fn a_forest_larger_than_the_limit_is_refused() {
    let table = table(400);
    let y = quantity(&table);
    let with = |memory| {
        let mut run = Run::new(0).with_memory(memory);
        fit(&Spec::default(), &Dataset::new(&table, &y), &mut run)
    };
    assert!(matches!(with(100_000), Err(induce_core::Error::TooLarge { .. })));
    assert!(with(1 << 30).is_ok());
}

//! Trees fitted to the gradient with leaf values by line search, and what is followed of a fit.

use super::*;

fn gradient(objective: Objective) -> Spec {
    Spec {
        objective,
        step: Step::Gradient,
        lambda: 0.0,
        min_child_weight: 0.0,
        ..small_spec()
    }
}

/// For the squared loss both steps are one: the leaf's mean residual.
#[test]
fn squared_residuals_have_one_step() {
    let table = table(2_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let newton = Spec {
        step: Step::Newton,
        ..gradient(Objective::Squared)
    };
    let fitted = |spec: &Spec| fit(spec, &data, None, &mut Run::new(1)).unwrap().model;
    let (a, b) = (fitted(&newton), fitted(&gradient(Objective::Squared)));
    let (a, b) = (a.predict(&table, 1).unwrap(), b.predict(&table, 1).unwrap());
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-4));
}

/// One tree of one leaf per half: its values are the best constants of each half.
#[test]
fn leaf_values_are_the_best_steps() {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let table = Table::new(vec![Column::from_f64("x", x.clone())]).unwrap();
    let target: Vec<f64> = x
        .iter()
        .map(|x| if *x < 20.0 { *x } else { 1000.0 + x * x })
        .collect();
    let spec = |objective| Spec {
        rounds: 1,
        learning_rate: 1.0,
        max_depth: 1,
        max_leaves: 0,
        growth: Order::Depthwise,
        huber_quantile: 0.9,
        ..gradient(objective)
    };
    let left = |objective| {
        let data = Dataset::new(&table, &target);
        let model = fit(&spec(objective), &data, None, &mut Run::new(1))
            .unwrap()
            .model;
        model.predict(&table, 1).unwrap()[0]
    };
    assert!((left(Objective::Squared) - 9.5).abs() < 1e-9);
    assert!((left(Objective::Absolute) - 9.5).abs() < 1e-9);
    // Within the turn, Huber's step from the median is to the mean.
    assert!((left(Objective::Huber) - 9.5).abs() < 1e-9);
}

/// Curvature is 1 for every row, so numbers of rows are exact whatever the loss.
#[test]
fn rows_of_nodes_are_counted() {
    let table = table(500);
    let target: Vec<f64> = score(&table).iter().map(|s| f64::from(*s > 0.3)).collect();
    let names = classes(2);
    let data = Dataset {
        classes: &names,
        ..Dataset::new(&table, &target)
    };
    for objective in [Objective::Logistic, Objective::Exponential] {
        let spec = Spec {
            min_samples_leaf: 20,
            min_samples_split: 90,
            ..gradient(objective)
        };
        let model = fit(&spec, &data, None, &mut Run::new(1)).unwrap().model;
        for tree in &model.ensemble.trees {
            assert!(tree.covers.iter().all(|rows| *rows >= 19.99), "{:?}", tree.covers);
            assert!(tree.branches.iter().all(|branch| branch.cover >= 89.99));
        }
        let means = model.predict(&table, 1).unwrap();
        let right = means
            .iter()
            .zip(&target)
            .filter(|(p, y)| (**p > 0.5) == (**y > 0.5))
            .count();
        assert!(right > 400, "{right}");
    }
}

/// Leaf values sum rows in the order of the table, however many members have listed them.
#[test]
fn threads_do_not_change_a_step() {
    let table = table(70_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    for objective in [Objective::Squared, Objective::Huber] {
        let spec = Spec {
            rounds: 4,
            subsample: 0.6,
            huber_quantile: 0.9,
            ..gradient(objective)
        };
        let one = fit_bits(&spec, &data, 1);
        assert!(one == fit_bits(&spec, &data, 2) && one == fit_bits(&spec, &data, 4));
    }
}

#[test]
fn every_round_is_followed_if_that_is_asked_for() {
    let table = table(1_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let spec = Spec {
        subsample: 0.5,
        trace: 1,
        out_of_bag: true,
        ..small_spec()
    };
    let fitted = fit(&spec, &data, Some(&data), &mut Run::new(1)).unwrap();
    let course = |split: &str| {
        let trace = fitted.report.traces.iter().find(|t| t.split == split);
        trace.map(|t| t.points.clone()).unwrap_or_default()
    };
    let steps = |split: &str| course(split).iter().map(|p| p.0).collect::<Vec<_>>();
    assert_eq!(steps("train"), (0..=20).collect::<Vec<_>>());
    assert_eq!(steps("valid"), steps("train"));
    for split in ["in_bag", "out_of_bag", "out_of_bag_before"] {
        assert_eq!(steps(split), (1..=20).collect::<Vec<_>>(), "{split}");
    }
    // The first tree helps rows that it has not seen, and those it has seen more.
    let first = |split: &str| course(split)[0].1;
    assert!(first("out_of_bag") < first("out_of_bag_before") && first("in_bag") < first("out_of_bag"));
    // Being followed changes nothing.
    let silent = Spec {
        trace: 0,
        out_of_bag: false,
        ..spec
    };
    let silent = fit(&silent, &data, None, &mut Run::new(1)).unwrap().model;
    assert_eq!(silent.ensemble, fitted.model.ensemble);
}

/// Beyond single precision there is nothing to fit a tree to.
#[test]
fn a_fit_that_runs_away_says_so() {
    let table = table(300);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let spec = Spec {
        learning_rate: 1e6,
        lambda: 0.0,
        ..small_spec()
    };
    let error = fit(&spec, &data, None, &mut Run::new(1)).unwrap_err();
    assert!(
        error.hint().is_some_and(|hint| hint.contains("learning_rate")),
        "{error}"
    );
}

/// Pruning keeps the subtree with the largest gain less the cost of its leaves, whatever the way of finding leaf values.
#[test]
fn branches_that_are_not_worth_their_leaves_are_pruned() {
    let table = table(3_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    for step in [Step::Newton, Step::Gradient] {
        let grown = |pruning: f64| {
            let spec = Spec {
                rounds: 1,
                learning_rate: 1.0,
                pruning,
                step,
                ..gradient(Objective::Squared)
            };
            fit(&spec, &data, None, &mut Run::new(1)).unwrap().model
        };
        let whole = grown(0.0);
        let gains: f64 = whole.ensemble.trees[0].branches.iter().map(|b| b.gain).sum();
        let mut leaves = 16;
        for cost in [1e-9, 20.0, 100.0, 500.0, gains] {
            let model = grown(cost);
            let tree = &model.ensemble.trees[0];
            assert!(tree.leaves.len() <= leaves && tree.check(5, "pruned").is_ok());
            leaves = tree.leaves.len();
            // Leaves are means of their residuals, so residuals of every leaf sum to nothing.
            let own = model.ensemble.leaves(&table, 1).unwrap();
            let predicted = model.predict(&table, 1).unwrap();
            for leaf in 0..leaves {
                let rows = (0..3_000).filter(|&row| own[row] as usize == leaf);
                let rest: f64 = rows.map(|row| target[row] - predicted[row]).sum();
                assert!(rest.abs() < 0.1, "{step:?} {cost} {leaf}: {rest}");
            }
        }
        assert_eq!(leaves, 1);
    }
}

/// A category of too few rows is as one that is missing, and a weight is so many rows.
#[test]
fn rare_categories_are_missing_ones() {
    let names = ["a", "b", "c", "d", "e"];
    let letters: Vec<Option<&str>> = (0..403)
        .map(|i| Some(if i < 400 { names[i % 4] } else { "e" }))
        .collect();
    let table = Table::new(vec![Column::from_text("letter", &letters)]).unwrap();
    let target: Vec<f64> = (0..403)
        .map(|i| {
            if i < 400 {
                f64::from((i % 4 == 1) as u8)
            } else {
                9.0
            }
        })
        .collect();
    let weight: Vec<f64> = (0..403).map(|i| if i < 400 { 1.0 } else { 2.0 }).collect();
    let unknown = Table::new(vec![Column::from_text("letter", &[Some("e"), None])]).unwrap();
    let ends = |category_rows: usize, weight: Option<&[f64]>| {
        let spec = Spec {
            category_rows,
            ..small_spec()
        };
        let data = Dataset {
            weight,
            ..Dataset::new(&table, &target)
        };
        let model = fit(&spec, &data, None, &mut Run::new(1)).unwrap().model;
        model.predict(&unknown, 1).unwrap()
    };
    let (told, pooled) = (ends(0, None), ends(5, None));
    assert!(told[0] != told[1] && pooled[0] == pooled[1]);
    // Three rows of weight 2 are six.
    let told = ends(5, Some(&weight));
    assert!(told[0] != told[1]);
}

/// Fixed point ended at 2^60: targets of 1e-22 were answered with an R2 of -759, without a word.
#[test]
fn small_targets_are_learnt_as_large_ones_are() {
    let table = table(2_000);
    let mut target = vec![0.0; 2_000];
    table.columns()[0].read_f64(0, &mut target);
    let predicted = |scale: f64| {
        let target: Vec<f64> = target
            .iter()
            .map(|y| if y.is_nan() { 0.0 } else { y * scale })
            .collect();
        let data = Dataset::new(&table, &target);
        let model = fit(&small_spec(), &data, None, &mut Run::new(1)).unwrap().model;
        model.predict(&table, 1).unwrap()
    };
    let (usual, small) = (predicted(1.0), predicted((-80.0_f64).exp2()));
    for (usual, small) in usual.iter().zip(&small) {
        assert!(
            (usual - small * 80.0_f64.exp2()).abs() < 1e-6 * (1.0 + usual.abs()),
            "{usual} {small}"
        );
    }
}

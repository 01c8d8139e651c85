use std::sync::Arc;

use induce_core::model::Dataset;
use induce_core::random::Stream;
use induce_core::{Column, Result, Run, Table};
use induce_prob::Objective;
use induce_prob::loss::{Derivatives, Loss};

use super::*;

mod init_models;
mod steps;
mod symmetric;

/// Two numbers with holes, one of few values, a category of 12, a category of 400.
fn table(rows: usize) -> Table {
    let s = Stream::new(4, "boost tests");
    let number = |f: u64, missing: usize| -> Vec<f64> {
        let hole = |i: usize| s.child(f + 100).below(i as u64, 100) < missing;
        (0..rows)
            .map(|i| {
                if hole(i) {
                    f64::NAN
                } else {
                    s.child(f).uniform(i as u64) * 4.0 - 2.0
                }
            })
            .collect()
    };
    let few: Vec<f64> = (0..rows).map(|i| s.child(3).below(i as u64, 5) as f64).collect();
    let texts = |f: u64, n: usize| -> Vec<Option<String>> {
        (0..rows)
            .map(|i| {
                Some(s.child(f).below(i as u64, n + 1))
                    .filter(|&c| c < n)
                    .map(|c| format!("c{c:03}"))
            })
            .collect()
    };
    let category = |name: &str, texts: &[Option<String>]| {
        Column::from_text(name, &texts.iter().map(Option::as_deref).collect::<Vec<_>>())
    };
    Table::new(vec![
        Column::from_f64("a", number(1, 10)),
        Column::from_f64("b", number(2, 0)),
        Column::from_f64("few", few),
        category("small", &texts(4, 12)),
        category("large", &texts(5, 400)),
    ])
    .unwrap()
}

/// A score that needs interactions, categories and missing values.
fn score(table: &Table) -> Vec<f64> {
    let rows = table.rows();
    let read = |f: usize| {
        let mut values = vec![0.0; rows];
        table.columns()[f].read_f64(0, &mut values);
        values
    };
    let columns: Vec<Vec<f64>> = (0..5).map(read).collect();
    (0..rows)
        .map(|i| {
            let x = |f: usize| columns[f][i];
            let a = if x(0).is_nan() { 1.5 } else { x(0) * x(1) };
            let small = if x(3).is_nan() {
                -1.0
            } else {
                f64::from(x(3) as u32 % 3) - 1.0
            };
            let large = if x(4).is_nan() {
                0.0
            } else {
                f64::from((x(4) as u32 * 7919) % 5) - 2.0
            };
            a + small + 0.7 * large + 0.2 * x(2)
        })
        .collect()
}

fn classes(n: usize) -> Vec<String> {
    (0..n).map(|c| format!("class {c}")).collect()
}

fn small_spec() -> Spec {
    Spec {
        rounds: 20,
        learning_rate: 0.3,
        max_leaves: 16,
        subsample: 1.0,
        colsample: 1.0,
        ..Spec::default()
    }
}

fn fit_bits(spec: &Spec, data: &Dataset, threads: usize) -> (Vec<super::super::Tree>, Vec<u64>) {
    let fitted = fit(spec, data, None, &mut Run::new(1).with_threads(threads)).unwrap();
    let predicted = fitted.model.predict(data.table, threads).unwrap();
    (
        fitted.model.ensemble.trees,
        predicted.iter().map(|p| p.to_bits()).collect(),
    )
}

/// Every way of growing gives the same bits on any number of threads.
#[test]
fn threads_do_not_change_a_bit() {
    let table = table(70_000);
    let score = score(&table);
    let binary: Vec<f64> = score.iter().map(|s| f64::from(*s > 0.3)).collect();
    let five: Vec<f64> = score.iter().map(|s| (s + 2.0).clamp(0.0, 4.0).floor()).collect();
    let (two_names, five_names) = (classes(2), classes(5));
    let quantity = Dataset::new(&table, &score);
    let two = Dataset {
        classes: &two_names,
        ..Dataset::new(&table, &binary)
    };
    let many = Dataset {
        classes: &five_names,
        ..Dataset::new(&table, &five)
    };
    let base = Spec {
        rounds: 5,
        ..small_spec()
    };
    let cases = [
        (base.clone(), quantity),
        (base.clone(), two),
        (
            Spec {
                rounds: 3,
                ..base.clone()
            },
            many,
        ),
        (
            Spec {
                growth: Order::Depthwise,
                max_depth: 5,
                max_leaves: 0,
                ..base.clone()
            },
            two,
        ),
        (
            Spec {
                subsample: 0.6,
                colsample: 0.8,
                colsample_level: 0.8,
                colsample_node: 0.7,
                ..base.clone()
            },
            two,
        ),
        (
            Spec {
                goss_top: 0.2,
                goss_other: 0.2,
                ..base.clone()
            },
            two,
        ),
        (
            Spec {
                dart_rate: 0.3,
                dart_skip: 0.0,
                ..base.clone()
            },
            two,
        ),
        (
            Spec {
                objective: Objective::Absolute,
                ..base.clone()
            },
            quantity,
        ),
        (
            Spec {
                bins: 1000,
                ..base.clone()
            },
            quantity,
        ),
        (
            Spec {
                rounds: 0,
                learning_rate: 1.0,
                max_leaves: 4,
                ..base.clone()
            },
            two,
        ),
    ];
    for (c, (spec, data)) in cases.iter().enumerate() {
        let one = fit_bits(spec, data, 1);
        for threads in [2, 3, 4] {
            assert!(
                one == fit_bits(spec, data, threads),
                "case {c}, {threads} threads"
            );
        }
    }
}

#[test]
fn it_learns_what_is_there_to_learn() {
    let table = table(8_000);
    let score = score(&table);
    let mean = score.iter().sum::<f64>() / score.len() as f64;
    let variance = score.iter().map(|s| (s - mean).powi(2)).sum::<f64>();
    for method in [Method::Histogram, Method::Exact] {
        let spec = Spec {
            rounds: 150,
            learning_rate: 0.2,
            split: method,
            category_lambda: 1.0,
            category_group: 1.0,
            ..Spec::default()
        };
        let fitted = fit(&spec, &Dataset::new(&table, &score), None, &mut Run::new(0)).unwrap();
        let predicted = fitted.model.predict(&table, 2).unwrap();
        let rest: f64 = predicted.iter().zip(&score).map(|(p, s)| (p - s).powi(2)).sum();
        assert!(rest < 0.05 * variance, "{method:?}: {}", rest / variance);
    }
}

/// With squared loss and a full step the training loss never rises.
#[test]
fn the_training_loss_falls_monotonically() {
    let table = table(3_000);
    let score = score(&table);
    let spec = Spec {
        rounds: 50,
        learning_rate: 0.5,
        ..small_spec()
    };
    let fitted = fit(&spec, &Dataset::new(&table, &score), None, &mut Run::new(0)).unwrap();
    let losses: Vec<f64> = fitted.report.traces[0].points.iter().map(|p| p.1).collect();
    assert!(losses.len() > 8);
    assert!(
        losses.windows(2).all(|w| w[1] <= w[0] * (1.0 + 1e-9)),
        "{losses:?}"
    );
}

/// A weight of 3 is a row that stands there three times.
#[test]
fn a_weight_is_a_repetition() {
    let table = table(600);
    let target = score(&table);
    let weight: Vec<f64> = (0..600).map(|i| f64::from(i % 4)).collect();
    let rows: Vec<usize> = (0..600).flat_map(|i| vec![i; i % 4]).collect();
    let repeated_table = table.take(&rows);
    let repeated: Vec<f64> = rows.iter().map(|&r| target[r]).collect();
    let spec = Spec {
        rounds: 10,
        bins: 4000,
        ..small_spec()
    };
    let weighted = Dataset {
        weight: Some(&weight),
        ..Dataset::new(&table, &target)
    };
    let one = fit(&spec, &weighted, None, &mut Run::new(0))
        .unwrap()
        .model
        .predict(&table, 1)
        .unwrap();
    let two = fit(
        &spec,
        &Dataset::new(&repeated_table, &repeated),
        None,
        &mut Run::new(0),
    )
    .unwrap();
    let two = two.model.predict(&table, 1).unwrap();
    // Rows of weight 0 leave cut points behind, so only rows that count are compared, to rounding noise.
    let worst = (0..600)
        .filter(|i| i % 4 > 0)
        .map(|i| (one[i] - two[i]).abs())
        .fold(0.0, f64::max);
    assert!(worst < 1e-3, "{worst}");
}

#[test]
fn a_resumed_run_ends_with_the_same_bits() {
    let table = table(4_000);
    let target: Vec<f64> = score(&table).iter().map(|s| f64::from(*s > 0.3)).collect();
    let names = classes(2);
    let data = Dataset {
        classes: &names,
        ..Dataset::new(&table, &target)
    };
    let specs = [
        Spec {
            rounds: 12,
            subsample: 0.7,
            ..small_spec()
        },
        Spec {
            rounds: 12,
            dart_rate: 0.3,
            dart_skip: 0.2,
            ..small_spec()
        },
        Spec {
            rounds: 12,
            early_stopping: 3,
            ..small_spec()
        },
    ];
    for spec in specs {
        let mut kept = None;
        let mut keep = |booster: &Booster| -> Result<()> {
            if booster.rounds() == 5 {
                kept = Some(booster.state().clone());
            }
            Ok(())
        };
        let whole = resume(&spec, &data, Some(&data), None, &mut Run::new(3), &mut keep).unwrap();
        let rest = resume(&spec, &data, Some(&data), kept, &mut Run::new(3), &mut |_| Ok(())).unwrap();
        assert_eq!(whole.model, rest.model);
        assert_eq!(whole.report, rest.report);
    }
}

#[test]
fn early_stopping_keeps_the_best_round() {
    let table = table(500);
    let target: Vec<f64> = score(&table).iter().map(|s| f64::from(*s > 0.3)).collect();
    let (train, test) = (
        table.take(&(0..250).collect::<Vec<_>>()),
        table.take(&(250..500).collect::<Vec<_>>()),
    );
    let names = classes(2);
    let learn = Dataset {
        classes: &names,
        ..Dataset::new(&train, &target[..250])
    };
    let judge = Dataset {
        classes: &names,
        ..Dataset::new(&test, &target[250..])
    };
    let spec = Spec {
        rounds: 500,
        learning_rate: 0.5,
        early_stopping: 10,
        ..Spec::default()
    };
    let fitted = fit(&spec, &learn, Some(&judge), &mut Run::new(0)).unwrap();
    let valid = &fitted
        .report
        .traces
        .iter()
        .find(|t| t.split == "valid")
        .unwrap()
        .points;
    let best = valid.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
    assert_eq!(fitted.model.ensemble.rounds() as u64, best);
    assert!(matches!(fitted.outcome, induce_core::Outcome::Converged { .. }));
}

#[test]
fn monotone_constraints_hold_everywhere() {
    let table = table(4_000);
    let target = score(&table);
    let spec = Spec {
        rounds: 40,
        monotone: [("b".to_string(), 1)].into(),
        ..small_spec()
    };
    let model = fit(&spec, &Dataset::new(&table, &target), None, &mut Run::new(0))
        .unwrap()
        .model;
    for row in 0..50 {
        let grid: Vec<f64> = (0..80).map(|i| f64::from(i) / 20.0 - 2.0).collect();
        let same = table
            .take(&vec![row; 80])
            .with(Column::from_f64("b", grid))
            .unwrap();
        let predicted = model.predict(&same, 1).unwrap();
        assert!(predicted.windows(2).all(|w| w[1] >= w[0] - 1e-12), "row {row}");
    }
}

#[test]
fn interaction_constraints_hold_on_every_path() {
    let table = table(4_000);
    let target = score(&table);
    let sets = vec![
        vec!["a".to_string(), "b".to_string()],
        vec!["small".to_string(), "few".to_string()],
    ];
    let spec = Spec {
        interactions: sets,
        ..small_spec()
    };
    let model = fit(&spec, &Dataset::new(&table, &target), None, &mut Run::new(0))
        .unwrap()
        .model;
    let allowed = |path: &[u32]| {
        [vec![0, 1], vec![2, 3], vec![4]]
            .iter()
            .any(|set| path.iter().all(|f| set.contains(f)))
    };
    for tree in &model.ensemble.trees {
        let mut paths: Vec<(i32, Vec<u32>)> = vec![(0, Vec::new())];
        while let Some((node, path)) = paths.pop() {
            assert!(allowed(&path), "{path:?}");
            if node >= 0 && !tree.branches.is_empty() {
                let branch = &tree.branches[node as usize];
                let longer: Vec<u32> = path.iter().copied().chain([branch.feature]).collect();
                paths.extend([(branch.left, longer.clone()), (branch.right, longer)]);
            }
        }
    }
}

#[test]
fn leaves_have_the_least_rows() {
    let x: Vec<f64> = (0..100).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| f64::from(u8::from(*x >= 95.0))).collect();
    let table = Table::new(vec![Column::from_f64("x", x)]).unwrap();
    let groups = |min_samples_leaf: usize| {
        let spec = Spec {
            rounds: 1,
            min_samples_leaf,
            max_depth: 1,
            subsample: 1.0,
            colsample: 1.0,
            ..small_spec()
        };
        let fitted = fit(&spec, &Dataset::new(&table, &y), None, &mut Run::new(0)).unwrap();
        let predicted = fitted.model.predict(&table, 1).unwrap();
        predicted.iter().filter(|&&p| p != predicted[0]).count()
    };
    assert_eq!((groups(0), groups(20), groups(51)), (5, 20, 0));
}

#[test]
fn quantile_loss_finds_the_quantile() {
    let table = table(4_000);
    let target: Vec<f64> = (0..4_000).map(|i| Stream::new(8, "noise").uniform(i)).collect();
    let spec = Spec {
        objective: Objective::Quantile,
        quantile: 0.8,
        rounds: 30,
        min_child_weight: 200.0,
        ..small_spec()
    };
    let predicted = fit(&spec, &Dataset::new(&table, &target), None, &mut Run::new(0))
        .unwrap()
        .model
        .predict(&table, 1)
        .unwrap();
    let below = predicted.iter().zip(&target).filter(|(p, y)| *y <= *p).count() as f64 / 4_000.0;
    assert!((below - 0.8).abs() < 0.02, "{below}");
}

#[test]
fn ranking_learns_the_order() {
    let table = table(2_000);
    let score = score(&table);
    let grades: Vec<f64> = score.iter().map(|s| (s + 1.0).clamp(0.0, 4.0).floor()).collect();
    let groups: Vec<usize> = (0..=100).map(|g| g * 20).collect();
    let data = Dataset {
        groups: Some(&groups),
        ..Dataset::new(&table, &grades)
    };
    let fitted = fit(
        &Spec {
            rounds: 60,
            ..small_spec()
        },
        &data,
        None,
        &mut Run::new(0),
    )
    .unwrap();
    let losses = &fitted.report.traces[0].points;
    assert!(losses.last().unwrap().1 < 0.3 * losses[0].1, "{losses:?}");
}

/// 1 + |r| - ln(1 + |r|): a loss that nobody ships.
struct Fair;

impl Loss for Fair {
    fn name(&self) -> &str {
        "fair"
    }
    fn start(&self, _: &[f64], _: Option<&[f64]>) -> Vec<f64> {
        vec![0.0]
    }
    fn derivatives(
        &self,
        _: std::ops::Range<usize>,
        target: &[f64],
        scores: &[&[f64]],
        out: &mut Derivatives,
    ) {
        for i in 0..target.len() {
            let r = scores[0][i] - target[i];
            out.gradient[0][i] = (r / (1.0 + r.abs())) as f32;
            out.curvature[0][i] = (1.0 / (1.0 + r.abs()).powi(2)) as f32;
        }
    }
    fn values(&self, _: std::ops::Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        for i in 0..target.len() {
            let r = (scores[0][i] - target[i]).abs();
            out[i] = r - r.ln_1p();
        }
    }
}

#[test]
fn a_loss_of_your_own_is_minimised() {
    let table = table(2_000);
    let target = score(&table);
    let fitted = fit_with(
        Arc::new(Fair),
        &small_spec(),
        &Dataset::new(&table, &target),
        None,
        &mut Run::new(0),
    )
    .unwrap();
    let losses = &fitted.report.traces[0].points;
    assert!(losses.last().unwrap().1 < 0.5 * losses[0].1, "{losses:?}");
    assert_eq!(fitted.model.objective, "fair");
}

#[test]
fn budgets_are_kept() {
    let table = table(2_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let mut run = Run::new(0).with_time(std::time::Duration::ZERO);
    let fitted = fit(&small_spec(), &data, None, &mut run).unwrap();
    assert!(matches!(fitted.outcome, induce_core::Outcome::Stopped { .. }));
    assert!(fit(&small_spec(), &data, None, &mut Run::new(0).with_memory(1000)).is_err());
}

#[test]
fn strange_tables_have_defined_answers() {
    let number = |values: Vec<f64>| Table::new(vec![Column::from_f64("x", values)]).unwrap();
    let fit_on = |table: &Table, target: &[f64]| {
        fit(
            &small_spec(),
            &Dataset::new(table, target),
            None,
            &mut Run::new(0),
        )
    };
    // One row, a constant column, an all-missing column: nothing to split, the mean is the answer.
    for values in [vec![5.0], vec![7.0; 10], vec![f64::NAN; 10]] {
        let target: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
        let mean = target.iter().sum::<f64>() / target.len() as f64;
        let table = number(values);
        let model = fit_on(&table, &target).unwrap().model;
        assert!(
            model
                .predict(&table, 1)
                .unwrap()
                .iter()
                .all(|p| (p - mean).abs() < 1e-9)
        );
    }
    // Infinite and huge values are values like others.
    let mut wild = [f64::NEG_INFINITY, -1e300, 0.0, 1e300, f64::INFINITY].repeat(20);
    wild.extend([f64::NAN; 20]);
    let target: Vec<f64> = wild
        .iter()
        .map(|x| {
            if *x > 0.0 {
                2.0
            } else if x.is_nan() {
                9.0
            } else {
                -1.0
            }
        })
        .collect();
    let table = number(wild);
    let predicted = fit_on(&table, &target).unwrap().model.predict(&table, 1).unwrap();
    assert!(predicted.iter().zip(&target).all(|(p, y)| (p - y).abs() < 0.1));
    // Targets whose derivatives single precision cannot hold are refused, those it can are learnt as well as others.
    let scaled = |by: f64| target.iter().map(|y| y * by).collect::<Vec<f64>>();
    assert!(fit_on(&table, &scaled(1e200)).unwrap_err().hint().is_some());
    for by in [1e12, 1e-12] {
        let predicted = fit_on(&table, &scaled(by))
            .unwrap()
            .model
            .predict(&table, 1)
            .unwrap();
        assert!(
            predicted
                .iter()
                .zip(&target)
                .all(|(p, y)| (p - y * by).abs() < 0.1 * by),
            "{by}"
        );
    }
    // No rows, a target that is not finite, weights that are all zero: errors with a hint.
    assert!(fit_on(&number(Vec::new()), &[]).unwrap_err().hint().is_some());
    assert!(
        fit_on(&number(vec![1.0]), &[f64::NAN])
            .unwrap_err()
            .hint()
            .is_some()
    );
    let zero = Dataset {
        weight: Some(&[0.0]),
        ..Dataset::new(&table, &[1.0])
    };
    assert!(fit(&small_spec(), &zero, None, &mut Run::new(0)).is_err());
}

#[test]
fn a_million_categories_are_pooled() {
    let names: Vec<String> = (0..200_000).map(|i| format!("id{}", i / 2)).collect();
    let texts: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
    let table = Table::new(vec![Column::from_text("id", &texts)]).unwrap();
    let target: Vec<f64> = (0..200_000).map(|i| f64::from(i % 2)).collect();
    let spec = Spec {
        rounds: 2,
        ..small_spec()
    };
    let model = fit(&spec, &Dataset::new(&table, &target), None, &mut Run::new(0))
        .unwrap()
        .model;
    assert!(model.predict(&table, 2).unwrap().iter().all(|p| p.is_finite()));
}

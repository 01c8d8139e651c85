mod growth;
mod targets;

use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

use super::{Criterion, FitOptions, Model, Spec, Targets, fit, fit_with};
use induce_core::model::{ClassWeight, Dataset};

/// Two quantities, one of them with holes, and a category.
fn table(rows: usize) -> Table {
    let stream = Stream::new(3, "table");
    let column = |f: u64| (0..rows).map(move |i| stream.child(f).uniform(i as u64));
    let holes = column(1).map(|x| if x < 0.1 { f64::NAN } else { x });
    let names: Vec<Option<&str>> = column(2)
        .map(|u| [Some("a"), Some("b"), Some("c"), None][(4.0 * u) as usize])
        .collect();
    Table::new(vec![
        Column::from_f64("x", column(0).collect()),
        Column::from_f64("holes", holes.collect()),
        Column::from_text("name", &names),
    ])
    .unwrap()
}

/// A quantity that every column has a part in.
fn quantity(table: &Table) -> Vec<f64> {
    let (mut x, mut holes) = (vec![0.0; table.rows()], vec![0.0; table.rows()]);
    table.column("x").unwrap().read_f64(0, &mut x);
    table.column("holes").unwrap().read_f64(0, &mut holes);
    let name = |i: usize| table.column("name").unwrap().text(i);
    (0..table.rows())
        .map(|i| {
            let hole = if holes[i].is_nan() { 2.0 } else { holes[i] };
            (6.0 * x[i]).sin() + hole + if name(i).as_deref() == Some("b") { 1.5 } else { 0.0 }
        })
        .collect()
}

fn classes(quantity: &[f64], count: usize) -> Vec<f64> {
    let mut sorted = quantity.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = |k: usize| sorted[k * sorted.len() / count];
    quantity
        .iter()
        .map(|q| (1..count).filter(|&k| *q >= cut(k)).count() as f64)
        .collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|k| format!("class {k}")).collect()
}

fn rmse(a: &[f64], b: &[f64]) -> f64 {
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

fn small() -> Spec {
    Spec {
        trees: 20,
        ..Spec::default()
    }
}

fn fitted(spec: &Spec, data: &Dataset, threads: usize) -> Model {
    fit(spec, data, &mut Run::new(5).with_threads(threads))
        .unwrap()
        .model
}

#[test]
fn a_full_tree_remembers_what_bins_can_tell() {
    let table = table(200);
    let target = quantity(&table);
    let model = fitted(&Spec::tree(), &Dataset::new(&table, &target), 1);
    let predicted = model.predict(&table, 1).unwrap();
    assert!(rmse(&predicted, &target) < 1e-6, "{}", rmse(&predicted, &target));
}

#[test]
fn a_forest_learns_quantities_with_missing_values_and_categories() {
    let (all, target) = (table(3_000), quantity(&table(3_000)));
    let (rows, rest): (Vec<usize>, Vec<usize>) = (0..3_000).partition(|i| i % 3 > 0);
    let pick = |rows: &[usize]| rows.iter().map(|&r| target[r]).collect::<Vec<_>>();
    let (train, test) = (all.take(&rows), all.take(&rest));
    for spec in [
        small(),
        Spec {
            trees: 20,
            ..Spec::extra_trees()
        },
    ] {
        let spec = Spec {
            colsample_node: 1.0,
            ..spec
        };
        let model = fitted(&spec, &Dataset::new(&train, &pick(&rows)), 2);
        let error = rmse(&model.predict(&test, 1).unwrap(), &pick(&rest));
        assert!(error < 0.15, "{error}");
    }
}

#[test]
fn classes_have_probabilities_that_sum_to_one() {
    let table = table(2_000);
    for count in [2, 5] {
        let (target, names) = (classes(&quantity(&table), count), names(count));
        let data = Dataset {
            classes: &names,
            ..Dataset::new(&table, &target)
        };
        for criterion in [Criterion::Gini, Criterion::Entropy] {
            let model = fitted(&Spec { criterion, ..small() }, &data, 2);
            let p = model.probabilities(&table, 2).unwrap();
            let right = p
                .chunks_exact(count)
                .zip(&target)
                .filter(|(row, y)| row[**y as usize] > 0.5)
                .count();
            assert!(right > 1_900, "{count} classes, {criterion:?}: {right}");
            assert!(
                p.chunks_exact(count)
                    .all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12)
            );
            let oob = model.out_of_bag.unwrap();
            assert!(oob.value > 0.8 && oob.rows > 1_990, "{oob:?}");
        }
    }
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let table = table(700);
    let quantity = quantity(&table);
    let (target, names) = (classes(&quantity, 4), names(4));
    let many = Dataset {
        classes: &names,
        ..Dataset::new(&table, &target)
    };
    for data in [Dataset::new(&table, &quantity), many] {
        for spec in [
            small(),
            Spec {
                trees: 7,
                ..Spec::extra_trees()
            },
            Spec {
                pruning: 1e-3,
                ..small()
            },
        ] {
            let one = fitted(&spec, &data, 1);
            for threads in [2, 3, 4] {
                assert_eq!(one, fitted(&spec, &data, threads));
            }
            let p = one.probabilities(&table, 1).unwrap();
            assert_eq!(p, one.probabilities(&table, 3).unwrap());
        }
    }
}

/// A row of weight 2 is that row twice, where no draw depends on the number of rows.
#[test]
fn a_weight_is_a_repetition() {
    let table = table(300);
    let target = quantity(&table);
    let weight: Vec<f64> = (0..300).map(|i| f64::from(i % 3)).collect();
    let rows: Vec<usize> = (0..300).flat_map(|i| vec![i; i % 3]).collect();
    let repeated: Vec<f64> = rows.iter().map(|&r| target[r]).collect();
    let spec = Spec {
        min_samples_leaf: 4.0,
        ..Spec::tree()
    };
    let weighted = Dataset {
        weight: Some(&weight),
        ..Dataset::new(&table, &target)
    };
    let (copies, a) = (table.take(&rows), fitted(&spec, &weighted, 1));
    let b = fitted(&spec, &Dataset::new(&copies, &repeated), 1);
    let (a, b) = (a.predict(&copies, 1).unwrap(), b.predict(&copies, 1).unwrap());
    assert!(rmse(&a, &b) < 1e-9, "{}", rmse(&a, &b));
}

/// The table with the categories of `name` in the order in which they come, as a file of these rows is read.
fn as_read(table: &Table) -> Table {
    let column = table.column("name").unwrap();
    let names: Vec<Option<String>> = (0..table.rows()).map(|row| column.text(row)).collect();
    let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
    let mut columns = table.columns().to_vec();
    columns[2] = Column::from_text("name", &names);
    Table::new(columns).unwrap()
}

/// Bootstrap samples too: they are drawn from places in the order of the rows' content, of which a row of weight 3 has 3.
#[test]
fn a_weight_is_a_repetition_for_samples_in_any_order() {
    let table = table(60);
    let y = classes(&quantity(&table), 3);
    let weight: Vec<f64> = (0..60).map(|i| (1 + i % 4) as f64).collect();
    let repeated: Vec<usize> = (0..60).flat_map(|i| std::iter::repeat_n(i, 1 + i % 4)).collect();
    let backwards: Vec<usize> = (0..60).rev().collect();
    let target = |rows: &[usize]| rows.iter().map(|&i| y[i]).collect::<Vec<_>>();
    let names = names(3);
    for spec in [
        small(),
        Spec {
            subsample: 0.5,
            ..small()
        },
        Spec {
            subsample: 0.5,
            ..Spec::extra_trees()
        },
    ] {
        // Out-of-bag rows that choose the features are others of rows that are there twice.
        let spec = Spec {
            colsample_node: 0.5,
            ..spec
        };
        let (rows, turned) = (table.take(&repeated), as_read(&table.take(&backwards)));
        let (y_rows, y_turned) = (target(&repeated), target(&backwards));
        let w_turned: Vec<f64> = backwards.iter().map(|&i| weight[i]).collect();
        let twice = Dataset {
            classes: &names,
            ..Dataset::new(&rows, &y_rows)
        };
        let heavy = Dataset {
            classes: &names,
            weight: Some(&w_turned),
            ..Dataset::new(&turned, &y_turned)
        };
        let [a, b] = [twice, heavy].map(|data| fit(&spec, &data, &mut Run::new(5)).unwrap().model);
        assert_eq!(
            a.probabilities(&table, 1).unwrap(),
            b.probabilities(&table, 1).unwrap()
        );
    }
}

#[test]
fn pruning_leaves_the_smallest_tree_that_is_worth_its_leaves() {
    let table = table(500);
    let target = quantity(&table);
    let leaves = |pruning: f64| {
        let model = fitted(
            &Spec {
                pruning,
                ..Spec::tree()
            },
            &Dataset::new(&table, &target),
            1,
        );
        model.ensemble.check("pruned").unwrap();
        model.ensemble.trees[0].leaves.len()
    };
    let counts = [0.0, 1e-5, 1e-3, 0.1, 1e9].map(leaves);
    assert!(counts.windows(2).all(|w| w[0] > w[1]), "{counts:?}");
    assert_eq!(counts[4], 1);
}

/// Without a branch, the prediction is the mean; a constant target needs none.
#[test]
fn constant_targets_and_single_rows_are_leaves() {
    let table = table(50);
    let model = fitted(&small(), &Dataset::new(&table, &[3.5; 50]), 1);
    assert!(
        model
            .predict(&table, 1)
            .unwrap()
            .iter()
            .all(|p| (p - 3.5).abs() < 1e-12)
    );
    let one = table.take(&[7]);
    let model = fitted(&small(), &Dataset::new(&one, &[2.0]), 1);
    assert_eq!(model.predict(&table, 1).unwrap(), [2.0; 50]);
}

#[test]
fn limits_are_kept() {
    let table = table(1_000);
    let target = quantity(&table);
    let data = Dataset::new(&table, &target);
    let trees = |spec: Spec| fitted(&spec, &data, 2).ensemble.trees;
    assert!(
        trees(Spec {
            max_depth: 3,
            ..small()
        })
        .iter()
        .all(|t| t.depth() == 3)
    );
    assert!(
        trees(Spec {
            min_samples_leaf: 30.0,
            ..small()
        })
        .iter()
        .flat_map(|t| &t.covers)
        .all(|&c| c >= 30.0)
    );
    let branches = trees(Spec {
        min_samples_split: 100.0,
        ..small()
    });
    assert!(
        branches
            .iter()
            .flat_map(|t| &t.branches)
            .all(|b| b.cover >= 100.0)
    );
    let loose: usize = trees(small()).iter().map(|t| t.leaves.len()).sum();
    let strict: usize = trees(Spec {
        min_impurity_decrease: 1e-3,
        ..small()
    })
    .iter()
    .map(|t| t.leaves.len())
    .sum();
    assert!(strict * 2 < loose);
}

#[test]
fn wrong_settings_say_so() {
    let table = table(20);
    let target = quantity(&table);
    let data = Dataset::new(&table, &target);
    for spec in [
        Spec {
            trees: 0,
            ..Spec::default()
        },
        Spec {
            criterion: Criterion::Gini,
            ..Spec::default()
        },
        Spec {
            subsample: 0.0,
            ..Spec::default()
        },
        Spec {
            class_weight: ClassWeight::Named("balanced".into()),
            ..Spec::default()
        },
        Spec {
            class_weight: ClassWeight::Named("some".into()),
            ..Spec::default()
        },
    ] {
        assert!(
            fit(&spec, &data, &mut Run::new(0)).unwrap_err().hint().is_some(),
            "{spec:?}"
        );
    }
}

#[test]
fn one_class_of_a_forest_is_an_ensemble_of_its_own() {
    let table = table(400);
    let (target, names) = (classes(&quantity(&table), 3), names(3));
    let data = Dataset {
        classes: &names,
        ..Dataset::new(&table, &target)
    };
    let model = fitted(
        &Spec {
            trees: 5,
            ..Spec::default()
        },
        &data,
        1,
    );
    let expanded = model.per_class().means(&table, 1).unwrap();
    let p = model.probabilities(&table, 1).unwrap();
    assert!(p.iter().zip(&expanded).all(|(a, b)| (a - b).abs() < 1e-12));
}

/// Noise that grows with x: nine tenths of new rows lie between the quantiles, which widen with x.
#[test]
fn quantiles_cover_what_they_say() {
    let stream = Stream::new(8, "quantiles");
    let rows = |from: u64, n: u64| {
        let x: Vec<f64> = (from..from + n).map(|i| stream.uniform(i)).collect();
        let y: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(i, x)| x * (stream.child(1).uniform(from + i as u64) - 0.5))
            .collect();
        (Table::new(vec![Column::from_f64("x", x)]).unwrap(), y)
    };
    let (table, target) = rows(0, 3_000);
    let spec = Spec {
        quantiles: true,
        min_samples_leaf: 20.0,
        trees: 30,
        ..Spec::default()
    };
    let model = fitted(&spec, &Dataset::new(&table, &target), 2);
    let (new, truth) = rows(10_000, 2_000);
    let q = model.quantiles(&new, &[0.05, 0.5, 0.95], 2).unwrap();
    let inside = q
        .chunks_exact(3)
        .zip(&truth)
        .filter(|(q, y)| q[0] <= **y && **y <= q[2])
        .count();
    assert!((1_740..1_860).contains(&inside), "{inside} of 2000");
    assert!(q.chunks_exact(3).all(|q| q[0] <= q[1] && q[1] <= q[2]));
    assert_eq!(q, model.quantiles(&new, &[0.05, 0.5, 0.95], 1).unwrap());
    let again = Model::from_file(&model.to_file("forest").unwrap()).unwrap();
    assert_eq!(again, model);
    assert!(
        fitted(&small(), &Dataset::new(&table, &target), 1)
            .quantiles(&new, &[0.5], 1)
            .unwrap_err()
            .hint()
            .is_some()
    );
}

/// What `tests/golden/tree.py` made with scikit-learn: the same leaves, the same predictions.
#[test]
fn trees_are_those_of_scikit_learn() {
    #[derive(serde::Deserialize)]
    struct Golden {
        x: Vec<Vec<f64>>,
        weight: Vec<f64>,
        cases: Vec<Case>,
    }
    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        target: Vec<f64>,
        settings: serde_json::Value,
        weighted: bool,
        classes: usize,
        outputs: usize,
        leaves: usize,
        predicted: Vec<f64>,
    }
    let golden: Golden = serde_json::from_str(include_str!("../../../../tests/golden/tree.json")).unwrap();
    let columns = golden
        .x
        .into_iter()
        .enumerate()
        .map(|(f, x)| Column::from_f64(format!("x{f}"), x));
    let table = Table::new(columns.collect()).unwrap();
    for case in golden.cases {
        let mut spec = serde_json::to_value(Spec::tree()).unwrap();
        for (name, value) in case.settings.as_object().unwrap() {
            spec[name] = value.clone();
        }
        let spec: Spec = serde_json::from_value(spec).unwrap();
        let names = names(case.classes);
        let first: Vec<f64> = case.target.iter().step_by(case.outputs).copied().collect();
        let data = Dataset {
            weight: case.weighted.then_some(&golden.weight[..]),
            classes: &names,
            ..Dataset::new(&table, &first)
        };
        let are_classes = matches!(spec.criterion, Criterion::Gini | Criterion::Entropy);
        let targets = targets::targets(case.target, case.outputs, are_classes);
        let extras = FitOptions {
            targets: (case.outputs > 1).then_some(&targets),
            start: None,
        };
        let model = fit_with(&spec, &data, extras, &mut Run::new(5)).unwrap().model;
        let predicted = match (case.outputs, case.classes) {
            (1, 0) => model.predict(&table, 1),
            (1, _) => model.probabilities(&table, 1),
            _ => model.joint(&table, 1),
        };
        let predicted = predicted.unwrap();
        assert_eq!(model.ensemble.trees[0].leaves.len(), case.leaves, "{}", case.name);
        let worst = predicted
            .iter()
            .zip(&case.predicted)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(worst < 1e-9, "{}: {worst}", case.name);
    }
}

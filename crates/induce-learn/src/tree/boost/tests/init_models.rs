//! Fits on top of a model, of scores, or of both.

use super::*;
use crate::tree::node::Value;

fn go_on(first: &Model, spec: &Spec, data: &Dataset, valid: Option<&Dataset>) -> Result<Model> {
    let beginning = InitModel {
        model: Some(first),
        ..InitModel::default()
    };
    let mut run = Run::new(1).with_threads(3);
    fit_from(&beginning, spec, data, valid, None, &mut run, &mut |_| Ok(())).map(|fitted| fitted.model)
}

/// Every kind of draw is by the number of the round, so it does not matter in how many fits rounds are grown.
#[test]
fn rounds_that_are_added_are_those_of_one_fit() {
    let table = table(9_000);
    let target = score(&table);
    let three: Vec<f64> = target.iter().map(|s| (s + 1.0).clamp(0.0, 2.0).floor()).collect();
    let names = classes(3);
    let base = small_spec();
    let specs = [
        base.clone(),
        Spec {
            subsample: 0.5,
            colsample: 0.6,
            colsample_node: 0.7,
            out_of_bag: true,
            trace: 1,
            ..base.clone()
        },
        Spec {
            goss_top: 0.2,
            step: Step::Gradient,
            ..base.clone()
        },
        Spec {
            objective: Objective::Huber,
            huber_quantile: 0.8,
            step: Step::Gradient,
            ..base.clone()
        },
        Spec {
            objective: Objective::Softmax,
            subsample: 0.7,
            ..base
        },
    ];
    for spec in specs {
        let data = if spec.objective == Objective::Softmax {
            Dataset {
                classes: &names,
                ..Dataset::new(&table, &three)
            }
        } else {
            Dataset::new(&table, &target)
        };
        let whole = fit(&spec, &data, None, &mut Run::new(1)).unwrap().model;
        let few = Spec {
            rounds: 7,
            ..spec.clone()
        };
        let first = fit(&few, &data, None, &mut Run::new(1)).unwrap().model;
        assert_eq!(go_on(&first, &spec, &data, None).unwrap(), whole);
    }
}

/// The model counts as a round on the validation rows: what follows it must be better to be kept.
#[test]
fn the_initial_model_is_evaluated_first() {
    let table = table(3_000);
    let target = score(&table);
    let noise: Vec<f64> = target.iter().rev().copied().collect();
    let (data, judge) = (Dataset::new(&table, &target), Dataset::new(&table, &noise));
    let spec = Spec {
        early_stopping: 3,
        ..small_spec()
    };
    let first = fit(
        &Spec {
            rounds: 5,
            ..small_spec()
        },
        &data,
        None,
        &mut Run::new(1),
    )
    .unwrap()
    .model;
    let more = go_on(&first, &spec, &data, Some(&judge)).unwrap();
    assert_eq!(more.ensemble.rounds(), 5);
}

#[test]
fn scores_to_begin_with_are_what_trees_are_added_to() {
    let table = table(3_000);
    let target = score(&table);
    let data = Dataset::new(&table, &target);
    let spec = small_spec();
    let mean = target.iter().sum::<f64>() / target.len() as f64;
    let offset = vec![vec![mean; 3_000]];
    let beginning = InitModel {
        offset: Some(&offset),
        ..InitModel::default()
    };
    let on_scores = |spec: &Spec, beginning: &InitModel| {
        fit_from(beginning, spec, &data, None, None, &mut Run::new(1), &mut |_| {
            Ok(())
        })
        .unwrap()
        .model
    };
    let (own, plain) = (
        on_scores(&spec, &beginning),
        on_scores(&spec, &InitModel::default()),
    );
    assert_eq!(own.ensemble.start, [0.0]);
    assert_eq!(own.ensemble.trees, plain.ensemble.trees);
    // On top of both: the same again.
    let few = on_scores(
        &Spec {
            rounds: 4,
            ..spec.clone()
        },
        &beginning,
    );
    let both = InitModel {
        model: Some(&few),
        ..beginning
    };
    assert_eq!(on_scores(&spec, &both), own);
}

#[test]
fn beginnings_that_do_not_fit_are_refused() {
    let table = table(200);
    let target = score(&table);
    let two: Vec<f64> = target.iter().map(|s| f64::from(*s > 0.0)).collect();
    let names = classes(2);
    let data = Dataset::new(&table, &target);
    let spec = small_spec();
    let first = fit(&spec, &data, None, &mut Run::new(1)).unwrap().model;
    let of_classes = Dataset {
        classes: &names,
        ..Dataset::new(&table, &two)
    };
    let fewer = Spec {
        rounds: 3,
        ..spec.clone()
    };
    let searched = Spec {
        rounds: 0,
        ..spec.clone()
    };
    for (spec, data) in [(&fewer, &data), (&searched, &data), (&spec, &of_classes)] {
        let error = go_on(&first, spec, data, None).unwrap_err();
        assert!(
            error.hint().is_some() || error.to_string().contains("rounds"),
            "{error}"
        );
    }
    for offset in [
        vec![],
        vec![vec![0.0; 199]],
        vec![vec![f64::NAN; 200]],
        vec![vec![0.0; 200]; 2],
    ] {
        let beginning = InitModel {
            offset: Some(&offset),
            ..InitModel::default()
        };
        let mut run = Run::new(1);
        assert!(fit_from(&beginning, &spec, &data, None, None, &mut run, &mut |_| Ok(())).is_err());
    }
}

#[test]
fn leaves_are_where_walking_ends() {
    let table = table(5_000);
    let target = score(&table);
    let model = fit(
        &small_spec(),
        &Dataset::new(&table, &target),
        None,
        &mut Run::new(1),
    )
    .unwrap()
    .model;
    let ensemble = &model.ensemble;
    let leaves = ensemble.leaves(&table, 3).unwrap();
    assert_eq!(leaves, ensemble.leaves(&table, 1).unwrap());
    let sources = ensemble.schema.align(&table).unwrap();
    for row in (0..5_000).step_by(97) {
        let values: Vec<Value> = (0..sources.len())
            .map(|f| ensemble.value(&sources, f, row))
            .collect();
        for (t, tree) in ensemble.trees.iter().enumerate() {
            assert_eq!(
                leaves[row * ensemble.trees.len() + t] as usize,
                tree.leaf(|f| values[f])
            );
        }
    }
    let alone = model.tree(3, 2.0).unwrap().predict(&table, 2).unwrap();
    let value = |row: usize| 2.0 * ensemble.trees[3].leaves[leaves[row * ensemble.trees.len() + 3] as usize];
    assert!((0..5_000).all(|row| alone[row] == value(row)) && model.tree(20, 1.0).is_none());
}

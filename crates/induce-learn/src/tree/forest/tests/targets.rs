//! Several targets at once, and trees that are added.

use super::*;

/// Targets, row-major, as quantities or as classes.
pub(super) fn targets(values: Vec<f64>, outputs: usize, are_classes: bool) -> Targets {
    let most = |k: usize| values[k..].iter().step_by(outputs).copied().fold(0.0, f64::max);
    let names = |k: usize| {
        if are_classes {
            names(most(k) as usize + 1)
        } else {
            Vec::new()
        }
    };
    Targets {
        classes: (0..outputs).map(names).collect(),
        values,
    }
}

fn joint(spec: &Spec, table: &Table, targets: &Targets, threads: usize) -> Model {
    let first: Vec<f64> = targets
        .values
        .iter()
        .step_by(targets.outputs())
        .copied()
        .collect();
    let extras = FitOptions {
        targets: Some(targets),
        start: None,
    };
    let mut run = Run::new(5).with_threads(threads);
    fit_with(spec, &Dataset::new(table, &first), extras, &mut run)
        .unwrap()
        .model
}

/// Of a target and itself, the mean impurity is that of the target: the forest is the one of the target alone.
#[test]
fn a_target_twice_is_the_target_once() {
    let table = table(300);
    let y = quantity(&table);
    let twice = targets(y.iter().flat_map(|&y| [y, y]).collect(), 2, false);
    for criterion in [Criterion::Squared, Criterion::Absolute] {
        let spec = Spec {
            criterion,
            ..Spec::tree()
        };
        let alone = fitted(&spec, &Dataset::new(&table, &y), 1)
            .predict(&table, 1)
            .unwrap();
        let both = joint(&spec, &table, &twice, 1).joint(&table, 1).unwrap();
        assert!(rmse(&alone, &both.iter().step_by(2).copied().collect::<Vec<_>>()) < 1e-9);
        assert!(
            rmse(
                &alone,
                &both.iter().skip(1).step_by(2).copied().collect::<Vec<_>>()
            ) < 1e-9
        );
    }
}

#[test]
fn every_target_is_learned_at_any_number_of_threads() {
    let table = table(600);
    let y = quantity(&table);
    let (three, two) = (
        classes(&y, 3),
        classes(&y.iter().map(|y| -y).collect::<Vec<_>>(), 2),
    );
    let both = targets(
        three.iter().zip(&two).flat_map(|(&a, &b)| [a, b]).collect(),
        2,
        true,
    );
    let model = joint(&small(), &table, &both, 1);
    assert_eq!(model, joint(&small(), &table, &both, 3));
    let leaf_probabilities = model.joint(&table, 1).unwrap();
    assert_eq!(leaf_probabilities, model.joint(&table, 2).unwrap());
    let right = leaf_probabilities.chunks_exact(5).zip(&three).zip(&two);
    let right = right.filter(|((row, a), b)| row[**a as usize] > 0.5 && row[3 + **b as usize] > 0.5);
    assert!(right.count() > 550);
    assert!(model.predict(&table, 1).unwrap_err().hint().is_some());
}

/// A file keeps the names of all classes; one that says something else of the leaves is refused.
#[test]
fn files_keep_several_targets_and_what_was_held_out() {
    let table = table(200);
    let y = quantity(&table);
    let spec = Spec {
        keep_out_of_bag: true,
        ..small()
    };
    let model = joint(
        &spec,
        &table,
        &targets(y.iter().flat_map(|&y| [y, -y]).collect(), 2, false),
        1,
    );
    let file = model.to_file("forest").unwrap();
    let opened = Model::from_file(&file).unwrap();
    assert_eq!(
        (&opened.leaf_probabilities, &opened.outputs),
        (&model.leaf_probabilities, &model.outputs)
    );
    assert_eq!(opened.held_out.unwrap().len(), 400);
    let mut wrong = file.clone();
    wrong.metadata.insert("outputs".into(), "[[],[\"a\"]]".into());
    assert!(Model::from_file(&wrong).is_err());
    wrong.metadata.insert("outputs".into(), "[[],[],[]]".into());
    assert!(Model::from_file(&wrong).is_err());
}

#[test]
fn wrong_targets_say_so() {
    let table = table(20);
    let y = quantity(&table);
    let mut mixed = targets(vec![0.0; 40], 2, true);
    mixed.classes[1].clear();
    let mut unknown = targets(vec![0.0; 40], 2, true);
    unknown.values[7] = 3.0;
    for wrong in [
        mixed,
        unknown,
        targets(vec![0.0; 39], 2, false),
        targets(vec![f64::NAN; 40], 2, false),
    ] {
        let extras = FitOptions {
            targets: Some(&wrong),
            start: None,
        };
        let found = fit_with(&small(), &Dataset::new(&table, &y), extras, &mut Run::new(0));
        assert!(found.unwrap_err().hint().is_some());
    }
}

/// Trees draw by their number, so a forest that is grown in two parts is the one that is grown at once.
#[test]
fn trees_can_be_added() {
    let table = table(300);
    let (y, many) = (quantity(&table), names(3));
    let classes = classes(&y, 3);
    let of_classes = Dataset {
        classes: &many,
        ..Dataset::new(&table, &classes)
    };
    for (data, quantiles) in [(Dataset::new(&table, &y), true), (of_classes, false)] {
        let spec = |trees| Spec {
            trees,
            quantiles,
            keep_out_of_bag: true,
            ..small()
        };
        let start = fitted(&spec(7), &data, 2);
        let more = |trees| {
            let extras = FitOptions {
                targets: None,
                start: Some(start.clone()),
            };
            fit_with(&spec(trees), &data, extras, &mut Run::new(5))
        };
        let (whole, grown) = (fitted(&spec(12), &data, 1), more(12).unwrap().model);
        // NaN, for rows that every tree has seen, equals nothing.
        let bits =
            |model: &Model| -> Vec<u64> { model.held_out.iter().flatten().map(|x| x.to_bits()).collect() };
        assert_eq!(bits(&grown), bits(&whole));
        let seen = |model: Model| Model {
            held_out: None,
            ..model
        };
        assert_eq!(seen(grown), seen(whole));
        assert!(more(6).unwrap_err().hint().is_some());
    }
}

fn sample_path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models/forest-targets-v1.safetensors")
}

fn sample() -> (Table, Model) {
    let table = table(60);
    let y = quantity(&table);
    let values = y
        .iter()
        .flat_map(|&y| [(2.0 * y).floor(), y.abs().floor()])
        .collect();
    let spec = Spec {
        trees: 3,
        max_depth: 3,
        keep_out_of_bag: true,
        ..Spec::default()
    };
    let model = joint(&spec, &table, &targets(values, 2, false), 1);
    (table, model)
}

/// A file of several targets opens for ever, and predicts a number per target.
#[test]
fn the_sample_of_version_1_opens() {
    let file = induce_core::model_file::ModelFile::read(sample_path()).unwrap();
    let model = Model::from_file(&file).unwrap();
    let (table, now) = sample();
    assert_eq!((model.outputs.len(), model.spec.keep_out_of_bag), (2, true));
    assert_eq!(
        model.joint(&table, 1).unwrap().len(),
        now.joint(&table, 1).unwrap().len()
    );
}

/// Once per format version: `cargo test -p induce-learn write_the_sample -- --ignored`.
#[test]
#[ignore = "writes the sample of the current version"]
fn write_the_sample_of_targets() {
    sample()
        .1
        .to_file("forest")
        .unwrap()
        .write(sample_path())
        .unwrap();
}

//! What every row of the registry promises: the same bits at any number of threads, files that come back as they
//! were, and broken files that are refused.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce::core::model::ratings::learns_from_ratings;
use induce::core::model::{DataKind, Entry};
use induce::core::model_file::{ModelFile, unsummed};
use induce::core::random::Stream;
use induce::prelude::*;
use induce::registry::MODELS;
use induce::{open_bytes, save};
use serde_json::Value;

const ROWS: usize = 240;

/// The models that learn from tables; those of other data are held to the same in `every_kind.rs`.
fn of_tables() -> impl Iterator<Item = &'static Entry> {
    MODELS
        .iter()
        .copied()
        .filter(|entry| entry.input == DataKind::Rows)
}

fn target(data: &Data) -> &induce::core::model::Target {
    data.rows().unwrap().target().unwrap()
}

/// What a model says of rows: predictions, or where it places them.
fn predict(model: &dyn Model, data: &Data, threads: usize) -> Result<Prediction> {
    let inputs = (&data.rows()?.features).into();
    match (model.predictor(), model.transformer()) {
        (None, Some(transformer)) => Ok(Prediction::of_quantities(
            transformer.transform(inputs, threads)?.values,
        )),
        _ => model.predicting()?.predict(inputs, threads),
    }
}

/// The models that learn a target.
fn of_targets() -> impl Iterator<Item = &'static Entry> {
    of_tables().filter(|entry| entry.needs_target())
}

/// Two numbers, one of them with holes if `missing`, a category, and a target of `classes` classes, or a quantity.
fn problem(classes: usize, missing: bool) -> Data {
    Data::Rows(Rows::new(&table(classes, missing), &RowsOptions::default()).unwrap())
}

/// The same without a target: its column is a known class, and the category a data set.
fn without_target(missing: bool) -> Data {
    let options = RowsOptions {
        labels: Some("y".into()),
        group: Some("c".into()),
        ..RowsOptions::default()
    };
    Data::Rows(Rows::without_target(&table(3, missing), &options).unwrap())
}

fn table(classes: usize, missing: bool) -> Table {
    let stream = Stream::new(9, "every-model");
    let column = |f: u64| {
        (0..ROWS)
            .map(|i| stream.child(f).uniform(i as u64))
            .collect::<Vec<f64>>()
    };
    let (a, mut b, c) = (column(0), column(1), column(2));
    let score: Vec<f64> = (0..ROWS)
        .map(|i| 3.0 * a[i] + b[i] - c[i] + 0.3 * column(3)[i])
        .collect();
    if missing {
        b.iter_mut().step_by(9).for_each(|b| *b = f64::NAN);
    }
    let names = ["u", "v", "w"];
    let letters: Vec<Option<&str>> = c.iter().map(|c| Some(names[(3.0 * c) as usize])).collect();
    let mut sorted = score.clone();
    sorted.sort_by(f64::total_cmp);
    let class = |s: f64| (1..classes).filter(|&k| s >= sorted[k * ROWS / classes]).count();
    let texts = ["low", "middle", "high"];
    let named: Vec<Option<&str>> = score.iter().map(|&s| Some(texts[class(s).min(2)])).collect();
    let target = if classes == 0 {
        Column::from_f64("y", score)
    } else {
        Column::from_text("y", &named)
    };
    let columns = vec![
        Column::from_f64("a", a),
        Column::from_f64("b", b),
        Column::from_text("c", &letters),
        target,
    ];
    Table::new(columns).unwrap()
}

/// Ratings of 12 items by 20 users, in levels from 1 to 5: what a user likes depends on the item.
fn ratings() -> Data {
    let stream = Stream::new(9, "every-model/ratings");
    let (users, items): (Vec<i64>, Vec<i64>) = (0..ROWS as i64).map(|k| (k / 12, k % 12)).unzip();
    let level = |(k, (u, i)): (usize, (&i64, &i64))| {
        let like = if (u % 2 == 0) == (i % 2 == 0) { 4.3 } else { 1.7 };
        (like + 1.2 * (stream.uniform(k as u64) - 0.5)).round()
    };
    let y = users.iter().zip(&items).enumerate().map(level).collect();
    let columns = vec![
        Column::from_whole("user", users.clone()),
        Column::from_whole("item", items),
        Column::from_f64("age", users.iter().map(|u| 20.0 + *u as f64).collect()),
        Column::from_f64("y", y),
    ];
    let options = RowsOptions {
        task: Some(Task::Regression),
        ..RowsOptions::default()
    };
    Data::Rows(Rows::new(&Table::new(columns).unwrap(), &options).unwrap())
}

/// The problems a model is meant for. Models that cannot use missing values say so, and get none.
fn problems(row: &Entry) -> Vec<Data> {
    if learns_from_ratings(row) {
        return vec![ratings()];
    }
    if !row.needs_target() {
        let fits = small(row).fit(&without_target(true), &mut Run::new(1));
        if let Err(e) = &fits {
            assert!(e.hint().is_some(), "{}: {e}", row.info.name);
        }
        return vec![without_target(fits.is_ok())];
    }
    let wanted = [
        (0, Task::Regression),
        (2, Task::Classification),
        (3, Task::Classification),
    ];
    let mut found: Vec<Data> = Vec::new();
    for (classes, _) in wanted.into_iter().filter(|(_, task)| row.tasks.contains(task)) {
        let whole = problem(classes, false);
        match small(row).fit(&problem(classes, true), &mut Run::new(1)) {
            Ok(_) => found.push(problem(classes, true)),
            Err(e) if small(row).fit(&whole, &mut Run::new(1)).is_ok() => {
                assert!(e.hint().is_some(), "{}: {e}", row.info.name);
                found.push(whole);
            }
            // Some models know two classes only; they say what to use for more.
            Err(e) => assert!(
                classes > 2 && e.hint().is_some(),
                "{}, {classes} classes: {e}",
                row.info.name
            ),
        }
    }
    assert!(!found.is_empty(), "{} fits nothing", row.info.name);
    found
}

/// Few trees, members and steps: the promises do not depend on how many.
fn small(row: &Entry) -> Settings {
    let mut settings = induce::settings(row.info.name).unwrap();
    for (name, value) in [
        ("rounds", "8"),
        ("trees", "4"),
        ("members", "4"),
        ("steps", "200"),
        ("hidden", "20"),
        ("embedding", "6"),
    ] {
        if settings
            .values
            .get(name)
            .and_then(Value::as_u64)
            .is_some_and(|v| v != 1)
        {
            settings = settings.with(&format!("{name}={value}")).unwrap();
        }
    }
    settings
}

fn fit(row: &Entry, problem: &Data, threads: usize) -> Box<dyn Model> {
    small(row)
        .fit(problem, &mut Run::new(7).with_threads(threads))
        .unwrap()
        .model
}

fn bytes(model: &dyn Model) -> Vec<u8> {
    model.store().unwrap().to_bytes().unwrap()
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    for row in of_tables() {
        for problem in problems(row) {
            let one = fit(row, &problem, 1);
            let predicted = predict(one.as_ref(), &problem, 1).unwrap();
            for threads in [2, 4] {
                assert!(
                    bytes(&*one) == bytes(&*fit(row, &problem, threads)),
                    "{} at {threads} threads",
                    row.info.name
                );
                assert_eq!(
                    predicted,
                    predict(one.as_ref(), &problem, threads).unwrap(),
                    "{}",
                    row.info.name
                );
            }
        }
    }
}

#[test]
fn a_file_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for row in of_tables() {
        for problem in problems(row) {
            let model = fit(row, &problem, 2);
            let path = folder.path().join("model.safetensors");
            save(model.as_ref(), &Value::Null, &path).unwrap();
            let (again, _) = induce::open(&path).unwrap();
            assert_eq!(again.name(), row.info.name);
            if let Some(predictor) = again.predictor() {
                assert_eq!(predictor.task(), target(&problem).task);
                assert_eq!(
                    predictor.schema().target.as_deref(),
                    Some("y"),
                    "{}",
                    row.info.name
                );
            }
            assert_eq!(again.settings(), model.settings(), "{}", row.info.name);
            assert!(bytes(&*model) == bytes(&*again), "{}", row.info.name);
            let shown = model.report(&problem, &Run::new(1)).unwrap();
            assert!(
                shown.iter().any(|section| !section.blocks.is_empty()),
                "{}",
                row.info.name
            );
            assert_eq!(
                shown,
                again.report(&problem, &Run::new(1)).unwrap(),
                "{}",
                row.info.name
            );
            let predicted = predict(model.as_ref(), &problem, 1).unwrap();
            assert_eq!(
                predicted,
                predict(again.as_ref(), &problem, 1).unwrap(),
                "{}",
                row.info.name
            );
            assert!(
                predicted
                    .values
                    .iter()
                    .chain(&predicted.probabilities)
                    .all(|v| v.is_finite())
            );
        }
    }
}

/// Every model learns the little there is to learn.
#[test]
fn models_beat_the_constant() {
    for row in of_targets() {
        for problem in problems(row) {
            let predicted = predict(fit(row, &problem, 2).as_ref(), &problem, 1).unwrap();
            let n = ROWS as f64;
            if target(&problem).classes.is_empty() {
                let mean = target(&problem).values.iter().sum::<f64>() / n;
                let sum = |of: &dyn Fn(usize) -> f64| {
                    (0..ROWS)
                        .map(|i| (target(&problem).values[i] - of(i)).powi(2))
                        .sum::<f64>()
                };
                assert!(
                    sum(&|i| predicted.values[i]) < 0.6 * sum(&|_| mean),
                    "{}",
                    row.info.name
                );
            } else {
                let right = predicted
                    .values
                    .iter()
                    .zip(&target(&problem).values)
                    .filter(|(p, y)| p == y)
                    .count() as f64
                    / n;
                assert!(
                    right > 1.2 / target(&problem).classes.len() as f64,
                    "{}: {right}",
                    row.info.name
                );
            }
        }
    }
}

/// Shortened, turned and swapped: an error, never a panic, and never a model that predicts nonsense sizes.
#[test]
fn broken_files_are_refused() {
    for row in of_tables() {
        let problem = problems(row).pop().unwrap();
        let model = fit(row, &problem, 2);
        let whole = bytes(&*model);
        for cut in [0, 7, 9, 100, whole.len() / 2, whole.len() - 1] {
            assert!(
                open_bytes("cut", &whole[..cut]).is_err(),
                "{} cut at {cut}",
                row.info.name
            );
        }
        let file = ModelFile::read_bytes("whole", &whole).unwrap();
        for name in file.tensors.keys() {
            let mut without = file.clone();
            without.tensors.remove(name);
            assert!(
                open_bytes("without", &without.to_bytes().unwrap()).is_err(),
                "{} without {name}",
                row.info.name
            );
        }
        let stream = Stream::new(5, row.info.name);
        for turn in 0..300 {
            let mut turned = unsummed(whole.clone());
            let at = stream.below(turn, turned.len());
            turned[at] ^= 1 << (stream.bits(turn + 1000) % 8);
            if let Ok((opened, _)) = open_bytes("turned", &turned) {
                // What still opens still predicts, or says why not.
                let _ = predict(opened.as_ref(), &problem, 1);
            }
        }
    }
}

fn sample(row: &Entry, ending: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/models/{}-v1.{ending}", row.info.name))
}

/// A file of format version 1 opens for ever, and predicts what it did on the day it was written.
#[test]
fn the_samples_of_version_1_open() {
    for row in of_tables() {
        let (model, _) = induce::open(&sample(row, "safetensors")).unwrap();
        let kept: Vec<f64> = serde_json::from_slice(&std::fs::read(sample(row, "json")).unwrap()).unwrap();
        let problem = problems(row).pop().unwrap();
        let predicted = predict(model.as_ref(), &problem, 1).unwrap();
        let now = if predicted.classes > 0 {
            predicted.probabilities
        } else {
            predicted.values
        };
        assert!(now.len() == kept.len(), "{}", row.info.name);
        assert!(
            now.iter()
                .zip(&kept)
                .all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(1.0)),
            "{}",
            row.info.name
        );
    }
}

/// Once per model and format version: `cargo test -p induce --test every_model write_samples -- --ignored`.
#[test]
#[ignore = "writes the samples of the current version that are not there"]
fn write_samples() {
    for row in of_tables().filter(|row| !sample(row, "json").exists()) {
        let problem = problems(row).pop().unwrap();
        let model = fit(row, &problem, 1);
        save(model.as_ref(), &Value::Null, &sample(row, "safetensors")).unwrap();
        let predicted = predict(model.as_ref(), &problem, 1).unwrap();
        let kept = if predicted.classes > 0 {
            predicted.probabilities
        } else {
            predicted.values
        };
        std::fs::write(sample(row, "json"), serde_json::to_vec(&kept).unwrap()).unwrap();
    }
}

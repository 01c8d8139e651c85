//! What the real packages are asked about: see `tests/golden/judge_interchange.py`.

use std::path::Path;

use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use induce_prob::Objective;
use serde_json::json;

use super::super::features::Kind;
use super::super::{Format, read};
use super::{cases, folder};
use crate::boost::{Model, Spec, fit};
use crate::tree::ensemble::tests::random_tree;
use crate::tree::node::set_of;
use crate::tree::{Branch, Ensemble, Test, Tree};
use induce_core::model::Dataset;
use induce_core::model::{Feature, FeatureType, Schema};

/// Numbers in single precision, categories, missing values.
fn table(rows: usize, categories: usize) -> Table {
    let s = Stream::new(3, "judge");
    let number = |f: u64| {
        let value = |i: usize| match s.child(f).below(i as u64, 9) {
            0 => f64::NAN,
            1 => 0.0,
            _ => f64::from((s.child(f + 10).uniform(i as u64) * 6.0 - 3.0) as f32),
        };
        (0..rows).map(value).collect::<Vec<_>>()
    };
    let pick = |i: usize| {
        Some(format!("c{}", s.child(5).below(i as u64, categories)))
            .filter(|_| s.child(6).below(i as u64, 8) > 0)
    };
    let texts: Vec<_> = (0..rows).map(pick).collect();
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    Table::new(vec![
        Column::from_f64("a", number(1)),
        Column::from_f64("b", number(2)),
        Column::from_text("c", &texts),
    ])
    .unwrap()
}

fn target(table: &Table) -> Vec<f64> {
    let (mut a, mut b) = (vec![0.0; table.rows()], vec![0.0; table.rows()]);
    table.columns()[0].read_f64(0, &mut a);
    table.columns()[1].read_f64(0, &mut b);
    let c = |i: usize| {
        table.columns()[2]
            .text(i)
            .map_or(1.5, |t| f64::from(t.len() as u8 % 3))
    };
    let a = |i: usize| if a[i].is_nan() { 2.0 } else { a[i] };
    (0..table.rows())
        .map(|i| a(i) + c(i) * if b[i] > 0.0 { 1.0 } else { -0.5 } + 3.0)
        .collect()
}

fn fitted(
    name: &str,
    objective: Objective,
    table: &Table,
    target: &[f64],
    classes: usize,
) -> (String, Model) {
    let spec = Spec {
        objective,
        rounds: 12,
        learning_rate: 0.3,
        max_leaves: 8,
        category_group: 1.0,
        ..Spec::default()
    };
    let classes: Vec<String> = (0..classes).map(|c| format!("class {c}")).collect();
    let data = Dataset {
        classes: &classes,
        ..Dataset::new(table, target)
    };
    (
        name.into(),
        fit(&spec, &data, None, &mut Run::new(1)).unwrap().model,
    )
}

/// Models of our own making, with everything that a branch can be.
fn own_models(table: &Table) -> Vec<(String, Model)> {
    let y = target(table);
    let positive: Vec<f64> = y.iter().map(|y| (y / 3.0).exp()).collect();
    let class = |cuts: &[f64]| {
        y.iter()
            .map(|y| cuts.iter().filter(|c| y > c).count() as f64)
            .collect::<Vec<_>>()
    };
    let mut models = vec![
        fitted("squared", Objective::Squared, table, &y, 0),
        fitted("absolute", Objective::Absolute, table, &y, 0),
        fitted("huber", Objective::Huber, table, &y, 0),
        fitted("quantile", Objective::Quantile, table, &y, 0),
        fitted("poisson", Objective::Poisson, table, &positive, 0),
        fitted("gamma", Objective::Gamma, table, &positive, 0),
        fitted("tweedie", Objective::Tweedie, table, &positive, 0),
        fitted("logistic", Objective::Logistic, table, &class(&[3.0]), 2),
        fitted("rare", Objective::Logistic, table, &class(&[6.5]), 2),
        fitted("softmax", Objective::Softmax, table, &class(&[2.0, 4.0]), 3),
    ];
    let base = models[0].1.clone();
    models.extend((0..6).map(|i| (format!("random-{i}"), random(i, &base))));
    models.push(("edges".into(), edges(&base)));
    let mut empty = base.clone();
    (empty.ensemble.trees, empty.ensemble.start) = (Vec::new(), vec![0.0]);
    models.push(("empty".into(), empty));
    models
}

/// Sets with nothing and with everything, thresholds beyond single precision, a start score that it cannot carry.
fn edges(base: &Model) -> Model {
    let number = |t: f64| (0, Test::AtMost(t));
    let category = |to: usize| (2, Test::Member(set_of(0..to)));
    let tests = [
        category(0),
        category(70),
        category(64),
        category(1),
        number(f64::INFINITY),
        number(f64::NEG_INFINITY),
        number(1e300),
        number(-1e300),
        number(1e-300),
        number(-1e-300),
        number(0.0),
        number(-0.0),
    ];
    let mut model = random(0, base);
    let stump = |(i, (feature, test)): (usize, (u32, Test))| {
        let branch = Branch {
            feature,
            test,
            missing_left: i % 3 > 0,
            zero_is_missing: false,
            left: !0,
            right: !1,
            gain: f64::INFINITY,
            cover: 1e300,
            value: f64::NAN,
        };
        let value = 0.125 * (i as f64 + 1.0);
        Tree {
            branches: vec![branch],
            leaves: vec![value, -value / 3.0],
            covers: vec![0.0, f64::NAN],
        }
    };
    model.ensemble.trees = tests.into_iter().enumerate().map(stump).collect();
    model.ensemble.start = vec![-20.5];
    model
}

fn random(i: u64, base: &Model) -> Model {
    let number = |name: &str| Feature {
        name: name.into(),
        feature_type: FeatureType::Number,
        read_as: None,
        notation: None,
    };
    let names = (0..70).map(|c| format!("c{c}")).collect();
    let category = Feature {
        name: "c".into(),
        feature_type: FeatureType::Category(names),
        read_as: None,
        notation: None,
    };
    let outputs = 1 + (i as usize % 2) * 2;
    let stream = Stream::new(i, "judge trees");
    let rounds = [6, 6, 0, 6, 1, 6][i as usize];
    let mut trees: Vec<_> = (0..rounds * outputs)
        .map(|t| random_tree(stream.child(t as u64), 1 + t * 2))
        .collect();
    if i < 4 {
        trees
            .iter_mut()
            .flat_map(|t| &mut t.branches)
            .for_each(|b| b.zero_is_missing = false);
    }
    let ensemble = Ensemble {
        schema: Schema {
            features: vec![number("a"), number("b"), category],
            ..Schema::default()
        },
        start: (0..outputs)
            .map(|k| [0.0, 11.25, -0.3][(k + i as usize) % 3])
            .collect(),
        trees,
        link: if outputs > 1 {
            induce_prob::Link::Softmax
        } else {
            induce_prob::Link::Logit
        },
        single: i == 3,
        average: i == 1 || i == 4,
    };
    let objective = if outputs > 1 { "softmax" } else { "logistic" };
    Model {
        ensemble,
        objective: objective.into(),
        spec: base.spec.clone(),
    }
}

/// Write `model` in every format that has words for it, with inputs and our predictions.
fn write(out: &Path, name: &str, model: &Model, columns: &serde_json::Value, table: &Table) -> usize {
    let mut files = Vec::new();
    for format in Format::ALL {
        if let Ok(bytes) = format.write(model) {
            let ending = ["json", "ubj", "txt"][format as usize];
            std::fs::write(out.join(format!("{name}.{ending}")), bytes).unwrap();
            files.push(format!("{name}.{ending}"));
        }
    }
    let schema = &model.ensemble.schema;
    let codes = schema
        .features
        .iter()
        .filter(|f| Kind::of(f) == Kind::Codes)
        .map(|f| f.name.clone());
    let outputs = model.ensemble.outputs();
    let predictions = model.predict(table, 1).unwrap();
    let case = json!({
        "files": files, "features": schema.names(), "columns": columns, "codes": codes.collect::<Vec<_>>(),
        "predictions": predictions.chunks(outputs).collect::<Vec<_>>(),
    });
    std::fs::write(out.join(format!("{name}.case.json")), case.to_string()).unwrap();
    files.len()
}

#[test]
#[ignore = "called by tests/golden/judge_interchange.py"]
fn write_for_the_judges() {
    let out = std::env::var_os("INDUCE_JUDGE").expect("INDUCE_JUDGE names the folder to write to");
    let out = Path::new(&out);
    let table = table(400, 70);
    let numbers = |f: usize| {
        let mut values = vec![0.0; table.rows()];
        table.columns()[f].read_f64(0, &mut values);
        values
            .into_iter()
            .map(|x| if x.is_nan() { json!(null) } else { json!(x) })
            .collect::<Vec<_>>()
    };
    let texts: Vec<_> = (0..table.rows()).map(|i| table.columns()[2].text(i)).collect();
    let columns = json!({"a": numbers(0), "b": numbers(1), "c": texts});
    let mut files = 0;
    for (name, model) in own_models(&table) {
        files += write(out, &format!("own-{name}"), &model, &columns, &table);
    }
    for case in cases() {
        let model = read("case", &std::fs::read(folder().join(&case.files[0])).unwrap())
            .unwrap()
            .model;
        files += write(out, &case.name, &model, &json!(case.columns), &case.table());
    }
    assert!(files > 100);
}

//! Shapley values of linear scores.

use induce_core::{Column, Table};

use super::{fitted, noise, spec};
use crate::linear::Model;

const N: usize = 90;

fn rows() -> Table {
    let known = ["red", "green", "blue"];
    let colours: Vec<Option<&str>> = (0..N).map(|i| (i % 7 != 0).then(|| known[i * i % 3])).collect();
    let mut x = noise(N, 1);
    x[4] = f64::NAN;
    Table::new(vec![
        Column::from_f64("x", x),
        Column::from_text("c", &colours),
        Column::from_f64("shift", noise(N, 5)),
    ])
    .unwrap()
}

/// By the definition: over all orders of the features, the change of the mean score when a feature is made known.
fn by_definition(model: &Model, table: &Table, row: usize, features: &[&str]) -> Vec<f64> {
    let mean_with = |known: &[&str]| -> f64 {
        let mut mixed = table.clone();
        for name in known {
            let column = table.column(name).unwrap().take(&[row; N]);
            mixed = mixed.without(&[name]).with(column).unwrap();
        }
        model.scores(&mixed).unwrap().iter().sum::<f64>() / N as f64
    };
    let orders = [[0, 1], [1, 0]];
    let mut phi = vec![0.0; features.len()];
    for order in orders {
        let mut known: Vec<&str> = Vec::new();
        for f in order {
            let before = mean_with(&known);
            known.push(features[f]);
            phi[f] += 0.5 * (mean_with(&known) - before);
        }
    }
    phi
}

#[test]
fn contributions_are_shapley_values_and_sum_to_the_score() {
    let table = rows();
    let y: Vec<f64> = noise(N, 3).iter().map(|e| (e + 1.5).floor()).collect();
    for (settings, names) in [
        (r#"{"family": "poisson"}"#, vec![]),
        (
            r#"{"family": "multinomial", "prior": "gaussian", "lambda": "0.1"}"#,
            vec!["0", "1", "2"],
        ),
        (r#"{"family": "poisson", "offset": "shift"}"#, vec![]),
    ] {
        let names: Vec<String> = names.into_iter().map(String::from).collect();
        let model = fitted(&spec(settings), &table, &y, &names).unwrap().model;
        let (shap, scores) = (
            model.contributions(&table).unwrap(),
            model.scores(&table).unwrap(),
        );
        assert_eq!((shap.features, shap.outputs), (3, names.len().max(1)));
        for (values, score) in shap.values.chunks_exact(4).zip(&scores) {
            assert!((values.iter().sum::<f64>() - score).abs() < 1e-12 * score.abs().max(1.0));
        }
    }
    let model = fitted(
        &spec(r#"{"family": "poisson"}"#),
        &table.without(&["shift"]),
        &y,
        &[],
    )
    .unwrap()
    .model;
    let shap = model.contributions(&table).unwrap();
    for row in [0, 4, 11, 50] {
        let exact = by_definition(&model, &table, row, &["x", "c"]);
        for f in 0..2 {
            let own = shap.values[row * 3 + f];
            assert!((own - exact[f]).abs() < 1e-10, "row {row}: {own} {}", exact[f]);
        }
    }
}

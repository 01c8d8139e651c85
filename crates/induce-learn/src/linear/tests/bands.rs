//! Intervals of means and of new observations.

use serde_json::Value;

use super::golden::{FOLDER, column, data, near};
use super::{fitted, noise, spec, table};
use crate::linear::Model;

const FAMILIES: [&str; 5] = ["gaussian", "bernoulli", "poisson", "gamma", "multinomial"];

fn model(family: &str) -> Model {
    let all = data();
    let x = all.select(&["a", "b", "c"]).unwrap();
    let names: Vec<String> = match family {
        "bernoulli" => ["0", "1"].map(String::from).to_vec(),
        "multinomial" => ["0", "1", "2"].map(String::from).to_vec(),
        _ => Vec::new(),
    };
    let own = spec(&format!(r#"{{"family": "{family}", "tolerance": 1e-10}}"#));
    fitted(&own, &x, &column(&all, family), &names).unwrap().model
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(|v| v.as_f64().unwrap())
        .collect()
}

#[test]
fn intervals_are_those_of_statsmodels() {
    let text = std::fs::read(format!("{FOLDER}/bands.json")).unwrap();
    let cases: Value = serde_json::from_slice(&text).unwrap();
    let rows: Vec<Vec<f64>> = cases["rows"].as_array().unwrap().iter().map(numbers).collect();
    let at = |j: usize| rows.iter().map(|r| r[j]).collect();
    let new = table(&[("a", at(0)), ("b", at(1)), ("c", at(2))]);
    for family in FAMILIES {
        let bands = model(family).bands(&new, 0.9, 2).unwrap();
        let (new_low, new_high) = bands.new.unwrap_or_default();
        let mut faults = Vec::new();
        for (name, ours) in [
            ("mean", &bands.mean),
            ("low", &bands.low),
            ("high", &bands.high),
            ("new_low", &new_low),
            ("new_high", &new_high),
        ] {
            let theirs = numbers(&cases[family][name]);
            assert_eq!(ours.len(), theirs.len(), "{family} {name}");
            faults.extend(ours.iter().zip(theirs).filter_map(|(o, t)| near(name, *o, t)));
        }
        assert!(faults.is_empty(), "{family}: {faults:#?}");
    }
}

/// Simulated from the model: new rows fall into the interval as often as it says.
#[test]
fn new_observations_are_covered_as_often_as_is_said() {
    let n = 4000;
    let (x, u) = (noise(n, 1), noise(n, 2));
    let y: Vec<f64> = (0..n)
        .map(|i| -(0.3 + 0.8 * x[i]).exp() * (0.5 + 0.5 * u[i]).ln())
        .collect();
    let (old, new): (Vec<usize>, Vec<usize>) = (0..n).partition(|i| i % 4 == 0);
    let pick = |rows: &[usize], v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<_>>();
    let own = spec(r#"{"family": "gamma"}"#);
    let model = fitted(&own, &table(&[("x", pick(&old, &x))]), &pick(&old, &y), &[])
        .unwrap()
        .model;
    let bands = model.bands(&table(&[("x", pick(&new, &x))]), 0.8, 2).unwrap();
    let (low, high) = bands.new.unwrap();
    let inside = new
        .iter()
        .enumerate()
        .filter(|(k, i)| (low[*k]..=high[*k]).contains(&y[**i]))
        .count();
    // 80 % of 3000, give or take four deviations.
    assert!(
        (inside as f64 - 2400.0).abs() < 4.0 * (3000.0 * 0.16_f64).sqrt(),
        "{inside}"
    );
}

#[test]
fn quantiles_rise_and_are_the_same_at_any_thread_count() {
    let x = data().select(&["a", "b", "c"]).unwrap();
    let wanted = [0.0, 0.01, 0.3, 0.5, 0.9, 1.0];
    for family in [
        "gaussian",
        "poisson",
        "gamma",
        "inverse-gaussian",
        "negative-binomial",
        "tweedie",
    ] {
        let model = model(family);
        let one = model.quantiles(&x, &wanted, 1).unwrap();
        assert_eq!(one, model.quantiles(&x, &wanted, 4).unwrap(), "{family}");
        for row in one.chunks_exact(wanted.len()) {
            assert!(row.windows(2).all(|w| w[0] <= w[1]), "{family} {row:?}");
            assert_eq!(row[5], f64::INFINITY);
            assert!(
                row[0]
                    == if family == "gaussian" {
                        f64::NEG_INFINITY
                    } else {
                        0.0
                    }
            );
        }
    }
}

#[test]
fn what_has_no_interval_says_why() {
    let all = data();
    let x = all.select(&["a", "b", "c"]).unwrap();
    let kinked = spec(r#"{"prior": "laplace", "lambda": "0.1"}"#);
    let lasso = fitted(&kinked, &x, &column(&all, "gaussian"), &[]).unwrap().model;
    assert!(
        lasso
            .bands(&x, 0.95, 1)
            .unwrap_err()
            .to_string()
            .contains("no covariance")
    );
    assert!(
        lasso
            .quantiles(&x, &[0.5], 1)
            .unwrap_err()
            .to_string()
            .contains("no covariance")
    );
    let logit = model("bernoulli");
    assert!(
        logit
            .quantiles(&x, &[0.5], 1)
            .unwrap_err()
            .to_string()
            .contains("no quantiles")
    );
    assert!(
        logit
            .bands(&x, 1.0, 1)
            .unwrap_err()
            .to_string()
            .contains("between 0 and 1")
    );
}

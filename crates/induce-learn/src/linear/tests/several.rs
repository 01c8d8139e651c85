//! More than two classes: what is known about coefficients, and lambda by cross-validation.

use serde_json::Value;

use super::golden::{FOLDER, column, data, near};
use super::{converged, fitted, noise, spec, table};
use crate::linear::{Coefficient, Lambda, Model};

fn names() -> Vec<String> {
    ["0", "1", "2"].map(String::from).to_vec()
}

fn three(settings: &str) -> Model {
    let all = data();
    let x = all.select(&["a", "b", "c"]).unwrap();
    let fitted = fitted(&spec(settings), &x, &column(&all, "multinomial"), &names()).unwrap();
    converged(&fitted.outcome);
    fitted.model
}

fn faults(rows: &[Coefficient], theirs: &Value) -> Vec<String> {
    let all = |name: &str, ours: &dyn Fn(&Coefficient) -> f64| -> Vec<String> {
        let expected = theirs[name].as_array().into_iter().flatten();
        let rows = rows.iter().zip(expected);
        rows.filter_map(|(row, v)| near(&format!("{name} of {}", row.name), ours(row), v.as_f64().unwrap()))
            .collect()
    };
    assert_eq!(theirs["estimate"].as_array().unwrap().len(), rows.len());
    let mut faults = all("estimate", &|r| r.estimate);
    faults.extend(all("error", &|r| r.error.unwrap()));
    faults.extend(all("statistic", &|r| r.statistic.unwrap()));
    faults.extend(all("p", &|r| r.p.unwrap()));
    faults
}

#[test]
fn differences_of_classes_are_those_of_statsmodels() {
    let text = std::fs::read(format!("{FOLDER}/multinomial.json")).unwrap();
    let cases: Value = serde_json::from_slice(&text).unwrap();
    let tight = r#""tolerance": 1e-10"#;
    for (name, settings) in [
        ("model", format!("{{{tight}}}")),
        ("hc0", format!(r#"{{{tight}, "covariance": "hc0"}}"#)),
        (
            "posterior",
            format!(r#"{{{tight}, "prior": "gaussian", "lambda": "0.02", "standardize": false}}"#),
        ),
    ] {
        let (model, theirs) = (three(&settings), &cases[name]);
        let mut faults = faults(&model.difference_table(0), theirs);
        let s = &model.statistics;
        assert_eq!(s.covariance.as_deref(), Some(name));
        if let Some(test) = theirs["test"].as_array() {
            let own = s.test.as_ref().unwrap();
            for (what, ours, theirs) in [
                ("statistic", own.statistic, &test[0]),
                ("df", own.df, &test[1]),
                ("p", own.p, &test[2]),
                ("log-likelihood", s.log_likelihood, &theirs["log_likelihood"]),
                ("AIC", s.aic, &theirs["aic"]),
            ] {
                faults.extend(near(what, ours, theirs.as_f64().unwrap()));
            }
        } else {
            assert!(
                s.test.is_none() && s.parameters < 8.0 && s.parameters > 2.0,
                "{}",
                s.parameters
            );
        }
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

/// The sandwich of `hc1` is that of `hc0` times rows over the degrees of freedom that are left.
#[test]
fn hc1_is_hc0_corrected() {
    let (zero, one) = (
        three(r#"{"covariance": "hc0"}"#),
        three(r#"{"covariance": "hc1"}"#),
    );
    let ratio = (300.0_f64 / 292.0).sqrt();
    for (a, b) in zero.coefficient_table().iter().zip(one.coefficient_table()) {
        assert!((b.error.unwrap() / a.error.unwrap() / ratio - 1.0).abs() < 1e-9);
    }
}

/// Every coefficient less the mean of its classes, whatever columns they are of: their covariance sums to 0.
#[test]
fn the_covariance_is_of_coefficients_that_sum_to_zero() {
    let model = three("{}");
    let p = 4;
    for row in model.covariance.chunks_exact(3 * p) {
        for j in 0..p {
            assert!((0..3).map(|k| row[k * p + j]).sum::<f64>().abs() < 1e-12);
        }
    }
    let table = model.coefficient_table();
    assert!((0..p).all(|j| (0..3).map(|k| table[k * p + j].estimate).sum::<f64>().abs() < 1e-6));
    assert!(table.iter().all(|row| row.p.is_some()));
}

/// A duplicated column has no coefficient of its own: the pseudo-inverse, and as many parameters as the rank says.
#[test]
fn dependent_columns_do_not_count() {
    let (x, e) = (noise(200, 3), noise(200, 4));
    let y: Vec<f64> = (0..200)
        .map(|i| (1.5 + x[i] + e[i]).clamp(0.0, 2.9).floor())
        .collect();
    let once = fitted(&spec("{}"), &table(&[("x", x.clone())]), &y, &names())
        .unwrap()
        .model;
    let twice = fitted(&spec("{}"), &table(&[("x", x.clone()), ("z", x)]), &y, &names())
        .unwrap()
        .model;
    assert!((once.statistics.parameters - 4.0).abs() < 1e-8);
    assert!(
        (twice.statistics.parameters - 4.0).abs() < 1e-6,
        "{}",
        twice.statistics.parameters
    );
    assert_eq!(twice.statistics.test.unwrap().df, 2.0);
}

#[test]
fn lambda_is_chosen_by_folds_and_is_no_constant() {
    let (n, p) = (150, 12);
    let columns: Vec<(String, Vec<f64>)> = (0..p).map(|k| (format!("x{k}"), noise(n, k))).collect();
    let named: Vec<(&str, Vec<f64>)> = columns.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let e = noise(n, 99);
    let target = |signal: f64| -> Vec<f64> {
        (0..n)
            .map(|i| (1.5 + signal * columns[0].1[i] + e[i]).clamp(0.0, 2.9).floor())
            .collect()
    };
    let chosen = |signal: f64, lambda: &str| {
        let own = spec(&format!(r#"{{"prior": "gaussian", "lambda": "{lambda}"}}"#));
        let model = fitted(&own, &table(&named), &target(signal), &names())
            .unwrap()
            .model;
        assert!(
            model
                .notes
                .iter()
                .any(|note| note.contains("least loss in 5 folds")),
            "{:?}",
            model.notes
        );
        let Lambda::Fixed(lambda) = model.spec.lambda else {
            panic!()
        };
        lambda
    };
    // Noise alone wants a strong prior, a strong signal a weak one.
    assert!(chosen(0.0, "cv") > 10.0 * chosen(2.0, "cv"));
    assert_eq!(chosen(2.0, "auto"), chosen(2.0, "cv"));
}

#[test]
fn what_several_classes_cannot_have_is_refused() {
    let x = table(&[("x", noise(60, 1))]);
    let y: Vec<f64> = (0..60).map(|i| f64::from(i % 3)).collect();
    for (settings, word) in [
        (r#"{"covariance": "hc3"}"#, "leverage"),
        (r#"{"prior": "gaussian", "lambda": "evidence"}"#, "closed form"),
        (r#"{"positive": true}"#, "no bounds"),
    ] {
        let error = fitted(&spec(settings), &x, &y, &names()).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let far: Vec<f64> = y.iter().map(|y| y + 1.0).collect();
    assert!(
        fitted(&spec("{}"), &x, &far, &names())
            .unwrap_err()
            .to_string()
            .contains("no index of 3")
    );
}

#[test]
fn separated_classes_are_told() {
    let x: Vec<f64> = (0..60).map(f64::from).collect();
    let y: Vec<f64> = (0..60).map(|i| f64::from(i / 20)).collect();
    let own = fitted(&spec("{}"), &table(&[("x", x.clone())]), &y, &names()).unwrap();
    assert!(
        own.outcome.reason().contains("separate the classes"),
        "{:?}",
        own.outcome
    );
    let held = fitted(
        &spec(r#"{"prior": "gaussian", "lambda": "0.01"}"#),
        &table(&[("x", x)]),
        &y,
        &names(),
    );
    converged(&held.unwrap().outcome);
}

#[test]
fn several_classes_have_the_same_bits_at_any_thread_count_and_in_files() {
    let all = data();
    let x = all.select(&["a", "b", "c"]).unwrap();
    let (y, names) = (column(&all, "multinomial"), names());
    for settings in [
        "{}",
        r#"{"covariance": "hc1"}"#,
        r#"{"prior": "gaussian", "lambda": "cv"}"#,
    ] {
        let at = |threads| {
            let rows = induce_core::model::Dataset {
                classes: &names,
                ..induce_core::model::Dataset::new(&x, &y)
            };
            let mut run = induce_core::Run::new(1).with_threads(threads);
            crate::linear::fit(&spec(settings), &rows, &mut run)
                .unwrap()
                .model
        };
        let one = at(1);
        assert!(one == at(2) && one == at(4), "{settings}");
        let again = Model::from_file(&one.to_file("glm").unwrap()).unwrap();
        assert_eq!(again.difference_table(2), one.difference_table(2));
    }
}

/// At the minimum the gradient of the mean loss is -lambda sign(b) where b is not 0, and within lambda of 0 where it is.
#[test]
fn lasso_of_three_classes_meets_its_conditions() {
    let n = 400;
    let x: Vec<Vec<f64>> = (0..6).map(|k| noise(n, k)).collect();
    let names_of_columns = ["a", "b", "c", "d", "e", "f"];
    let columns: Vec<(&str, Vec<f64>)> = names_of_columns
        .iter()
        .zip(&x)
        .map(|(n, x)| (*n, x.clone()))
        .collect();
    let e = noise(n, 50);
    let class = |i: usize| f64::from(u8::from(x[0][i] + 0.3 * e[i] > 0.3) + u8::from(x[1][i] - e[i] > 0.2));
    let y: Vec<f64> = (0..n).map(class).collect();
    for (prior, ratio) in [("laplace", 1.0), ("elastic-net", 0.6)] {
        let lambda = 0.02;
        let settings = format!(
            r#"{{"prior": "{prior}", "lambda": "{lambda}", "l1_ratio": 0.6, "standardize": false, "tolerance": 1e-9}}"#
        );
        let fitted = fitted(&spec(&settings), &table(&columns), &y, &names()).unwrap();
        converged(&fitted.outcome);
        let model = fitted.model;
        let p = model.probabilities(&table(&columns)).unwrap();
        let zeros = model.coefficients.iter().filter(|b| **b == 0.0).count();
        assert!((4..17).contains(&zeros), "{zeros}");
        for (c, own) in model.coefficients.chunks_exact(6).enumerate() {
            for (j, &b) in own.iter().enumerate() {
                let gradient = |i: usize| (p[3 * i + c] - f64::from(u8::from(y[i] == c as f64))) * x[j][i];
                let g = (0..n).map(gradient).sum::<f64>() / n as f64 + lambda * (1.0 - ratio) * b;
                let kink = lambda * ratio;
                let fault = if b == 0.0 {
                    (g.abs() - kink).max(0.0)
                } else {
                    (g + kink * b.signum()).abs()
                };
                assert!(fault < 1e-7, "{prior} class {c}, column {j}: {b} {g}");
            }
        }
        assert!(model.coefficient_table().iter().all(|row| row.error.is_none()));
    }
}

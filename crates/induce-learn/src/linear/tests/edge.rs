//! Inputs at the edge: the column "ours should" of the table of what others do with them.

use super::{classes, converged, fitted, noise, spec, table};
use induce_core::Outcome;

const N: usize = 200;

fn line(scale: f64) -> (induce_core::Table, Vec<f64>) {
    let (x, z, e) = (noise(N, 1), noise(N, 2), noise(N, 3));
    let y = (0..N).map(|i| 1.0 + 2.0 * x[i] - z[i] + 0.1 * e[i]).collect();
    let scaled = |v: &[f64]| v.iter().map(|v| v * scale).collect::<Vec<_>>();
    (table(&[("x", scaled(&x)), ("z", scaled(&z))]), y)
}

/// scikit-learn's ridge fails on 1e200 inside a library, its logistic regression answers 0 with a warning.
#[test]
fn columns_and_targets_of_any_scale_give_the_same_model() {
    for prior in ["none", "gaussian", "laplace"] {
        let own = spec(&format!(r#"{{"prior": "{prior}", "lambda": "0.01"}}"#));
        let (one, y) = line(1.0);
        let plain = fitted(&own, &one, &y, &[]).unwrap();
        for scale in [1e-8, 1e200, 1e-200] {
            let (far, y) = line(scale);
            let other = fitted(&own, &far, &y, &[]).unwrap();
            converged(&other.outcome);
            for (a, b) in plain.model.coefficients.iter().zip(&other.model.coefficients) {
                assert!((a - b * scale).abs() < 1e-9 * a.abs(), "{prior} {scale}: {a} {b}");
            }
            let predicted = other.model.predict(&far).unwrap();
            assert!((predicted[0] - y[0]).abs() < 0.3, "{}", predicted[0]);
        }
    }
    let (one, y) = line(1.0);
    let far: Vec<f64> = y.iter().map(|y| y * 1e200).collect();
    let other = fitted(&spec("{}"), &one, &far, &[]).unwrap();
    assert!((other.model.coefficients[0] / 1e200 - 2.0).abs() < 0.05);
    assert!(other.model.coefficient_table()[1].error.unwrap().is_finite());
}

#[test]
fn logistic_regression_does_not_mind_scales() {
    let (x, e) = (noise(N, 1), noise(N, 3));
    let y: Vec<f64> = (0..N).map(|i| f64::from(u8::from(x[i] + e[i] > 0.0))).collect();
    let at = |scale: f64| {
        let far = table(&[("x", x.iter().map(|x| x * scale).collect())]);
        let own = fitted(
            &spec(r#"{"prior": "gaussian", "lambda": "0.001"}"#),
            &far,
            &y,
            &classes(),
        )
        .unwrap();
        converged(&own.outcome);
        own.model.coefficients[0] * scale
    };
    let plain = at(1.0);
    assert!(plain > 1.0);
    for scale in [1e-8, 1e200] {
        assert!((at(scale) / plain - 1.0).abs() < 1e-9, "{scale}");
    }
}

/// scikit-learn answers 114 without a warning.
#[test]
fn separated_classes_are_told() {
    let x = noise(N, 1);
    let y: Vec<f64> = x.iter().map(|x| f64::from(u8::from(*x > 0.0))).collect();
    let own = fitted(
        &spec("{}"),
        &table(&[("x", x.clone()), ("z", noise(N, 2))]),
        &y,
        &classes(),
    )
    .unwrap();
    let Outcome::Stopped { reason } = &own.outcome else {
        panic!("{:?}", own.outcome)
    };
    assert!(
        reason.contains("separates the classes completely") && reason.contains("prior=gaussian"),
        "{reason}"
    );
    let under_prior = fitted(
        &spec(r#"{"prior": "gaussian", "lambda": "0.01"}"#),
        &table(&[("x", x)]),
        &y,
        &classes(),
    );
    converged(&under_prior.unwrap().outcome);
}

/// One column separates only part of the rows: all of its ones are of one class.
#[test]
fn separation_of_some_rows_is_told() {
    let (x, e) = (noise(N, 1), noise(N, 3));
    let flag: Vec<f64> = (0..N).map(|i| f64::from(u8::from(i % 10 == 0))).collect();
    let y: Vec<f64> = (0..N)
        .map(|i| {
            if flag[i] > 0.0 {
                1.0
            } else {
                f64::from(u8::from(x[i] + e[i] > 0.0))
            }
        })
        .collect();
    let own = fitted(&spec("{}"), &table(&[("x", x), ("flag", flag)]), &y, &classes()).unwrap();
    assert!(own.outcome.reason().contains("`flag`"), "{:?}", own.outcome);
}

/// scikit-learn answers coefficients of 4.6e13.
#[test]
fn duplicated_columns_share_the_shortest_solution() {
    let (base, y) = line(1.0);
    let twin = base.with(base.columns()[0].renamed("twin")).unwrap();
    let own = fitted(&spec("{}"), &twin, &y, &[]).unwrap();
    let b = &own.model.coefficients;
    assert!(
        (b[0] - b[2]).abs() < 1e-8 && (b[0] + b[2] - 2.0).abs() < 0.05,
        "{b:?}"
    );
    assert!(
        own.model
            .notes
            .iter()
            .any(|note| note.contains("the rank of the design is")),
        "{:?}",
        own.model.notes
    );
    let logistic: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 1.0))).collect();
    let flipped: Vec<f64> = (0..N)
        .map(|i| {
            if i % 5 == 0 {
                1.0 - logistic[i]
            } else {
                logistic[i]
            }
        })
        .collect();
    let own = fitted(&spec("{}"), &twin, &flipped, &classes()).unwrap();
    let b = &own.model.coefficients;
    assert!((b[0] - b[2]).abs() < 1e-6 && b[0].abs() < 10.0, "{b:?}");
}

#[test]
fn a_constant_target_has_coefficients_of_zero() {
    let (x, _) = line(1.0);
    for (prior, value) in [("none", 3.5), ("gaussian", 0.0), ("laplace", -1e9)] {
        let own = fitted(&spec(&format!(r#"{{"prior": "{prior}"}}"#)), &x, &[value; N], &[]).unwrap();
        converged(&own.outcome);
        assert!(
            own.model
                .coefficients
                .iter()
                .all(|b| b.abs() <= 1e-12 * value.abs()),
            "{:?}",
            own.model.coefficients
        );
        assert!((own.model.predict(&x).unwrap()[0] - value).abs() <= 1e-12 * value.abs());
    }
}

#[test]
fn a_column_without_values_is_useless_and_said_to_be() {
    let (base, y) = line(1.0);
    let with = base
        .with(induce_core::Column::from_f64("empty", vec![f64::NAN; N]))
        .unwrap();
    let with = with
        .with(induce_core::Column::from_f64("same", vec![7.0; N]))
        .unwrap();
    let own = fitted(&spec("{}"), &with, &y, &[]).unwrap().model;
    let plain = fitted(&spec("{}"), &base, &y, &[]).unwrap().model;
    assert_eq!(own.coefficients, plain.coefficients);
    assert!(
        own.notes.iter().any(|note| note.contains("`empty` is left out")),
        "{:?}",
        own.notes
    );
    assert_eq!(own.predict(&with).unwrap(), plain.predict(&base).unwrap());
}

#[test]
fn missing_and_infinite_values_are_errors_with_hints() {
    let (base, y) = line(1.0);
    let mut x = noise(N, 1);
    x[3] = f64::NAN;
    let hole = base.with(induce_core::Column::from_f64("x", x.clone())).unwrap();
    let error = fitted(&spec(r#"{"missing": "error"}"#), &hole, &y, &[]).unwrap_err();
    assert!(error.hint().unwrap().contains("missing=mean"), "{error}");
    let own = fitted(&spec(r#"{"missing": "mean"}"#), &hole, &y, &[])
        .unwrap()
        .model;
    assert!(own.predict(&hole).unwrap()[3].is_finite());
    x[3] = f64::INFINITY;
    let filled = base.with(induce_core::Column::from_f64("x", x.clone())).unwrap();
    assert!(own.predict(&filled).unwrap_err().to_string().contains("row 4"));
    let endless = base.with(induce_core::Column::from_f64("x", x)).unwrap();
    assert!(
        fitted(&spec("{}"), &endless, &y, &[])
            .unwrap_err()
            .to_string()
            .contains("row 4")
    );
}

#[test]
fn fewer_rows_than_columns() {
    let columns: Vec<(String, Vec<f64>)> = (0..30).map(|k| (format!("x{k}"), noise(12, k))).collect();
    let named: Vec<(&str, Vec<f64>)> = columns.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let (wide, y) = (table(&named), noise(12, 99));
    let shortest = fitted(&spec("{}"), &wide, &y, &[]).unwrap();
    let predicted = shortest.model.predict(&wide).unwrap();
    assert!(
        predicted.iter().zip(&y).all(|(a, b)| (a - b).abs() < 1e-8),
        "the shortest solution fits exactly"
    );
    assert_eq!(shortest.model.statistics.solver, "dual");
    for prior in ["gaussian", "laplace"] {
        let own = fitted(
            &spec(&format!(r#"{{"prior": "{prior}", "lambda": "0.05"}}"#)),
            &wide,
            &y,
            &[],
        )
        .unwrap();
        converged(&own.outcome);
    }
    // The dual and the primal are one problem.
    let dual = fitted(
        &spec(r#"{"prior": "gaussian", "lambda": "0.05"}"#),
        &wide,
        &y,
        &[],
    )
    .unwrap()
    .model;
    let primal = fitted(
        &spec(r#"{"prior": "gaussian", "lambda": "0.05", "solver": "cholesky"}"#),
        &wide,
        &y,
        &[],
    )
    .unwrap()
    .model;
    for (a, b) in dual.coefficients.iter().zip(&primal.coefficients) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

#[test]
fn one_row() {
    let one = table(&[("x", vec![3.0])]);
    let own = fitted(&spec("{}"), &one, &[5.0], &[]).unwrap().model;
    assert_eq!(own.predict(&one).unwrap(), [5.0]);
    assert!(own.coefficient_table()[0].error.is_none());
    let error = fitted(&spec(r#"{"prior": "laplace"}"#), &one, &[5.0], &[]);
    assert!(error.is_ok() || error.unwrap_err().hint().is_some());
}

/// scikit-learn's Poisson regression answers 0 with a warning.
#[test]
fn large_poisson_columns_are_no_trouble() {
    let x: Vec<f64> = noise(N, 1).iter().map(|x| 1e3 * x).collect();
    let y: Vec<f64> = x.iter().map(|x| (1e-3 * x + 1.0).exp().round()).collect();
    let own = fitted(&spec(r#"{"family": "poisson"}"#), &table(&[("x", x)]), &y, &[]).unwrap();
    converged(&own.outcome);
    assert!((own.model.coefficients[0] - 1e-3).abs() < 2e-4);
}

/// Nothing is left to learn from, with an intercept and without.
#[test]
fn no_usable_column() {
    let (same, y) = (table(&[("x", vec![2.0; N])]), noise(N, 4));
    let own = fitted(&spec("{}"), &same, &y, &[]).unwrap().model;
    let mean = y.iter().sum::<f64>() / N as f64;
    assert!(own.terms.is_empty() && (own.predict(&same).unwrap()[0] - mean).abs() < 1e-12);
    let empty = table(&[("x", vec![f64::NAN; N])]);
    let own = fitted(
        &spec(r#"{"fit_intercept": false, "covariance": "hc3"}"#),
        &empty,
        &y,
        &[],
    )
    .unwrap()
    .model;
    assert_eq!(own.predict(&empty).unwrap(), vec![0.0; N]);
}

//! What must hold whatever the data: threads, weights, files, optimality, links between the solvers.

use induce_core::model_file::ModelFile;
use induce_core::{Column, Run, Table};

use super::{classes, converged, fit, fitted, noise, spec, table};
use crate::linear::{Model, fit_from};
use induce_core::model::Dataset;

const N: usize = 2500;

fn rows() -> (Table, Vec<f64>) {
    let x: Vec<Vec<f64>> = (0..6).map(|k| noise(N, k)).collect();
    let e = noise(N, 50);
    let eta = |i: usize| 0.5 + x[0][i] - 0.7 * x[1][i] + 0.3 * x[2][i] + e[i];
    let names = ["a", "b", "c", "d", "e", "f"];
    let columns: Vec<(&str, Vec<f64>)> = names.iter().zip(&x).map(|(n, x)| (*n, x.clone())).collect();
    (table(&columns), (0..N).map(eta).collect())
}

/// Levels of a category, enough of them to make the design sparse.
fn categories() -> Table {
    let names: Vec<String> = noise(N, 7)
        .iter()
        .map(|v| format!("c{:02}", ((v + 1.0) * 20.0) as usize))
        .collect();
    let texts: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
    let (base, _) = rows();
    base.with(Column::from_text("g", &texts)).unwrap()
}

const SPECS: [&str; 8] = [
    "{}",
    r#"{"prior": "gaussian"}"#,
    r#"{"prior": "laplace"}"#,
    r#"{"prior": "elastic-net", "lambda": "0.05"}"#,
    r#"{"prior": "scad", "lambda": "0.05"}"#,
    r#"{"prior": "mcp", "lambda": "0.05"}"#,
    r#"{"prior": "gaussian", "lambda": "0.1", "positive": true}"#,
    r#"{"covariance": "hc3"}"#,
];

#[test]
fn the_same_bits_at_one_two_and_four_threads() {
    let (_, y) = rows();
    let labels: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 0.4))).collect();
    let both = classes();
    for table in [rows().0, categories()] {
        for own in SPECS {
            for names in [&[][..], &both] {
                // Cross-validation of a likelihood with many lambdas is for benches.
                let own = if names.is_empty() {
                    own.to_string()
                } else {
                    own.replace("laplace\"", "laplace\", \"lambda\": \"0.02\"")
                };
                let own = own.as_str();
                if !names.is_empty() && own.contains("\"gaussian\"}") {
                    continue;
                }
                let target = if names.is_empty() { &y } else { &labels };
                let data = Dataset {
                    classes: names,
                    ..Dataset::new(&table, target)
                };
                let at = |threads| {
                    fit(&spec(own), &data, &mut Run::new(1).with_threads(threads))
                        .unwrap()
                        .model
                };
                let one = at(1);
                assert_eq!(one, at(2), "{own}");
                assert_eq!(one, at(4), "{own}");
            }
        }
    }
}

#[test]
fn a_weight_of_two_is_a_row_twice() {
    let (x, y) = rows();
    let weight: Vec<f64> = (0..N).map(|i| (i % 3) as f64).collect();
    let repeated: Vec<usize> = (0..N).flat_map(|i| vec![i; i % 3]).collect();
    let (x_twice, y_twice) = (
        x.take(&repeated),
        repeated.iter().map(|&i| y[i].exp().round()).collect::<Vec<_>>(),
    );
    let counts: Vec<f64> = y.iter().map(|y| y.exp().round()).collect();
    for own in [
        r#"{"family": "poisson"}"#,
        r#"{"prior": "laplace", "lambda": "0.1"}"#,
        r#"{"covariance": "hc1"}"#,
    ] {
        let weighted = Dataset {
            weight: Some(&weight),
            ..Dataset::new(&x, &counts)
        };
        let a = fit(&spec(own), &weighted, &mut Run::new(0)).unwrap().model;
        let b = fit(&spec(own), &Dataset::new(&x_twice, &y_twice), &mut Run::new(0))
            .unwrap()
            .model;
        for (a, b) in a.coefficient_table().iter().zip(b.coefficient_table()) {
            assert!(
                (a.estimate - b.estimate).abs() < 1e-8,
                "{own} {} {}",
                a.estimate,
                b.estimate
            );
            let errors = a.error.zip(b.error);
            assert!(
                errors.is_none_or(|(a, b)| (a / b - 1.0).abs() < 1e-7),
                "{own} {errors:?}"
            );
        }
        assert!((a.statistics.aic / b.statistics.aic - 1.0).abs() < 1e-9);
    }
}

#[test]
fn saved_and_opened_it_is_the_same_model() {
    let (_, y) = rows();
    for own in SPECS {
        let model = fitted(&spec(own), &categories(), &y, &[]).unwrap().model;
        let bytes = model.to_file("glm").unwrap().to_bytes().unwrap();
        let again = Model::from_file(&ModelFile::read_bytes("memory", &bytes).unwrap()).unwrap();
        assert_eq!(model, again);
    }
}

#[test]
fn damaged_files_are_refused() {
    let (x, y) = rows();
    let file = fitted(&spec("{}"), &x, &y, &[])
        .unwrap()
        .model
        .to_file("glm")
        .unwrap();
    let refused = |change: &dyn Fn(&mut ModelFile)| {
        let mut file = file.clone();
        change(&mut file);
        assert!(Model::from_file(&file).is_err());
    };
    refused(&|f| f.put("coefficients", vec![1.0]));
    refused(&|f| f.put("coefficients", vec![f64::NAN; 6]));
    refused(&|f| f.put("covariance", vec![1.0; 3]));
    refused(&|f| f.put("intercepts", vec![1.0, 2.0]));
    refused(&|f| f.put("statistics", vec![1.0]));
    refused(&|f| drop(f.metadata.remove("linear")));
    let head = file.metadata["linear"].replace("\"feature\":5", "\"feature\":77");
    refused(&|f| drop(f.metadata.insert("linear".into(), head.clone())));
    let head = file.metadata["linear"].replace("\"level\":null", "\"level\":3");
    refused(&|f| drop(f.metadata.insert("linear".into(), head.clone())));
}

/// Every solver of a problem finds its one minimum.
#[test]
fn solvers_agree() {
    let (x, y) = rows();
    let counts: Vec<f64> = y.iter().map(|y| (0.5 * y).exp().round()).collect();
    for family in ["gaussian", "poisson", "gamma", "tweedie"] {
        let target: Vec<f64> = if family == "gamma" {
            counts.iter().map(|y| y + 0.5).collect()
        } else {
            counts.clone()
        };
        let by = |solver: &str| {
            let own = spec(&format!(
                r#"{{"family": "{family}", "prior": "gaussian", "lambda": "0.01", "solver": "{solver}"}}"#
            ));
            let fitted = fitted(&own, &x, &target, &[]).unwrap();
            converged(&fitted.outcome);
            fitted.model.coefficients
        };
        let auto = by("auto");
        for solver in ["newton", "lbfgs", "coordinate-descent"] {
            for (a, b) in auto.iter().zip(by(solver)) {
                assert!((a - b).abs() < 1e-6, "{family} {solver}: {a} {b}");
            }
        }
    }
}

/// Enough rows for a sample of them to lead.
#[test]
fn the_sampled_start_ends_at_the_same_minimum() {
    let n = 60_000;
    let x: Vec<Vec<f64>> = (0..5).map(|k| noise(n, k)).collect();
    let e = noise(n, 9);
    let y: Vec<f64> = (0..n)
        .map(|i| f64::from(u8::from(x[0][i] - 0.5 * x[1][i] + e[i] > 0.2)))
        .collect();
    let names = ["a", "b", "c", "d", "e"];
    let columns: Vec<(&str, Vec<f64>)> = names.iter().zip(&x).map(|(n, x)| (*n, x.clone())).collect();
    let wide = table(&columns);
    let by = |solver: &str| {
        fitted(
            &spec(&format!(r#"{{"solver": "{solver}"}}"#)),
            &wide,
            &y,
            &classes(),
        )
        .unwrap()
    };
    let (auto, newton) = (by("auto"), by("newton"));
    assert_eq!(auto.model.statistics.solver, "L-BFGS");
    assert!(auto.report.steps < 12, "{}", auto.report.steps);
    for (a, b) in auto.model.coefficients.iter().zip(&newton.model.coefficients) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

/// The lasso's optimality: the gradient of the loss is at most lambda, and lambda exactly where a coefficient is not 0.
#[test]
fn the_lasso_is_optimal_and_its_gap_small() {
    let (x, y) = rows();
    let model = fitted(
        &spec(r#"{"prior": "laplace", "lambda": "0.05", "standardize": false}"#),
        &x,
        &y,
        &[],
    )
    .unwrap()
    .model;
    let residual: Vec<f64> = model
        .predict(&x)
        .unwrap()
        .iter()
        .zip(&y)
        .map(|(p, y)| y - p)
        .collect();
    for (b, column) in model.coefficients.iter().zip(x.columns()) {
        let mut values = vec![0.0; N];
        column.read_f64(0, &mut values);
        let gradient: f64 = values.iter().zip(&residual).map(|(x, r)| x * r).sum::<f64>() / N as f64;
        let expected = if *b == 0.0 {
            gradient.clamp(-0.05, 0.05)
        } else {
            0.05 * b.signum()
        };
        assert!((gradient - expected).abs() < 1e-7, "{b} {gradient}");
    }
    assert!(model.coefficients.contains(&0.0));
    assert!(model.statistics.gap.unwrap() < 1e-7, "{:?}", model.statistics.gap);
}

/// More columns than rows and more than the Hessian is formed for: residuals, working sets and extrapolation.
#[test]
fn wide_lasso_finds_the_columns() {
    let n = 80;
    let columns: Vec<(String, Vec<f64>)> = (0..400).map(|k| (format!("x{k}"), noise(n, k))).collect();
    let named: Vec<(&str, Vec<f64>)> = columns
        .iter()
        .map(|(name, v)| (name.as_str(), v.clone()))
        .collect();
    let y: Vec<f64> = (0..n)
        .map(|i| 3.0 * columns[5].1[i] - 2.0 * columns[300].1[i])
        .collect();
    let own = fitted(
        &spec(r#"{"prior": "laplace", "lambda": "0.05"}"#),
        &table(&named),
        &y,
        &[],
    )
    .unwrap();
    converged(&own.outcome);
    assert!(own.model.coefficients[5] > 2.0 && own.model.coefficients[300] < -1.0);
    assert!(own.model.statistics.gap.unwrap() < 1e-6);
}

/// Simulated: the prior's variance is known, and so is the lambda of largest evidence.
#[test]
fn the_evidence_finds_the_noise_over_the_prior_variance() {
    let (n, p) = (2000, 60);
    let x: Vec<Vec<f64>> = (0..p).map(|k| noise(n, k)).collect();
    let b: Vec<f64> = noise(p, 1000);
    let e = noise(n, 2000);
    let y: Vec<f64> = (0..n)
        .map(|i| (0..p).map(|k| x[k][i] * b[k]).sum::<f64>() + 3.0 * e[i])
        .collect();
    let names: Vec<String> = (0..p).map(|k| format!("x{k}")).collect();
    let columns: Vec<(&str, Vec<f64>)> = names.iter().zip(x).map(|(n, x)| (n.as_str(), x)).collect();
    let own = fitted(
        &spec(r#"{"prior": "gaussian", "standardize": false}"#),
        &table(&columns),
        &y,
        &[],
    )
    .unwrap()
    .model;
    let crate::linear::Lambda::Fixed(lambda) = own.spec.lambda else {
        panic!()
    };
    // Noise 9 / 3, prior 1 / 3: lambda = 9 / n.
    assert!((lambda * n as f64 / 9.0).ln().abs() < 0.5, "{lambda}");
}

#[test]
fn bounds_hold_and_categories_stand_for_their_levels() {
    let (_, y) = rows();
    let own = fitted(
        &spec(r#"{"lower": {"b": 0.0}, "upper": {"a": 0.5}}"#),
        &rows().0,
        &y,
        &[],
    )
    .unwrap();
    converged(&own.outcome);
    assert!((own.model.coefficients[0] - 0.5).abs() < 1e-12 && own.model.coefficients[1] == 0.0);
    let grouped = fitted(&spec("{}"), &categories(), &y, &[]).unwrap().model;
    assert_eq!(grouped.terms.len(), 6 + 39, "the reference level is dropped");
    let predicted = grouped.predict(&categories()).unwrap();
    let residual: f64 = predicted.iter().zip(&y).map(|(p, y)| p - y).sum();
    assert!(residual.abs() < 1e-6 * N as f64, "{residual}");
}

#[test]
fn bands_cover_their_mean() {
    let (x, y) = rows();
    let model = fitted(&spec("{}"), &x, &y, &[]).unwrap().model;
    let bands = model.bands(&x, 0.95, 2).unwrap();
    let (low, high) = bands.new.unwrap();
    let inside = (0..N).filter(|&i| (low[i]..=high[i]).contains(&y[i])).count();
    assert!(
        (0..N)
            .all(|i| low[i] < bands.low[i] && bands.low[i] < bands.mean[i] && bands.mean[i] < bands.high[i])
    );
    assert!(inside as f64 > 0.95 * N as f64 - 40.0);
}

#[test]
fn a_stopped_fit_says_so() {
    let (x, y) = rows();
    let labels: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 0.4))).collect();
    let both = classes();
    let data = Dataset {
        classes: &both,
        ..Dataset::new(&x, &labels)
    };
    let mut run = Run::new(0).with_time(std::time::Duration::ZERO);
    let outcome = fit(&spec("{}"), &data, &mut run).unwrap().outcome;
    assert!(outcome.reason().contains("time budget"), "{outcome:?}");
    let few = fitted(&spec(r#"{"max_iterations": 1}"#), &x, &labels, &classes())
        .unwrap()
        .outcome;
    assert!(few.reason().contains("max_iterations"), "{few:?}");
}

/// A file of format version 1 must open for ever, and predict what it predicted. `INDUCE_BLESS` writes it anew.
#[test]
fn the_sample_of_version_1_opens() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/linear-v1.safetensors");
    let known = ["red", "green", "blue"];
    let colours: Vec<Option<&str>> = (0..40).map(|i| Some(known[i * i % 3])).collect();
    let sample = Table::new(vec![
        Column::from_f64("x", noise(40, 1)),
        Column::from_text("c", &colours),
    ])
    .unwrap();
    if std::env::var_os("INDUCE_BLESS").is_some() && !std::path::Path::new(path).exists() {
        let y: Vec<f64> = noise(40, 2).iter().map(|v| v + 1.5).collect();
        let model = fitted(&spec(r#"{"family": "gamma"}"#), &sample, &y, &[])
            .unwrap()
            .model;
        let mut file = model.to_file("glm").unwrap();
        file.put("predicted", model.predict(&sample).unwrap());
        file.write(path).unwrap();
    }
    let file = ModelFile::read(path).unwrap();
    let model = Model::from_file(&file).unwrap();
    assert_eq!((file.version, file.kind.as_str()), (1, "glm"));
    let predicted = model.predict(&sample).unwrap();
    for (ours, kept) in predicted.iter().zip(file.values::<f64>("predicted").unwrap()) {
        assert!((ours - kept).abs() < 1e-12 * kept.abs());
    }
    assert!(model.coefficient_table()[1].p.is_some());
}

#[test]
fn a_fit_from_a_solution_ends_there_at_once() {
    let (x, y) = rows();
    let labels: Vec<f64> = y.iter().map(|y| f64::from(u8::from(*y > 0.4))).collect();
    let thirds: Vec<f64> = y
        .iter()
        .map(|y| f64::from(u8::from(*y > 0.0) + u8::from(*y > 0.8)))
        .collect();
    let three = ["a", "b", "c"].map(String::from);
    for (names, target) in [(&classes()[..], &labels), (&three, &thirds)] {
        let data = Dataset {
            classes: names,
            ..Dataset::new(&x, target)
        };
        let own = spec(r#"{"prior": "gaussian", "lambda": "0.01", "tolerance": 1e-6}"#);
        let cold = fit(&own, &data, &mut Run::new(0)).unwrap();
        let warm = fit_from(&own, &data, Some(&cold.model), &mut Run::new(0)).unwrap();
        assert!(
            cold.report.steps > 2 && warm.report.steps <= 1,
            "{}",
            warm.report.steps
        );
        let pairs = cold.model.coefficients.iter().zip(&warm.model.coefficients);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-5), "{pairs:?}");
    }
}

#[test]
fn coefficients_set_by_hand_are_predicted_with_and_have_no_errors() {
    let (x, y) = rows();
    let model = fitted(&spec("{}"), &x, &y, &[]).unwrap().model;
    let own = model.with_coefficients(vec![0.0; 6], vec![2.5]).unwrap();
    assert!(own.predict(&x).unwrap().iter().all(|p| (p - 2.5).abs() < 1e-12));
    assert!(own.coefficient_table().iter().all(|c| c.error.is_none()));
    for (coefficients, intercepts) in [(vec![0.0; 5], vec![0.0]), (vec![f64::NAN; 6], vec![0.0])] {
        assert!(model.with_coefficients(coefficients, intercepts).is_err());
    }
}

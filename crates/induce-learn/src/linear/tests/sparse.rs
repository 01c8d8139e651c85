//! LSMR, and compressed sparse rows.

use induce_core::{Column, Run, Table};

use super::{converged, fitted, noise, spec, table};
use crate::linear::{Lambda, Model, fit_sparse};
use induce_core::linalg::Csr;

/// Rows with a fraction `fill` of entries other than 0, in the parts that [`Csr`] takes.
struct Parts {
    columns: usize,
    starts: Vec<usize>,
    index: Vec<u32>,
    value: Vec<f64>,
}

fn csr(columns: usize, starts: &[usize], index: &[u32], value: &[f64]) -> induce_core::Result<Csr> {
    Csr::from_vecs(columns, starts.to_vec(), index.to_vec(), value.to_vec())
}

impl Parts {
    fn new(rows: usize, columns: usize, fill: f64) -> Self {
        let stream = induce_core::random::Stream::new(8, "linear/sparse");
        let mut parts = Self {
            columns,
            starts: vec![0],
            index: Vec::new(),
            value: Vec::new(),
        };
        for i in 0..rows {
            for j in 0..columns {
                let k = (i * columns + j) as u64;
                if stream.uniform(2 * k) < fill {
                    parts.index.push(j as u32);
                    parts.value.push(2.0 * stream.uniform(2 * k + 1) - 0.3);
                }
            }
            parts.starts.push(parts.index.len());
        }
        parts
    }

    fn csr(&self) -> Csr {
        csr(self.columns, &self.starts, &self.index, &self.value).unwrap()
    }

    fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// X b + noise
    fn target(&self, b: &[f64]) -> Vec<f64> {
        let e = noise(self.rows(), 77);
        let score = |i: usize| {
            (self.starts[i]..self.starts[i + 1])
                .map(|k| self.value[k] * b[self.index[k] as usize])
                .sum::<f64>()
        };
        (0..self.rows()).map(|i| 1.0 + score(i) + 0.2 * e[i]).collect()
    }

    fn table(&self) -> Table {
        let mut columns = vec![vec![0.0; self.rows()]; self.columns];
        for i in 0..self.rows() {
            (self.starts[i]..self.starts[i + 1])
                .for_each(|k| columns[self.index[k] as usize][i] = self.value[k]);
        }
        let named = columns
            .into_iter()
            .enumerate()
            .map(|(j, v)| Column::from_f64(format!("x{j}"), v));
        Table::new(named.collect()).unwrap()
    }
}

fn sparse_fit(settings: &str, parts: &Parts, y: &[f64]) -> Model {
    let fitted = fit_sparse(
        &spec(settings),
        &parts.csr(),
        y,
        None,
        &[],
        &mut Run::new(0).with_threads(2),
    )
    .unwrap();
    converged(&fitted.outcome);
    fitted.model
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()))
}

#[test]
fn lsmr_finds_what_cholesky_finds() {
    for fill in [0.05, 0.9] {
        let parts = Parts::new(700, 40, fill);
        let y = parts.target(&noise(40, 3));
        for prior in [
            r#""prior": "none""#,
            r#""prior": "gaussian", "lambda": "0.03""#,
            r#""prior": "gaussian", "lambda": "0.03", "standardize": false"#,
            r#""prior": "none", "fit_intercept": false"#,
        ] {
            let by = |solver: &str| {
                let own = format!(r#"{{{prior}, "tolerance": 1e-11, "solver": "{solver}"}}"#);
                sparse_fit(&own, &parts, &y)
            };
            let (exact, own) = (by("cholesky"), by("lsmr"));
            assert_eq!(own.statistics.solver, "LSMR");
            let far =
                apart(&exact.coefficients, &own.coefficients).max(apart(&exact.intercepts, &own.intercepts));
            assert!(far < 1e-8, "{prior} at {fill}: {far}");
        }
    }
}

/// p = 5000 and n = 3000: the gradient of the objective, from the definition, are 0 at the solution.
#[test]
fn thousands_of_sparse_columns_go_to_lsmr() {
    let parts = Parts::new(3000, 5000, 0.002);
    let y = parts.target(&noise(5000, 3));
    let model = sparse_fit(
        r#"{"prior": "gaussian", "lambda": "0.01", "standardize": false}"#,
        &parts,
        &y,
    );
    assert_eq!(model.statistics.solver, "LSMR");
    let means = model.predict_sparse(&parts.csr()).unwrap();
    let mut gradient: Vec<f64> = vec![0.0; 5000];
    for t in 0..model.terms.len() {
        gradient[model.terms[t].feature] = 0.01 * model.coefficients[t];
    }
    for i in 0..parts.rows() {
        for k in parts.starts[i]..parts.starts[i + 1] {
            gradient[parts.index[k] as usize] += (means[i] - y[i]) * parts.value[k] / 3000.0;
        }
    }
    let used: Vec<f64> = model
        .terms
        .iter()
        .map(|t| gradient[t.feature] / t.scale)
        .collect();
    assert!(used.len() > 4900 && apart(&used, &vec![0.0; used.len()]) < 1e-7);
    assert!((means.iter().sum::<f64>() - y.iter().sum::<f64>()).abs() < 1e-6);
    // Without a prior there are more columns than rows, and the rows are met exactly.
    let free = sparse_fit("{}", &parts, &y);
    assert_eq!(free.statistics.solver, "LSMR");
    assert!(apart(&free.predict_sparse(&parts.csr()).unwrap(), &y) < 1e-4);
}

#[test]
fn of_all_best_fits_lsmr_finds_the_shortest() {
    let n = 60;
    let (x, z, e) = (noise(n, 1), noise(n, 2), noise(n, 3));
    let y: Vec<f64> = (0..n).map(|i| 2.0 * x[i] - z[i] + 0.1 * e[i]).collect();
    let twice = table(&[("x", x.clone()), ("again", x), ("z", z)]);
    let by = |solver: &str| {
        let own = spec(&format!(r#"{{"solver": "{solver}"}}"#));
        let fitted = fitted(&own, &twice, &y, &[]).unwrap();
        converged(&fitted.outcome);
        fitted.model.coefficients
    };
    let own = by("lsmr");
    assert!(
        (own[0] - own[1]).abs() < 1e-9 && (own[0] - 1.0).abs() < 0.1,
        "{own:?}"
    );
    assert!(apart(&own, &by("svd")) < 1e-8);
}

#[test]
fn lsmr_has_the_same_bits_at_any_thread_count_and_knows_its_place() {
    let parts = Parts::new(9000, 60, 0.05);
    let y = parts.target(&noise(60, 3));
    let at = |threads| {
        let own = spec(r#"{"solver": "lsmr"}"#);
        fit_sparse(
            &own,
            &parts.csr(),
            &y,
            None,
            &[],
            &mut Run::new(0).with_threads(threads),
        )
        .unwrap()
        .model
    };
    let one = at(1);
    assert!(one == at(2) && one == at(4));
    let counts: Vec<f64> = y.iter().map(|y| y.abs().round()).collect();
    let own = spec(r#"{"solver": "lsmr", "family": "poisson"}"#);
    let error = fit_sparse(&own, &parts.csr(), &counts, None, &[], &mut Run::new(0)).unwrap_err();
    assert!(error.to_string().contains("squared loss"));
    let few = spec(r#"{"solver": "lsmr", "max_iterations": 2}"#);
    let outcome = fit_sparse(&few, &parts.csr(), &y, None, &[], &mut Run::new(0))
        .unwrap()
        .outcome;
    assert!(outcome.reason().contains("max_iterations"), "{outcome:?}");
}

#[test]
fn sparse_rows_make_the_model_of_their_table() {
    for fill in [0.05, 0.6] {
        let mut parts = Parts::new(400, 30, fill);
        // A column of nothing but twos, which is useless, and one without entries.
        (parts.columns, parts.starts) = (32, (0..=400).map(|i| parts.starts[i] + i).collect());
        for i in 0..400 {
            let end = parts.starts[i + 1] - 1;
            parts.index.insert(end, 30);
            parts.value.insert(end, 2.0);
        }
        let y: Vec<f64> = parts
            .target(&noise(32, 3))
            .iter()
            .map(|y| f64::from(u8::from(*y > 1.0)))
            .collect();
        let names = super::classes();
        let weight: Vec<f64> = (0..400).map(|i| f64::from(i % 3)).collect();
        for settings in [
            r#"{"prior": "gaussian", "lambda": "0.01", "tolerance": 1e-11}"#,
            r#"{"prior": "laplace", "lambda": "0.01", "tolerance": 1e-11}"#,
            r#"{"prior": "gaussian", "lambda": "0.01", "class_weight": "balanced", "fit_intercept": false, "tolerance": 1e-11}"#,
        ] {
            let of_table = {
                let table = parts.table();
                let data = induce_core::model::Dataset {
                    weight: Some(&weight),
                    classes: &names,
                    ..induce_core::model::Dataset::new(&table, &y)
                };
                crate::linear::fit(&spec(settings), &data, &mut Run::new(0))
                    .unwrap()
                    .model
            };
            let own = fit_sparse(
                &spec(settings),
                &parts.csr(),
                &y,
                Some(&weight),
                &names,
                &mut Run::new(0),
            )
            .unwrap()
            .model;
            if !settings.contains("intercept") {
                assert_eq!(own.terms.len(), 30, "{settings} {fill}");
            }
            assert!(
                own.notes.iter().any(|note| note.contains("left out")),
                "{:?}",
                own.notes
            );
            assert!(
                apart(&own.coefficients, &of_table.coefficients) < 1e-8,
                "{settings} {fill}"
            );
            let (a, b) = (
                own.probabilities_sparse(&parts.csr()).unwrap(),
                own.probabilities(&parts.table()).unwrap(),
            );
            assert!(apart(&a, &b) < 1e-12);
        }
    }
}

#[test]
fn lambda_of_many_columns_is_cross_validated_by_lsmr() {
    let parts = Parts::new(300, 2100, 0.01);
    let model = sparse_fit(r#"{"prior": "gaussian"}"#, &parts, &parts.target(&noise(2100, 3)));
    assert!(matches!(model.spec.lambda, Lambda::Fixed(l) if l > 0.0));
    assert_eq!(model.statistics.solver, "LSMR");
}

/// What another language may hand over by mistake.
#[test]
fn rows_that_are_none_are_refused() {
    let refused = |columns, starts: &[usize], index: &[u32], value: &[f64], word: &str| {
        let error = csr(columns, starts, index, value).unwrap_err().to_string();
        assert!(
            error.contains(word) && error.starts_with("no compressed"),
            "{error}"
        );
    };
    refused(3, &[], &[], &[], "no row starts");
    refused(3, &[1, 1], &[0], &[1.0], "row starts");
    refused(3, &[0, 2], &[0], &[1.0], "row starts");
    refused(3, &[0, 1], &[0, 1], &[1.0], "row starts");
    refused(3, &[0, 9, 1], &[0], &[1.0], "row 2 ends");
    refused(3, &[0, 1, usize::MAX, 1], &[0], &[1.0], "row 3 ends");
    refused(3, &[0, 1], &[3], &[1.0], "column 3 of 3");
    refused(3, &[0, 2], &[1, 1], &[1.0, 1.0], "after column 1");
    refused(3, &[0, 1], &[0], &[f64::NAN], "NaN");
    refused(usize::MAX, &[0], &[], &[], "2^24");
    let wide = Parts::new(1, 200_000, 0.9);
    let starts = [0, 0, wide.value.len()];
    let twice = csr(200_000, &starts, &wide.index, &wide.value).unwrap();
    for own in [r#"{"covariance": "hc0"}"#, r#"{"solver": "cholesky"}"#] {
        let error = fit_sparse(&spec(own), &twice, &[1.0, 2.0], None, &[], &mut Run::new(0)).unwrap_err();
        assert!(matches!(error, induce_core::Error::TooLarge { .. }), "{error}");
    }
    let empty = csr(2, &[0], &[], &[]).unwrap();
    assert!(fit_sparse(&spec("{}"), &empty, &[], None, &[], &mut Run::new(0)).is_err());
    let two = csr(2, &[0, 1, 2], &[0, 1], &[1.0, 2.0]).unwrap();
    let fit = |own: &str, y: &[f64], w: Option<&[f64]>| {
        fit_sparse(&spec(own), &two, y, w, &[], &mut Run::new(0)).map(|f| f.model)
    };
    assert!(fit("{}", &[1.0], None).is_err());
    assert!(fit("{}", &[1.0, f64::NAN], None).is_err());
    assert!(fit("{}", &[1.0, 2.0], Some(&[1.0])).is_err());
    assert!(fit(r#"{"offset": "x0"}"#, &[1.0, 2.0], None).is_err());
    let model = fit("{}", &[1.0, 2.0], None).unwrap();
    assert!(model.predict_sparse(&csr(3, &[0], &[], &[]).unwrap()).is_err());
}

/// The residual of every step is estimated, not computed; the last is known from the model.
#[test]
fn the_estimate_of_the_residual_is_the_residual() {
    let parts = Parts::new(700, 40, 0.1);
    let y = parts.target(&noise(40, 3));
    for (prior, ridge) in [("none", 0.0), ("gaussian", 0.05)] {
        let own = spec(&format!(
            r#"{{"solver": "lsmr", "prior": "{prior}", "lambda": "{ridge}"}}"#
        ));
        let own = crate::linear::Spec {
            prior: prior.parse().unwrap(),
            ..own
        };
        let fitted = fit_sparse(&own, &parts.csr(), &y, None, &[], &mut Run::new(0)).unwrap();
        let model = &fitted.model;
        let held = model
            .terms
            .iter()
            .zip(&model.coefficients)
            .map(|(t, b)| (b * t.scale / model.response).powi(2));
        let rows = model.statistics.deviance / 700.0 / model.response.powi(2);
        let objective = 0.5 * (rows + ridge * held.sum::<f64>());
        let trace = &fitted.report.traces[0].points;
        let last = trace.last().unwrap().1;
        assert!(
            (last / objective - 1.0).abs() < 1e-10,
            "{prior}: {last} {objective}"
        );
        assert!(
            trace.len() > 5 && trace.windows(2).all(|w| w[1].1 <= w[0].1 * (1.0 + 1e-12)),
            "{trace:?}"
        );
    }
}

/// Nothing to do, nothing to do it with, and columns that are nearly the same.
#[test]
fn lsmr_at_the_edge() {
    let own = spec(r#"{"solver": "lsmr"}"#);
    let (x, z) = (noise(50, 1), noise(50, 2));
    let same = fitted(&own, &table(&[("x", x.clone())]), &[3.0; 50], &[]).unwrap();
    converged(&same.outcome);
    assert!(same.model.coefficients[0] == 0.0 && (same.model.intercepts[0] - 3.0).abs() < 1e-12);
    let none = fitted(&own, &table(&[("x", vec![1.0; 50])]), &z, &[]).unwrap();
    converged(&none.outcome);
    assert!((none.model.intercepts[0] - z.iter().sum::<f64>() / 50.0).abs() < 1e-12);
    let near: Vec<f64> = x.iter().zip(&z).map(|(x, z)| x + 1e-4 * z).collect();
    let y: Vec<f64> = x.iter().zip(&z).map(|(x, z)| x + z).collect();
    let close = fitted(&own, &table(&[("x", x), ("near", near)]), &y, &[]).unwrap();
    converged(&close.outcome);
    assert!(
        apart(&close.model.coefficients, &[1.0 - 1e4, 1e4]) < 1.0,
        "{:?}",
        close.model.coefficients
    );
}

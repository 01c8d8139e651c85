#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use std::sync::Arc;

use induce_core::model_file::{Array, ModelFile, Tensor};
use induce_core::random::Stream;
use induce_core::{Column, Outcome, Result, Run, Table};

use super::{Base, Model, Sampling, Spec, Trained, consensus, fit, mad, threshold};
use induce_core::model::Dataset;

/// `y = 3 a - 2 b + 10` with a little noise; the first `wrong` rows are anything.
fn rows(n: usize, wrong: usize, seed: u64) -> (Table, Vec<f64>) {
    let stream = Stream::new(seed, "test/rows");
    let column = |k: u64| -> Vec<f64> { (0..n as u64).map(|i| 10.0 * stream.child(k).uniform(i)).collect() };
    let (a, b, e) = (column(0), column(1), column(2));
    let y = (0..n).map(|i| {
        let line = 3.0 * a[i] - 2.0 * b[i] + 10.0;
        if i < wrong {
            -30.0 * e[i] - 200.0
        } else {
            line + 0.02 * (e[i] - 5.0)
        }
    });
    let y = y.collect();
    (
        Table::new(vec![Column::from_f64("a", a), Column::from_f64("b", b)]).unwrap(),
        y,
    )
}

fn model(spec: &Spec, table: &Table, y: &[f64]) -> Model {
    fit(spec, &Dataset::new(table, y), &mut Run::new(0))
        .unwrap()
        .model
}

#[test]
fn the_line_is_found_among_outliers() {
    for wrong in [0, 30, 90, 150] {
        for sampling in [Sampling::Uniform, Sampling::Prosac] {
            let (table, y) = rows(300, wrong, wrong as u64);
            let spec = Spec {
                threshold: 0.5,
                sampling,
                ..Spec::default()
            };
            let got = model(&spec, &table, &y);
            assert!((got.coefficients[0] - 3.0).abs() < 0.01 && (got.coefficients[1] + 2.0).abs() < 0.01);
            assert_eq!(got.inliers, 300 - wrong as u64, "{wrong} {sampling:?}");
            assert_eq!(got.standard_errors().len(), 3);
        }
    }
}

#[test]
fn a_weight_is_that_many_copies() {
    let (table, y) = rows(90, 30, 2);
    let weight: Vec<f64> = (0..90).map(|i| f64::from(i % 4)).collect();
    let copies: Vec<usize> = (0..90).flat_map(|i| vec![i; weight[i] as usize]).collect();
    let data = Dataset {
        weight: Some(&weight),
        ..Dataset::new(&table, &y)
    };
    let weighted = fit(&Spec::default(), &data, &mut Run::new(1)).unwrap().model;
    let target: Vec<f64> = copies.iter().map(|&i| y[i]).collect();
    let taken = table.take(&copies);
    let repeated = fit(&Spec::default(), &Dataset::new(&taken, &target), &mut Run::new(1))
        .unwrap()
        .model;
    for (a, b) in weighted.coefficients.iter().zip(&repeated.coefficients) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
    assert!((weighted.threshold - repeated.threshold).abs() < 1e-12);
    assert_eq!(weighted.inliers, repeated.inliers);
}

#[test]
fn threads_decide_nothing() {
    let (table, y) = rows(25_000, 9_000, 3);
    let at = |threads: usize| {
        let mut run = Run::new(4).with_threads(threads);
        fit(&Spec::default(), &Dataset::new(&table, &y), &mut run)
            .unwrap()
            .model
    };
    assert_eq!(at(1), at(2));
    assert_eq!(at(1), at(4));
}

/// More than half of the targets are equal: scikit-learn's threshold is then 0, ours the mean deviation.
#[test]
fn a_deviation_of_zero_is_replaced() {
    let mut y = vec![5.0; 100];
    (0..20).for_each(|i| y[i] = 6.0 + i as f64);
    assert_eq!(mad(&y, None), 0.0);
    assert!((threshold(&Spec::default(), &y, None) - 2.1).abs() < 1e-12);
    let table = Table::new(vec![Column::from_f64("x", (0..100).map(f64::from).collect())]).unwrap();
    let got = model(&Spec::default(), &table, &y);
    assert!(got.inliers >= 80, "{}", got.inliers);
    let constant = model(&Spec::default(), &table, &[7.0; 100]);
    assert_eq!(constant.inliers, 100);
    assert!(
        constant
            .predict(&table)
            .unwrap()
            .iter()
            .all(|p| (p - 7.0).abs() < 1e-9)
    );
}

/// Neither tiny nor huge units move a result: numbers are scaled first.
#[test]
fn units_do_not_matter() {
    let (table, y) = rows(200, 60, 6);
    let plain = model(&Spec::default(), &table, &y);
    for unit in [1e-8, 1e8, 1e150, 1e200] {
        let scaled: Vec<Column> = table
            .columns()
            .iter()
            .map(|c| {
                let mut values = vec![0.0; c.len()];
                c.read_f64(0, &mut values);
                Column::from_f64(c.name(), values.iter().map(|v| v * unit).collect())
            })
            .collect();
        let scaled = Table::new(scaled).unwrap();
        let target: Vec<f64> = y.iter().map(|v| v * unit).collect();
        let got = model(&Spec::default(), &scaled, &target);
        assert_eq!(got.inliers, plain.inliers, "{unit}");
        assert!(
            (got.coefficients[0] - plain.coefficients[0]).abs() < 1e-6,
            "{unit}"
        );
    }
}

#[test]
fn strange_columns_do_no_harm() {
    let (table, y) = rows(200, 60, 7);
    let column = |i: usize| {
        let mut values = vec![0.0; 200];
        table.columns()[i].read_f64(0, &mut values);
        values
    };
    let mut holes = column(1);
    holes[70] = f64::NAN;
    let names: Vec<Option<&str>> = (0..200).map(|i| Some(["u", "v", "w"][i % 3])).collect();
    let strange = Table::new(vec![
        Column::from_f64("a", column(0)),
        Column::from_f64("b", holes),
        Column::from_f64("again", column(0)),
        Column::from_f64("same", vec![4.0; 200]),
        Column::from_f64("none", vec![f64::NAN; 200]),
        Column::from_text("name", &names),
    ])
    .unwrap();
    let got = model(
        &Spec {
            threshold: 0.5,
            ..Spec::default()
        },
        &strange,
        &y,
    );
    assert!(got.inliers >= 139, "{}", got.inliers);
    let zero = [2, 3, 4].map(|j| got.coefficients[j]);
    assert_eq!(zero, [0.0; 3]);
    assert!(got.standard_errors()[1] > 0.0);
    let off = got
        .predict(&strange)
        .unwrap()
        .iter()
        .zip(&y)
        .skip(60)
        .filter(|(p, y)| (*p - *y).abs() > 0.5)
        .count();
    assert!(off <= 1);
}

#[test]
fn what_cannot_be_fitted_is_an_error_with_a_hint() {
    let (table, y) = rows(2, 0, 1);
    let fault = |spec: &Spec, table: &Table, y: &[f64]| {
        fit(spec, &Dataset::new(table, y), &mut Run::new(0))
            .unwrap_err()
            .hint()
            .unwrap()
    };
    fault(&Spec::default(), &table, &y);
    let (table, y) = rows(50, 0, 1);
    fault(
        &Spec {
            min_samples: 51,
            ..Spec::default()
        },
        &table,
        &y,
    );
    fault(
        &Spec {
            min_samples: 2,
            ..Spec::default()
        },
        &table,
        &y,
    );
    fault(
        &Spec {
            confidence: 1.0,
            ..Spec::default()
        },
        &table,
        &y,
    );
    fault(
        &Spec {
            base: "boost".into(),
            ..Spec::default()
        },
        &table,
        &y,
    );
    let infinite = Table::new(vec![Column::from_f64("a", vec![f64::INFINITY; 50])]).unwrap();
    fault(&Spec::default(), &infinite, &y);
}

#[test]
fn a_model_comes_back_from_its_file() {
    let (table, y) = rows(100, 20, 5);
    let model = model(&Spec::default(), &table, &y);
    let bytes = model.to_file().unwrap().to_bytes().unwrap();
    let again = Model::from_file(&ModelFile::read_bytes("memory", &bytes).unwrap()).unwrap();
    assert_eq!(again, model);
}

#[test]
fn files_that_were_changed_are_refused() {
    let (table, y) = rows(100, 20, 5);
    let good = model(&Spec::default(), &table, &y).to_file().unwrap();
    let refused = |change: &dyn Fn(&mut ModelFile)| {
        let mut file = good.clone();
        change(&mut file);
        assert!(Model::from_file(&file).is_err());
    };
    let array = |values: Vec<f64>| Tensor::vector(Array::F64(values));
    for name in ["coefficients", "fill", "covariance"] {
        refused(&|f| drop(f.tensors.remove(name)));
        refused(&|f| drop(f.tensors.insert(name.into(), array(vec![1.0; 7]))));
        refused(&|f| drop(f.tensors.insert(name.into(), Tensor::vector(vec![1_u8; 2]))));
    }
    refused(&|f| {
        drop(
            f.tensors
                .insert("coefficients".into(), array(vec![f64::NAN, 1.0])),
        );
    });
    for key in ["schema", "spec", "linear"] {
        refused(&|f| drop(f.metadata.remove(key)));
        refused(&|f| drop(f.metadata.insert(key.into(), "{".into())));
    }
    refused(&|f| f.kind = "boost".into());
}

/// A base that knows only the mean.
struct Mean<'a>(&'a [f64]);

impl Base for Mean<'_> {
    type Model = f64;

    fn train(&self, rows: &[usize], weight: &[f64]) -> Result<Trained<f64>> {
        let total: f64 = weight.iter().sum();
        let mean = rows.iter().zip(weight).map(|(&i, w)| w * self.0[i]).sum::<f64>() / total;
        Ok(Trained {
            model: Arc::new(mean),
            predictions: Arc::new(vec![mean; self.0.len()]),
        })
    }
}

#[test]
fn any_base_is_made_robust() {
    let y: Vec<f64> = (0..100)
        .map(|i| if i % 4 == 0 { 1000.0 } else { f64::from(i % 5) })
        .collect();
    let got = consensus(&Spec::default(), &Mean(&y), &y, None, &Run::new(0)).unwrap();
    assert!((*got.model.model - 2.0).abs() < 0.8, "{}", got.model.model);
    assert!(got.model.inliers <= 75);
    assert!(!matches!(got.outcome, Outcome::Stopped { .. }));
}

/// A threshold of almost 0 had the square 0, and so a variance that everything was divided by: coefficients that were no
/// numbers, in a file that nothing opened.
#[test]
fn whatever_the_threshold_the_model_is_of_numbers() {
    let table = Table::new(vec![Column::from_f64("a", (0..20).map(f64::from).collect())]).unwrap();
    let zeros = model(&Spec::default(), &table, &[0.0; 20]);
    assert_eq!(
        (zeros.intercept, zeros.coefficients[0], zeros.inliers),
        (0.0, 0.0, 20)
    );
    let line: Vec<f64> = (0..20).map(|i| 2.0 * f64::from(i) + 1.0).collect();
    for threshold in [1e-308, 1e-200, 1e200, 1e308] {
        let spec = Spec {
            threshold,
            ..Spec::default()
        };
        for y in [&line[..], &[0.0; 20]] {
            let got = model(&spec, &table, y);
            let again = Model::from_file(&got.to_file().unwrap()).unwrap();
            assert!(got.threshold.is_finite() && got.sigma.is_finite(), "{threshold}");
            assert_eq!(got.coefficients, again.coefficients, "{threshold}");
        }
    }
}

/// Two rows determine a line and leave nothing to tell the noise by.
#[test]
fn two_rows_give_numbers_or_an_error() {
    let table = Table::new(vec![Column::from_f64("a", vec![1.0, 2.0])]).unwrap();
    for y in [[3.0, 5.0], [0.0, 0.0], [1e300, -1e300]] {
        let fitted = fit(&Spec::default(), &Dataset::new(&table, &y), &mut Run::new(0));
        if let Ok(fitted) = fitted {
            assert!(fitted.model.coefficients.iter().all(|c| c.is_finite()), "{y:?}");
        }
    }
}

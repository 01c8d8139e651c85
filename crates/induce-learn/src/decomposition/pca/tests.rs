use super::covariance::leading;
use super::scatter::scatter;
use super::*;
use crate::points::Points;
use induce_core::model::{Data, Density, Model as _, Rows, RowsOptions, Transform};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

/// Rows of two factors seen through `width` columns, with noise.
fn values(n: usize, width: usize, noise: f64) -> Vec<f64> {
    let stream = Stream::new(5, "factors");
    let draw = |i: usize| {
        (0..6)
            .map(|t| stream.uniform((6 * i + t) as u64) - 0.5)
            .sum::<f64>()
    };
    let row = |i: usize| {
        let (a, b) = (4.0 * draw(3 * i), 2.0 * draw(3 * i + 1));
        (0..width).map(move |j| {
            let angle = j as f64;
            a * angle.cos() + b * angle.sin() + noise * draw(7_000_000 + i * width + j) + j as f64
        })
    };
    (0..n).flat_map(row).collect()
}

fn rows(values: &[f64], width: usize) -> Rows {
    let column = |j: usize| {
        Column::from_f64(
            format!("x{j}"),
            values.iter().skip(j).step_by(width).copied().collect(),
        )
    };
    let table = Table::new((0..width).map(column).collect()).unwrap();
    Rows::without_target(&table, &RowsOptions::default()).unwrap()
}

fn spec(k: usize) -> Spec {
    Spec {
        n_components: Components::Number(k),
        ..Spec::default()
    }
}

#[test]
fn tiles_are_the_scatter() {
    for (n, width) in [(5, 1), (300, 7), (523, 33)] {
        let mut points = Points::new(values(n, width, 1.0), width);
        points.weight = Some((0..n).map(|i| 0.5 + (i % 3) as f64).collect());
        let all = scatter(&points, 2);
        for (i, j) in [(0, 0), (width - 1, 0), (width / 2, width - 1)] {
            let wanted: f64 = (0..n)
                .map(|r| points.weight(r) * points.row(r)[i] * points.row(r)[j])
                .sum();
            assert!(
                (all[i * width + j] - wanted).abs() < 1e-10 * wanted.abs(),
                "{i} {j}"
            );
        }
        assert_eq!(all, scatter(&points, 4));
    }
}

/// The covariance, inner products of rows, a block of random vectors: one answer.
#[test]
fn every_solver_finds_the_same() {
    let wide = values(60, 90, 0.3);
    let tall = rows(&wide, 90);
    let base = fit(&spec(4), &tall, &mut Run::new(0)).unwrap().model;
    let random = Spec {
        solver: Solver::Randomized,
        ..spec(4)
    };
    let random = fit(&random, &tall, &mut Run::new(0)).unwrap().model;
    for (a, b) in base.variances.iter().zip(&random.variances).take(2) {
        assert!((a / b - 1.0).abs() < 1e-8, "{a} {b}");
    }
    for k in 0..2 {
        let along: f64 = (0..90)
            .map(|j| base.components[k * 90 + j] * random.components[k * 90 + j])
            .sum();
        assert!((along.abs() - 1.0).abs() < 1e-8);
    }
    let points = Points::new(wide, 90);
    let all = scatter(&points, 1);
    let (few, _) = leading(&all, 90, 3, &Run::new(0)).unwrap();
    let (more, _) = leading(&all, 90, 60, &Run::new(0)).unwrap();
    assert!((few[0] / more[0] - 1.0).abs() < 1e-10);
}

/// Values of scikit-learn 1.9.1: `PCA(2).fit(X)` for the points below.
#[test]
fn values_are_those_of_scikit_learn() {
    let x: Vec<f64> = (0..24_u32)
        .map(|i| f64::from(i * i % 13) - 0.5 * f64::from(i % 4))
        .collect();
    let data = rows(&x, 3);
    let model = fit(&spec(2), &data, &mut Run::new(0)).unwrap().model;
    let unit = model.frame.unit * model.frame.unit;
    let wanted: ([f64; 2], [f64; 6], f64, f64) = (
        [42.433767961305264, 13.665472126980209],
        [
            0.6704648506424429,
            0.2928777298930032,
            0.6816887261688637,
            -0.22644423451798354,
            0.9557284872916892,
            -0.18789908789747628,
        ],
        3.5614741974287853,
        -7.885811293550388,
    );
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12 * b.abs().max(1.0);
    assert!(
        (0..2).all(|k| close(model.variances[k] * unit, wanted.0[k])),
        "{:?}",
        model.variances
    );
    let same = |k: usize| (0..3).all(|j| close(model.components[3 * k + j].abs(), wanted.1[3 * k + j].abs()));
    assert!(same(0) && same(1), "{:?}", model.components);
    assert!(close(model.noise * unit, wanted.2), "{}", model.noise * unit);
    let density = model.log_density(&Data::Rows(data), &mut Run::new(0)).unwrap();
    assert!(close(density.iter().sum::<f64>() / 8.0, wanted.3), "{density:?}");
}

#[test]
fn missing_values_hardly_change_the_components() {
    let mut x = values(400, 8, 0.2);
    let base = fit(&spec(2), &rows(&x, 8), &mut Run::new(0)).unwrap().model;
    let em = Spec {
        solver: Solver::Em,
        ..spec(2)
    };
    let whole = fit(&em, &rows(&x, 8), &mut Run::new(0)).unwrap();
    let trace: Vec<f64> = whole.report.traces[0].points.iter().map(|own| own.1).collect();
    assert!(trace.windows(2).all(|w| w[1] >= w[0] - 1e-10), "{trace:?}");
    // The likelihood divides by n, the covariance by n - 1.
    let near = |a: f64, b: f64, e: f64| (a / b - 1.0).abs() < e;
    assert!(
        near(whole.model.variances[0], base.variances[0] * 399.0 / 400.0, 1e-3),
        "{:?}",
        whole.model.variances
    );
    let stream = Stream::new(1, "holes");
    x.iter_mut()
        .enumerate()
        .filter(|(i, _)| stream.below(*i as u64, 10) == 0)
        .for_each(|(_, x)| *x = f64::NAN);
    let data = rows(&x, 8);
    let model = fit(&spec(2), &data, &mut Run::new(0)).unwrap().model;
    let along: f64 = (0..8).map(|j| model.components[j] * base.components[j]).sum();
    assert!(along.abs() > 0.999, "{along}");
    let scores = model.transform((&data.features).into(), 1).unwrap();
    assert!(scores.values.iter().all(|x| x.is_finite()));
    let covariance = Spec {
        solver: Solver::Covariance,
        ..spec(2)
    };
    assert!(fit(&covariance, &data, &mut Run::new(0)).is_err());
}

#[test]
fn parts_of_the_variance_and_evidence_choose_the_number() {
    let data = rows(&values(500, 9, 0.05), 9);
    let of = |n_components| {
        fit(
            &Spec {
                n_components,
                ..Spec::default()
            },
            &data,
            &mut Run::new(0),
        )
        .unwrap()
        .model
    };
    assert_eq!(of(Components::Share(0.9)).count(), 2);
    assert_eq!(of(Components::Mle).count(), 2);
    assert_eq!(of(Components::All).count(), 9);
    assert!(fit(&spec(10), &data, &mut Run::new(0)).is_err());
}

#[test]
fn whitened_scores_have_unit_variance_and_units_do_not_matter() {
    let x = values(300, 4, 0.5);
    let whiten = Spec {
        whiten: true,
        ..spec(2)
    };
    for factor in [1.0, 1e155, 1e-150] {
        let scaled: Vec<f64> = x.iter().map(|x| x * factor).collect();
        let data = rows(&scaled, 4);
        let model = fit(&whiten, &data, &mut Run::new(0)).unwrap().model;
        let scores = model.transform((&data.features).into(), 2).unwrap().values;
        let variance = scores.iter().step_by(2).map(|z| z * z).sum::<f64>() / 299.0;
        assert!((variance - 1.0).abs() < 1e-9, "{factor} {variance}");
    }
}

#[test]
fn a_model_comes_back_from_its_file_whatever_the_threads() {
    let data = rows(&values(3_000, 12, 0.5), 12);
    let of = |threads| {
        fit(&spec(3), &data, &mut Run::new(0).with_threads(threads))
            .unwrap()
            .model
    };
    assert_eq!(of(1).components, of(4).components);
    let model = of(2);
    let again = Model::from_file(&model.store().unwrap()).unwrap();
    let scores = |model: &Model| model.transform((&data.features).into(), 1).unwrap();
    assert_eq!(scores(&model), scores(&again));
    let one = rows(&[4.0, 2.0], 2);
    assert_eq!(
        fit(&Spec::default(), &one, &mut Run::new(0))
            .unwrap()
            .model
            .ratios(),
        [0.0]
    );
}

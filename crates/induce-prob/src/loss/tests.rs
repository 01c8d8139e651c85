use super::*;

fn parameters() -> LossParameters {
    LossParameters {
        classes: 3,
        softmax_curvature: SoftmaxCurvature::Shared,
        huber_delta: 0.7,
        huber_quantile: 0.0,
        quantile: 0.3,
        tweedie_power: 1.4,
        groups: Some(vec![0, 4]),
        rank_depth: 0,
    }
}

/// Value of the loss as a function of one score, scaled so that its derivative is the gradient.
fn value(loss: &dyn Loss, y: f64, scores: &[f64]) -> f64 {
    let columns: Vec<&[f64]> = scores.chunks(1).collect();
    let mut out = [0.0];
    loss.values(0..1, &[y], &columns, &mut out);
    let scale = match loss.name() {
        "squared" | "poisson" | "gamma" | "tweedie" => 0.5,
        _ => 1.0,
    };
    scale * out[0]
}

fn derivatives(loss: &dyn Loss, y: f64, scores: &[f64]) -> (Vec<f32>, Vec<f32>) {
    let columns: Vec<&[f64]> = scores.chunks(1).collect();
    let (mut g, mut h) = (vec![0.0; scores.len()], vec![0.0; scores.len()]);
    let mut out = Derivatives {
        gradient: g.chunks_mut(1).collect(),
        curvature: h.chunks_mut(1).collect(),
    };
    loss.derivatives(0..1, &[y], &columns, &mut out);
    (g, h)
}

#[test]
fn gradients_are_the_derivatives_of_the_values() {
    for objective in Objective::ALL {
        if matches!(objective, Objective::Auto | Objective::Lambdarank) {
            continue;
        }
        let loss = objective.loss(&parameters()).unwrap();
        for y in [1.0, 0.0, 2.0] {
            if loss.check(&[y]).is_err() {
                continue;
            }
            for s in [-1.3, 0.2, 0.9] {
                let scores: Vec<f64> = (0..loss.outputs()).map(|k| s + 0.4 * k as f64).collect();
                let (g, _) = derivatives(loss.as_ref(), y, &scores);
                for k in 0..scores.len() {
                    let step = 1e-5;
                    let at = |d: f64| {
                        let mut moved = scores.clone();
                        moved[k] += d;
                        value(loss.as_ref(), y, &moved)
                    };
                    let derivative = (at(step) - at(-step)) / (2.0 * step);
                    assert!(
                        (derivative - f64::from(g[k])).abs() < 1e-5,
                        "{} y={y} s={s}: {derivative} {}",
                        loss.name(),
                        g[k]
                    );
                }
            }
        }
    }
}

#[test]
fn curvatures_are_the_derivatives_of_the_gradients() {
    let smooth = [
        Objective::Squared,
        Objective::Poisson,
        Objective::Gamma,
        Objective::Tweedie,
        Objective::Logistic,
        Objective::Exponential,
    ];
    for objective in smooth {
        let loss = objective.loss(&parameters()).unwrap();
        for s in [-1.3, 0.2, 0.9] {
            let step = 1e-2;
            let g = |s: f64| f64::from(derivatives(loss.as_ref(), 1.0, &[s]).0[0]);
            let derivative = (g(s + step) - g(s - step)) / (2.0 * step);
            let (_, h) = derivatives(loss.as_ref(), 1.0, &[s]);
            assert!(
                (derivative - f64::from(h[0])).abs() < 1e-3,
                "{} {derivative} {}",
                loss.name(),
                h[0]
            );
        }
    }
}

/// XGBoost's steps of several classes were K / (2 (K - 1)) times too long under its name: its curvature is 2 p (1 - p).
#[test]
fn the_curvature_of_a_class_is_the_one_that_is_named() {
    let scores = [0.3, -0.4, 1.1];
    let sum: f64 = scores.iter().map(|s: &f64| s.exp()).sum();
    let p = scores[0].exp() / sum;
    let kinds = [
        (SoftmaxCurvature::Shared, 1.5),
        (SoftmaxCurvature::Bound, 2.0),
        (SoftmaxCurvature::Diagonal, 1.0),
    ];
    for (softmax_curvature, factor) in kinds {
        let chosen = LossParameters {
            softmax_curvature,
            ..parameters()
        };
        let loss = Objective::Softmax.loss(&chosen).unwrap();
        let (_, h) = derivatives(loss.as_ref(), 1.0, &scores);
        assert!((f64::from(h[0]) - factor * p * (1.0 - p)).abs() < 1e-6);
        assert!((loss.row_derivatives(0, 1.0, &scores).1 - factor * p * (1.0 - p)).abs() < 1e-12);
    }
}

#[test]
fn the_start_is_the_best_constant() {
    let target = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let weight = [1.0, 2.0, 0.5, 1.0, 1.0, 3.0, 1.0];
    for objective in [
        Objective::Squared,
        Objective::Poisson,
        Objective::Tweedie,
        Objective::Logistic,
        Objective::Exponential,
    ] {
        let loss = objective.loss(&parameters()).unwrap();
        let s = loss.start(&target, Some(&weight))[0];
        let derivative: f64 = target
            .iter()
            .zip(&weight)
            .map(|(&y, w)| w * f64::from(derivatives(loss.as_ref(), y, &[s]).0[0]))
            .sum();
        assert!(derivative.abs() < 1e-5, "{}: {derivative}", loss.name());
    }
}

#[test]
fn a_weight_is_a_repetition_for_quantiles() {
    let mut weighted = [(3.0, 2.0), (1.0, 1.0), (7.0, 1.0)];
    let mut repeated = [(3.0, 1.0), (3.0, 1.0), (1.0, 1.0), (7.0, 1.0)];
    for q in [0.1, 0.25, 0.5, 0.75, 0.9] {
        assert_eq!(
            weighted_quantile(&mut weighted, q),
            weighted_quantile(&mut repeated, q)
        );
    }
}

#[test]
fn lambdarank_pushes_the_relevant_up_and_sums_to_zero() {
    let loss = LambdaRank::new(Some(vec![0, 4]), 0).unwrap();
    let (target, score) = ([0.0, 2.0, 1.0, 0.0], [0.3, 0.1, 0.2, 0.0]);
    let (mut g, mut h) = ([0.0_f32; 4], [0.0_f32; 4]);
    let mut out = Derivatives {
        gradient: vec![&mut g],
        curvature: vec![&mut h],
    };
    loss.derivatives(0..4, &target, &[&score], &mut out);
    assert!(g[1] < 0.0 && g[0] > 0.0, "{g:?}");
    assert!(g.iter().sum::<f32>().abs() < 1e-6);
    assert!(h.iter().all(|h| *h > 0.0));
}

#[test]
fn a_target_outside_the_support_is_refused() {
    for (objective, y) in [
        (Objective::Poisson, -1.0),
        (Objective::Gamma, 0.0),
        (Objective::Logistic, 2.0),
    ] {
        assert!(objective.loss(&parameters()).unwrap().check(&[y]).is_err());
    }
}

/// What line searches sum is what trees see, with more digits.
#[test]
fn derivatives_are_the_derivatives_in_double_precision() {
    for objective in Objective::ALL {
        if matches!(objective, Objective::Auto | Objective::Lambdarank) {
            continue;
        }
        let loss = objective.loss(&parameters()).unwrap();
        for s in [-30.0, -1.3, 0.2, 0.9, 20.0] {
            let scores: Vec<f64> = (0..loss.outputs()).map(|k| s + 0.4 * k as f64).collect();
            let (g, h) = derivatives(loss.as_ref(), 1.0, &scores);
            for k in 0..scores.len() {
                let (gradient, curvature) = loss.row_derivatives(k, 1.0, &scores);
                let close = |a: f64, b: f32| (a - f64::from(b)).abs() <= 1e-6 * a.abs();
                let name = loss.name();
                assert!(
                    close(gradient, g[k]) && close(curvature, h[k]),
                    "{name} {s}: {gradient} {g:?}"
                );
            }
        }
    }
}

#[test]
fn a_step_of_huber_lies_between_median_and_mean() {
    let rows = LeafRows {
        target: vec![1.0, 2.0, 3.0, 4.0, 100.0],
        weight: vec![1.0; 5],
        scores: vec![0.0; 5],
    };
    let step = |loss: &dyn Loss| match loss.step(0, &rows) {
        Step::Constant(step) => step,
        Step::Newton { gradient, curvature } => -gradient / curvature,
    };
    // The median 3, and (-2 - 1 + 0 + 1 + 5) / 5 further.
    assert!((step(&Huber::new(5.0).unwrap()) - 3.6).abs() < 1e-12);
    assert_eq!(step(&Absolute), 3.0);
    assert_eq!(step(&Squared), 22.0);
}

#[test]
fn the_turn_of_huber_is_a_quantile_of_the_residuals() {
    let fixed = Huber::new(1.0).unwrap();
    let (target, scores) = ([1.0, -2.0, 3.0, -4.0], [vec![0.0; 4]]);
    assert!(fixed.at(&target, None, &scores).is_none());
    let loss = fixed.turning_at(0.5).unwrap().at(&target, None, &scores).unwrap();
    // Half of the residuals are at most 2, so the turn is midway to 3.
    assert_eq!(derivatives(loss.as_ref(), 100.0, &[0.0]).0, [-2.5]);
    assert!(Huber::new(1.0).unwrap().turning_at(1.0).is_err());
}

//! Threads, faults, and the two doors to a density.

use std::time::Duration;

use induce_core::parallel::Team;
use induce_core::{Outcome, Run};

use super::*;

/// The same density by hand: -cosh-like in one, a coupling in the other.
fn by_hand() -> impl LogDensity {
    with_gradient(2, |theta, gradient| {
        let (a, b) = (theta[0], theta[1]);
        let apart = b - a * a;
        gradient[0] = 2.0 * a * apart - a;
        gradient[1] = -apart;
        -0.5 * apart * apart - 0.5 * a * a
    })
}

fn taped() -> impl LogDensity {
    on_tape(2, |theta| {
        let (a, b) = (theta.slice(1, 0, 1), theta.slice(1, 1, 1));
        ((b - a.square()).square() + a.square())
            .affine(-0.5, 0.0)
            .sum_last()
    })
}

#[test]
fn tape_and_hand_agree() {
    let theta = [0.3, -1.2, 2.0, 0.5];
    let team = Team::alone();
    let (one, other) = (
        by_hand().evaluate(&theta, &team).unwrap(),
        taped().evaluate(&theta, &team).unwrap(),
    );
    for (a, b) in one
        .values
        .iter()
        .chain(&one.gradients)
        .zip(other.values.iter().chain(&other.gradients))
    {
        near(*a, *b, 1e-13);
    }
    assert!(gradient_error(&mut taped(), &theta[..2], &team).unwrap() < 1e-8);
    let supports = Supports::real(2).unwrap();
    let (one, other) = (
        fit(&Spec::default(), &supports, by_hand()).model,
        fit(&Spec::default(), &supports, taped()).model,
    );
    near(one.elbo, other.elbo, 1e-6);
    near(one.mean[1], other.mean[1], 1e-6);
}

#[test]
fn threads_decide_nothing() {
    for family in [Family::MeanField, Family::FullRank] {
        let spec = Spec {
            family,
            steps: 600,
            ..Spec::default()
        };
        let of = |threads: usize, density: &mut dyn LogDensity| {
            let mut run = Run::new(3).with_threads(threads);
            let own = advi(&spec, &Supports::real(2).unwrap(), density, &mut run)
                .unwrap()
                .model;
            [
                own.mean,
                own.covariance,
                own.theta,
                own.ln_weights,
                vec![own.elbo, own.khat],
            ]
            .concat()
        };
        let one = of(1, &mut by_hand());
        let taped_one = of(1, &mut taped());
        for threads in [2, 4] {
            assert_eq!(one, of(threads, &mut by_hand()));
            assert_eq!(taped_one, of(threads, &mut taped()));
        }
    }
}

#[test]
fn the_draw_that_has_no_density_is_named() {
    let spec = Spec {
        climb: false,
        ..Spec::default()
    };
    // The logarithm of what may be negative: its support was not said.
    let mut density = on_tape(1, |theta| (theta.ln() - theta).sum_last());
    let of = |spec: &Spec, density: &mut dyn LogDensity| {
        let found = advi(spec, &Supports::real(1).unwrap(), density, &mut Run::new(0));
        let error = found.unwrap_err();
        format!("{error}\n{}", error.hint().unwrap_or_default())
    };
    let started = of(&spec, &mut density);
    assert!(
        started.contains("at the start, theta = (0.000000)") && started.contains("support"),
        "{started}"
    );
    let spec = Spec {
        start: Some(vec![2.0]),
        ..spec
    };
    let stepped = of(&spec, &mut density);
    assert!(
        stepped.contains("the log density is NaN at draw") && stepped.contains("of step"),
        "{stepped}"
    );
    let mut flat = with_gradient(1, |theta, gradient| {
        gradient[0] = f64::INFINITY;
        theta[0]
    });
    assert!(of(&spec, &mut flat).contains("the gradient of the log density is not finite"));
    let mut wrong = on_tape(1, |theta| theta.square().sum());
    assert!(of(&spec, &mut wrong).contains("a value for each draw"));
    let mut wide = on_tape(3, |theta| theta.square().sum_last());
    assert!(of(&spec, &mut wide).contains("3 parameters"));
}

#[test]
fn how_it_ended_is_said() {
    let supports = Supports::real(2).unwrap();
    let few = Spec {
        steps: 50,
        ..Spec::default()
    };
    let fitted = fit(&few, &supports, by_hand());
    assert!(matches!(fitted.outcome, Outcome::Exhausted { .. }) && fitted.report.steps == 50);
    assert_eq!(
        fitted.report.trace("train").map(|trace| trace.points.len()),
        Some(2)
    );
    let mut run = Run::new(0).with_time(Duration::ZERO);
    let stopped = advi(&Spec::default(), &supports, &mut by_hand(), &mut run).unwrap();
    assert!(matches!(stopped.outcome, Outcome::Stopped { .. }) && stopped.report.steps == 0);
    assert!(stopped.model.elbo.is_finite());
    let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let mut run = Run::new(0).with_cancellation(flag);
    let interrupted = advi(&Spec::default(), &supports, &mut by_hand(), &mut run).unwrap();
    assert_eq!(interrupted.outcome.reason(), "interrupted");
    let mut run = Run::new(0).with_memory(1000);
    let large = advi(&Spec::default(), &supports, &mut by_hand(), &mut run);
    assert!(matches!(large, Err(induce_core::Error::TooLarge { .. })));
}

#[test]
fn settings_out_of_range_are_refused() {
    let sound = Spec::default();
    for spec in [
        Spec {
            draws: 0,
            ..sound.clone()
        },
        Spec {
            samples: 10,
            ..sound.clone()
        },
        Spec {
            steps: 0,
            ..sound.clone()
        },
        Spec {
            tolerance: f64::NAN,
            ..sound.clone()
        },
        Spec {
            learning_rate: Some(0.0),
            ..sound.clone()
        },
        Spec {
            start: Some(vec![1.0]),
            ..sound.clone()
        },
    ] {
        let found = advi(
            &spec,
            &Supports::real(2).unwrap(),
            &mut by_hand(),
            &mut Run::new(0),
        );
        assert!(found.is_err(), "{spec:?}");
    }
}

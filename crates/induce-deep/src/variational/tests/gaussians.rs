//! Gaussian posteriors: the optimum of both families is known.

use std::f64::consts::TAU;

use induce_core::linalg::{Cholesky, invert};

use super::*;

const MEAN: [f64; 3] = [1.0, -2000.0, 0.003];
/// Units that are far apart, and correlations.
const PRECISION: [f64; 9] = [
    4.0, 0.03, -800.0, //
    0.03, 0.0004, 2.0, //
    -800.0, 2.0, 1e6,
];

fn ln_z() -> f64 {
    1.5 * TAU.ln() - 0.5 * Cholesky::new(&PRECISION, 3).unwrap().ln_determinant()
}

fn both() -> [Family; 2] {
    [Family::MeanField, Family::FullRank]
}

/// sigma_i^2 = 1 / Lambda_ii for independent coordinates, and the posterior itself with a full factor, from any start; means of both are right.
#[test]
fn the_optimum_is_found_from_any_start() {
    let wanted = invert(&PRECISION, 3).unwrap();
    for family in both() {
        for climb in [true, false] {
            let spec = Spec {
                family,
                climb,
                gradient: GradientKind::Entropy,
                // A few deviations off, and a width that is wrong by three orders of magnitude, where there is no climb.
                start: Some(vec![0.0, -1900.0, 0.0]),
                steps: 20_000,
                ..Spec::default()
            };
            let fitted = fit(&spec, &Supports::real(3).unwrap(), gaussian(&MEAN, &PRECISION));
            assert!(
                matches!(fitted.outcome, induce_core::Outcome::Converged { .. }),
                "{family:?} {climb} {:?}",
                fitted.outcome
            );
            let posterior = fitted.model;
            for i in 0..3 {
                let variance = match family {
                    Family::MeanField => 1.0 / PRECISION[4 * i],
                    Family::FullRank => wanted[4 * i],
                };
                let sigma = variance.sqrt();
                near(posterior.mean[i], MEAN[i], 0.03 * sigma);
                near(posterior.deviations[i] / sigma, 1.0, 0.03);
            }
            if family == Family::FullRank {
                near(posterior.elbo, ln_z(), 4.0 * posterior.elbo_error + 1e-3);
                assert!(posterior.khat < 0.3, "{}", posterior.khat);
            }
        }
    }
}

/// KL(q || p) of the mean-field optimum: ln Z - ELBO = (sum_i ln Lambda_ii - ln |Lambda|) / 2.
#[test]
fn the_elbo_is_the_evidence_less_the_divergence() {
    let posterior = fit(
        &Spec::default(),
        &Supports::real(3).unwrap(),
        gaussian(&MEAN, &PRECISION),
    )
    .model;
    let ln_determinant = Cholesky::new(&PRECISION, 3).unwrap().ln_determinant();
    let diagonal: f64 = (0..3).map(|i| PRECISION[4 * i].ln()).sum();
    let kl = 0.5 * (diagonal - ln_determinant);
    assert!(kl > 0.1, "{kl}");
    near(posterior.elbo, ln_z() - kl, 4.0 * posterior.elbo_error + 0.005);
    // Importance sampling makes good some of what independence loses, and no more.
    assert!(posterior.ln_evidence > posterior.elbo + 0.2 * kl && posterior.ln_evidence < ln_z() + 0.05);
}

/// Where q is the posterior no noise is left along the path: every iterate has the same numbers, and all weights are one.
#[test]
fn the_landing_sticks() {
    let spec = Spec {
        family: Family::FullRank,
        tolerance: 1e-4,
        ..Spec::default()
    };
    let posterior = fit(&spec, &Supports::real(3).unwrap(), gaussian(&MEAN, &PRECISION)).model;
    near(posterior.elbo, ln_z(), 1e-5);
    near(posterior.elbo_error, 0.0, 1e-4);
    let wanted = invert(&PRECISION, 3).unwrap();
    for (own, wanted) in posterior.covariance.iter().zip(&wanted) {
        near(own / wanted, 1.0, 0.01);
    }
}

/// What was drawn is what q says, plain and resampled.
#[test]
fn draws_are_those_of_q() {
    let spec = Spec {
        family: Family::FullRank,
        ..Spec::default()
    };
    let posterior = fit(&spec, &Supports::real(3).unwrap(), gaussian(&MEAN, &PRECISION)).model;
    let (n, sigma) = (20_000, posterior.deviations.clone());
    for draws in [posterior.q.draws(n, 5), posterior.resampled(n, 5)] {
        assert_eq!(draws.len(), 3 * n);
        for i in 0..3 {
            let mean = draws.iter().skip(i).step_by(3).sum::<f64>() / n as f64;
            let squares = draws
                .iter()
                .skip(i)
                .step_by(3)
                .map(|x| (x - mean).powi(2))
                .sum::<f64>()
                / n as f64;
            // Those that were resampled are of 4,000.
            near((mean - MEAN[i]) / sigma[i], 0.0, 0.08);
            near(squares.sqrt() / sigma[i], 1.0, 0.05);
        }
    }
    assert_eq!(posterior.q.draws(10, 5), posterior.q.draws(20, 5)[..30]);
    assert_ne!(posterior.q.draws(10, 5), posterior.q.draws(10, 6));
}

/// Hundreds of coordinates, of which curvature is measured along random directions.
#[test]
fn many_coordinates() {
    let d = 300;
    let density = with_gradient(d, |theta, gradient| {
        let mut value = 0.0;
        for (i, (g, x)) in gradient.iter_mut().zip(theta).enumerate() {
            let sigma = 0.1 * (i + 1) as f64;
            let z = (x - i as f64) / sigma;
            *g = -z / sigma;
            value -= 0.5 * z * z;
        }
        value
    });
    let posterior = fit(&Spec::default(), &Supports::real(d).unwrap(), density).model;
    for i in 0..d {
        let sigma = 0.1 * (i + 1) as f64;
        near((posterior.mean[i] - i as f64) / sigma, 0.0, 0.05);
        near(posterior.deviations[i] / sigma, 1.0, 0.05);
    }
}

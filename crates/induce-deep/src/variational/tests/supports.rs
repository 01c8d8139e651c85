//! Transforms against differences, and densities that only live where they should.

use induce_core::linalg::Cholesky;
use induce_core::random::Stream;

use super::*;

fn all() -> Vec<Support> {
    vec![
        Support::Real,
        Support::Above(2.0),
        Support::Below(-1.0),
        Support::Interval(-3.0, 5.0),
        Support::Simplex(4),
        Support::Ordered(3),
    ]
}

/// ln |det| of a transform by central differences: of a simplex, of all values but the last.
fn ln_volume(own: Support, y: &[f64]) -> f64 {
    let (d, supports) = (y.len(), Supports::new(vec![own]).unwrap());
    let at = |j: usize, h: f64| {
        let mut moved = y.to_vec();
        moved[j] += h;
        let mut theta = vec![0.0; own.values()];
        supports.constrain(&moved, &mut theta);
        theta
    };
    let columns: Vec<Vec<f64>> = (0..d)
        .map(|j| {
            at(j, 1e-5)
                .iter()
                .zip(at(j, -1e-5))
                .map(|(a, b)| (a - b) / 2e-5)
                .collect()
        })
        .collect();
    // |det J|^2 = |J' J|.
    let entry = |at: usize| {
        (0..d)
            .map(|i| columns[at / d][i] * columns[at % d][i])
            .sum::<f64>()
    };
    let square: Vec<f64> = (0..d * d).map(entry).collect();
    0.5 * Cholesky::new(&square, d).unwrap().ln_determinant()
}

#[test]
fn volumes_are_those_of_differences() {
    let stream = Stream::new(1, "supports");
    for (number, own) in all().into_iter().enumerate() {
        for round in 0..5 {
            let draw = |i: usize| 4.0 * stream.child(number as u64).uniform(10 * round + i as u64) - 2.0;
            let y: Vec<f64> = (0..own.coordinates()).map(draw).collect();
            let supports = Supports::new(vec![own]).unwrap();
            let mut theta = vec![0.0; own.values()];
            near(supports.constrain(&y, &mut theta), ln_volume(own, &y), 1e-6);
            // There and back.
            for (own, y) in supports.free(&theta).unwrap().iter().zip(&y) {
                near(*own, *y, 1e-9);
            }
        }
    }
}

/// The gradient by y of a function of theta plus ln |det|, against differences.
#[test]
fn gradients_go_through() {
    let supports = Supports::new(all()).unwrap();
    let (width, d) = (supports.values(), supports.coordinates());
    let factors: Vec<f64> = (0..width).map(|i| 0.3 + 0.7 * i as f64).collect();
    let f = |y: &[f64]| {
        let mut theta = vec![0.0; width];
        let volume = supports.constrain(y, &mut theta);
        let value: f64 = theta.iter().zip(&factors).map(|(x, a)| (a * x).sin()).sum();
        (value + volume, theta)
    };
    let stream = Stream::new(2, "supports");
    let y: Vec<f64> = (0..d as u64).map(|i| 3.0 * stream.uniform(i) - 1.5).collect();
    let theta = f(&y).1;
    let by_theta: Vec<f64> = theta
        .iter()
        .zip(&factors)
        .map(|(x, a)| a * (a * x).cos())
        .collect();
    let mut by_y = vec![0.0; d];
    supports.pull(&y, &theta, &by_theta, &mut by_y);
    for i in 0..d {
        let moved = |h: f64| {
            let mut moved = y.clone();
            moved[i] += h;
            f(&moved).0
        };
        near(by_y[i], (moved(1e-5) - moved(-1e-5)) / 2e-5, 1e-6);
    }
}

#[test]
fn values_outside_are_named() {
    let supports = Supports::new(all()).unwrap();
    let inside = [0.0, 3.0, -2.0, 1.0, 0.1, 0.2, 0.3, 0.4, 1.0, 2.0, 3.0];
    assert!(supports.free(&inside).is_ok());
    for (place, value) in [(1, 2.0), (2, 0.0), (3, 5.0), (4, 0.5), (9, 0.5)] {
        let mut outside = inside;
        outside[place] = value;
        assert!(supports.free(&outside).is_err(), "{place}");
    }
    assert!(Supports::new(vec![Support::Interval(1.0, 1.0)]).is_err());
    assert!(Supports::new(vec![Support::Simplex(1)]).is_err());
    assert!(Supports::new(vec![Support::Above(f64::NAN)]).is_err());
    assert!(Supports::new(Vec::new()).is_err());
}

/// Densities of which mean and evidence are known: a gamma, a beta and a Dirichlet, all at once.
#[test]
fn moments_on_the_scale_of_the_density() {
    // ln p = 19 ln g - 4 g, 29 ln b + 9 ln(1 - b), sum (a_i - 1) ln s_i with a = (40, 20, 10).
    let density = on_tape(5, |theta| {
        let (g, b, s) = (theta.slice(1, 0, 1), theta.slice(1, 1, 1), theta.slice(1, 2, 3));
        let concentration = theta.tape().input(&[3], &[39.0, 19.0, 9.0]);
        let gamma = g.ln().affine(19.0, 0.0) - g.affine(4.0, 0.0);
        let beta = b.ln().affine(29.0, 0.0) + b.affine(-1.0, 1.0).ln().affine(9.0, 0.0);
        (gamma + beta).sum_last() + (s.ln() * concentration).sum_last()
    });
    let supports = Supports::new(vec![Support::POSITIVE, Support::UNIT, Support::Simplex(3)]).unwrap();
    let posterior = fit(&Spec::default(), &supports, density).model;
    let wanted = [
        (5.0, 20.0_f64.sqrt() / 4.0),
        (0.75, (0.75 * 0.25 / 41.0_f64).sqrt()),
        (40.0 / 70.0, (40.0 * 30.0 / 4900.0 / 71.0_f64).sqrt()),
        (20.0 / 70.0, (20.0 * 50.0 / 4900.0 / 71.0_f64).sqrt()),
        (10.0 / 70.0, (10.0 * 60.0 / 4900.0 / 71.0_f64).sqrt()),
    ];
    for (i, (mean, sigma)) in wanted.into_iter().enumerate() {
        near((posterior.mean[i] - mean) / sigma, 0.0, 0.1);
        near(posterior.deviations[i] / sigma, 1.0, 0.1);
        near((posterior.corrected_mean[i] - mean) / sigma, 0.0, 0.06);
        near(posterior.corrected_deviations[i] / sigma, 1.0, 0.06);
    }
    let ln_beta = |all: &[f64]| {
        let sum: f64 = all.iter().map(|a| induce_prob::special::ln_gamma(*a)).sum();
        sum - induce_prob::special::ln_gamma(all.iter().sum())
    };
    let gamma = induce_prob::special::ln_gamma(20.0) - 20.0 * 4.0_f64.ln();
    let ln_z = gamma + ln_beta(&[30.0, 10.0]) + ln_beta(&[40.0, 20.0, 10.0]);
    near(posterior.ln_evidence, ln_z, 0.01);
    assert!(
        posterior.elbo < ln_z && posterior.elbo > ln_z - 0.05,
        "{} {ln_z}",
        posterior.elbo
    );
    assert!(posterior.effective > 3_600.0, "{}", posterior.effective);
    for row in posterior.q.draws(100, 0).chunks_exact(5) {
        near(row[2..].iter().sum(), 1.0, 1e-12);
    }
}

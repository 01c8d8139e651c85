//! Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari & Gelman 2018): where the parameters are drawn from the prior and the data
//! from the likelihood, the rank of a parameter among draws of its posterior is uniform.

use induce_core::random::Stream;

use super::super::gaussian::standard;
use super::*;

const DRAWS: usize = 9;
const REPEATS: usize = 150;
const ROWS: usize = 8;

/// theta ~ N(0, I), y = theta_0 + theta_1 x + e with e ~ N(0, 1): ranks of both parameters and of their sum.
fn ranks(family: Family) -> Vec<[usize; 3]> {
    let one = |repeat: usize| {
        let stream = Stream::new(repeat as u64, "calibration");
        let truth = [0, 1].map(|i| standard(stream, i));
        let x = |i: usize| 1.0 + i as f64 / ROWS as f64;
        let y: Vec<f64> = (0..ROWS)
            .map(|i| truth[0] + truth[1] * x(i) + standard(stream, 2 + i as u64))
            .collect();
        let density = with_gradient(2, |theta, gradient| {
            let mut value = -0.5 * (theta[0] * theta[0] + theta[1] * theta[1]);
            gradient.copy_from_slice(&[-theta[0], -theta[1]]);
            for (i, y) in y.iter().enumerate() {
                let away = y - theta[0] - theta[1] * x(i);
                value -= 0.5 * away * away;
                gradient[0] += away;
                gradient[1] += away * x(i);
            }
            value
        });
        let spec = Spec {
            family,
            gradient: GradientKind::Entropy,
            // Far less than the deviation of a rank.
            tolerance: 0.05,
            steps: 3000,
            samples: 50,
            ..Spec::default()
        };
        let fitted = fit(&spec, &Supports::real(2).unwrap(), density);
        let draws = fitted.model.q.draws(DRAWS, repeat as u64);
        let of = |f: &dyn Fn(&[f64]) -> f64| draws.chunks_exact(2).filter(|own| f(own) < f(&truth)).count();
        [of(&|t| t[0]), of(&|t| t[1]), of(&|t| t[0] + t[1])]
    };
    (0..REPEATS).map(one).collect()
}

/// The chi-squared statistic of ranks, of DRAWS degrees of freedom.
fn chi_squared(ranks: &[[usize; 3]], of: usize) -> f64 {
    let mut counts = [0.0; DRAWS + 1];
    ranks.iter().for_each(|own| counts[own[of]] += 1.0);
    let wanted = REPEATS as f64 / (DRAWS + 1) as f64;
    counts.iter().map(|n| (n - wanted).powi(2) / wanted).sum()
}

/// The full-rank family has the posterior and is calibrated; a mean field of correlated parameters is not, and the check sees it.
#[test]
fn the_full_rank_posterior_is_calibrated_and_a_mean_field_is_not() {
    // The quantile 0.999 of chi-squared with 9 degrees of freedom.
    const MOST: f64 = 27.9;
    let full = ranks(Family::FullRank);
    for of in 0..3 {
        let found = chi_squared(&full, of);
        assert!(found < MOST, "{of}: {found}");
    }
    let apart = ranks(Family::MeanField);
    assert!(chi_squared(&apart, 0) > MOST, "{}", chi_squared(&apart, 0));
}

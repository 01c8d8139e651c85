//! What variational inference becomes where priors are vague or variances small.

use super::*;
use crate::mixture::gmm::{Limits as EmLimits, Parameters, em};

/// With a vague prior and many rows posterior means are the maximum likelihood's: at 1 / n.
#[test]
fn many_rows_lead_to_expectation_maximisation() {
    for kind in KINDS {
        let apart = |n: usize| {
            let points = mixed(n, 3, 6);
            let labels: Vec<usize> = (0..n).map(|row| row % 3).collect();
            let own = Spec {
                weight_concentration_prior_type: Concentration::Distribution,
                weight_concentration_prior: 1.0,
                mean_precision_prior: 1e-3,
                covariance_prior: 1e-3,
                ..spec(kind, 3)
            };
            let prior = prior_of(&own, &points);
            let found = statistics(&points, &labels, 3, kind);
            let from = Posterior::of(&prior, &found, &origin(3, 2));
            let begin = Parameters {
                weights: from.weights.mean(),
                means: from.means.clone(),
                covariances: from.covariances.clone(),
            };
            let limits = Limits {
                max_iter: 500,
                tol: 1e-14,
            };
            let bayes = cavi(&points, &prior, from, &limits, &Run::new(0)).posterior;
            let limits = EmLimits {
                max_iter: 500,
                tol: 1e-14,
                reg: 0.0,
                kind,
                annealing: 1.0,
            };
            let most = em(&points, begin, &limits, &Run::new(0)).parameters;
            let means = bayes.means.concat().into_iter().zip(most.means.concat());
            let weights = bayes.weights.mean().into_iter().zip(most.weights.clone());
            means
                .chain(weights)
                .map(|(a, b): (f64, f64)| (a - b).abs())
                .fold(0.0, f64::max)
        };
        let (few, many) = (apart(300), apart(30_000));
        assert!(many < 2e-4 && many < few / 20.0, "{kind:?} {few} {many}");
    }
}

/// Differences of -2 sigma^2 ELBO between divisions tend to those of DP-means' sum |x - m|^2 + lambda K, for
/// alpha = exp(-lambda / (2 sigma^2)) (Kulis & Jordan 2012, 3).
#[test]
fn small_variances_lead_to_dp_means() {
    let points = mixed(40, 4, 7);
    let lambda = 3.0;
    let divisions: [fn(usize) -> usize; 3] = [|_| 0, |i| i % 2, |i| i % 4];
    let dp_means = |division: fn(usize) -> usize, k: usize| {
        let labels: Vec<usize> = (0..40).map(division).collect();
        let found = statistics(&points, &labels, 4, CovarianceType::Spherical);
        let squares: f64 = found.square.iter().sum();
        let centred: f64 = (0..4)
            .filter(|&c| found.mass[c] > 0.0)
            .map(|c| (found.sum[2 * c].powi(2) + found.sum[2 * c + 1].powi(2)) / found.mass[c])
            .sum();
        squares - centred + lambda * k as f64
    };
    let bayes = |division: fn(usize) -> usize, variance: f64| {
        let labels: Vec<usize> = (0..40).map(division).collect();
        let degrees = 1e12;
        let prior = Prior {
            kind: CovarianceType::Spherical,
            weights: Concentration::Process,
            concentration: (-lambda / (2.0 * variance)).exp(),
            mean: vec![0.0; 2],
            precision: 1e-9,
            degrees,
            scale: crate::mixture::forms::Covariance::Diagonal(vec![variance * degrees; 2]),
        };
        let found = statistics(&points, &labels, 4, prior.kind);
        let q = Posterior::of(&prior, &found, &origin(4, 2));
        let about = sums::moved(found, &origin(4, 2), &q.means);
        let likelihood = sums::expected(&about, &q.surrogate(prior.kind)).unwrap();
        -2.0 * variance * Bound::of(likelihood, 0.0, &q, &prior).total()
    };
    let apart = |variance: f64| {
        let own = |(i, k): (usize, usize)| bayes(divisions[i], variance) - dp_means(divisions[i], k);
        let all = [(0, 1), (1, 2), (2, 4)].map(own);
        all.iter()
            .fold(0.0_f64, |most, own| most.max((own - all[0]).abs()))
    };
    let (coarse, fine) = (apart(0.1), apart(0.003));
    assert!(fine < 1.0 && fine < coarse / 5.0, "{coarse} {fine}");
}

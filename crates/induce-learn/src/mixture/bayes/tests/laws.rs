//! What must hold for any rows.

use proptest::prelude::*;

use super::super::predictive::Predictive;
use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// With weights and missing values too, by coordinate ascent and memoised, births and merges among it.
    #[test]
    fn the_bound_never_falls(
        seed in 0_u64..1000, k in 1_usize..6, kind in 0_usize..4, holes in 0_usize..20, weigh in any::<bool>(),
        process in any::<bool>(), memoised in any::<bool>(),
    ) {
        let mut points = mixed(150, 3, seed);
        let stream = Stream::new(seed, "holes");
        points.values.iter_mut().enumerate().filter(|(i, _)| stream.below(*i as u64, 100) < holes).for_each(|(_, x)| *x = f64::NAN);
        points = Points::new(points.values, points.width).with_weight(points.weight);
        if weigh {
            points.weight = Some((0..150).map(|i| 2.0 * stream.uniform(5_000 + i)).collect());
        }
        let own = Spec {
            tol: if memoised { 1e-5 } else { 0.0 },
            max_iter: 40,
            n_init: 1,
            batch_size: 40,
            weight_concentration_prior_type: WEIGHTS[usize::from(process)],
            inference: if memoised { Inference::Memoized } else { Inference::Cavi },
            ..spec(KINDS[kind], k)
        };
        let fitted = fit(&own, &rows(&points), None, &mut Run::new(seed)).unwrap();
        let trace = |name: &str| -> Vec<f64> {
            let found = fitted.report.traces.iter().find(|own| own.metric == name).unwrap();
            found.points.iter().map(|own| own.1).collect()
        };
        let elbo = trace("elbo");
        prop_assert!(elbo.windows(2).all(|w| w[1] >= w[0] - 1e-9), "{:?}", elbo);
        for (t, whole) in elbo.iter().enumerate() {
            let parts = trace("expected_log_likelihood")[t] + trace("entropy")[t] - trace("kl_weights")[t] - trace("kl_components")[t];
            prop_assert!((whole - parts).abs() < 1e-12 * whole.abs().max(1.0));
        }
        prop_assert!(trace("kl_weights").iter().chain(&trace("kl_components")).all(|kl| *kl > -1e-12));
    }
}

/// Of one component the posterior is exact, so that the bound is the evidence, which is the product of what is expected of every row
/// given those before it.
#[test]
fn the_bound_of_one_component_is_the_evidence() {
    let points = mixed(30, 3, 1);
    for kind in KINDS {
        let own = Spec {
            weight_concentration_prior_type: Concentration::Distribution,
            degrees_of_freedom_prior: 3.7,
            mean_precision_prior: 0.4,
            ..spec(kind, 1)
        };
        let prior = prior_of(&own, &points);
        let of = |n: usize| {
            let few = points.take(&(0..n).collect::<Vec<_>>());
            Posterior::of(&prior, &statistics(&few, &vec![0; n], 1, kind), &origin(1, 2))
        };
        let evidence: f64 = (0..30)
            .map(|n| Predictive::of(&of(n), &prior).ln_density(points.row(n)))
            .sum();
        let limits = Limits {
            max_iter: 1,
            tol: 0.0,
        };
        let bound = cavi(&points, &prior, of(30), &limits, &Run::new(0)).bound();
        assert!(
            (bound.total() - evidence).abs() < 1e-9,
            "{kind:?} {bound:?} {evidence}"
        );
        assert!(bound.weights.abs() < 1e-12 && bound.entropy.abs() < 1e-12);
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let data = rows(&mixed(5_000, 4, 3));
    for kind in KINDS {
        for inference in [Inference::Cavi, Inference::Svi, Inference::Memoized] {
            let own = Spec {
                n_init: 2,
                max_iter: 4,
                inference,
                ..spec(kind, 4)
            };
            let of = |threads| {
                let run = &mut Run::new(1).with_threads(threads);
                fit(&own, &data, None, run).unwrap().model.posterior
            };
            assert_eq!(of(1), of(2), "{kind:?}");
            assert_eq!(of(1), of(4), "{kind:?}");
        }
    }
}

/// Prior and posterior of weighted rows are those of repeated ones.
#[test]
fn a_weight_is_a_repetition() {
    let mut points = mixed(90, 3, 4);
    let twice: Vec<usize> = (0..90).flat_map(|row| vec![row; 1 + row % 3]).collect();
    let repeated = points.take(&twice);
    points.weight = Some((0..90).map(|row| (1 + row % 3) as f64).collect());
    for kind in KINDS {
        let of = |points: &Points| {
            let prior = prior_of(&spec(kind, 2), points);
            let labels: Vec<usize> = (0..points.rows())
                .map(|row| usize::from(points.row(row)[0] > 2.0))
                .collect();
            let from = Posterior::of(&prior, &statistics(points, &labels, 2, kind), &origin(2, 2));
            let limits = Limits {
                max_iter: 5,
                tol: 0.0,
            };
            cavi(points, &prior, from, &limits, &Run::new(0)).bound().total()
        };
        assert!((of(&points) / of(&repeated) - 1.0).abs() < 1e-12, "{kind:?}");
    }
}

#[test]
fn the_predictive_density_integrates_to_one() {
    let points = Points::new(mixed(60, 2, 5).values.iter().step_by(2).copied().collect(), 1);
    for kind in KINDS {
        let prior = prior_of(&spec(kind, 2), &points);
        let labels: Vec<usize> = (0..60).map(|row| row % 2).collect();
        let q = Posterior::of(&prior, &statistics(&points, &labels, 2, kind), &origin(2, 1));
        let predictive = Predictive::of(&q, &prior);
        let steps = 400_000;
        let width = 400.0 / f64::from(steps);
        let total: f64 = (0..steps)
            .map(|i| {
                width
                    * predictive
                        .ln_density(&[-200.0 + width * (f64::from(i) + 0.5)])
                        .exp()
            })
            .sum();
        assert!((total - 1.0).abs() < 1e-9, "{kind:?} {total}");
    }
}

//! Fits, files and answers.

use induce_core::Outcome;
use induce_core::model::{Cluster, Data, Density, Generate, Model as _, Predict};

use super::*;

#[test]
fn components_that_are_not_needed_stay_empty() {
    for kind in KINDS {
        for weights in WEIGHTS {
            for inference in [Inference::Cavi, Inference::Memoized] {
                let own = Spec {
                    weight_concentration_prior: 1e-3,
                    weight_concentration_prior_type: weights,
                    inference,
                    max_iter: 2_000,
                    ..spec(kind, 8)
                };
                let model = fit(&own, &rows(&mixed(600, 3, 1)), None, &mut Run::new(0))
                    .unwrap()
                    .model;
                let used = model.used();
                // A sphere, or one shape for all, is not that of these rows, so that several cover one group.
                let own = matches!(kind, CovarianceType::Full | CovarianceType::Diag);
                let most = if own { 5 } else { 8 };
                assert!(
                    (3..=most).contains(&used),
                    "{kind:?} {weights:?} {inference:?} {used}"
                );
                let rest: f64 = model
                    .mixture()
                    .weights
                    .iter()
                    .zip(model.held())
                    .filter(|own| own.1 < 0.5)
                    .map(|own| own.0)
                    .sum();
                assert!(rest < 2e-3, "{kind:?} {weights:?} {inference:?} {rest}");
                assert!(
                    model
                        .notes
                        .iter()
                        .any(|note| note.contains(&format!("{used} component")))
                );
            }
        }
    }
}

/// From one component only births lead to three.
#[test]
fn births_find_what_a_bad_start_has_missed() {
    let points = mixed(300, 3, 2);
    let prior = prior_of(&spec(CovarianceType::Full, 6), &points);
    let found = statistics(&points, &[0; 300], 6, CovarianceType::Full);
    let from = Posterior::of(&prior, &found, &origin(6, 2));
    let limits = Limits {
        max_iter: 500,
        tol: 1e-6,
    };
    let run = Run::new(0);
    let ended = memoized(
        &points,
        &prior,
        from.clone(),
        64,
        &limits,
        Stream::new(0, "b"),
        &run,
    );
    let plain = cavi(&points, &prior, from, &limits, &run);
    let filled = |q: &Posterior| q.precision.iter().filter(|beta| **beta > 1.5).count();
    assert!(ended.moves >= 2, "{}", ended.moves);
    assert_eq!(filled(&ended.posterior), 3);
    assert!(ended.bound().total() > plain.bound().total() + 100.0);
    assert!(matches!(ended.outcome, Outcome::Converged { .. }));
}

/// From a group in two halves a merge leads to one.
#[test]
fn merges_join_what_is_one() {
    let points = mixed(400, 1, 3);
    let own = Spec {
        weight_concentration_prior: 0.01,
        ..spec(CovarianceType::Full, 2)
    };
    let prior = prior_of(&own, &points);
    let labels: Vec<usize> = (0..400)
        .map(|row| usize::from(points.row(row)[0] > 0.0))
        .collect();
    let from = Posterior::of(
        &prior,
        &statistics(&points, &labels, 2, CovarianceType::Full),
        &origin(2, 2),
    );
    let limits = Limits {
        max_iter: 500,
        tol: 1e-4,
    };
    let ended = memoized(
        &points,
        &prior,
        from,
        100,
        &limits,
        Stream::new(0, "b"),
        &Run::new(0),
    );
    let filled = ended
        .posterior
        .precision
        .iter()
        .filter(|beta| **beta > 1.5)
        .count();
    assert_eq!(filled, 1, "{:?} {}", ended.posterior.precision, ended.moves);
}

/// Mini-batches come near to the bound of all rows.
#[test]
fn natural_gradients_lead_to_where_coordinate_ascent_does() {
    let data = rows(&mixed(4_000, 3, 4));
    let of = |inference| {
        let own = Spec {
            inference,
            batch_size: 200,
            max_iter: 60,
            tol: 1e-5,
            ..spec(CovarianceType::Full, 3)
        };
        fit(&own, &data, None, &mut Run::new(0)).unwrap().model
    };
    let (svi, cavi) = (of(Inference::Svi), of(Inference::Cavi));
    let elbo = |model: &Model| model.own_scores(&data, 1).unwrap()[0].value;
    assert!((elbo(&cavi) - cavi.elbo()).abs() < 1e-9);
    assert!(
        (elbo(&svi) - elbo(&cavi)).abs() < 0.01,
        "{} {}",
        elbo(&svi),
        elbo(&cavi)
    );
    for (a, b) in svi.mixture().means.iter().zip(cavi.mixture().means) {
        let near = cavi
            .mixture()
            .means
            .iter()
            .any(|m| (a[0] - m[0]).hypot(a[1] - m[1]) < 0.05);
        assert!(near, "{a:?} {b:?}");
    }
}

#[test]
fn a_model_comes_back_from_its_file() {
    let data = rows(&mixed(200, 3, 5));
    for kind in KINDS {
        for weights in WEIGHTS {
            let own = Spec {
                weight_concentration_prior_type: weights,
                ..spec(kind, 3)
            };
            let model = fit(&own, &data, None, &mut Run::new(0)).unwrap().model;
            let file = model.store().unwrap();
            let again = store::from_file(&file).unwrap();
            assert_eq!(
                (again.posterior, again.prior),
                (model.posterior.clone(), model.prior.clone())
            );
            let mut hostile = file.clone();
            hostile.put("degrees", vec![0.5, -1.0, f64::NAN]);
            assert!(store::from_file(&hostile).is_err());
            let mut short = file;
            short.put("means", vec![0.0]);
            assert!(store::from_file(&short).is_err());
        }
    }
}

#[test]
fn probabilities_densities_and_samples_agree() {
    let data = rows(&mixed(500, 3, 8));
    for kind in KINDS {
        let model = fit(&spec(kind, 5), &data, None, &mut Run::new(0)).unwrap().model;
        let found = model.predict((&data.features).into(), 1).unwrap();
        assert_eq!(found.values.len(), 500);
        let ln = model
            .log_density(&Data::Rows(data.clone()), &mut Run::new(0))
            .unwrap();
        let mean = ln.iter().sum::<f64>() / 500.0;
        let drawn = model.generate(2_000, &mut Run::new(1)).unwrap();
        let mut first = vec![0.0; 2_000];
        drawn.rows().unwrap().table().unwrap().columns()[0].read_f64(0, &mut first);
        let average = first.iter().sum::<f64>() / 2_000.0;
        let spread = first.iter().map(|x| (x - average).powi(2)).sum::<f64>() / 2_000.0;
        let (middle, variance) = (model.mixture().mean()[0], model.mixture().variance()[0]);
        assert!(
            (average - middle).abs() < 4.0 * (variance / 2_000.0).sqrt(),
            "{kind:?} {average} {middle}"
        );
        assert!(
            (spread / variance - 1.0).abs() < 0.15,
            "{kind:?} {spread} {variance}"
        );
        assert!(mean > model.elbo() - 1e-9, "{mean} {}", model.elbo());
    }
}

#[test]
fn what_cannot_be_is_said() {
    let data = rows(&mixed(50, 2, 9));
    let own = Spec {
        degrees_of_freedom_prior: 0.5,
        ..spec(CovarianceType::Full, 2)
    };
    let error = fit(&own, &data, None, &mut Run::new(0))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("degrees_of_freedom_prior"), "{error}");
    let same = Points::new([1.0, 2.0, 2.0, 4.0, 3.0, 6.0].to_vec(), 2);
    let bare = Spec {
        reg_covar: 0.0,
        ..spec(CovarianceType::Full, 2)
    };
    let error = fit(&bare, &rows(&same), None, &mut Run::new(0))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("singular"), "{error}");
    assert!(
        fit(
            &spec(CovarianceType::Full, 2),
            &rows(&same),
            None,
            &mut Run::new(0)
        )
        .is_ok()
    );
}

/// What is given is the prior, in the units of the table, and a fit goes on from a model.
#[test]
fn priors_are_what_was_said_and_fits_go_on() {
    use induce_core::model::Model as _;
    let data = rows(&mixed(120, 3, 7));
    for kind in KINDS {
        let own = Spec {
            mean_prior: vec![3.0, -1.0],
            covariance_prior_matrix: vec![2.0, 0.5, 0.5, 4.0],
            max_iter: 3,
            tol: 0.0,
            n_init: 1,
            ..spec(kind, 3)
        };
        let model = fit(&own, &data, None, &mut Run::new(0)).unwrap().model;
        let fact = |name: &str| -> Vec<f64> {
            let all = model.facts();
            let own = all.iter().find(|own| own.0 == name).unwrap();
            own.1
                .as_array()
                .unwrap()
                .iter()
                .map(|x| x.as_f64().unwrap())
                .collect()
        };
        let near = |a: Vec<f64>, b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(
            near(fact("mean_prior"), [3.0, -1.0, 0.0, 0.0]),
            "{:?}",
            fact("mean_prior")
        );
        let wanted = match kind {
            CovarianceType::Diag => [2.0, 0.0, 0.0, 4.0],
            CovarianceType::Spherical => [3.0, 0.0, 0.0, 3.0],
            _ => [2.0, 0.5, 0.5, 4.0],
        };
        assert!(
            near(fact("covariance_prior"), wanted),
            "{:?}",
            fact("covariance_prior")
        );
        let more = fit(&own, &data, Some(&model), &mut Run::new(1)).unwrap().model;
        let (before, after) = (model.elbo(), more.elbo());
        assert!(after >= before - 1e-9 * before.abs(), "{before} {after}");
        let whole = Spec {
            max_iter: 6,
            ..own.clone()
        };
        let once = fit(&whole, &data, None, &mut Run::new(0)).unwrap().model;
        assert!(
            (once.elbo() - more.elbo()).abs() < 1e-9,
            "{} {}",
            once.elbo(),
            more.elbo()
        );
        let other = Spec {
            n_components: 2,
            ..own
        };
        assert!(fit(&other, &data, Some(&model), &mut Run::new(0)).is_err());
    }
    for bad in [
        Spec {
            mean_prior: vec![1.0],
            ..spec(KINDS[0], 2)
        },
        Spec {
            covariance_prior_matrix: vec![1.0],
            ..spec(KINDS[0], 2)
        },
        Spec {
            covariance_prior_matrix: vec![1.0, 2.0, 2.0, 1.0],
            ..spec(KINDS[0], 2)
        },
    ] {
        assert!(fit(&bad, &data, None, &mut Run::new(0)).is_err());
    }
}

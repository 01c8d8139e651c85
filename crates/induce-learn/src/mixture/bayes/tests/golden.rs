//! Against scikit-learn: `tests/golden/bayes_gmm.py`.

use serde_json::Value;

use super::*;
use crate::mixture::gmm::expect;

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().flat_map(numbers).collect(),
        own => vec![own.as_f64().unwrap()],
    }
}

#[test]
fn posteriors_are_those_of_scikit_learn() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../../tests/golden/bayes_gmm.json")).unwrap();
    let raw = rows(&Points::new(numbers(&golden["rows"]), 2));
    let (frame, _) = Frame::learn(&raw, Scaling::Deviation, 1).unwrap();
    let points = frame.points((&raw.features).into(), &Run::new(0)).unwrap();
    let labels: Vec<usize> = numbers(&golden["labels"]).iter().map(|x| *x as usize).collect();
    for case in golden["cases"].as_array().unwrap() {
        let process = case["type"] == "dirichlet_process";
        let own = Spec {
            weight_concentration_prior_type: if process { WEIGHTS[0] } else { WEIGHTS[1] },
            weight_concentration_prior: 0.3,
            mean_precision_prior: 0.7,
            degrees_of_freedom_prior: 3.5,
            reg_covar: 0.0,
            ..spec(CovarianceType::Full, 4)
        };
        let prior = prior_of(&own, &points);
        let first = statistics(&points, &labels, 4, CovarianceType::Full);
        let mut q = Posterior::of(&prior, &first, &origin(4, 2));
        for _ in 0..case["steps"].as_u64().unwrap() {
            let under = q.surrogate(CovarianceType::Full);
            let found = expect(&points, &under, CovarianceType::Full, 1.0, 1).unwrap();
            q = Posterior::of(&prior, &found, &q.means);
        }
        let concentration = match &q.weights {
            Weights::Dirichlet(own) => own.clone(),
            Weights::Sticks { own, rest } => [own.clone(), rest.clone()].concat(),
        };
        let dense: Vec<f64> = q
            .covariances
            .iter()
            .flat_map(crate::mixture::forms::Covariance::dense)
            .collect();
        let under = q.surrogate(CovarianceType::Full);
        let few = points.take(&[0, 1, 2, 3, 4]);
        let r = crate::mixture::gmm::responsibilities(&under, &few, 1).unwrap().0;
        let pairs = [
            ("concentration", concentration),
            ("precision", q.precision.clone()),
            ("degrees", q.degrees.clone()),
            ("means", q.means.concat()),
            ("covariances", dense),
            ("weights", q.weights.mean()),
            ("responsibilities", r),
        ];
        for (name, found) in pairs {
            let wanted = numbers(&case[name]);
            assert_eq!(found.len(), wanted.len(), "{name}");
            for (a, b) in found.iter().zip(&wanted) {
                assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{name}: {a} {b}");
            }
        }
    }
}

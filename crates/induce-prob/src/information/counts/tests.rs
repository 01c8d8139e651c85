use super::*;
use induce_core::random::Stream;

const COUNTS: [u64; 9] = [4, 2, 3, 0, 2, 4, 0, 0, 2];

fn value(counts: &[u64], estimator: Estimator) -> f64 {
    entropy_of_counts(counts, estimator, &Inference::none())
        .unwrap()
        .value
}

/// mpmath, by `tests/golden/information.py`.
#[test]
fn estimates_are_those_of_an_independent_implementation() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/golden/information.json")).unwrap();
    for case in golden["entropies"].as_array().unwrap() {
        let counts: Vec<u64> = serde_json::from_value(case["counts"].clone()).unwrap();
        for estimator in Estimator::ALL {
            let own = estimator.of(&counts, counts.iter().sum::<u64>() as f64);
            let expected = case[estimator.name()].as_f64().unwrap();
            let slack = if estimator == Estimator::Nsb { 1e-8 } else { 1e-13 };
            assert!(
                (own - expected).abs() < slack,
                "{} {counts:?}: {own} {expected}",
                estimator.name()
            );
        }
    }
}

#[test]
fn one_outcome_is_certain_and_nothing_was_seen_of_none() {
    for estimator in Estimator::ALL {
        assert_eq!(value(&[7], estimator), 0.0);
        assert_eq!(value(&[], estimator), 0.0);
        assert_eq!(value(&[0, 0], estimator), 0.0);
        let many = value(&COUNTS, estimator);
        assert!(many > 0.0 && (many <= 9.0_f64.ln() || estimator == Estimator::ChaoShen));
        assert_eq!(Estimator::named(estimator.name()).unwrap(), estimator);
    }
    assert!(
        Estimator::named("millermadow")
            .unwrap_err()
            .hint()
            .unwrap()
            .contains("miller-madow")
    );
}

/// Draws from Zipf's law: what corrections are for.
#[test]
fn corrections_bring_small_samples_nearer_to_the_truth() {
    let weights: Vec<f64> = (1..=60).map(|i| 1.0 / f64::from(i)).collect();
    let sum: f64 = weights.iter().sum();
    let truth = -weights.iter().map(|w| w / sum * (w / sum).ln()).sum::<f64>();
    let mut errors = [0.0; 6];
    for sample in 0..60 {
        let stream = Stream::new(sample, "zipf");
        let mut counts = vec![0_u64; 60];
        for draw in 0..60 {
            let mut rest = stream.uniform(draw) * sum;
            let at = weights
                .iter()
                .position(|w| {
                    rest -= w;
                    rest < 0.0
                })
                .unwrap_or(59);
            counts[at] += 1;
        }
        for (error, estimator) in errors.iter_mut().zip(Estimator::ALL) {
            *error += (value(&counts, estimator) - truth) / 60.0;
        }
    }
    assert!(errors[0] < -0.3, "{errors:?}");
    assert!(
        errors[1..]
            .iter()
            .all(|error| error.abs() < 0.8 * errors[0].abs()),
        "{errors:?}"
    );
    assert!(errors[5].abs() < 0.15, "{errors:?}");
}

#[test]
fn intervals_cover_and_the_test_knows_equal_outcomes() {
    let mut covered = 0;
    for sample in 0..200 {
        let stream = Stream::new(sample, "cover");
        let mut counts = [0_u64; 3];
        (0..200).for_each(|i| counts[[0, 0, 0, 1, 1, 2][stream.below(i, 6)]] += 1);
        let own = entropy_of_counts(&counts, Estimator::MillerMadow, &Inference::none()).unwrap();
        let truth =
            -(0.5 * 0.5_f64.ln() + (1.0 / 3.0) * (1.0_f64 / 3.0).ln() + (1.0 / 6.0) * (1.0_f64 / 6.0).ln());
        let (low, high) = own.interval.unwrap();
        covered += usize::from(low <= truth && truth <= high);
        assert!(own.p_value.unwrap() < 0.05);
    }
    assert!((180..=198).contains(&covered), "{covered}");
    let equal = entropy_of_counts(&[50, 51, 49], Estimator::PlugIn, &Inference::none()).unwrap();
    assert!(equal.p_value.unwrap() > 0.9);
}

/// A bound by the sample cut intervals off below the truth, and fifty outcomes of one draw each had an interval of no width.
#[test]
fn outcomes_that_were_seen_once_bound_nothing_and_counts_do_not_wrap() {
    let own = entropy_of_counts(&[1; 50], Estimator::MillerMadow, &Inference::none()).unwrap();
    assert!(own.bounds.1.is_infinite() && own.interval.is_none(), "{own:?}");
    assert!(own.value > 50.0_f64.ln(), "{own:?}");
    // Who says how many outcomes there are, and a prior, knows more.
    let own = entropy_of_counts(&[1; 50], Estimator::Nsb, &Inference::none()).unwrap();
    assert!(own.bounds.1 == 50.0_f64.ln() && own.interval.is_some(), "{own:?}");
    assert!(entropy_of_counts(&[1 << 63, 1 << 63], Estimator::PlugIn, &Inference::none()).is_err());
}

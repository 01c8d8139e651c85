//! The metrics against scikit-learn (`golden/metrics.py`), and their intervals against simulation.

use induce_core::metrics::{METRICS, Predictions, Task, score, scores};
use induce_core::random::Stream;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .map(|array| array.iter().filter_map(Value::as_f64).collect())
        .unwrap_or_default()
}

#[test]
fn values_are_those_of_scikit_learn() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    let mut checked = 0;
    for case in &cases {
        let truth = numbers(&case["truth"]);
        let weights = case["weights"].as_array().map(|_| numbers(&case["weights"]));
        let (values, probabilities) = (numbers(&case["values"]), numbers(&case["probabilities"]));
        let groups: Vec<u32> = numbers(&case["groups"])
            .into_iter()
            .map(|group| group as u32)
            .collect();
        let predictions = Predictions {
            truth: &truth,
            weights: weights.as_deref(),
            values: &values,
            probabilities: &probabilities,
            classes: case["classes"].as_u64().unwrap_or(0) as usize,
            groups: Some(groups.as_slice()).filter(|groups| !groups.is_empty()),
            ..Predictions::default()
        };
        for (name, expected) in case["scores"].as_object().unwrap() {
            let expected = expected.as_f64().unwrap();
            let got = score(name, &predictions).unwrap();
            let error = (got.value - expected).abs() / expected.abs().max(1.0);
            assert!(
                error < 1e-10,
                "{name} of {}: {} instead of {expected}",
                case["name"],
                got.value
            );
            let (low, high) = (got.low.unwrap_or(got.value), got.high.unwrap_or(got.value));
            assert!(
                low <= got.value && got.value <= high,
                "{name} of {}: {got:?}",
                case["name"]
            );
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked}");
}

fn normal(stream: Stream, i: u64) -> f64 {
    let radius = (-2.0 * (1.0 - stream.uniform(2 * i)).ln()).sqrt();
    radius * (std::f64::consts::TAU * stream.uniform(2 * i + 1)).cos()
}

/// Rows of one replicate: truth, probability, number.
fn replicate(seed: u64, n: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let stream = Stream::new(seed, "replicate");
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..n as u64 {
        let class = f64::from(u8::from(stream.child(1).uniform(i) < 0.4));
        let logit = 1.2 * (class - 0.4) + normal(stream.child(2), i);
        let p = 1.0 / (1.0 + (-logit).exp());
        rows.0.push(class);
        rows.1.extend([1.0 - p, p]);
        rows.2.push(class + normal(stream.child(3), i));
    }
    rows
}

/// The share of 400 samples whose interval holds the value of one huge sample must be near 95 %.
#[test]
fn intervals_cover_what_they_promise() {
    let large = replicate(1, 400_000);
    for metric in METRICS.iter().filter(|metric| metric.task != Task::Ranking) {
        let (name, task) = (metric.name, metric.task);
        let of = |rows: &(Vec<f64>, Vec<f64>, Vec<f64>)| match task {
            Task::Classification => score(name, &Predictions::classification(&rows.0, &rows.1, 2)),
            _ => score(name, &Predictions::regression(&rows.2, &rows.0)),
        };
        let Ok(target) = of(&large) else { continue };
        if target.low.is_none() || name == "mape" {
            continue; // The mean of |e / y| of a normal y does not exist.
        }
        let covers = |seed: u64| {
            let score = of(&replicate(100 + seed, 300)).unwrap();
            score.low.unwrap() <= target.value && target.value <= score.high.unwrap()
        };
        let share = (0..400).filter(|&seed| covers(seed)).count() as f64 / 400.0;
        assert!((0.915..=0.99).contains(&share), "{name}: {share}");
    }
}

/// The normal approximation has no width where nothing went wrong; 20 perfect rows must not promise perfection.
#[test]
fn a_perfect_sample_promises_no_perfection() {
    let truth: Vec<f64> = (0..20).map(|i| f64::from(i % 2)).collect();
    let probabilities: Vec<f64> = truth.iter().flat_map(|t| [1.0 - t, *t]).collect();
    let perfect = Predictions::classification(&truth, &probabilities, 2);
    for score in scores(Task::Classification, &perfect).unwrap() {
        if score.name == "log_loss" || score.name == "brier" {
            continue;
        }
        let low = score.low.unwrap();
        assert!(score.value == 1.0 && (0.3..0.9).contains(&low), "{score:?}");
    }
}

#[test]
fn a_weight_is_a_repetition() {
    let (truth, probabilities, numbers) = replicate(9, 50);
    let weights: Vec<f64> = (0..50).map(|i| f64::from(i % 3)).collect();
    let repeated: Vec<usize> = (0..50).flat_map(|i| vec![i; i % 3]).collect();
    let truth_of: Vec<f64> = repeated.iter().map(|&i| truth[i]).collect();
    let numbers_of: Vec<f64> = repeated.iter().map(|&i| numbers[i]).collect();
    let probabilities_of: Vec<f64> = repeated
        .iter()
        .flat_map(|&i| [probabilities[2 * i], probabilities[2 * i + 1]])
        .collect();
    let weighted = [
        scores(
            Task::Classification,
            &Predictions::classification(&truth, &probabilities, 2).with_weights(Some(&weights)),
        ),
        scores(
            Task::Regression,
            &Predictions::regression(&numbers, &truth).with_weights(Some(&weights)),
        ),
    ];
    let copied = [
        scores(
            Task::Classification,
            &Predictions::classification(&truth_of, &probabilities_of, 2),
        ),
        scores(Task::Regression, &Predictions::regression(&numbers_of, &truth_of)),
    ];
    for (a, b) in weighted
        .into_iter()
        .flat_map(Result::unwrap)
        .zip(copied.into_iter().flat_map(Result::unwrap))
    {
        assert!((a.value - b.value).abs() < 1e-12, "{a:?} {b:?}");
    }
}

#[test]
fn what_cannot_be_scored_is_a_stated_error() {
    let empty = Predictions::regression(&[], &[]);
    assert!(score("rmse", &empty).is_err());
    assert!(score("rmse", &Predictions::regression(&[1.0, f64::NAN], &[1.0, 2.0])).is_err());
    assert!(score("rmse", &Predictions::regression(&[1.0], &[1.0, 2.0])).is_err());
    assert!(score("accuracy", &Predictions::classification(&[2.0], &[0.5, 0.5], 2)).is_err());
    let one_class = Predictions::classification(&[0.0, 0.0], &[0.5, 0.5, 0.1, 0.9], 2);
    assert!(score("roc_auc", &one_class).unwrap_err().hint().is_some());
    assert!(scores(Task::Classification, &one_class).unwrap().len() > 3);
    let all = Predictions::regression(&[1.0, 2.0], &[1.0, 2.0]).with_weights(Some(&[0.0, 0.0]));
    assert!(score("mae", &all).is_err());
}

use super::*;

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn golden() -> serde_json::Value {
    serde_json::from_str(include_str!("../../tests/golden/pareto.json")).unwrap()
}

/// ArviZ, by `tests/golden/pareto.py`.
#[test]
fn fits_are_those_of_arviz() {
    for case in golden()["fits"].as_array().unwrap() {
        let fitted = GeneralizedPareto::fit(&numbers(&case["excesses"])).unwrap();
        for (own, name) in [(fitted.shape, "shape"), (fitted.scale, "scale")] {
            let wanted = case[name].as_f64().unwrap();
            assert!((own / wanted - 1.0).abs() < 1e-10, "{name}: {own} {wanted}");
        }
    }
}

#[test]
fn smoothed_weights_are_those_of_arviz() {
    for case in golden()["smoothed"].as_array().unwrap() {
        let smoothed = smooth(&numbers(&case["ln_weights"]));
        assert!((smoothed.khat - case["khat"].as_f64().unwrap()).abs() < 1e-10);
        for (own, wanted) in smoothed.ln_weights.iter().zip(numbers(&case["smoothed"])) {
            assert!((own - wanted).abs() < 1e-9, "{own} {wanted}");
        }
    }
}

/// Excesses of a known shape: the fit is within three of its asymptotic deviations, (1 + k) / sqrt n.
#[test]
fn shapes_are_found_again() {
    let stream = induce_core::random::Stream::new(2, "pareto");
    for (case, k) in [-0.2, 0.1, 0.5, 0.9, 2.0].into_iter().enumerate() {
        let n = 4000;
        let draw = |i: u64| ((1.0 - stream.child(case as u64).uniform(i)).powf(-k) - 1.0) / k;
        let mut x: Vec<f64> = (0..n).map(draw).collect();
        x.sort_by(f64::total_cmp);
        let fitted = GeneralizedPareto::fit(&x).unwrap();
        assert!(
            (fitted.shape - k).abs() < 3.0 * (1.0 + k) / (n as f64).sqrt(),
            "{k}: {fitted:?}"
        );
        // The quantile of the fit is that of the excesses.
        assert!((fitted.quantile(0.5) / x[n as usize / 2] - 1.0).abs() < 0.1);
    }
}

/// Smoothing keeps what is below the tail, the order of weights, and the largest as a limit.
#[test]
fn smoothing_keeps_the_order() {
    let stream = induce_core::random::Stream::new(3, "pareto");
    let raw: Vec<f64> = (0..500).map(|i| -0.8 * (1.0 - stream.uniform(i)).ln()).collect();
    let smoothed = smooth(&raw);
    assert!(smoothed.khat > 0.5 && smoothed.khat < 1.1, "{}", smoothed.khat);
    assert!((smoothed.ln_weights.iter().map(|w| w.exp()).sum::<f64>() - 1.0).abs() < 1e-12);
    let mut order: Vec<usize> = (0..raw.len()).collect();
    order.sort_by(|a, b| raw[*a].total_cmp(&raw[*b]));
    assert!(
        order
            .windows(2)
            .all(|pair| smoothed.ln_weights[pair[0]] <= smoothed.ln_weights[pair[1]])
    );
    assert!((1.0..500.0).contains(&smoothed.effective));
    // The mean of all weights is 1 / (1 - 0.8) in the limit; a constant factor goes through.
    let shifted: Vec<f64> = raw.iter().map(|w| w + 300.0).collect();
    assert!((smooth(&shifted).ln_mean - smoothed.ln_mean - 300.0).abs() < 1e-9);
}

/// Draws that have no weight, few draws, and one that has it all.
#[test]
fn what_cannot_be_smoothed_is_said() {
    let mut raw = vec![f64::NEG_INFINITY; 100];
    raw[3] = 0.0;
    let smoothed = smooth(&raw);
    assert!(
        (smoothed.effective - 1.0).abs() < 1e-6 && !(smoothed.khat < 0.7),
        "{smoothed:?}"
    );
    assert!(smooth(&[0.0, 1.0, 2.0]).khat.is_infinite());
    assert!(GeneralizedPareto::fit(&[0.0; 10]).is_none() && GeneralizedPareto::fit(&[]).is_none());
}

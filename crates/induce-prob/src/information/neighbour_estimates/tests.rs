use super::shared::terms;
use super::*;
use crate::information::counts::Estimator;
use crate::special::normal_quantile;
use induce_core::random::Stream;

fn run() -> Run {
    Run::new(3).with_threads(2)
}

/// Pairs of normal variables of correlation rho.
fn normal(rows: u64, rho: f64, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let stream = Stream::new(seed, "normal");
    let draw = |child: u64, i: u64| normal_quantile(stream.child(child).uniform(i).clamp(1e-12, 1.0 - 1e-12));
    let x: Vec<f64> = (0..rows).map(|i| draw(0, i)).collect();
    let y = (0..rows)
        .map(|i| rho * x[i as usize] + (1.0 - rho * rho).sqrt() * draw(1, i))
        .collect();
    (x, y)
}

fn sample(values: &[f64]) -> Sample {
    Sample::numbers(values).unwrap()
}

fn of(x: &[f64], y: &[f64], method: Method) -> Estimate {
    mutual_information(&sample(x), &sample(y), method, 3, &Inference::none(), &run()).unwrap()
}

/// NPEET, scikit-learn and the authors' own formulas over all pairs, by `tests/golden/information.py`.
#[test]
fn estimates_are_those_of_an_independent_implementation() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/golden/information.json")).unwrap();
    let list = |name: &str| -> Vec<f64> { serde_json::from_value(golden["sample"][name].clone()).unwrap() };
    let (x, y, z) = (list("x"), list("y"), list("z"));
    let codes: Vec<u32> = list("c").iter().map(|c| *c as u32).collect();
    let expected = |name: &str| golden["neighbours"][name].as_f64().unwrap();
    let close = |name: &str, own: f64| {
        assert!(
            (own - expected(name)).abs() < 1e-12,
            "{name}: {own} {}",
            expected(name)
        );
    };
    let none = Inference::none();
    close("ksg1", of(&x, &y, Method::Ksg1).raw);
    close("ksg2", of(&x, &y, Method::Ksg2).raw);
    close("gao", of(&x, &y, Method::Gao).raw);
    close(
        "gao_ties",
        of(
            &x.iter().map(|x| x.round()).collect::<Vec<_>>(),
            &y.iter().map(|y| y.round()).collect::<Vec<_>>(),
            Method::Gao,
        )
        .raw,
    );
    close(
        "ross",
        class_information(&x, &codes, 3, &none, &run()).unwrap().raw,
    );
    close(
        "conditional",
        conditional_information(&sample(&x), &sample(&y), &sample(&z), 3, &none, &run())
            .unwrap()
            .raw,
    );
    close(
        "total",
        total_correlation(&[&sample(&x), &sample(&y), &sample(&z)], 3, &none, &run())
            .unwrap()
            .raw,
    );
    close(
        "entropy",
        differential_entropy(&sample(&x), 3, &none, 2).unwrap().raw,
    );
    let pairs = Sample::vectors(x.iter().zip(&y).flat_map(|(x, y)| [*x, *y]).collect(), 2).unwrap();
    close(
        "joint_entropy",
        differential_entropy(&pairs, 3, &none, 2).unwrap().raw,
    );
    close(
        "vectors",
        mutual_information(&pairs, &sample(&z), Method::Ksg1, 3, &none, &run())
            .unwrap()
            .raw,
    );
}

#[test]
fn normal_variables_share_what_the_formula_says_and_intervals_cover_it() {
    for (rho, method) in [
        (0.0, Method::Ksg1),
        (0.6, Method::Ksg1),
        (0.6, Method::Ksg2),
        (0.6, Method::Gao),
        (0.95, Method::Ksg1),
    ] {
        let truth = -0.5 * (1.0_f64 - rho * rho).ln();
        let covers = |seed: &u64| {
            let (x, y) = normal(400, rho, *seed);
            let (low, high) = of(&x, &y, method).interval.unwrap();
            low <= truth && truth <= high
        };
        let covered = (0..100).filter(covers).count();
        assert!(covered >= 91, "{rho} {method:?} {covered}");
    }
}

/// scikit-learn gives 0.0023 nats for a constant and classes, and more with every row (its issue 30772).
#[test]
fn a_constant_shares_exactly_nothing() {
    let (x, _) = normal(200, 0.0, 1);
    let codes: Vec<u32> = (0..200).map(|i| i % 3).collect();
    for method in [Method::Ksg1, Method::Ksg2, Method::Gao] {
        let own = of(&x, &[0.1; 200], method);
        assert_eq!(
            (own.value, own.raw, own.interval, own.p_value),
            (0.0, 0.0, Some((0.0, 0.0)), Some(1.0))
        );
    }
    assert_eq!(
        class_information(&[4.5; 200], &codes, 3, &Inference::default(), &run())
            .unwrap()
            .value,
        0.0
    );
    assert_eq!(
        class_information(&x, &[7; 200], 3, &Inference::default(), &run())
            .unwrap()
            .value,
        0.0
    );
    // Not by a shortcut alone: the sum itself cancels.
    let (a, b) = (sample(&x), sample(&[0.1; 200]));
    let terms = terms(&[&a, &b], None, Method::Ksg1, 3, 1).unwrap();
    assert!(terms.iter().all(|term| *term == 0.0));
}

/// Categories that are called numbers give the plug-in estimate with Miller's and Madow's correction.
#[test]
fn ties_make_it_the_discrete_estimate() {
    let stream = Stream::new(9, "ties");
    let x: Vec<u32> = (0..4000).map(|i| stream.below(i, 4) as u32).collect();
    let y: Vec<u32> = (0..4000)
        .map(|i| (x[i as usize] + stream.child(1).below(i, 3) as u32) % 4)
        .collect();
    let float = |codes: &[u32]| codes.iter().map(|c| f64::from(*c)).collect::<Vec<_>>();
    let exact =
        super::super::discrete_information(&x, &y, None, Estimator::MillerMadow, &Inference::none(), &run())
            .unwrap();
    for method in [Method::Ksg1, Method::Ksg2, Method::Gao] {
        let own = of(&float(&x), &float(&y), method);
        assert!(
            (own.raw - exact.raw).abs() < 1e-5,
            "{method:?} {} {}",
            own.raw,
            exact.raw
        );
    }
    let mixed = class_information(&float(&x), &y, 3, &Inference::none(), &run()).unwrap();
    assert!(
        (mixed.raw - exact.raw).abs() < 1e-5,
        "{} {}",
        mixed.raw,
        exact.raw
    );
    let named = mutual_information(
        &Sample::categories(&x),
        &sample(&float(&y)),
        Method::Ksg1,
        3,
        &Inference::none(),
        &run(),
    );
    assert!((named.unwrap().raw - exact.raw).abs() < 1e-5);
}

/// Half of the mass on a diagonal, half uniform: the example of Gao et al., section 5, experiment I in spirit.
#[test]
fn a_mixture_of_discrete_and_continuous_is_no_difficulty() {
    // Y is X with probability 1/2, where X is one of {0, ..., 4}, plus uniform noise on [0, 2]: I = ln m - (m - 1) ln 2 / m.
    let stream = Stream::new(2, "gao");
    let m = 5;
    let x: Vec<u32> = (0..5000).map(|i| stream.below(i, m) as u32).collect();
    let y: Vec<f64> = (0..5000)
        .map(|i| f64::from(x[i as usize]) + 2.0 * stream.child(1).uniform(i))
        .collect();
    let truth = (m as f64).ln() - (m as f64 - 1.0) * 2.0_f64.ln() / m as f64;
    let float: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    for own in [
        of(&float, &y, Method::Ksg1).value,
        of(&float, &y, Method::Gao).value,
        class_information(&y, &x, 3, &Inference::none(), &run())
            .unwrap()
            .value,
    ] {
        assert!((own - truth).abs() < 0.03, "{own} {truth}");
    }
}

#[test]
fn the_test_finds_dependence_and_no_more() {
    let p = |rho: f64, seed: u64| {
        let (x, y) = normal(60, rho, seed);
        let inference = Inference {
            permutations: 99,
            ..Inference::default()
        };
        let own = mutual_information(
            &sample(&x),
            &sample(&y),
            Method::Ksg1,
            3,
            &inference,
            &Run::new(seed),
        );
        own.unwrap().p_value.unwrap()
    };
    let small = (0..200).filter(|&seed| p(0.0, seed) <= 0.1).count();
    assert!((8..=33).contains(&small), "{small}");
    assert!((0..20).all(|seed| p(0.9, seed) <= 0.02));
}

#[test]
fn what_is_given_explains_and_reveals() {
    let (z, x) = normal(600, 0.8, 4);
    let stream = Stream::new(8, "more");
    let y: Vec<f64> = z
        .iter()
        .zip(0..)
        .map(|(z, i)| z + 0.8 * (stream.uniform(i) - 0.5))
        .collect();
    let inference = Inference {
        permutations: 99,
        ..Inference::default()
    };
    let own = conditional_information(&sample(&x), &sample(&y), &sample(&z), 5, &inference, &run()).unwrap();
    assert!(own.value < 0.1 && own.p_value.unwrap() > 0.02, "{own:?}");
    let sum: Vec<f64> = x
        .iter()
        .zip(0..)
        .map(|(x, i)| x + 2.0 * stream.child(2).uniform(i))
        .collect();
    let noise: Vec<f64> = (0..600).map(|i| 2.0 * stream.child(2).uniform(i)).collect();
    let own =
        conditional_information(&sample(&x), &sample(&sum), &sample(&noise), 5, &inference, &run()).unwrap();
    assert!(own.value > 0.5 && own.p_value == Some(0.01), "{own:?}");
}

/// The same bits at any number of threads.
#[test]
fn threads_decide_nothing() {
    let (x, y) = normal(3000, 0.5, 6);
    let inference = Inference {
        permutations: 20,
        ..Inference::default()
    };
    let at = |threads: usize| {
        let run = Run::new(1).with_threads(threads);
        let pair = mutual_information(&sample(&x), &sample(&y), Method::Ksg1, 3, &inference, &run).unwrap();
        let codes: Vec<u32> = y.iter().map(|y| u32::from(*y > 0.0)).collect();
        (pair, class_information(&x, &codes, 3, &inference, &run).unwrap())
    };
    assert_eq!(at(1), at(2));
    assert_eq!(at(1), at(4));
}

#[test]
fn bounds_hold_at_the_ends() {
    let (x, _) = normal(300, 0.0, 1);
    let codes: Vec<u32> = x.iter().map(|x| u32::from(*x > 0.0)).collect();
    let own = class_information(&x, &codes, 3, &Inference::none(), &run()).unwrap();
    assert!(own.value <= own.bounds.1 && own.value > 0.6, "{own:?}");
    let far = Sample::numbers(&[1e300, -1e300, 5.0, 7.0, 1e-300, 0.0, 3.0])
        .unwrap()
        .standardised();
    assert!(far.values().iter().all(|x| x.is_finite()));
    assert!(of(&x[..5], &x[..5], Method::Ksg1).value.is_finite());
    assert!(
        mutual_information(
            &sample(&x[..4]),
            &sample(&x[..4]),
            Method::Ksg1,
            3,
            &Inference::none(),
            &run()
        )
        .is_err()
    );
    assert!(
        mutual_information(
            &sample(&x),
            &sample(&x[..9]),
            Method::Ksg1,
            3,
            &Inference::none(),
            &run()
        )
        .is_err()
    );
    assert!(
        Sample::numbers(&[1.0, f64::NAN])
            .unwrap_err()
            .to_string()
            .contains("row 2")
    );
    assert!(total_correlation(&[&sample(&x)], 3, &Inference::none(), &run()).is_err());
    let repeated = differential_entropy(&sample(&[1.0; 50]), 3, &Inference::none(), 1).unwrap();
    assert_eq!((repeated.value, repeated.interval), (f64::NEG_INFINITY, None));
}

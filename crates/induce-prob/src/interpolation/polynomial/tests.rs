use super::*;
use crate::interpolation::{Aaa, floater_hormann};

fn golden() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../tests/golden/interpolation.json")).unwrap()
}

fn list(value: &serde_json::Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

/// scipy 1.17 and mpmath, by `tests/golden/interpolation.py`.
#[test]
fn values_and_derivatives_are_those_of_others() {
    let golden = golden();
    for case in golden["polynomials"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let (x, y, at) = (list(&case["x"]), list(&case["y"]), list(&case["at"]));
        let p = Polynomial::new(x, y.clone()).unwrap();
        let scale = y.iter().fold(0.0_f64, |top, f| top.max(f.abs()));
        for (i, x) in at.iter().enumerate() {
            let near = |own: f64, of: &str, slack: f64| {
                let expected = list(&case[of])[i];
                assert!(
                    (own - expected).abs() <= slack * scale.max(expected.abs()),
                    "{name} {of} {x}: {own} {expected}"
                );
            };
            let slack = 1e-13_f64.max(4.0 * f64::EPSILON * p.lebesgue(*x));
            near(p.evaluate(*x)[0], "exact", slack);
            near(p.evaluate_first(*x)[0], "exact", slack);
            near(p.evaluate(*x)[0], "scipy", 2.0 * slack);
            near(p.derivative(*x, 1)[0], "derivative", 1e3 * slack);
        }
        let lebesgue = case["lebesgue"].as_f64().unwrap();
        assert!(
            (p.lebesgue_constant() / lebesgue - 1.0).abs() < 1e-2,
            "{name} {} {lebesgue}",
            p.lebesgue_constant()
        );
    }
}

#[test]
fn rational_interpolants_are_those_of_others() {
    let golden = golden();
    for case in golden["floater_hormann"].as_array().unwrap() {
        let r = floater_hormann(
            list(&case["x"]),
            list(&case["y"]),
            case["order"].as_u64().unwrap() as usize,
        )
        .unwrap();
        for (x, expected) in list(&case["at"]).iter().zip(list(&case["scipy"])) {
            let own = r.at(*x).unwrap();
            let terms = || r.nodes().iter().zip(r.weights()).map(|(node, w)| w / (x - node));
            let growth = terms().map(f64::abs).sum::<f64>() / terms().sum::<f64>().abs();
            // Two nodes that are close make their weights large.
            let slack = 1e-13_f64.max(f64::EPSILON * growth);
            assert!((own - expected).abs() < slack, "{x} {own} {expected} {slack}");
        }
    }
    for case in golden["aaa"].as_array().unwrap() {
        let own = Aaa::new(&list(&case["x"]), &list(&case["y"]), Aaa::TOLERANCE, 100).unwrap();
        assert_eq!(own.form().nodes(), list(&case["support"]), "{}", case["name"]);
        for (x, expected) in list(&case["at"]).iter().zip(list(&case["scipy"])) {
            assert!(
                (own.form().at(*x).unwrap() - expected).abs() < 1e-12 * expected.abs().max(1.0),
                "{x}"
            );
        }
        let poles = case["poles"].as_array().unwrap();
        // A branch cut has poles where rounding puts them.
        let slack = if case["name"] == "log" { 1e-4 } else { 1e-9 };
        for pole in poles.iter().map(list).filter(|pole| pole[0].hypot(pole[1]) < 1.5) {
            let near = own
                .poles()
                .iter()
                .map(|p| (p.at.re - pole[0]).hypot(p.at.im - pole[1]))
                .fold(9.0, f64::min);
            assert!(
                near < slack * pole[0].hypot(pole[1]).max(1.0),
                "{} {pole:?} {near}",
                case["name"]
            );
        }
    }
}

#[test]
fn thousands_of_nodes_are_no_matter() {
    for spacing in [Spacing::Chebyshev1, Spacing::Chebyshev2, Spacing::Legendre] {
        let p = Polynomial::of(spacing, 3000, -1.0, 1.0, |x| (50.0 * x).sin()).unwrap();
        for x in [-0.999_99, -0.31, 0.005, 0.77] {
            assert!((p.evaluate(x)[0] - (50.0 * x).sin()).abs() < 1e-13, "{spacing:?}");
            assert!(
                (p.evaluate_first(x)[0] - (50.0 * x).sin()).abs() < 1e-11,
                "{spacing:?}"
            );
        }
    }
}

#[test]
fn nodes_come_and_go() {
    let x: Vec<f64> = vec![0.0, 0.3, 1.1, 2.0, 2.7];
    let y: Vec<f64> = x.iter().map(|x| x.cos()).collect();
    let whole = Polynomial::new(x.clone(), y.clone()).unwrap();
    let grown = Polynomial::new(x[..4].to_vec(), y[..4].to_vec())
        .unwrap()
        .with(2.7, &[2.7_f64.cos()])
        .unwrap();
    let shrunk = whole.with(0.7, &[9.0]).unwrap().without(0.7).unwrap();
    for at in [0.1, 0.9, 2.5, 3.0] {
        assert!((whole.evaluate(at)[0] - grown.evaluate(at)[0]).abs() < 1e-14);
        assert!((whole.evaluate(at)[0] - shrunk.evaluate(at)[0]).abs() < 1e-14);
        assert!((grown.evaluate_first(at)[0] - shrunk.evaluate_first(at)[0]).abs() < 1e-14);
    }
    assert!(whole.with(0.3, &[1.0]).is_err() && whole.without(5.0).is_err());
}

#[test]
fn derivatives_integrals_and_several_outputs_agree() {
    let nodes = Nodes::spaced(Spacing::Chebyshev2, 30, 0.0, 2.0).unwrap();
    let values = nodes.x.iter().flat_map(|x| [x.sin(), x.exp()]).collect();
    let p = Polynomial::at(nodes.clone(), values).unwrap();
    let matrix = p.differentiation_matrix();
    for (i, x) in nodes.x.iter().enumerate() {
        let product: f64 = (0..30).map(|j| matrix[i * 30 + j] * nodes.x[j].exp()).sum();
        assert!((product - x.exp()).abs() < 1e-11 && (p.derivative(*x, 1)[1] - x.exp()).abs() < 1e-11);
        assert!((p.derivative(*x, 1)[0] - x.cos()).abs() < 1e-11);
    }
    assert!((p.derivative(0.77, 2)[1] - 0.77_f64.exp()).abs() < 1e-9);
    let integral = p.integral(0.5, 2.0);
    assert!((integral[0] - (0.5_f64.cos() - 2.0_f64.cos())).abs() < 1e-14);
    assert!((integral[1] - (2.0_f64.exp() - 0.5_f64.exp())).abs() < 1e-13);
    assert_eq!(p.integral(1.0, 1.0), [0.0, 0.0]);
    assert_eq!(p.evaluate(nodes.x[7]), [nodes.x[7].sin(), nodes.x[7].exp()]);
}

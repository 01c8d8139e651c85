use super::*;
use crate::information::{kl_divergence, renyi_divergence};

const P: [f64; 4] = [0.1, 0.2, 0.3, 0.4];
const Q: [f64; 4] = [0.25, 0.35, 0.15, 0.25];

fn all() -> Vec<(&'static str, Box<dyn Generator>)> {
    let orders = [("alpha", -1.5), ("alpha", 0.5), ("alpha", 3.0)];
    let named = NAMES.map(|name| (name, 2.0)).into_iter().chain(orders);
    named.map(|(name, a)| (name, by_name(name, a).unwrap())).collect()
}

#[test]
fn a_distribution_diverges_from_itself_by_nothing_and_from_others_by_more() {
    for (name, f) in all() {
        assert_eq!(f.value(1.0), 0.0, "{name}");
        assert!(f_divergence(f.as_ref(), &P, &P).unwrap() < 1e-15, "{name}");
        assert!(f_divergence(f.as_ref(), &P, &Q).unwrap() > 1e-3, "{name}");
    }
}

#[test]
fn derivatives_are_those_of_the_values() {
    for (name, f) in all() {
        for t in [0.3, 0.9, 1.7, 4.0] {
            let slope = (f.value(t + 1e-6) - f.value(t - 1e-6)) / 2e-6;
            assert!((slope - f.derivative(t)).abs() < 1e-6, "{name} {t}");
        }
    }
}

/// f*(s) against the supremum over a fine grid, and Fenchel's equality at s = f'(t).
#[test]
fn conjugates_are_suprema() {
    for (name, f) in all() {
        for t in [0.2, 0.8, 1.5, 6.0] {
            let s = f.derivative(t);
            assert!((s * t - f.value(t) - f.conjugate(s)).abs() < 1e-12, "{name} {t}");
        }
        for s in [-3.0, -1.0, -0.4, 0.1, 0.3] {
            let grid = (0..400_000).map(|i| f64::from(i) * 1e-3);
            let supremum = grid.map(|t| s * t - f.value(t)).fold(f64::NEG_INFINITY, f64::max);
            let own = f.conjugate(s);
            assert!(
                own.is_infinite() || (supremum - own).abs() < 1e-4,
                "{name} {s}: {supremum} {own}"
            );
        }
    }
}

#[test]
fn the_bound_is_attained_at_the_derivative_and_nowhere_exceeded() {
    for (name, f) in all() {
        let divergence = f_divergence(f.as_ref(), &P, &Q).unwrap();
        let best: Vec<f64> = (0..4).map(|i| f.derivative(P[i] / Q[i])).collect();
        let at = |witness: &[f64]| variational_bound(f.as_ref(), &P, &Q, witness).unwrap();
        assert!((at(&best) - divergence).abs() < 1e-12, "{name}");
        for step in [-0.1, 0.07] {
            let other: Vec<f64> = best
                .iter()
                .enumerate()
                .map(|(i, t)| t + step * f64::from(i as u8))
                .collect();
            assert!(at(&other) <= divergence + 1e-12, "{name}");
        }
    }
}

#[test]
fn the_relations_of_textbooks_hold() {
    let of = |name: &str, a: f64| f_divergence(by_name(name, a).unwrap().as_ref(), &P, &Q).unwrap();
    assert!((of("kl", 0.0) - kl_divergence(&P, &Q).unwrap()).abs() < 1e-15);
    assert!((of("reverse-kl", 0.0) - kl_divergence(&Q, &P).unwrap()).abs() < 1e-15);
    assert!((of("alpha", 2.0) - 0.5 * of("pearson-chi-squared", 0.0)).abs() < 1e-15);
    assert!((of("alpha", 0.5) - 4.0 * of("squared-hellinger", 0.0)).abs() < 1e-14);
    let pinsker = (0.5 * of("kl", 0.0)).sqrt();
    assert!(of("total-variation", 0.0) <= pinsker);
    let mixed = jensen_shannon(&[&P, &Q], &[0.5, 0.5]).unwrap();
    assert!((of("jensen-shannon", 0.0) - mixed).abs() < 1e-15);
    let orders = [0.0, 0.5, 1.0, 2.0, f64::INFINITY].map(|a| renyi_divergence(&P, &Q, a).unwrap());
    assert!(orders.is_sorted(), "{orders:?}");
}

#[test]
fn disjoint_distributions_are_as_far_apart_as_can_be() {
    let of =
        |name: &str| f_divergence(by_name(name, 0.5).unwrap().as_ref(), &[1.0, 0.0], &[0.0, 1.0]).unwrap();
    assert_eq!(of("kl"), f64::INFINITY);
    assert_eq!(of("reverse-kl"), f64::INFINITY);
    assert_eq!(of("total-variation"), 1.0);
    assert_eq!(of("squared-hellinger"), 1.0);
    assert!((of("jensen-shannon") - 2.0_f64.ln()).abs() < 1e-15);
    assert_eq!(of("alpha"), 4.0);
}

#[test]
fn what_is_no_distribution_is_refused() {
    let two = f_divergence(&KullbackLeibler, &[0.5, 0.6], &[0.5, 0.5]).unwrap_err();
    assert!(two.to_string().contains("the sum 1.1"), "{two}");
    assert!(f_divergence(&KullbackLeibler, &[1.0], &[0.5, 0.5]).is_err());
    assert!(f_divergence(&KullbackLeibler, &[1.5, -0.5], &[0.5, 0.5]).is_err());
    assert!(by_name("kullback", 0.0).is_err());
    assert!(Alpha::new(1.0).is_err());
}

//! What is not known of a polynomial between its nodes, and when it is worth nothing.

use super::polynomial::Polynomial;
use super::scaled::Scaled;

/// How far a polynomial can be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Lebesgue's constant: rounding errors of the values grow by up to this, and the error of the best polynomial of this
    /// degree by up to 1 more.
    pub lebesgue: f64,
    /// Lambda eps max |f|: what rounding alone may do.
    pub rounding: f64,
    /// The largest estimate of the error between two nodes, see [`Polynomial::error_at`].
    pub between: f64,
    /// Why the interpolant is worth nothing, if it is.
    pub warning: Option<String>,
}

/// Rounding may take so much of the spread of the values.
const TOLERABLE: f64 = 1e-6;

/// How far a polynomial can be trusted, of its output of this number.
///
/// Where the error between two nodes is estimated above the spread of the values, the polynomial is worse than a constant: Runge's
/// phenomenon.
///
/// ```
/// use induce_prob::interpolation::{Polynomial, Spacing, doubt};
/// let runge = |spacing| {
///     let p = Polynomial::of(spacing, 31, -1.0, 1.0, |x| 1.0 / (1.0 + 25.0 * x * x)).unwrap();
///     doubt(&p, 0).warning
/// };
/// assert!(runge(Spacing::Equispaced).unwrap().contains("Runge"));
/// assert_eq!(runge(Spacing::Chebyshev2), None);
/// ```
pub fn doubt(p: &Polynomial, output: usize) -> Doubt {
    let form = p.form();
    let n = form.nodes.len();
    let values: Vec<f64> = (0..n).map(|j| form.value(j, output)).collect();
    let largest = values.iter().fold(0.0_f64, |top, f| top.max(f.abs()));
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), f| {
            (l.min(*f), h.max(*f))
        });
    let lebesgue = p.lebesgue_constant();
    let rounding = lebesgue * f64::EPSILON * largest;
    let between = between(p, output);
    let warning = if high == low {
        None
    } else if between > high - low {
        Some(format!(
            "Runge's phenomenon: between its nodes the polynomial may be wrong by {between:.1e}, and all values are within {:.1e}",
            high - low
        ))
    } else if rounding > TOLERABLE * (high - low) {
        Some(format!(
            "rounding errors grow {lebesgue:.1e} times between these {n} nodes"
        ))
    } else {
        None
    };
    Doubt {
        lebesgue,
        rounding,
        between,
        warning,
    }
}

/// Sums of w f and of w (x - x_1) f: the two leading divided differences, up to the weights' factor.
fn leading(p: &Polynomial, output: usize) -> (f64, f64) {
    let form = p.form();
    let term = |j: usize| form.weights[j] * form.value(j, output);
    let sum = |by: &dyn Fn(usize) -> f64| (0..form.nodes.len()).map(|j| term(j) * by(j)).sum();
    (sum(&|_| 1.0), sum(&|j| form.nodes[j] - form.nodes[0]))
}

/// The largest estimate in the middle of two nodes: of all, where they are many of about a hundred, the ends among them.
fn between(p: &Polynomial, output: usize) -> f64 {
    let mut nodes = p.form().nodes.clone();
    // A parabola does not swing.
    if nodes.len() < 4 {
        return 0.0;
    }
    nodes.sort_unstable_by(f64::total_cmp);
    let last = nodes.len() - 2;
    let middles = nodes
        .windows(2)
        .enumerate()
        .filter(|(at, _)| at % (1 + last / 100) == 0 || *at == last);
    let errors = middles.map(|(_, pair)| p.error_at(0.5 * pair[0] + 0.5 * pair[1])[output]);
    errors.fold(0.0, f64::max)
}

impl Polynomial {
    /// What the value at x may be wrong by: eps Lambda(x) max |f| of rounding, and of the rest an estimate. // (outputs)
    ///
    /// The error is f[x_1, ..., x_n, x] l(x), l(x) = prod (x - x_j). In units of a quarter of the interval (its capacity) divided
    /// differences of a function that is resolved do not grow from one order to the next, so the larger of the last two stands
    /// for the unknown one. An estimate and no bound: a function may do anything between its nodes.
    pub fn error_at(&self, x: f64) -> Vec<f64> {
        let form = self.form();
        let n = form.nodes.len();
        if form.nodes.contains(&x) {
            return vec![0.0; form.outputs()];
        }
        let (low, high) = form
            .nodes
            .iter()
            .fold((x, x), |(l, h), node| (l.min(*node), h.max(*node)));
        let (unit, middle) = (0.25 * (high - low), 0.5 * (high - low) - (form.nodes[0] - low));
        let front = self.front(x).over(Scaled::new(unit));
        let growth = self.lebesgue(x) * f64::EPSILON;
        let one = |output: usize| {
            let largest = (0..n).map(|j| form.value(j, output).abs()).fold(0.0, f64::max);
            let (s0, s1) = leading(self, output);
            let difference = s0.abs().max((s1 - middle * s0).abs() / unit);
            front.times(difference).value().abs() + growth * largest
        };
        (0..form.outputs()).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpolation::Spacing;

    fn of(spacing: Spacing, n: usize, f: impl Fn(f64) -> f64) -> (Polynomial, Doubt) {
        let p = Polynomial::of(spacing, n, -1.0, 1.0, f).unwrap();
        let own = doubt(&p, 0);
        (p, own)
    }

    #[test]
    fn good_interpolants_are_not_doubted() {
        for n in [1, 2, 3, 8, 12] {
            assert_eq!(of(Spacing::Equispaced, n, f64::exp).1.warning, None, "{n}");
        }
        for n in [5, 40, 200, 1000] {
            let (_, own) = of(Spacing::Chebyshev2, n, |x| (3.0 * x).sin());
            assert_eq!(own.warning, None, "{n}");
            assert!(
                own.lebesgue < 2.0 / std::f64::consts::PI * (n as f64).ln() + 1.1,
                "{n}"
            );
        }
        assert_eq!(of(Spacing::Equispaced, 100, |_| 2.0).1.warning, None);
    }

    #[test]
    fn equal_steps_are_doubted_when_there_are_many() {
        assert!(
            of(Spacing::Equispaced, 25, |x| 1.0 / (1.0 + 25.0 * x * x))
                .1
                .warning
                .unwrap()
                .contains("Runge")
        );
        assert!(of(Spacing::Equispaced, 60, f64::exp).1.warning.is_some());
    }

    #[test]
    fn the_estimate_is_of_the_size_of_the_error() {
        for (spacing, n) in [
            (Spacing::Chebyshev1, 12),
            (Spacing::Equispaced, 9),
            (Spacing::Legendre, 30),
        ] {
            let f = |x: f64| 1.0 / (1.0 + 5.0 * x * x);
            let p = Polynomial::of(spacing, n, -1.0, 1.0, f).unwrap();
            let (mut errors, mut estimates) = (0.0, 0.0);
            for i in 0..999 {
                let x = f64::from(i) / 500.0 - 0.999;
                errors += (p.evaluate(x)[0] - f(x)).abs();
                estimates += p.error_at(x)[0];
            }
            assert!(
                estimates > 0.5 * errors && estimates < 30.0 * errors,
                "{spacing:?} {errors} {estimates}"
            );
        }
    }
}

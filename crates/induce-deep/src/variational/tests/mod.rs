//! Variational inference where the answer is known.

mod calibration;
mod gaussians;
mod heavy;
mod promises;
mod supports;

use induce_core::{Fitted, Run};

use super::*;

/// Minus half of (theta - m)' Lambda (theta - m), by hand.
pub fn gaussian<'a>(m: &'a [f64], precision: &'a [f64]) -> impl LogDensity + 'a {
    let d = m.len();
    with_gradient(d, move |theta, gradient| {
        let mut value = 0.0;
        for i in 0..d {
            gradient[i] = -(0..d)
                .map(|j| precision[i * d + j] * (theta[j] - m[j]))
                .sum::<f64>();
            value += 0.5 * gradient[i] * (theta[i] - m[i]);
        }
        value
    })
}

pub fn fit(spec: &Spec, supports: &Supports, mut density: impl LogDensity) -> Fitted<Posterior> {
    advi(spec, supports, &mut density, &mut Run::new(1).with_threads(1)).unwrap()
}

pub fn near(found: f64, wanted: f64, within: f64) {
    assert!(
        (found - wanted).abs() <= within,
        "{found} is not {wanted} +- {within}"
    );
}

//! Initialization of parameters. A parameter's values depend on its name and the seed, not on those before it; without a seed they
//! are 0, to be read from a file.

use std::f64::consts::TAU;

use induce_core::random::Stream;
use induce_tensor::{Parameter, Parameters};

/// Constant.
pub fn constant(parameters: &mut Parameters, name: &str, lengths: &[usize], value: f32) -> Parameter {
    parameters.add(name, lengths, |_| value)
}

/// Independent and normal, with mean 0 (Box & Muller 1958).
pub fn normal(
    parameters: &mut Parameters,
    name: &str,
    lengths: &[usize],
    deviation: f64,
    seed: Option<u64>,
) -> Parameter {
    let Some(seed) = seed else {
        return constant(parameters, name, lengths, 0.0);
    };
    let stream = Stream::new(seed, name);
    let draw = |i: u64| {
        // In (0, 1], so that the logarithm is finite.
        let (u, angle) = (1.0 - stream.uniform(2 * i), TAU * stream.uniform(2 * i + 1));
        deviation * (-2.0 * u.ln()).sqrt() * angle.cos()
    };
    parameters.add(name, lengths, |i| draw(i as u64) as f32)
}

/// Independent and uniform within `most` of 0.
pub fn uniform(
    parameters: &mut Parameters,
    name: &str,
    lengths: &[usize],
    most: f64,
    seed: Option<u64>,
) -> Parameter {
    let Some(seed) = seed else {
        return constant(parameters, name, lengths, 0.0);
    };
    let stream = Stream::new(seed, name);
    parameters.add(name, lengths, |i| {
        ((2.0 * stream.uniform(i as u64) - 1.0) * most) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_moments_that_are_asked_for() {
        let mut parameters = Parameters::default();
        let a = normal(&mut parameters, "a", &[100, 100], 0.02, Some(1));
        let b = uniform(&mut parameters, "b", &[100, 100], 0.1, Some(1));
        let moments = |values: &[f32]| {
            let mean = |f: &dyn Fn(f64) -> f64| {
                values.iter().map(|x| f(f64::from(*x))).sum::<f64>() / values.len() as f64
            };
            (mean(&|x| x), mean(&|x| x * x).sqrt())
        };
        let (mean, deviation) = moments(parameters.values(a));
        assert!(mean.abs() < 4.0 * 0.02 / 100.0 && (deviation / 0.02 - 1.0).abs() < 0.03);
        let (mean, deviation) = moments(parameters.values(b));
        assert!(mean.abs() < 0.003 && (deviation - 0.1 / 3.0_f64.sqrt()).abs() < 0.002);
    }
}

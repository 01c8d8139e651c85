//! The target in the solver's units.

use crate::linear::kernels::dot;

/// The target standardised to mean 0 and deviation 1, for squared loss.
pub struct Response {
    /// The target in the solver's units.
    pub values: Vec<f64>,
    /// What was subtracted.
    pub centre: f64,
    /// What the rest was divided by.
    pub unit: f64,
}

impl Response {
    /// Of `target` less `offset`; as it is unless `standardize`.
    pub fn new(
        target: &[f64],
        offset: Option<&[f64]>,
        weight: &[f64],
        standardise: bool,
        intercept: bool,
    ) -> Self {
        let less = |i: usize| target[i] - offset.map_or(0.0, |o| o[i]);
        let mut values: Vec<f64> = (0..target.len()).map(less).collect();
        let (mut centre, mut unit) = (0.0, 1.0);
        if standardise {
            // Relative to the largest, so that squares of 1e200 stay in range.
            let size = values
                .iter()
                .fold(0.0_f64, |m, v| m.max(v.abs()))
                .max(f64::MIN_POSITIVE);
            values.iter_mut().for_each(|v| *v /= size);
            centre = if intercept { dot(&values, weight) } else { 0.0 };
            values.iter_mut().for_each(|v| *v -= centre);
            let square: f64 = values.iter().zip(weight).map(|(v, w)| w * v * v).sum();
            let deviation = square.sqrt();
            let deviation = if deviation > 1e-14 { deviation } else { 1.0 };
            values.iter_mut().for_each(|v| *v /= deviation);
            (centre, unit) = (centre * size, deviation * size);
        }
        Self { values, centre, unit }
    }
}

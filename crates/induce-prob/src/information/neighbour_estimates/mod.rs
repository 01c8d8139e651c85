//! Mutual information, conditional or not, total correlation and entropy by nearest neighbours.

mod class;
mod density;
mod method;
mod shared;

pub use class::class_information;
pub use density::differential_entropy;
pub use method::Method;

use induce_core::{Error, Result, Run};

use super::estimate::{Estimate, Inference};
use super::sample::Sample;
use shared::estimate;

/// I(X; Y) by `k` nearest neighbours. // x, y: (rows, dimension)
///
/// Bounds: [0, infinity), or the entropy of what is categories. The interval is asymptotic, of the mean of the pointwise
/// terms, with twice their variance because neighbours' terms are correlated. The p-value is of independence, by permutations of the rows of Y.
///
/// ```
/// use induce_core::Run;
/// use induce_prob::information::{Inference, Method, Sample, mutual_information};
/// let x: Vec<f64> = (0..500_u32).map(|i| f64::from(i * 37 % 500)).collect();
/// let y: Vec<f64> = x.iter().map(|x| (x / 500.0 - 0.5).powi(2)).collect();
/// let (x, y) = (Sample::numbers(&x)?.standardised(), Sample::numbers(&y)?.standardised());
/// let own = mutual_information(&x, &y, Method::Ksg1, 3, &Inference::default(), &Run::new(0))?;
/// assert!(own.value > 2.0 && own.p_value == Some(0.005));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the rows differ, or are not more than k + 1.
pub fn mutual_information(
    x: &Sample,
    y: &Sample,
    method: Method,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    estimate(&[x, y], None, method, k, inference, run)
}

/// I(X; Y | Z) by `k` nearest neighbours (Frenzel & Pompe 2007; of mixed variables Mesner & Shalizi 2021).
///
/// The p-value is of independence given Z: each row of X is exchanged with one that is near in Z (Runge 2018).
///
/// # Errors
/// As of [`mutual_information`].
pub fn conditional_information(
    x: &Sample,
    y: &Sample,
    given: &Sample,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    estimate(&[x, y], Some(given), Method::Ksg1, k, inference, run)
}

/// T = sum H(X_j) - H(X_1, ..., X_m), what all variables share, by `k` nearest neighbours (Kraskov et al. 2004, eq. 23).
///
/// # Errors
/// As of [`mutual_information`], and if there are fewer than two variables.
pub fn total_correlation(
    variables: &[&Sample],
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    if variables.len() < 2 {
        let what = format!("{} variable shares nothing", variables.len());
        return Err(Error::data(what, "give at least two"));
    }
    estimate(variables, None, Method::Ksg1, k, inference, run)
}

#[cfg(test)]
mod tests;

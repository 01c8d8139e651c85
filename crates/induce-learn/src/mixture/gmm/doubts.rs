//! What a careful reader would ask of a mixture: has every component rows, and a covariance of its own?

use induce_core::words::counted;

use super::Parameters;
use crate::mixture::forms::{Form, Whiten};

/// A variance given the columns before it that is so many times `reg_covar` at most is made of it.
const MADE: f64 = 10.0;

/// Sentences for a user: components without rows, and covariances that only regularisation keeps from being singular.
pub fn of(parameters: &Parameters, reg: f64) -> Vec<String> {
    let mut notes = Vec::new();
    let empty = parameters.weights.iter().filter(|w| **w == 0.0).count();
    if empty > 0 {
        let all = parameters.components();
        notes.push(format!(
            "{} of {all} {} no rows (`n_components`)",
            counted(empty, "component"),
            if empty == 1 { "has" } else { "have" }
        ));
    }
    let forms = parameters.forms().unwrap_or_default();
    let rows = forms.iter().zip(&parameters.weights).filter(|own| *own.1 > 0.0);
    let flat = rows.filter(|(form, _)| least(form) <= MADE * reg).count();
    if flat > 0 {
        notes.push(format!(
            "{} flat, in columns that are constant there or follow from others: densities, BIC and what else is made of them depend on `reg_covar`",
            if flat == 1 { "1 component is".to_owned() } else { format!("{} are", counted(flat, "component")) }
        ));
    }
    notes
}

/// The least variance of a column given those before it: 1 over the squares of what differences are multiplied with.
fn least(form: &Form) -> f64 {
    let width = form.mean.len();
    let scale = |i: usize| match &form.whiten {
        Whiten::Lower(lower) => lower[i * width + i],
        Whiten::Diagonal(all) => all[i],
    };
    (0..width).map(|i| 1.0 / (scale(i) * scale(i))).fold(f64::INFINITY, f64::min)
}

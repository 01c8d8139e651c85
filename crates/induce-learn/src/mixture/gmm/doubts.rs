//! What a careful reader would ask of a mixture: has every component rows, and a covariance of its own?

use induce_core::words::{are, counted};

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
            are(flat, "component")
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
    (0..width)
        .map(|i| 1.0 / (scale(i) * scale(i)))
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::super::{CovarianceType, Model, Spec, fit};
    use induce_core::model::{Model as _, Rows, RowsOptions};
    use induce_core::{Column, Run, Table};

    fn fitted(columns: Vec<Vec<f64>>, covariance_type: CovarianceType) -> Model {
        let named = |(j, x)| Column::from_f64(format!("x{j}"), x);
        let table = Table::new(columns.into_iter().enumerate().map(named).collect()).unwrap();
        let rows = Rows::without_target(&table, &RowsOptions::default()).unwrap();
        let spec = Spec {
            covariance_type,
            ..Spec::default()
        };
        fit(&spec, &rows, None, &mut Run::new(0)).unwrap().model
    }

    const KINDS: [CovarianceType; 4] = [
        CovarianceType::Full,
        CovarianceType::Tied,
        CovarianceType::Diag,
        CovarianceType::Spherical,
    ];

    /// Twenty equal rows: the second component kept a diagonal where full covariances belong, and the model could not be kept.
    #[test]
    fn equal_rows_make_a_model_that_is_kept() {
        for kind in KINDS {
            let model = fitted(vec![vec![1.0; 20], vec![2.0; 20], vec![3.0; 20]], kind);
            let said = model.notes().join("\n");
            assert!(said.contains("1 component of 2 has no rows"), "{kind:?}: {said}");
            assert!(said.contains("is flat"), "{kind:?}: {said}");
            let again = Model::from_file(&model.store().unwrap()).unwrap();
            assert_eq!(again.parameters, model.parameters, "{kind:?}");
        }
    }

    /// Columns of which one follows from the other had a density, a BIC and AIC of `reg_covar`'s making, and no word of it.
    #[test]
    fn columns_that_say_the_same_are_told() {
        let x: Vec<f64> = (0..60)
            .map(|i| f64::from(i % 2) * 9.0 + f64::from(i * 7 % 11))
            .collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from(i * 5 % 13)).collect();
        let twice: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
        for (kind, columns, told) in [
            (
                CovarianceType::Full,
                vec![x.clone(), y.clone(), twice.clone()],
                true,
            ),
            (CovarianceType::Tied, vec![x.clone(), twice.clone()], true),
            (CovarianceType::Diag, vec![x.clone(), twice], false),
            (CovarianceType::Diag, vec![x.clone(), vec![5.0; 60]], true),
            (CovarianceType::Full, vec![x, y], false),
        ] {
            let said = fitted(columns, kind).notes().join("\n");
            assert_eq!(said.contains("flat"), told, "{kind:?}: {said}");
        }
    }
}

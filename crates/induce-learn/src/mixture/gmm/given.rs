//! Parameters that a fit is told to begin from.

use induce_core::{Error, Result};

use super::{CovarianceType, Parameters, Spec};
use crate::mixture::forms::Covariance;
use crate::points::Frame;

/// Weights, means and covariances of the settings in the coordinates of a fit; what is absent is left to the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    weights: Option<Vec<f64>>,
    means: Option<Vec<Vec<f64>>>,
    covariances: Option<Vec<Covariance>>,
}

impl Given {
    /// Those of the settings.
    ///
    /// # Errors
    /// If there are not as many as components or coordinates, weights are no proportions, or a covariance is not positive definite.
    pub fn of(spec: &Spec, frame: &Frame) -> Result<Self> {
        let some = |filled: bool| filled.then_some(());
        Ok(Self {
            weights: some(!spec.weights.is_empty())
                .map(|()| weights(spec))
                .transpose()?,
            means: some(!spec.means.is_empty())
                .map(|()| means(spec, frame))
                .transpose()?,
            covariances: some(!spec.covariances.is_empty())
                .map(|()| covariances(spec, frame))
                .transpose()?,
        })
    }

    /// That there is a row for every component, if a part of the parameters is left to a start, which takes them of rows.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn check(&self, components: usize, rows: usize) -> Result<()> {
        match *self == Self::default() || rows >= components {
            true => Ok(()),
            false => Err(Error::setting(
                "n_components",
                components,
                format!("there are only {rows} rows to begin from"),
            )),
        }
    }

    /// All parameters, if nothing is left to a start.
    pub fn whole(&self) -> Option<Parameters> {
        Some(Parameters {
            weights: self.weights.clone()?,
            means: self.means.clone()?,
            covariances: self.covariances.clone()?,
        })
    }

    /// A start with what was given in its place.
    #[must_use]
    pub fn instead(&self, start: Parameters) -> Parameters {
        Parameters {
            weights: self.weights.clone().unwrap_or(start.weights),
            means: self.means.clone().unwrap_or(start.means),
            covariances: self.covariances.clone().unwrap_or(start.covariances),
        }
    }
}

fn weights(spec: &Spec) -> Result<Vec<f64>> {
    let sum: f64 = spec.weights.iter().sum();
    let sound = spec.weights.len() == spec.n_components
        && spec.weights.iter().all(|w| *w >= 0.0)
        && (sum - 1.0).abs() < 1e-6;
    match sound {
        true => Ok(spec.weights.iter().map(|w| w / sum).collect()),
        false => Err(Error::setting(
            "weights",
            format!("{:?}", spec.weights),
            format!(
                "there must be `n_components`, {}, that sum to 1",
                spec.n_components
            ),
        )),
    }
}

fn means(spec: &Spec, frame: &Frame) -> Result<Vec<Vec<f64>>> {
    let width = frame.width();
    if spec.means.len() != spec.n_components || spec.means.iter().any(|own| own.len() != width) {
        return Err(Error::setting(
            "means",
            format!("{} points", spec.means.len()),
            format!(
                "there must be `n_components`, {}, of {width} coordinates: {}",
                spec.n_components,
                frame.names().join(", ")
            ),
        ));
    }
    Ok(spec.means.iter().map(|own| frame.of_original(own)).collect())
}

fn covariances(spec: &Spec, frame: &Frame) -> Result<Vec<Covariance>> {
    let (width, count) = (frame.width(), spec.covariances.len());
    let square = |own: &Vec<f64>| width.checked_mul(width) == Some(own.len());
    if !(count == 1 || count == spec.n_components) || !spec.covariances.iter().all(square) {
        return Err(Error::setting(
            "covariances",
            format!("{count} matrices"),
            format!("there must be one, or `n_components`, of {width} x {width} numbers"),
        ));
    }
    let scale = |i: usize| frame.axes[i].scale;
    let own = |all: &Vec<f64>| match spec.covariance_type {
        CovarianceType::Full | CovarianceType::Tied => Covariance::Full(
            (0..width * width)
                .map(|at| all[at] / scale(at / width) / scale(at % width))
                .collect(),
        ),
        CovarianceType::Diag | CovarianceType::Spherical => Covariance::Diagonal(
            (0..width)
                .map(|i| all[i * width + i] / scale(i) / scale(i))
                .collect(),
        ),
    };
    let all: Vec<Covariance> = (0..spec.n_components)
        .map(|k| own(&spec.covariances[k.min(count - 1)]))
        .collect();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use induce_core::model::{Density, Rows, RowsOptions};
    use induce_core::{Column, Run, Table};

    use super::super::{CovarianceType, Spec, fit};

    fn rows(x: &[f64], y: &[f64]) -> Rows {
        let columns = vec![
            Column::from_f64("x", x.to_vec()),
            Column::from_f64("y", y.to_vec()),
        ];
        Rows::without_target(&Table::new(columns).unwrap(), &RowsOptions::default()).unwrap()
    }

    fn data() -> Rows {
        let x = [1.0, 2.0, 3.0, 7.0, 8.0, 10.0];
        rows(&x, &[100.0, 300.0, 200.0, 900.0, 700.0, 800.0])
    }

    #[test]
    fn without_iterations_the_mixture_is_what_was_given() {
        for covariance_type in [CovarianceType::Full, CovarianceType::Diag, CovarianceType::Tied] {
            let spec = Spec {
                n_components: 2,
                covariance_type,
                weights: vec![0.25, 0.75],
                means: vec![vec![1.0, 50.0], vec![9.0, 700.0]],
                covariances: vec![vec![2.0, 0.0, 0.0, 5_000.0]],
                max_iter: 0,
                ..Spec::default()
            };
            let found = fit(&spec, &data(), None, &mut Run::new(0))
                .unwrap()
                .model
                .mixture();
            assert_eq!(found.weights, spec.weights);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
            for k in 0..2 {
                assert!(
                    found.means[k]
                        .iter()
                        .zip(&spec.means[k])
                        .all(|(a, b)| near(*a, *b))
                );
                assert!(
                    found.covariances[k]
                        .iter()
                        .zip(&spec.covariances[0])
                        .all(|(a, b)| near(*a, *b))
                );
            }
        }
    }

    #[test]
    fn means_alone_are_begun_from() {
        let spec = Spec {
            n_components: 2,
            means: vec![vec![9.0, 700.0], vec![1.0, 50.0]],
            n_init: 1,
            ..Spec::default()
        };
        let found = fit(&spec, &data(), None, &mut Run::new(0))
            .unwrap()
            .model
            .mixture();
        assert!(found.means[0][0] > found.means[1][0], "{:?}", found.means);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let two = Spec {
            n_components: 2,
            ..Spec::default()
        };
        let wrong = [
            Spec {
                weights: vec![0.5, 0.6],
                ..two.clone()
            },
            Spec {
                weights: vec![1.0],
                ..two.clone()
            },
            Spec {
                means: vec![vec![1.0, 2.0]],
                ..two.clone()
            },
            Spec {
                means: vec![vec![1.0], vec![2.0]],
                ..two.clone()
            },
            Spec {
                covariances: vec![vec![1.0]],
                ..two.clone()
            },
            Spec {
                weights: vec![0.5, 0.5],
                means: vec![vec![1.0, 50.0], vec![9.0, 700.0]],
                covariances: vec![vec![1.0, 2.0, 2.0, 1.0]],
                ..two
            },
        ];
        for spec in wrong {
            assert!(fit(&spec, &data(), None, &mut Run::new(0)).is_err(), "{spec:?}");
        }
        let alike = rows(&[1.0; 4], &[2.0; 4]);
        let bare = Spec {
            n_components: 1,
            reg_covar: 0.0,
            covariance_type: CovarianceType::Diag,
            ..Spec::default()
        };
        let error = fit(&bare, &alike, None, &mut Run::new(0));
        assert!(error.is_err() || error.unwrap().model.log_likelihood.is_finite());
    }

    #[test]
    fn a_row_has_the_density_of_what_it_has() {
        let model = fit(
            &Spec {
                n_components: 1,
                ..Spec::default()
            },
            &data(),
            None,
            &mut Run::new(0),
        )
        .unwrap()
        .model;
        let some = rows(&[4.0], &[f64::NAN]);
        let found = model
            .log_density(&induce_core::model::Data::Rows(some), &mut Run::new(0))
            .unwrap();
        let wanted = model
            .mixture()
            .marginal(&[0])
            .unwrap()
            .ln_density(&[4.0])
            .unwrap();
        assert!((found[0] - wanted).abs() < 1e-12, "{} {wanted}", found[0]);
    }
}

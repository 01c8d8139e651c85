//! What is believed of a mixture before rows are seen.

use induce_core::{Error, Result};

use super::{Concentration, Spec};
use crate::mixture::forms::{Covariance, Form};
use crate::mixture::gmm::CovarianceType;
use crate::points::{Frame, Points};

/// pi ~ Dirichlet(alpha) or sticks of DP(alpha); mu | Lambda ~ N(m, (beta Lambda)^-1); Lambda ~ Wishart(nu, V^-1).
///
/// In the coordinates of the fit. For a diagonal every precision is a gamma of shape nu / 2 and rate
/// V_j / 2; a single one has shape d nu / 2 and rate sum_j V_j / 2.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// Which covariances components have.
    pub kind: CovarianceType,
    /// What weights are drawn from.
    pub weights: Concentration,
    /// alpha.
    pub concentration: f64,
    /// m. // (width)
    pub mean: Vec<f64>,
    /// beta.
    pub precision: f64,
    /// nu.
    pub degrees: f64,
    /// V.
    pub scale: Covariance,
}

impl Prior {
    /// That of the settings, whose units are those of the rows.
    ///
    /// # Errors
    /// If degrees of freedom are too few for a density, the covariance of the rows is singular, or what was given has another size.
    pub fn of(spec: &Spec, points: &Points, frame: &Frame) -> Result<Self> {
        let width = points.width;
        let degrees = match spec.degrees_of_freedom_prior {
            0.0 => width as f64,
            said => said,
        };
        let full = matches!(spec.covariance_type, CovarianceType::Full | CovarianceType::Tied);
        if full && degrees <= width as f64 - 1.0 {
            let reason = format!("a Wishart of {width} coordinates needs more than {}", width - 1);
            return Err(Error::setting("degrees_of_freedom_prior", degrees, reason));
        }
        let scale = match spec.covariance_prior_matrix.is_empty() {
            true => scale(spec, points),
            false => given_scale(spec, frame)?,
        };
        if Form::gaussian(&vec![0.0; width], &scale, 0.0).is_none() {
            return Err(Error::data(
                match spec.covariance_prior_matrix.is_empty() {
                    true => "the covariance of all rows is singular, and the prior is made of it",
                    false => "`covariance_prior_matrix` is not positive definite",
                },
                "raise `reg_covar`, or `--set covariance_type=diag`",
            ));
        }
        Ok(Self {
            kind: spec.covariance_type,
            weights: spec.weight_concentration_prior_type,
            concentration: match spec.weight_concentration_prior {
                0.0 => 1.0 / spec.n_components as f64,
                said => said,
            },
            mean: mean(spec, points, frame)?,
            precision: spec.mean_precision_prior,
            degrees,
            scale,
        })
    }
}

/// The mean of the settings, or of all values that are there.
fn mean(spec: &Spec, points: &Points, frame: &Frame) -> Result<Vec<f64>> {
    let width = points.width;
    if spec.mean_prior.len() == width {
        return Ok(frame.of_original(&spec.mean_prior));
    }
    if !spec.mean_prior.is_empty() {
        let names = frame.names().join(", ");
        let reason = format!("there must be {width} numbers: {names}");
        return Err(Error::setting(
            "mean_prior",
            format!("{:?}", spec.mean_prior),
            reason,
        ));
    }
    Ok(points.mean())
}

/// The matrix of the settings, with the part of it that the kind has.
fn given_scale(spec: &Spec, frame: &Frame) -> Result<Covariance> {
    let (width, all) = (frame.width(), &spec.covariance_prior_matrix);
    if width.checked_mul(width) != Some(all.len()) {
        let (found, reason) = (
            format!("{} numbers", all.len()),
            format!("there must be {width} x {width}"),
        );
        return Err(Error::setting("covariance_prior_matrix", found, reason));
    }
    let scale = |i: usize| frame.axes[i].scale;
    let entry = |at: usize| all[at] / scale(at / width) / scale(at % width);
    let diagonal: Vec<f64> = (0..width).map(|i| entry(i * width + i)).collect();
    Ok(match spec.covariance_type {
        CovarianceType::Full | CovarianceType::Tied => {
            Covariance::Full((0..width * width).map(entry).collect())
        }
        CovarianceType::Diag => Covariance::Diagonal(diagonal),
        CovarianceType::Spherical => {
            Covariance::Diagonal(vec![diagonal.iter().sum::<f64>() / width as f64; width])
        }
    })
}

/// The covariance of all rows, with the part of it that the kind has; values that are missing count as the mean.
fn scale(spec: &Spec, points: &Points) -> Covariance {
    let (width, mass) = (points.width, points.mass());
    let rest = if mass > 1.0 { mass - 1.0 } else { mass };
    let mut square = vec![0.0; width * width];
    let (centre, mut x) = (points.mean(), vec![0.0; width]);
    for row in 0..points.rows() {
        let w = points.weight(row);
        for ((x, own), c) in x.iter_mut().zip(points.row(row)).zip(&centre) {
            *x = if own.is_nan() { 0.0 } else { own - c };
        }
        for i in 0..width {
            let place = square[i * width..=i * width + i].iter_mut();
            place.zip(&x).for_each(|(q, y)| *q += w * x[i] * y);
        }
    }
    let factor = spec.covariance_prior;
    let entry = |i: usize, j: usize| factor * square[i.max(j) * width + i.min(j)] / rest;
    let raised = |i: usize| entry(i, i) + factor * spec.reg_covar;
    match spec.covariance_type {
        CovarianceType::Full | CovarianceType::Tied => Covariance::Full(
            (0..width * width)
                .map(|at| match (at / width, at % width) {
                    (i, j) if i == j => raised(i),
                    (i, j) => entry(i, j),
                })
                .collect(),
        ),
        CovarianceType::Diag => Covariance::Diagonal((0..width).map(raised).collect()),
        CovarianceType::Spherical => {
            let mean = (0..width).map(raised).sum::<f64>() / width as f64;
            Covariance::Diagonal(vec![mean; width])
        }
    }
}

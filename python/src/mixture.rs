//! Mixtures of Gaussians as distributions: marginals, conditionals, densities and draws.

use induce::core::Run;
use induce::learn::mixture::{bayes, gmm};
use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::model::{Model, matrix};

/// Weights, means and covariances, in the units of the table.
#[pyclass(frozen, module = "induce._native")]
pub struct Mixture(gmm::Mixture);

/// Draws (n, width), and the component of each.
type Draws<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<i64>>);

/// Means and variances (n, width) each.
type Moments<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>);

/// The mixture inside a model; of a Bayesian one that of the posterior means.
#[pyfunction]
pub fn mixture(model: &Model) -> PyResult<Mixture> {
    let inside = model.inside();
    let plain = inside.downcast::<gmm::Model>().map(gmm::Model::mixture);
    let own = plain.or_else(|| inside.downcast::<bayes::Model>().map(bayes::Model::mixture));
    own.map(Mixture)
        .ok_or_else(|| PyValueError::new_err(format!("`{}` is no mixture", inside.name())))
}

#[pymethods]
impl Mixture {
    /// Names of the coordinates.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names.clone()
    }

    /// Weights of the components, (components,).
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_slice(py, &self.0.weights)
    }

    /// Means of the components, (components, width).
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        matrix(py, self.0.means.concat(), self.0.names.len())
    }

    /// Covariances of the components, (components, width, width).
    #[getter]
    fn covariances<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<f64>>> {
        let (k, width) = (self.0.weights.len(), self.0.names.len());
        PyArray1::from_vec(py, self.0.covariances.concat()).reshape([k, width, width])
    }

    /// That of some coordinates.
    fn marginal(&self, axes: Vec<usize>) -> PyResult<Self> {
        self.0.marginal(&axes).map(Self).map_err(raised)
    }

    /// That of the other coordinates, given the values of some.
    fn condition(&self, axes: Vec<usize>, values: Vec<f64>) -> PyResult<Self> {
        self.0.condition(&axes, &values).map(Self).map_err(raised)
    }

    /// The mean of every coordinate, (width,).
    fn mean<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_vec(py, self.0.mean())
    }

    /// The variance of every coordinate, (width,).
    fn variance<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_vec(py, self.0.variance())
    }

    /// Mean and variance of the other coordinates given the values of some in every point, (n, rest) each.
    fn regress<'py>(
        &self,
        py: Python<'py>,
        axes: Vec<usize>,
        points: PyReadonlyArray2<f64>,
    ) -> PyResult<Moments<'py>> {
        let points = points.as_array();
        let rest = self.0.names.len().saturating_sub(axes.len());
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for row in points.outer_iter() {
            let given = self.0.condition(&axes, &row.to_vec()).map_err(raised)?;
            means.extend(given.mean());
            variances.extend(given.variance());
        }
        Ok((matrix(py, means, rest)?, matrix(py, variances, rest)?))
    }

    /// ln p of points, (n,).
    fn log_density<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArray2<f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let width = self.0.names.len();
        if points.as_array().ncols() != width {
            let text = format!("{} values of {width} coordinates", points.as_array().ncols());
            return Err(PyValueError::new_err(text));
        }
        let rows = points
            .as_array()
            .outer_iter()
            .map(|row| row.to_vec())
            .collect::<Vec<_>>();
        let all = rows
            .iter()
            .map(|row| self.0.ln_density(row))
            .collect::<induce::Result<Vec<f64>>>();
        Ok(PyArray1::from_vec(py, all.map_err(raised)?))
    }

    /// Draws, and the component of each.
    #[pyo3(signature = (n, seed=0))]
    fn sample<'py>(&self, py: Python<'py>, n: usize, seed: u64) -> PyResult<Draws<'py>> {
        let stream = Run::new(seed).stream("gmm/sample");
        let (values, components) = py.detach(|| self.0.sample(n, stream)).map_err(raised)?;
        let components = components.into_iter().map(|k| k as i64).collect();
        Ok((
            matrix(py, values, self.0.names.len())?,
            PyArray1::from_vec(py, components),
        ))
    }
}

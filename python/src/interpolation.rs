//! Interpolants of arrays.

use induce::core::Error;
use induce::prob::interpolation::{Aaa, Barycentric, Polynomial, doubt, floater_hormann};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::error::raised;

/// An interpolant of any method.
#[pyclass(frozen, module = "induce._native")]
pub struct Interpolant {
    inner: Inner,
}

enum Inner {
    Polynomial(Polynomial),
    Blend(Barycentric),
    Fit(Aaa),
}

impl Interpolant {
    fn form(&self) -> &Barycentric {
        match &self.inner {
            Inner::Polynomial(own) => own.form(),
            Inner::Blend(own) => own,
            Inner::Fit(own) => own.form(),
        }
    }

    fn polynomial(&self) -> PyResult<&Polynomial> {
        match &self.inner {
            Inner::Polynomial(own) => Ok(own),
            _ => Err(raised(Error::data(
                "only a polynomial has this",
                "use `Barycentric`",
            ))),
        }
    }

    fn fit(&self) -> PyResult<&Aaa> {
        match &self.inner {
            Inner::Fit(own) => Ok(own),
            _ => Err(raised(Error::data(
                "only a fitted rational function has this",
                "use `AAA`",
            ))),
        }
    }
}

/// Values at every point. // (points, outputs)
fn table<'py>(
    py: Python<'py>,
    x: &[f64],
    outputs: usize,
    f: impl Fn(f64) -> Vec<f64> + Sync,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let all: Vec<f64> = py.detach(|| x.iter().flat_map(|x| f(*x)).collect());
    all.into_pyarray(py).reshape([x.len(), outputs])
}

#[pymethods]
impl Interpolant {
    /// `name` is `barycentric`, `floater-hormann` or `aaa`; values are (nodes, outputs).
    #[new]
    fn new(
        name: &str,
        x: PyReadonlyArray1<f64>,
        y: PyReadonlyArray2<f64>,
        order: usize,
        tolerance: f64,
        terms: usize,
    ) -> PyResult<Self> {
        let (x, y) = (x.as_slice()?, y.as_slice()?);
        let inner = match name {
            "barycentric" => Polynomial::new(x.to_vec(), y.to_vec()).map(Inner::Polynomial),
            "floater-hormann" => floater_hormann(x.to_vec(), y.to_vec(), order).map(Inner::Blend),
            _ => Aaa::new(x, y, tolerance, terms).map(Inner::Fit),
        };
        Ok(Self {
            inner: inner.map_err(raised)?,
        })
    }

    /// Values. // (points, outputs)
    fn evaluate<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray1<f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, x.as_slice()?, self.form().outputs(), |x| {
            self.form().evaluate(x)
        })
    }

    /// Derivatives of this order; above the first only of a polynomial. // (points, outputs)
    fn derivative<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray1<f64>,
        order: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let outputs = self.form().outputs();
        match order {
            0 => self.evaluate(py, x),
            1 => table(py, x.as_slice()?, outputs, |x| self.form().derivative(x)),
            _ => {
                let own = self.polynomial()?.differentiated(order);
                table(py, x.as_slice()?, outputs, |x| own.evaluate(x))
            }
        }
    }

    /// What values of a polynomial may be wrong by. // (points, outputs)
    fn error_at<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray1<f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let own = self.polynomial()?;
        table(py, x.as_slice()?, self.form().outputs(), |x| own.error_at(x))
    }

    /// The integral of a polynomial, by output.
    fn integral(&self, a: f64, b: f64) -> PyResult<Vec<f64>> {
        Ok(self.polynomial()?.integral(a, b))
    }

    /// Lebesgue's constant of a polynomial.
    fn lebesgue_constant(&self) -> PyResult<f64> {
        Ok(self.polynomial()?.lebesgue_constant())
    }

    /// Why a polynomial is worth nothing, if it is.
    fn warning(&self) -> PyResult<Option<String>> {
        let own = self.polynomial()?;
        Ok((0..own.form().outputs()).find_map(|output| doubt(own, output).warning))
    }

    /// Nodes.
    fn nodes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.form().nodes().to_vec().into_pyarray(py)
    }

    /// Weights.
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.form().weights().to_vec().into_pyarray(py)
    }

    /// Poles and residues of a fit: real and imaginary parts of both.
    fn poles(&self) -> PyResult<Vec<(f64, f64, f64, f64)>> {
        let poles = self.fit()?.poles().iter();
        Ok(poles
            .map(|own| (own.at.re, own.at.im, own.residue.re, own.residue.im))
            .collect())
    }

    /// Zeros of a fit.
    fn zeros(&self) -> PyResult<Vec<(f64, f64)>> {
        Ok(self.fit()?.zeros().iter().map(|own| (own.re, own.im)).collect())
    }

    /// The largest error of a fit at its samples, whether that is within the tolerance, and spurious poles taken out.
    fn outcome(&self) -> PyResult<(f64, bool, usize)> {
        let own = self.fit()?;
        Ok((own.error(), own.converged(), own.removed()))
    }
}

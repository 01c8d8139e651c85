//! Layers of networks, for Python's attributes.

use induce::deep::supervised::Trained;
use numpy::PyArray1;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::model::{Model, matrix};

/// Weights and biases of a multilayer perceptron, in the units of the table: W (inputs, outputs) and b of every layer, and the names of the inputs.
///
/// # Errors
/// If it is none.
#[pyfunction]
pub fn layers<'py>(py: Python<'py>, model: &Model) -> PyResult<(Bound<'py, PyList>, Vec<String>)> {
    let inside = model.inside();
    let own: &Trained = inside
        .downcast()
        .ok_or_else(|| PyTypeError::new_err(format!("the model `{}` has no layers", inside.name())))?;
    let all = PyList::empty(py);
    for layer in own.layers() {
        let weight = matrix(py, layer.weight, layer.bias.len())?;
        all.append((weight, PyArray1::from_vec(py, layer.bias)))?;
    }
    Ok((all, own.input_names()))
}

//! Images: what models of them learn from, and what they say of them.

use induce::core::model::{Data, Images, Inputs, Model as Learnt};
use induce::core::{Error, Result};
use numpy::{
    PyArray1, PyArray2, PyArray4, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray4, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::model::{Model, matrix};
use crate::watch::seeded;

/// Images of one size. // (images, height, width, channels)
#[derive(FromPyObject)]
pub struct GivenImages<'py> {
    pixels: PyReadonlyArray4<'py, u8>,
    /// The class of each, where one is learnt.
    codes: Option<PyReadonlyArray1<'py, u32>>,
    /// The names of the classes.
    classes: Vec<String>,
}

impl GivenImages<'_> {
    /// The images without Python.
    ///
    /// # Errors
    /// If there is no pixel, another number of channels than 1 or 3, or not one class per image.
    pub fn owned(&self) -> PyResult<Images> {
        let shape = self.pixels.shape();
        let bytes = self.pixels.as_slice()?.to_vec();
        let images = Images::new(shape[1], shape[2], shape[3], bytes).map_err(raised)?;
        match &self.codes {
            None => Ok(images),
            Some(codes) => images
                .with_classes("class", codes.as_slice()?, self.classes.clone())
                .map_err(raised),
        }
    }
}

fn lacking(model: &dyn Learnt, what: &str) -> Error {
    Error::data(
        format!("`{}` has no {what}", model.name()),
        "an auto-encoder without a prior has none: `VAE` has",
    )
}

/// A metric: its name, its value, and the ends of its interval.
pub type Scored = (String, f64, Option<f64>, Option<f64>);

/// Means of the latent variables next to the data. // (images, width)
#[pyfunction]
#[pyo3(signature = (model, images, threads=1))]
pub fn image_codes<'py>(
    py: Python<'py>,
    model: &Model,
    images: GivenImages,
    threads: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (inside, images) = (model.inside(), images.owned()?);
    let work = || match inside.transformer() {
        Some(own) => own.transform(Inputs::Images(&images), threads),
        None => Err(lacking(inside, "latent variables")),
    };
    let found = py.detach(work).map_err(raised)?;
    matrix(py, found.values, found.names.len())
}

/// ln p(x) of every image, in nats.
#[pyfunction]
#[pyo3(signature = (model, images, seed=0, threads=1))]
pub fn image_log_density<'py>(
    py: Python<'py>,
    model: &Model,
    images: GivenImages,
    seed: u64,
    threads: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (inside, data) = (model.inside(), Data::Images(images.owned()?));
    let found = seeded(py, seed, threads, |run| match inside.density() {
        Some(own) => own.log_density(&data, run),
        None => Err(lacking(inside, "density")),
    })?;
    if found.len() != data.len() {
        // A signal whose handler raised nothing stopped it halfway.
        return Err(raised(Error::Interrupted));
    }
    Ok(PyArray1::from_vec(py, found))
}

/// What the model's metrics say of images; bounds by so many samples, where there are bounds and a number is said.
#[pyfunction]
#[pyo3(signature = (model, images, samples=None, seed=0, threads=1))]
pub fn image_scores(
    py: Python<'_>,
    model: &Model,
    images: GivenImages,
    samples: Option<usize>,
    seed: u64,
    threads: usize,
) -> PyResult<Vec<Scored>> {
    let (inside, data) = (model.inside(), Data::Images(images.owned()?));
    scores(py, inside, &data, samples, (seed, threads))
}

/// What a model's metrics say of data; bounds by so many samples, where a number is said.
///
/// # Errors
/// If it has no bounds, or as its evaluation.
pub fn scores(
    py: Python<'_>,
    model: &dyn Learnt,
    data: &Data,
    samples: Option<usize>,
    (seed, threads): (u64, usize),
) -> PyResult<Vec<Scored>> {
    let found = seeded(py, seed, threads, |run| match (samples, model.bounded()) {
        (None, _) => model.evaluate(data, run),
        (Some(samples), Some(own)) => own.bounds(data, samples, run),
        (Some(_), None) => Err(lacking(model, "bounds")),
    })?;
    let scored = found.scores.into_iter();
    Ok(scored
        .map(|own| (own.name, own.value, own.low, own.high))
        .collect())
}

/// Classes, and the probabilities of all. // (n), (n, classes)
pub type Classes<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>);

/// The class of every image, and the probabilities of all.
#[pyfunction]
#[pyo3(signature = (model, images, threads=1))]
pub fn image_classes<'py>(
    py: Python<'py>,
    model: &Model,
    images: GivenImages,
    threads: usize,
) -> PyResult<Classes<'py>> {
    let images = images.owned()?;
    classes(py, model.inside(), Inputs::Images(&images), threads)
}

/// The class of every image or node, and the probabilities of all.
///
/// # Errors
/// As the model's prediction.
pub fn classes<'py>(
    py: Python<'py>,
    model: &dyn Learnt,
    inputs: Inputs,
    threads: usize,
) -> PyResult<Classes<'py>> {
    let ask = || model.predicting()?.predict(inputs, threads);
    let found = py.detach(ask).map_err(raised)?;
    let classes = found.probabilities.len().checked_div(found.values.len());
    let probabilities = matrix(py, found.probabilities, classes.unwrap_or(0))?;
    Ok((PyArray1::from_vec(py, found.values), probabilities))
}

/// Images drawn from the prior. // (images, height, width, channels)
#[pyfunction]
#[pyo3(signature = (model, count, seed=0, threads=1))]
pub fn image_samples<'py>(
    py: Python<'py>,
    model: &Model,
    count: usize,
    seed: u64,
    threads: usize,
) -> PyResult<Bound<'py, PyArray4<u8>>> {
    let inside = model.inside();
    let draw = |run: &mut induce::core::Run| -> Result<Images> {
        let own = inside.generator().ok_or_else(|| lacking(inside, "prior"))?;
        match own.generate(count, run)? {
            Data::Images(images) => Ok(images),
            _ => Err(lacking(inside, "images")),
        }
    };
    let found = seeded(py, seed, threads, draw)?;
    let shape = [found.len(), found.height, found.width, found.channels];
    PyArray1::from_vec(py, found.pixels)
        .reshape(shape)
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

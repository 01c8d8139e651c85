//! Information measures of arrays.

use induce::core::Run;
use induce::prob::information::{
    self, Estimate, Estimator, Inference, Method, Sample, divergence_by_name, f_divergence,
};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::error::raised;
use crate::watch::seeded;

/// value, raw, interval, p-value, test, bounds, estimator, rows.
type Told = (
    f64,
    f64,
    Option<(f64, f64)>,
    Option<f64>,
    &'static str,
    (f64, f64),
    &'static str,
    usize,
);

fn told(own: Estimate) -> Told {
    (
        own.value,
        own.raw,
        own.interval,
        own.p_value,
        own.test,
        own.bounds,
        own.estimator,
        own.rows,
    )
}

/// Permutations, confidence, seed, threads.
type How = (usize, f64, u64, usize);

/// An estimate, which Ctrl-C ends.
fn estimated(
    py: Python,
    (permutations, confidence, seed, threads): How,
    work: impl FnOnce(&Inference, &Run) -> induce::Result<Estimate> + Send,
) -> PyResult<Told> {
    let inference = Inference {
        permutations,
        confidence,
        ..Inference::default()
    };
    seeded(py, seed, threads, |run| work(&inference, run)).map(told)
}

/// Points, and whether they are codes of categories.
type Points<'py> = (PyReadonlyArray2<'py, f64>, bool);

fn sample((values, categories): &Points, standardise: bool) -> PyResult<Sample> {
    if *categories {
        let codes: Vec<u32> = values.as_slice()?.iter().map(|code| *code as u32).collect();
        return Ok(Sample::categories(&codes));
    }
    let own = Sample::vectors(values.as_slice()?.to_vec(), values.shape()[1]).map_err(raised)?;
    Ok(if standardise { own.standardised() } else { own })
}

/// The entropy of counts.
#[pyfunction]
pub fn information_of_counts(
    counts: PyReadonlyArray1<u64>,
    estimator: &str,
    confidence: f64,
) -> PyResult<Told> {
    let estimator = Estimator::named(estimator).map_err(raised)?;
    let inference = Inference {
        confidence,
        ..Inference::default()
    };
    information::entropy_of_counts(counts.as_slice()?, estimator, &inference)
        .map(told)
        .map_err(raised)
}

/// I(X; Y | Z) of codes.
#[pyfunction]
#[pyo3(signature = (x, y, given, estimator, how))]
pub fn information_of_codes(
    py: Python,
    x: PyReadonlyArray1<u32>,
    y: PyReadonlyArray1<u32>,
    given: Option<PyReadonlyArray1<u32>>,
    estimator: &str,
    how: How,
) -> PyResult<Told> {
    let estimator = Estimator::named(estimator).map_err(raised)?;
    let given = given.as_ref().map(|own| own.as_slice()).transpose()?;
    let (x, y) = (x.as_slice()?, y.as_slice()?);
    estimated(py, how, |inference, run| {
        information::discrete_information(x, y, given, estimator, inference, run)
    })
}

/// I(X; C) of numbers and codes.
#[pyfunction]
pub fn information_of_classes(
    py: Python,
    values: PyReadonlyArray1<f64>,
    codes: PyReadonlyArray1<u32>,
    neighbours: usize,
    how: How,
) -> PyResult<Told> {
    let (values, codes) = (values.as_slice()?, codes.as_slice()?);
    estimated(py, how, |inference, run| {
        information::class_information(values, codes, neighbours, inference, run)
    })
}

/// What variables share by nearest neighbours: two, two given another, or several.
#[pyfunction]
#[pyo3(signature = (variables, given, method, neighbours, standardise, how))]
pub fn information_of_points(
    py: Python,
    variables: Vec<Points>,
    given: Option<Points>,
    method: &str,
    neighbours: usize,
    standardise: bool,
    how: How,
) -> PyResult<Told> {
    let method = Method::named(method).map_err(raised)?;
    let samples = variables
        .iter()
        .map(|own| sample(own, standardise))
        .collect::<PyResult<Vec<_>>>()?;
    let given = given.as_ref().map(|own| sample(own, standardise)).transpose()?;
    estimated(py, how, |inference, run| match (samples.as_slice(), &given) {
        ([x, y], Some(z)) => information::conditional_information(x, y, z, neighbours, inference, run),
        ([x, y], None) => information::mutual_information(x, y, method, neighbours, inference, run),
        (all, _) => {
            let all: Vec<&Sample> = all.iter().collect();
            information::total_correlation(&all, neighbours, inference, run)
        }
    })
}

/// The entropy of a density.
#[pyfunction]
pub fn information_of_density(
    py: Python,
    values: PyReadonlyArray2<f64>,
    neighbours: usize,
    how: How,
) -> PyResult<Told> {
    let own = Sample::vectors(values.as_slice()?.to_vec(), values.shape()[1]).map_err(raised)?;
    estimated(py, how, |inference, run| {
        information::differential_entropy(&own, neighbours, inference, run.threads())
    })
}

/// A divergence of probabilities, by its name.
#[pyfunction]
pub fn divergence(
    name: &str,
    p: PyReadonlyArray1<f64>,
    q: PyReadonlyArray1<f64>,
    alpha: f64,
) -> PyResult<f64> {
    let (p, q) = (p.as_slice()?, q.as_slice()?);
    if name == "renyi" {
        return information::renyi_divergence(p, q, alpha).map_err(raised);
    }
    let generator = divergence_by_name(name, alpha).map_err(raised)?;
    f_divergence(generator.as_ref(), p, q).map_err(raised)
}

/// The entropy of probabilities, Renyi's of this order.
#[pyfunction]
pub fn entropy_of_probabilities(p: PyReadonlyArray1<f64>, order: f64) -> PyResult<f64> {
    information::renyi_entropy(p.as_slice()?, order).map_err(raised)
}

//! What only clusters, mixtures and components can do.

use induce::core::Run;
use induce::core::model::{Data, Model as Learnt, Rows, Schema};
use induce::deep::latent::Trained as Latent;
use induce::learn::cluster::centres::Centres;
use induce::learn::cluster::kmeans::{Init, Seeding, seeds};
use induce::learn::cluster::nearest::Singles;
use induce::learn::decomposition::pca;
use induce::learn::points::{Frame, Scaling};
use induce::learn::topic::lda;
use numpy::{PyArray1, PyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::data::{GivenFeatures, GivenRows};
use crate::error::raised;
use crate::model::{Model, matrix};

/// The columns that a model reads which predicts no target.
pub fn schema(model: &dyn Learnt) -> Option<&Schema> {
    let components = model.downcast::<pca::Model>().map(|own| &own.frame.schema);
    let topics = components.or_else(|| model.downcast::<lda::Model>().map(|own| &own.schema));
    topics.or_else(|| model.downcast::<Latent>().and_then(Latent::schema))
}

/// Values of coordinates as rows of all features, NaN where a feature is none. // (rows, features)
fn scattered(frame: &Frame, rows: &[Vec<f64>]) -> Vec<f64> {
    let width = frame.schema.features.len();
    let mut all = vec![f64::NAN; rows.len() * width];
    for (row, out) in rows.iter().zip(all.chunks_exact_mut(width.max(1))) {
        for (axis, x) in frame.axes.iter().zip(row) {
            out[axis.feature] = *x;
        }
    }
    all
}

/// Centres (clusters, features), weights of the clusters, the cluster of every training row (none from a file), inertia, and the
/// squared distance at which new clusters begin.
#[pyfunction]
pub fn centres<'py>(py: Python<'py>, model: &Model) -> PyResult<Bound<'py, PyDict>> {
    let inside = model.inside();
    let own: &Centres = inside.downcast().ok_or_else(|| none(inside, "centres"))?;
    let out = PyDict::new(py);
    let width = own.frame.schema.features.len();
    out.set_item(
        "centres",
        matrix(py, scattered(&own.frame, &own.centres()), width)?,
    )?;
    out.set_item("sizes", PyArray1::from_slice(py, &own.sizes))?;
    let labels: Vec<i32> = own.labels.iter().map(|label| *label as i32).collect();
    out.set_item("labels", PyArray1::from_vec(py, labels))?;
    out.set_item("inertia", own.inertia)?;
    out.set_item("lambda", own.lambda())?;
    Ok(out)
}

/// Components (components, features), variances, their total, what each feature is divided by, mean, noise and weight of the rows.
#[pyfunction]
pub fn components<'py>(py: Python<'py>, model: &Model) -> PyResult<Bound<'py, PyDict>> {
    let inside = model.inside();
    let own: &pca::Model = inside.downcast().ok_or_else(|| none(inside, "components"))?;
    let (frame, unit) = (&own.frame, own.frame.unit);
    let width = frame.schema.features.len();
    let out = PyDict::new(py);
    let rows: Vec<Vec<f64>> = own
        .components
        .chunks_exact(frame.width())
        .map(<[f64]>::to_vec)
        .collect();
    let of = |row: Vec<f64>| PyArray1::from_vec(py, scattered(frame, &[row]));
    out.set_item("components", matrix(py, scattered(frame, &rows), width)?)?;
    let variances: Vec<f64> = own.variances.iter().map(|v| v * unit * unit).collect();
    out.set_item("variances", PyArray1::from_vec(py, variances))?;
    out.set_item("total", own.total * unit * unit)?;
    out.set_item("noise", own.noise * unit * unit)?;
    out.set_item(
        "scale",
        of(frame.axes.iter().map(|axis| axis.scale / unit).collect()),
    )?;
    out.set_item("mean", of(frame.original(&own.mean)))?;
    out.set_item("mass", own.mass)?;
    Ok(out)
}

fn none(model: &dyn Learnt, what: &str) -> PyErr {
    PyValueError::new_err(format!("`{}` has no {what}", model.name()))
}

/// Rows that k-means would begin from, and their places: fewer than `k`, if there are fewer different ones.
#[pyfunction]
#[pyo3(signature = (rows, k, seed=0, threads=1))]
pub fn seed_places<'py>(
    py: Python<'py>,
    rows: GivenRows,
    k: usize,
    seed: u64,
    threads: usize,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let (data, _) = rows.owned()?;
    let found = py.detach(|| places(data.rows()?, k, seed, threads));
    Ok(PyArray1::from_vec(py, found.map_err(raised)?))
}

fn places(rows: &Rows, k: usize, seed: u64, threads: usize) -> induce::Result<Vec<i64>> {
    let run = Run::new(seed).with_threads(threads);
    let (frame, _) = Frame::learn(rows, Scaling::Common, threads)?;
    let points = frame.weighted(rows, &run)?;
    let singles = Singles::new(&points, threads);
    let on = Seeding {
        points: &points,
        singles: &singles,
        threads,
    };
    let found = seeds(&on, Init::PlusPlus, k, run.stream("kmeans/start").child(0));
    // A seed is a row, to the last bit; weights of 0 are never drawn.
    let place = |seed: &[f64]| {
        let same = |row: &usize| points.weight(*row) > 0.0 && points.row(*row) == seed;
        (0..points.rows()).find(same).map(|row| row as i64)
    };
    Ok(found.chunks_exact(points.width).filter_map(place).collect())
}

/// The vectors that rows are mapped to: distances to centres, scores of components, (rows, width).
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn transform<'py>(
    py: Python<'py>,
    model: &Model,
    rows: GivenFeatures,
    threads: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let model = model.inside();
    let own = model.transformer().ok_or_else(|| none(model, "transformation"))?;
    let features = rows.owned()?;
    let found = py
        .detach(|| own.transform((&features).into(), threads))
        .map_err(raised)?;
    matrix(py, found.values, found.names.len())
}

/// ln p of every row.
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn log_density<'py>(
    py: Python<'py>,
    model: &Model,
    rows: GivenFeatures,
    threads: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = model.inside();
    let own = model.density().ok_or_else(|| none(model, "density"))?;
    let data = Data::Rows(rows.owned()?.into());
    let mut run = Run::new(0).with_threads(threads);
    let found = py.detach(|| own.log_density(&data, &mut run)).map_err(raised)?;
    Ok(PyArray1::from_vec(py, found))
}

/// The cluster of every row, where those that are far from all centres make new ones.
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn with_new_clusters<'py>(
    py: Python<'py>,
    model: &Model,
    rows: GivenFeatures,
    threads: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = model.inside();
    let own = model.clusterer().ok_or_else(|| none(model, "clusters"))?;
    let features = rows.owned()?;
    let found = py
        .detach(|| own.with_new_clusters((&features).into(), threads))
        .map_err(raised)?;
    Ok(PyArray1::from_vec(py, found.values))
}

/// What only the model can say of rows and their weights: inertia, likelihoods, information criteria, by name.
#[pyfunction]
#[pyo3(signature = (model, rows, threads=1))]
pub fn own_scores(
    py: Python<'_>,
    model: &Model,
    rows: GivenRows,
    threads: usize,
) -> PyResult<Vec<(String, f64)>> {
    let model = model.inside();
    let own = model.clusterer().ok_or_else(|| none(model, "clusters"))?;
    let (data, _) = rows.owned()?;
    let found = py
        .detach(|| own.own_scores(data.rows()?, threads))
        .map_err(raised)?;
    Ok(found
        .into_iter()
        .map(|score| (score.name.to_string(), score.value))
        .collect())
}

//! The native half of the Python package: tables from Python's arrays, fits without the interpreter lock, models.
//!
//! Everything here is a thin seam. What scikit-learn expects of an estimator is said in Python, under `induce/`; what
//! a model is, in the crates underneath.

#![allow(
    clippy::needless_pass_by_value,
    reason = "Python hands arguments over by value"
)]

mod advi;
mod clusters;
mod content;
mod data;
mod error;
mod fit;
mod forest;
mod graphs;
mod images;
mod information;
mod interpolation;
mod language;
mod metrics;
mod mixture;
mod model;
mod monitor;
mod networks;
mod ratings;
mod registry;
mod rows;
mod show;
mod table;
mod variational;
mod verbs;
mod watch;

use pyo3::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
fn _native(module: &Bound<PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<table::Table>()?;
    module.add_class::<table::PyColumn>()?;
    module.add_class::<model::Model>()?;
    module.add_class::<mixture::Mixture>()?;
    module.add_class::<language::Language>()?;
    module.add_class::<language::Stream>()?;
    module.add_class::<interpolation::Interpolant>()?;
    module.add_function(wrap_pyfunction!(advi::advi, module)?)?;
    module.add_function(wrap_pyfunction!(advi::advi_draws, module)?)?;
    module.add_function(wrap_pyfunction!(advi::advi_gradient_error, module)?)?;
    module.add_function(wrap_pyfunction!(advi::advi_places, module)?)?;
    module.add_function(wrap_pyfunction!(fit::fit, module)?)?;
    module.add_function(wrap_pyfunction!(fit::linear_path, module)?)?;
    module.add_function(wrap_pyfunction!(forest::forest_joint, module)?)?;
    module.add_function(wrap_pyfunction!(forest::forest_leaves, module)?)?;
    module.add_function(wrap_pyfunction!(forest::forest_nodes, module)?)?;
    module.add_function(wrap_pyfunction!(forest::forest_out_of_bag, module)?)?;
    module.add_function(wrap_pyfunction!(forest::forest_tree, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_classes, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_edges, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_embedding, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_inputs, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_links, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_scores, module)?)?;
    module.add_function(wrap_pyfunction!(graphs::graph_split, module)?)?;
    module.add_function(wrap_pyfunction!(images::image_classes, module)?)?;
    module.add_function(wrap_pyfunction!(images::image_codes, module)?)?;
    module.add_function(wrap_pyfunction!(images::image_log_density, module)?)?;
    module.add_function(wrap_pyfunction!(images::image_samples, module)?)?;
    module.add_function(wrap_pyfunction!(images::image_scores, module)?)?;
    module.add_function(wrap_pyfunction!(ratings::ratings_join, module)?)?;
    module.add_function(wrap_pyfunction!(ratings::ratings_lists, module)?)?;
    module.add_function(wrap_pyfunction!(ratings::ratings_scores, module)?)?;
    module.add_function(wrap_pyfunction!(rows::impute, module)?)?;
    module.add_function(wrap_pyfunction!(rows::row_samples, module)?)?;
    module.add_function(wrap_pyfunction!(rows::row_scores, module)?)?;
    module.add_function(wrap_pyfunction!(information::divergence, module)?)?;
    module.add_function(wrap_pyfunction!(information::entropy_of_probabilities, module)?)?;
    module.add_function(wrap_pyfunction!(information::information_of_classes, module)?)?;
    module.add_function(wrap_pyfunction!(information::information_of_codes, module)?)?;
    module.add_function(wrap_pyfunction!(information::information_of_counts, module)?)?;
    module.add_function(wrap_pyfunction!(information::information_of_density, module)?)?;
    module.add_function(wrap_pyfunction!(information::information_of_points, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::centres, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::components, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::seed_places, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::transform, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::log_density, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::with_new_clusters, module)?)?;
    module.add_function(wrap_pyfunction!(clusters::own_scores, module)?)?;
    module.add_function(wrap_pyfunction!(mixture::mixture, module)?)?;
    module.add_function(wrap_pyfunction!(networks::layers, module)?)?;
    module.add_function(wrap_pyfunction!(variational::draws, module)?)?;
    module.add_function(wrap_pyfunction!(variational::posterior, module)?)?;
    module.add_function(wrap_pyfunction!(variational::topic_bound, module)?)?;
    module.add_function(wrap_pyfunction!(variational::topic_parameters, module)?)?;
    module.add_function(wrap_pyfunction!(variational::topics, module)?)?;
    module.add_function(wrap_pyfunction!(model::open, module)?)?;
    module.add_function(wrap_pyfunction!(model::from_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(model::restore, module)?)?;
    module.add_function(wrap_pyfunction!(model::of_members, module)?)?;
    module.add_function(wrap_pyfunction!(registry::models, module)?)?;
    module.add_function(wrap_pyfunction!(metrics::of_quantities, module)?)?;
    module.add_function(wrap_pyfunction!(metrics::of_classes, module)?)?;
    module.add_function(wrap_pyfunction!(metrics::metric_names, module)?)?;
    module.add_function(wrap_pyfunction!(content::hash_cells, module)?)?;
    module.add_function(wrap_pyfunction!(content::order_by_cells, module)?)?;
    module.add_function(wrap_pyfunction!(table::read, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::mean_of_folds, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::folds, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::compare, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::tune, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::permutation, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::report, module)?)?;
    module.add_function(wrap_pyfunction!(language::open_language, module)?)?;
    module.add_function(wrap_pyfunction!(language::restore_language, module)?)?;
    module.add_function(wrap_pyfunction!(language::is_language, module)?)?;
    Ok(())
}

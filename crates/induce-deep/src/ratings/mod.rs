//! Graph convolutional matrix completion of ratings (van den Berg, Kipf & Welling 2017).
//!
//! `h_u = relu(stack or sum over levels r of sum_{i in N_u,r} c_ui W_r[i]), z_u = [h_u, relu(x_u F + f)] D, P(y_ui = r) = softmax_r z_u' Q_r z_i,
//! Q_r = sum_b a_br P_b; items alike.`
//!
//! Likelihood: a level for each rating, by a softmax of bilinear forms. Prior: none but dropout of whole nodes and of hidden units. Inference:
//! Adam on the mean cross-entropy of all ratings, with an average of the weights.
//!
//! Users and items are nodes of a graph, ratings its edges, of as many kinds as there are levels. A node's features are only which node it is, so
//! that W_r has a row for each; what else is known of it goes past the graph, through a dense layer of its own. What is
//! predicted is the expectation sum_r r P(r). The graph is a part of the model: it is what the encoder reads.
//!
//! ```
//! use induce_core::metrics::Task;
//! use induce_core::model::{Predict, Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_deep::ratings::{Spec, fit};
//!
//! let pairs: Vec<(i64, i64)> = (0..8).flat_map(|u| (0..6).map(move |i| (u, i))).collect();
//! let like = |u: i64, i: i64| if (u < 4) == (i < 3) { 5.0 } else { 1.0 };
//! let table = Table::new(vec![
//!     Column::from_whole("user", pairs.iter().map(|own| own.0).collect()),
//!     Column::from_whole("item", pairs.iter().map(|own| own.1).collect()),
//!     Column::from_f64("rating", pairs.iter().map(|own| like(own.0, own.1)).collect()),
//! ])?;
//! let options = RowsOptions { task: Some(Task::Regression), ..RowsOptions::default() };
//! let rows = Rows::new(&table, &options)?;
//! let spec = Spec { hidden: 16, embedding: 8, dropout: 0.2, epochs: 300, ..Spec::default() };
//! let model = fit(&serde_json::to_value(spec).unwrap_or_default(), &rows, None, &mut Run::new(0))?.model;
//! let said = model.predict((&table).into(), 1)?.values[0];
//! assert!(said > 4.0, "{said}");
//! # Ok::<(), induce_core::Error>(())
//! ```

mod entry;
mod file;
mod fit;
mod frequencies;
mod graph;
mod model;
mod network;
mod nodes;
mod objective;
mod report;
mod spec;

pub use entry::GCMC;
pub use fit::fit;
pub use model::Trained;
pub use spec::{Accumulation, Normalization, Spec};

#[cfg(test)]
mod tests;

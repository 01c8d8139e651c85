//! Supervised networks: of tables and images, with certain or random weights.
//!
//! y ~ N(f(x; w), s^2), or a class by softmax f(x; w); f is a multilayer perceptron, after convolutions where x is an image (Goodfellow, Bengio &
//! Courville 2016, chapters 6 and 9).
//!
//! Likelihood: of the target given the network ([`Outcome`]). Prior: none; or, with `weights=bayes`, a Gaussian or a mixture of two on every
//! weight. Inference: maximum likelihood by stochastic gradients; or Bayes by Backprop (Blundell et al. 2015), which maximizes
//! E_q ln p(y | x, w) - KL(q || p) over independent Gaussians q(w) = N(mu, ln(1 + e^rho)^2) by draws w = mu + sigma eps.
//!
//! `reader.rs` (`columns.rs`, `pixels.rs`) makes inputs of data, `network.rs` is f on a tape, `objective.rs` what the one training loop
//! minimizes, `ensemble.rs` what networks that are drawn say together, `pruning.rs` which weights could be left out.
//!
//! ```
//! use induce_core::model::{Data, Predict, Rows, RowsOptions};
//! use induce_core::{Column, Run, Table};
//! use induce_deep::supervised::{MLP, fit};
//!
//! let x: Vec<f64> = (0..200).map(|i| f64::from(i) / 20.0).collect();
//! let y = x.iter().map(|x| 3.0 + x.sin()).collect();
//! let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
//! let data = Data::Rows(Rows::new(&table, &RowsOptions::default())?);
//! let settings = serde_json::json!({ "hidden": [20, 20], "activation": "tanh", "epochs": 150, "learning_rate": 0.01 });
//! let model = fit(&MLP, &settings, &data, None, &mut Run::new(0))?.model;
//! let said = model.predict((&table).into(), 1)?.values;
//! assert!((said[40] - 3.0 - 2.0_f64.sin()).abs() < 0.3, "{}", said[40]);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod ensemble;
mod entry;
mod file;
mod fit;
mod layers;
mod model;
mod network;
mod objective;
mod outcome;
mod pixels;
mod pruning;
mod reader;
mod report;
mod shape;
mod signals;
mod spec;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::{BAYES_MLP, CNN, ENTRIES, GRAPH_CNN, MLP};
pub use file::KIND;
pub use fit::fit;
pub use layers::Layer;
pub use model::Trained;
pub use outcome::Outcome;
pub use spec::Spec;

//! Which nodes are likely to be joined: a graph auto-encoder (Kipf & Welling 2016, *Variational graph auto-encoders*).
//!
//! `p(A_ij = 1 | Z) = sigmoid(z_i' z_j)`: places z of nodes say which are joined.
//!
//! Likelihood: Bernoulli of every edge, and of as many pairs that are none, drawn anew at every step. Prior: z ~ N(0, I) for every node; or none.
//! Inference: amortised by a network of the graph, `q(z_i | X, A) = N(mu_i, diag(sigma_i^2))`, whose evidence lower bound is maximized; with
//! `variational=false` a point.
//!
//! ```
//! use induce_core::model::{Data, Links};
//! use induce_core::{Run, read};
//! use induce_deep::graph::links::{VGAE, fit};
//!
//! // Two cliques of six, of which one edge is missing.
//! let pairs = (0..12).flat_map(|i| (0..i).map(move |j| (i, j)));
//! let edges = pairs.filter(|(i, j)| i / 6 == j / 6 && (*i, *j) != (3, 1));
//! let text: String = edges.map(|(i, j)| format!("n{i} n{j}\n")).collect();
//! let (graph, _) = read::graph_bytes("cliques", text.as_bytes(), &Default::default(), &Run::new(0))?;
//! let names = graph.names();
//! let data = Data::Graph(graph);
//! let settings = serde_json::json!({ "test_fraction": 0.0, "validation_fraction": 0.0, "learning_rate": 0.01, "steps": 200, "warmup": 0 });
//! let model = fit(&VGAE, &settings, &data, None, &mut Run::new(0))?.model;
//! let own = names.iter().position(|name| name == "n3").unwrap_or(0);
//! let links = model.links(data.graph()?, 1, 1)?;
//! let best = links.iter().find(|link| link.node as usize == own).map(|link| names[link.other as usize].clone());
//! assert_eq!(best.as_deref(), Some("n1"));
//! # Ok::<(), induce_core::Error>(())
//! ```

mod embedding;
mod entry;
mod file;
mod fit;
mod model;
mod objective;
mod pairs;
mod spec;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::VGAE;
pub use fit::fit;
pub use model::Trained;
pub use spec::Spec;

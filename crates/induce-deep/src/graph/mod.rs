//! Networks of graphs: filters of signals on the nodes, and what they learn.
//!
//! A graph with weights W has the Laplacian `L = I - D^-1/2 W D^-1/2 = U diag(lambda) U'`. U' x is the Fourier transform of a signal x on its
//! nodes, and a filter multiplies it: `U g(lambda) U' x = g(L) x`. A layer of a network is a few filters with weights learnt for each,
//!
//! `y = f(sum_k p_k(L) x W_k + b)`,
//!
//! and models differ by their p_k only: splines of the eigenvalues (Bruna et al. 2014), Chebyshev polynomials (Defferrard, Bresson &
//! Vandergheynst 2016), or `D~^-1/2 (W + I) D~^-1/2` alone, the renormalization trick of GCN (Kipf & Welling 2017).
//!
//! Where classes are those of whole graphs, the last layer pools: its logits are the mean of those of a graph's nodes, or their sum (`pool.rs`).
//!
//! Likelihood: the class of a node, or of a graph, given the network, by softmax. Prior: Gaussian on the weights of the first layer (`l2`). Inference: maximum a
//! posteriori by stochastic gradients, on all nodes at once, on sampled neighbours (Hamilton, Ying & Leskovec 2017), or on a few graphs.
//!
//! `filter/` is the one trait and what implements it, `reader.rs` makes numbers of nodes, `field.rs` says which nodes a step computes, `network.rs` is
//! the network on a tape, `objective.rs` what the one training loop minimizes.
//!
//! ```
//! use induce_core::model::{Data, Inputs, Predict};
//! use induce_core::{Run, read};
//! use induce_deep::graph::{GCN, fit};
//!
//! // Two cliques of five, joined by one edge; of each one node is known.
//! let mut text = "graph [\n".to_owned();
//! for i in 0..10 {
//!     let class = match i { 0 => "class \"a\"", 9 => "class \"b\"", _ => "" };
//!     text += &format!("node [ id {i} {class} ]\n");
//! }
//! for (i, j) in (0..10).flat_map(|i| (0..i).map(move |j| (i, j))) {
//!     if i / 5 == j / 5 || (i, j) == (5, 4) {
//!         text += &format!("edge [ source {i} target {j} ]\n");
//!     }
//! }
//! let (graph, _) = read::graph_bytes("cliques", (text + "]").as_bytes(), &Default::default(), &Run::new(0))?;
//! let data = Data::Graph(graph);
//! let settings = serde_json::json!({ "dropout": 0.0 });
//! let model = fit(&GCN, &settings, &data, None, &mut Run::new(0))?.model;
//! let said = model.predict(Inputs::Graph(data.graph()?), 1)?.values;
//! assert_eq!(said, [0., 0., 0., 0., 0., 1., 1., 1., 1., 1.]);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod entry;
mod field;
mod file;
pub mod filter;
mod fit;
pub mod links;
mod model;
mod network;
mod objective;
mod pass;
mod pool;
mod reader;
mod readout;
mod report;
mod spec;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::{CHEBNET, ENTRIES, GCN, GIN};
pub use file::KIND;
pub use fit::fit;
pub use model::Trained;
pub use reader::Reader;
pub use spec::Spec;

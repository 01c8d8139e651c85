//! Label propagation: classes of a few nodes of a graph spread along its edges.
//!
//! `F = (1 - alpha) (I - alpha S)^-1 Y` with `S = D^-1/2 W D^-1/2`, Y the known classes, a row of 0 where none is known (Zhou et al. 2004, *Learning
//! with local and global consistency*); or the harmonic function, which is Y where it is known and the mean of its neighbours elsewhere
//! (Zhu, Ghahramani & Lafferty 2003). Nodes are said to be of a class in proportion to their row of F.
//!
//! Likelihood: known classes are values of a field on the nodes, with noise or without. Prior: a Gaussian field whose precision is the
//! Laplacian, so that neighbours are alike. Inference: the mode of the posterior, by iteration.
//!
//! It sees no feature, and learns no weight: what a network of a graph is held against.
//!
//! ```
//! use induce_core::model::{Data, Inputs, Predict};
//! use induce_core::{Run, read};
//! use induce_learn::propagation::{Spec, fit};
//!
//! let text = b"graph [ node [ id 1 class \"a\" ] node [ id 2 ] node [ id 3 ] node [ id 4 class \"b\" ]
//!     edge [ source 1 target 2 ] edge [ source 2 target 3 weight 0.5 ] edge [ source 3 target 4 ] ]";
//! let (graph, _) = read::graph_bytes("g", text, &Default::default(), &Run::new(0))?;
//! let model = fit(&Spec::default(), &graph, 1)?;
//! assert_eq!(model.predict(Inputs::Graph(&graph), 1)?.values, [0.0, 0.0, 1.0, 1.0]);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod entry;
mod model;
mod spec;
mod spread;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::LABEL_PROPAGATION;
pub use model::{Propagation, fit};
pub use spec::{Method, Spec};

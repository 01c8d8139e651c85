//! Latent Dirichlet allocation.
//!
//! theta_d ~ Dirichlet(alpha), beta_k ~ Dirichlet(eta), z_dn ~ theta_d, w_dn ~ beta_{z_dn}
//!
//! Likelihood: every word of a document is drawn from one of `n_components` topics. Prior: Dirichlet over the topics of a document and
//! over the words of a topic. Inference: mean field, q(z) q(theta) q(beta), by coordinate ascent over all documents (`batch`: Blei, Ng &
//! Jordan 2003) or by natural gradients on mini-batches (`online`: Hoffman, Blei & Bach 2010).
//!
//! ELBO = sum_d w_d \[sum_n c_dn ln sum_k exp(E ln theta_dk + E ln beta_kn) - KL(q(theta_d) || p)\] - sum_k KL(q(beta_k) || p)
//!
//! ```
//! use induce_core::linalg::Csr;
//! use induce_core::Run;
//! use induce_learn::topic::lda::{Counts, Spec, fit};
//!
//! // Two documents of the words 0 and 1, two of the words 2 and 3.
//! let entry = |d: u32, w: u32| (d, 2 * (d / 2) + w, 5.0);
//! let entries = (0..4).flat_map(|d| [entry(d, 0), entry(d, 1)]).collect();
//! let counts = Counts::of_sparse(&Csr::from_entries(4, 4, entries)?)?;
//! let spec = Spec { n_components: 2, ..Spec::default() };
//! let model = fit(&spec, &counts, None, None, &mut Run::new(0))?.model;
//! let topics = model.proportions(&counts.rows, 1);
//! assert!((topics[0] > 0.5) == (topics[2] > 0.5) && (topics[0] > 0.5) != (topics[4] > 0.5));
//! # Ok::<(), induce_core::Error>(())
//! ```

mod batch;
mod bound;
mod contract;
mod counts;
mod entry;
mod fit;
mod local;
mod model;
mod online;
mod pass;
mod report;
mod spec;
mod special;
mod store;
mod topics;
mod words;

pub use bound::Bound;
pub use counts::Counts;
pub use entry::LDA;
pub use fit::fit;
pub use local::{Documents, Local};
pub use model::Model;
pub use spec::{Method, Spec};
pub use topics::Topics;

#[cfg(test)]
mod tests;

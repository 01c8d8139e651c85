//! Networks on the tensors of `induce-tensor`.
//!
//! [`train`](mod@train) is the one training loop; [`layers`] are what networks are made of, [`inputs`] what they read. [`language`] trains language
//! models, opens those of others and lets them write: tokenizers, a decoder with a cache, samplers, and exact speculative
//! sampling. [`latent`] trains variational auto-encoders, [`supervised`] networks of tables and images; [`variational`] finds posteriors of which only
//! the log density is known.

pub mod graph;
pub mod inputs;
pub mod language;
pub mod latent;
pub mod layers;
pub mod ratings;
pub mod supervised;
pub mod train;
pub mod variational;

//! Networks on the tensors of `induce-tensor`.
//!
//! [`train`](mod@train) is the one training loop; [`layers`] are what networks are made of. [`language`] trains language
//! models, opens those of others and lets them write: tokenizers, a decoder with a cache, samplers, and exact speculative
//! sampling.

pub mod language;
pub mod layers;
pub mod train;

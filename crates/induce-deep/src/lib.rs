//! Networks on the tensors of `induce-tensor`.
//!
//! [`language`] opens the language models of others and lets them write: readers, tokenizers, a decoder with a cache,
//! samplers, and exact speculative sampling.

pub mod language;

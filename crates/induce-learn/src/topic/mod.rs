//! Models of which words documents are made of.

pub mod lda;

//! Mini-batch k-means.
//!
//! c <- c + (1 / n_c) (x - c) for each row x of a mini-batch whose nearest centre is c, where n_c counts all rows that c has had
//!
//! Likelihood and prior: as of k-means. Inference: stochastic descent of its objective on few rows at a time (Sculley 2010), with
//! the learning rate of each centre, one over its count, which makes a centre the mean of all rows it was ever nearest to. Centres
//! with very few rows are moved to rows drawn at random. A model may be gone on from, with rows of another file.

mod descend;
mod entry;
mod fit;
mod spec;

pub use entry::MINI_BATCH;
pub use fit::fit;
pub use spec::Spec;

#[cfg(test)]
mod tests;

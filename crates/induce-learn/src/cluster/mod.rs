//! Clusters of rows and of nodes.

pub mod spectral;

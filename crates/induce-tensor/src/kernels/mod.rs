//! What the operations are made of: loops over slices, compiled for every instruction set.

pub mod adam;
pub mod elementwise;
pub mod matmul;
pub mod micro;
pub mod rms;
pub mod rows;

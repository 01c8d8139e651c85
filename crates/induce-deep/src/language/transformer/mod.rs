//! What GPT-2 and Llama share: x + attention(norm x), then x + feed-forward(norm x).

pub mod assemble;
pub mod cache;
pub mod interchange;
pub mod model;
pub mod network;
pub mod rope;
pub mod shape;
pub mod spec;

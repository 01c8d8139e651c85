//! What a network computes that only goes forwards: products with constant weights, norms, turns and attention over a
//! cache of keys and values.
//!
//! A tape would keep what only a backward pass needs. Here every number of a result is computed by one thread from sums in a
//! fixed order, and the rows of a product never look at each other: a position has the same bits alone, in a batch, and
//! on any number of threads. Checking a draft of several tokens in one pass rests on that.

mod attention;
mod codes;
mod floats;
mod lines;
mod project;
mod recurrent;
mod rotary;
mod rounded;
mod rows;
mod weight;

pub use crate::ops::recurrent::Kind;
pub use attention::{Cache, Heads, Scores};
pub use codes::{Block, Form};
pub use project::project;
pub use recurrent::{RecurrentLayer, RecurrentRoom};
pub use rotary::{Angles, Rope, RopeLayout};
pub use rounded::Rounded;
pub use rows::{add, add_bias, gate, gelu, layer_norm, rms_norm};
pub use weight::{Precision, Weight, transpose};

//! What networks are made of: parameters with a name, and what is computed with them.

mod init;
mod linear;
mod norm;
mod recurrent;

pub use init::{constant, normal, uniform};
pub use linear::Linear;
pub use norm::Norm;
pub use recurrent::{Cell, Stack};

use induce_core::random::Stream;
use induce_tensor::{Heads, Tensor};

/// What is drawn while a network learns, and not when it is used: the share that dropout leaves out, and its stream.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// The share.
    pub share: f64,
    /// Where it is drawn from.
    pub stream: Stream,
}

impl Noise {
    /// `x` with a share of its numbers left out; `place` tells the places of a network apart.
    pub fn drop<'t>(self, x: Tensor<'t>, place: u64) -> Tensor<'t> {
        if self.share == 0.0 {
            return x;
        }
        x.dropout(self.share, self.stream.child(place))
    }
}

/// Causal attention over `heads`, with a share of its probabilities left out where there is noise.
pub fn attend<'t>(
    noise: Option<Noise>,
    x: Tensor<'t>,
    heads: Heads,
    place: u64,
) -> Tensor<'t> {
    match noise {
        None => x.grouped_attention(heads),
        Some(noise) => x.grouped_attention_dropout(heads, noise.share, noise.stream.child(place)),
    }
}

/// z + layer(x), of which a share is left out where there is noise: the step of a residual network.
pub fn step<'t>(
    noise: Option<Noise>,
    z: Tensor<'t>,
    layer: &Linear,
    x: Tensor<'t>,
    place: u64,
) -> Tensor<'t> {
    match noise.filter(|noise| noise.share > 0.0) {
        None => layer.apply_onto(x, z),
        Some(noise) => z + noise.drop(layer.apply(x), place),
    }
}

/// [`Noise::drop`], where there is noise.
pub fn drop<'t>(noise: Option<Noise>, x: Tensor<'t>, place: u64) -> Tensor<'t> {
    noise.map_or(x, |noise| noise.drop(x, place))
}

//! Layers of networks: named parameters, and what is computed with them.

mod conv;
mod init;
mod linear;
mod mlp;
mod norm;
mod pyramid;
mod recurrent;
mod settings;

pub use conv::Conv;
pub use init::{constant, normal, uniform};
pub use linear::Linear;
pub use mlp::Mlp;
pub use norm::Norm;
pub use pyramid::{Downsample, Pyramid, Upsample};
pub use recurrent::{Cell, Stack};
pub use settings::{Hidden, Widths};

use induce_core::random::Stream;
use induce_tensor::{Heads, Tensor};

/// Noise during training only: the dropout probability, and the stream it is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// The dropout probability.
    pub probability: f64,
    /// Where it is drawn from.
    pub stream: Stream,
}

impl Noise {
    /// Dropout of `x`; `place` tells the places of a network apart.
    pub fn drop<'t>(self, x: Tensor<'t>, place: u64) -> Tensor<'t> {
        if self.probability == 0.0 {
            return x;
        }
        x.dropout(self.probability, self.stream.child(place))
    }
}

/// Causal attention over `heads`, with dropout of its probabilities where there is noise.
pub fn attend<'t>(noise: Option<Noise>, x: Tensor<'t>, heads: Heads, place: u64) -> Tensor<'t> {
    match noise {
        None => x.grouped_attention(heads),
        Some(noise) => x.grouped_attention_dropout(heads, noise.probability, noise.stream.child(place)),
    }
}

/// z + layer(x), with dropout where there is noise: the step of a residual network.
pub fn step<'t>(
    noise: Option<Noise>,
    z: Tensor<'t>,
    layer: &Linear,
    x: Tensor<'t>,
    place: u64,
) -> Tensor<'t> {
    match noise.filter(|noise| noise.probability > 0.0) {
        None => layer.apply_onto(x, z),
        Some(noise) => z + noise.drop(layer.apply(x), place),
    }
}

/// [`Noise::drop`], where there is noise.
pub fn drop<'t>(noise: Option<Noise>, x: Tensor<'t>, place: u64) -> Tensor<'t> {
    noise.map_or(x, |noise| noise.drop(x, place))
}

//! The shape of an auto-encoder.

use std::fmt::{self, Display, Formatter};

use induce_core::model::Images;
use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::likelihood::Likelihood;
use super::spec::{Hidden, Spec};

/// The size of images, which is what a file says of the shape besides the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels per row.
    pub width: usize,
    /// Values per pixel.
    pub channels: usize,
}

impl Size {
    /// That of these images.
    pub fn of(images: &Images) -> Self {
        Self {
            height: images.height,
            width: images.width,
            channels: images.channels,
        }
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} x {} x {}", self.height, self.width, self.channels)
    }
}

/// What a network is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The size of an image.
    pub image: Size,
    /// Widths of the hidden layers of the encoder.
    pub hidden: Vec<usize>,
    /// Widths of the latent variables, those next to the data first.
    pub latent: Vec<usize>,
    /// Activation of hidden layers.
    pub activation: Hidden,
    /// Likelihood of a value.
    pub likelihood: Likelihood,
}

/// The largest width: far above every network there is, far below what could overflow.
const MOST: usize = 1 << 24;

impl Shape {
    /// That of a network for images of this size.
    pub fn new(spec: &Spec, image: Size) -> Self {
        Self {
            image,
            hidden: spec.hidden.0.clone(),
            latent: spec.latent.0.clone(),
            activation: spec.activation,
            likelihood: spec.likelihood,
        }
    }

    /// Values of an image.
    pub fn values(&self) -> usize {
        self.image.height * self.image.width * self.image.channels
    }

    /// Parameters of the network; nothing if they cannot be counted.
    pub fn size(&self) -> Option<u64> {
        let linear = |inputs: usize, outputs: usize| (inputs as u64 + 1).checked_mul(outputs as u64);
        let mlp = |inputs: usize, widths: &[usize]| {
            let next =
                |(sum, own): (u64, usize), next: &usize| Some((sum.checked_add(linear(own, *next)?)?, *next));
            widths.iter().try_fold((0_u64, inputs), next)
        };
        let reversed: Vec<usize> = self.hidden.iter().rev().copied().collect();
        let (mut all, mut below) = (0_u64, self.values());
        for (i, &latent) in self.latent.iter().enumerate() {
            let (up, hidden) = mlp(below, &self.hidden)?;
            let (down, last) = mlp(latent, &reversed)?;
            let of_value = if i == 0 { self.likelihood.parameters() } else { 2 };
            let outputs = of_value.checked_mul(below)?;
            let heads = linear(hidden, 2 * latent)?.checked_add(linear(last, outputs)?)?;
            all = all.checked_add(up)?.checked_add(down)?.checked_add(heads)?;
            below = latent;
        }
        Some(all)
    }

    /// That its sizes can be those of a network.
    ///
    /// # Errors
    /// The first that cannot be.
    pub fn check(&self) -> Result<()> {
        let Size {
            height,
            width,
            channels,
        } = self.image;
        let sizes = [height, width, channels];
        let all = sizes.iter().chain(&self.hidden).chain(&self.latent);
        let wrong = all.copied().find(|n| *n == 0 || *n > MOST);
        let whole = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        match (wrong, whole.filter(|n| *n <= MOST), self.latent.is_empty()) {
            (None, Some(_), false) => Ok(()),
            (wrong, ..) => Err(Error::data(
                format!(
                    "a network with a width of {} cannot be",
                    wrong.unwrap_or_default()
                ),
                "the file is damaged: train the model again",
            )),
        }
    }
}

//! The shape of an auto-encoder.

use std::fmt::{self, Display, Formatter};

use induce_core::model::Images;
use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::likelihood::Likelihood;
use super::spec::{Architecture, Hidden, Spec};
use crate::layers::Pyramid;

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

impl Size {
    /// That it can be that of images.
    ///
    /// # Errors
    /// Unless it can.
    pub fn check(self) -> Result<()> {
        let Self {
            height,
            width,
            channels,
        } = self;
        let values = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        match values {
            Some(1..=MOST) => Ok(()),
            _ => Err(Error::data(
                format!("images of {self} cannot be"),
                "the file is damaged: train the model again",
            )),
        }
    }
}

impl Size {
    /// Values of an image.
    pub fn values(self) -> usize {
        self.height * self.width * self.channels
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
    /// Convolutions next to the images, if there are any.
    pub pyramid: Option<Pyramid>,
    /// Likelihood of a value.
    pub likelihood: Likelihood,
    /// Levels of a value, of a categorical likelihood.
    pub levels: usize,
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
            pyramid: (spec.architecture != Architecture::Mlp).then(|| Pyramid {
                image: [image.height, image.width, image.channels],
                channels: spec.channels.0.clone(),
                blocks: if spec.architecture == Architecture::Residual {
                    spec.blocks
                } else {
                    0
                },
            }),
            likelihood: spec.likelihood,
            levels: spec.levels,
        }
    }

    /// Numbers that are said of a value.
    pub fn parameters(&self) -> usize {
        self.likelihood.parameters(self.levels)
    }

    /// Numbers that the linear layers next to the data read, and write.
    pub fn features(&self) -> usize {
        let top = self
            .pyramid
            .as_ref()
            .map(|pyramid| pyramid.top().iter().product());
        top.unwrap_or_else(|| self.values())
    }

    /// Values of an image.
    pub fn values(&self) -> usize {
        self.image.values()
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
        let of_pixel = self.image.channels.checked_mul(self.parameters())?;
        let mut all = match &self.pyramid {
            Some(pyramid) => pyramid.size(of_pixel)?,
            None => 0,
        };
        let mut below = self.features();
        for (i, &latent) in self.latent.iter().enumerate() {
            let (up, hidden) = mlp(below, &self.hidden)?;
            let (down, last) = mlp(latent, &reversed)?;
            let of_value = match (i, &self.pyramid) {
                (0, Some(_)) => 1,
                (0, None) => self.parameters(),
                _ => 2,
            };
            let outputs = of_value.checked_mul(below)?;
            let heads = linear(hidden, 2 * latent)?.checked_add(linear(last, outputs)?)?;
            all = all.checked_add(up)?.checked_add(down)?.checked_add(heads)?;
            below = latent;
        }
        Some(all)
    }

    /// Numbers that a row leaves on the tape on its way up, and a sample on its way down.
    pub fn numbers(&self) -> u64 {
        let layers = self.latent.len() * 2 * self.hidden.iter().sum::<usize>();
        let latent = 16 * self.latent.iter().sum::<usize>();
        let convolved = self
            .pyramid
            .as_ref()
            .map_or(0, |pyramid| 2 * pyramid.numbers() + self.features());
        (layers + latent + convolved + (2 + 2 * self.parameters()) * self.values()) as u64
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
        let channels_of = self.pyramid.iter().flat_map(|pyramid| &pyramid.channels);
        let all = sizes
            .iter()
            .chain(&self.hidden)
            .chain(&self.latent)
            .chain(channels_of);
        let wrong = all.copied().find(|n| *n == 0 || *n > MOST);
        let whole = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        if wrong.is_none()
            && self
                .pyramid
                .as_ref()
                .is_some_and(|own| own.sides().is_none() || own.channels.is_empty())
        {
            let levels = self.pyramid.as_ref().map_or(0, |own| own.channels.len());
            return Err(Error::setting(
                "channels",
                format!("{levels} of them"),
                format!(
                    "images of {} cannot be halved as often: at least one, and fewer than that",
                    self.image
                ),
            ));
        }
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

//! Encoder, codebook and decoder.

use induce_core::{Error, Result};
use induce_tensor::{Activation, Element, Parameter, Parameters, Stride, Tensor};

use super::spec::{Quantization, Spec};
use crate::inputs::Size;
use crate::latent::likelihood::{Likelihood, Said};
use crate::layers::{Conv, Downsample, Pyramid, Upsample, constant, normal};

/// What a network is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The size of an image.
    pub image: Size,
    /// The convolutions, without the images they read.
    pub pyramid: Pyramid,
    /// Codes of the codebook.
    pub codes: usize,
    /// Embedding width of a code.
    pub width: usize,
    /// Numbers that the encoder says of a place: a vector, or logits of codes.
    pub said: usize,
    /// Likelihood of a value.
    pub likelihood: Likelihood,
    /// Levels of a value, of a categorical likelihood.
    pub levels: usize,
}

impl Shape {
    /// That of a network for images of this size.
    ///
    /// # Errors
    /// If they cannot be halved as often.
    pub fn new(spec: &Spec, image: Size) -> Result<Self> {
        let pyramid = Pyramid {
            image: [image.height, image.width, image.channels],
            channels: spec.channels.0.clone(),
            blocks: spec.blocks,
        };
        if pyramid.sides().is_none() || pyramid.channels.is_empty() {
            return Err(Error::setting(
                "channels",
                format!("{:?}", pyramid.channels),
                format!(
                    "every one of them halves the sides of images of {image}: at least one, and no more than leave a pixel"
                ),
            ));
        }
        let said = match spec.quantization {
            Quantization::Nearest => spec.width,
            Quantization::Gumbel => spec.codebook,
        };
        Ok(Self {
            image,
            pyramid,
            codes: spec.codebook,
            width: spec.width,
            said,
            likelihood: spec.likelihood,
            levels: spec.levels,
        })
    }

    /// Values of an image.
    pub fn values(&self) -> usize {
        self.image.values()
    }

    /// Places of an image that have a code.
    pub fn places(&self) -> usize {
        let [height, width, _] = self.pyramid.top();
        height * width
    }

    /// Numbers that the decoder says of a pixel.
    fn of_pixel(&self) -> usize {
        self.image.channels * self.likelihood.parameters(self.levels)
    }

    /// Parameters of the network; nothing if they cannot be counted.
    pub fn size(&self) -> Option<u64> {
        let top = self.pyramid.top()[2];
        let table = |a: usize, b: usize| a.checked_mul(b).map(|n| n as u64);
        let parts = [
            self.pyramid.size(self.of_pixel())?,
            Conv::size(1, top, self.said)?,
            Conv::size(3, self.width, top)?,
            table(self.codes, self.width)?,
            table(self.places(), self.codes)?,
        ];
        parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part))
    }

    /// Numbers that an image leaves on the tape.
    pub fn numbers(&self) -> u64 {
        let places = self.places() * (3 * self.codes + 4 * self.width + 2 * self.pyramid.top()[2]);
        let values = (2 + 2 * self.likelihood.parameters(self.levels)) * self.values();
        (2 * self.pyramid.numbers() + places + values) as u64
    }
}

/// Encoder, codebook and decoder.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its shape.
    pub shape: Shape,
    up: Downsample,
    to_codes: Conv,
    /// The codebook. // (codes, width)
    pub book: Parameter,
    /// ln p(c) of every place, up to a constant. // (places, codes)
    pub prior: Parameter,
    from_codes: Conv,
    down: Upsample,
}

impl Network {
    /// A network of a shape; without a seed its parameters are 0, to be read from a file.
    pub fn new(shape: &Shape, parameters: &mut Parameters, start: Option<&[f32]>, seed: Option<u64>) -> Self {
        let (pyramid, top) = (&shape.pyramid, shape.pyramid.top()[2]);
        let up = Downsample::new(parameters, "encoder", pyramid, seed);
        let one = (1, Stride::square(1, 0));
        let to_codes = Conv::new(parameters, "encoder.codes", one, (top, shape.said), seed);
        let book = normal(parameters, "codebook", &[shape.codes, shape.width], 1.0, seed);
        let three = (3, Stride::square(1, 1));
        let from_codes = Conv::new(parameters, "decoder.codes", three, (shape.width, top), seed);
        let down = Upsample::new(parameters, "decoder", pyramid, shape.of_pixel(), seed);
        if let Some(start) = start {
            super::super::network::begin(down.bias_mut(parameters), start, shape.image.channels);
        }
        Self {
            shape: shape.clone(),
            up,
            to_codes,
            book,
            prior: constant(parameters, "prior", &[shape.places(), shape.codes], 0.0),
            from_codes,
            down,
        }
    }

    /// What the encoder says of every place: a vector, or logits. // (rows x places, numbers) of (rows, values)
    pub fn encode<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        let Size {
            height,
            width,
            channels,
        } = self.shape.image;
        let rows = x.shape().rows();
        let top = self.up.apply(x.reshape(&[rows, height, width, channels]));
        let said = self.to_codes.apply_with(top, Activation::Identity);
        said.reshape(&[rows * self.shape.places(), self.shape.said])
    }

    /// What the decoder says of every value, of what it sees of places. // z (rows x places, width)
    pub fn decode<'t, T: Element>(&self, z: Tensor<'t, T>) -> Said<'t, T> {
        let [height, width, _] = self.shape.pyramid.top();
        let rows = z.shape().rows() / (height * width);
        let h = z.reshape(&[rows, height, width, self.shape.width]);
        let top = self.from_codes.apply_with(h, Activation::Identity);
        self.shape
            .likelihood
            .read(self.down.apply(top), self.shape.levels)
    }
}

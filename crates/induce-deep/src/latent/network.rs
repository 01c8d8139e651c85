//! Encoder and decoder: q(z_1 | x) q(z_2 | z_1) ... and p(z_L) ... p(z_1 | z_2) p(x | z_1), every one a multilayer perceptron.

use induce_tensor::{Activation, Element, Parameters, Tape, Tensor};

use super::fields::SaidOfRow;
use super::form::Form;
use super::gaussian::{Gaussian, GaussianHead, standard_ln_density};
use super::likelihood::Said;
use super::shape::Shape;
use super::spec::GradientKind;
use crate::inputs::Size;
use crate::layers::{Downsample, Linear, Mlp, Upsample};

/// A conditional Gaussian.
#[derive(Debug, Clone)]
struct Conditional {
    hidden: Mlp,
    head: GaussianHead,
}

impl Conditional {
    fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Gaussian<'t, T> {
        self.head.apply(self.hidden.apply(x))
    }
}

/// Encoder and decoder.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its shape.
    pub shape: Shape,
    /// q(z_1 | x), q(z_2 | z_1), ...
    encoder: Vec<Conditional>,
    /// p(z_1 | z_2), p(z_2 | z_3), ...
    prior: Vec<Conditional>,
    /// Of p(x | z_1).
    decoder: Mlp,
    output: Linear,
    /// Between images and linear layers.
    convolved: Option<(Downsample, Upsample)>,
}

/// What a decoder says.
pub enum Decoded<'t, T: Element = f32> {
    /// Of images.
    Image(Said<'t, T>),
    /// Of rows.
    Row(SaidOfRow<'t, T>),
}

impl<'t, T: Element> Decoded<'t, T> {
    /// -ln p(target | z) of every sample, without the volume; targets repeat where there are fewer of them.
    pub fn loss(&self, targets: Tensor<'t, T>) -> Tensor<'t, T> {
        match self {
            Self::Image(said) => said.loss(targets),
            Self::Row(said) => said.loss(targets),
        }
    }
}

/// What is drawn for a pass: standard normal numbers, for the latent variables of a layer.
pub type Noise<'n, 't, T> = dyn FnMut(usize, &[usize]) -> Tensor<'t, T> + 'n;

/// A pass of rows through encoder and decoder, with several samples of each; those of the first sample of all rows come first.
pub struct Pass<'t, T: Element = f32> {
    /// What the decoder says of every sample.
    pub decoded: Decoded<'t, T>,
    /// ln p(x | z), without what no parameter changes. // (samples x rows)
    pub ln_likelihood: Tensor<'t, T>,
    /// ln p(z). // (samples x rows)
    pub ln_prior: Tensor<'t, T>,
    /// ln q(z | x). // (samples x rows)
    pub ln_posterior: Tensor<'t, T>,
    /// q(z_1 | x). // (rows, width)
    pub first: Gaussian<'t, T>,
    /// Latent variables of a doubly reparameterized gradient, which is still to be scaled. // (samples x rows, width) each
    pub gates: Vec<Tensor<'t, T>>,
}

impl<'t, T: Element> Pass<'t, T> {
    /// ln p(z) - ln q(z | x), whose mean is minus a KL divergence. // (samples x rows)
    pub fn ln_latent(&self) -> Tensor<'t, T> {
        self.ln_prior - self.ln_posterior
    }

    /// ln w. // (samples x rows)
    pub fn ln_weights(&self) -> Tensor<'t, T> {
        self.ln_likelihood + self.ln_prior - self.ln_posterior
    }
}

impl Network {
    /// A network of a shape; without a seed its parameters are 0, to be read from a file. `start` is what the decoder begins with.
    pub fn new(shape: &Shape, parameters: &mut Parameters, start: Option<&[f32]>, seed: Option<u64>) -> Self {
        let activation = shape.activation.activation();
        let reversed: Vec<usize> = shape.hidden.iter().rev().copied().collect();
        let mut conditional = |name: String, inputs: usize, widths: &[usize], outputs: usize| {
            let hidden = Mlp::new(parameters, &name, inputs, widths, activation, seed);
            let head = GaussianHead::new(parameters, &name, (hidden.width(), outputs), seed);
            Conditional { hidden, head }
        };
        let (mut encoder, mut prior, mut below) = (Vec::new(), Vec::new(), shape.features());
        for (i, &width) in shape.latent.iter().enumerate() {
            encoder.push(conditional(format!("encoder.{i}"), below, &shape.hidden, width));
            if i > 0 {
                prior.push(conditional(format!("prior.{i}"), width, &reversed, below));
            }
            below = width;
        }
        let decoder = Mlp::new(
            parameters,
            "decoder",
            shape.latent[0],
            &reversed,
            activation,
            seed,
        );
        let convolved = shape.pyramid.as_ref().map(|pyramid| {
            let outputs = shape.parameters() * shape.channels();
            let up = Downsample::new(parameters, "encoder.conv", pyramid, seed);
            (
                up,
                Upsample::new(parameters, "decoder.conv", pyramid, outputs, seed),
            )
        });
        let outputs = shape.outputs().unwrap_or_default();
        let output = Linear::glorot(parameters, "output", (decoder.width(), outputs), seed);
        if let Some(start) = start {
            let bias = match (&convolved, output.bias) {
                (Some((_, down)), _) => down.bias_mut(parameters),
                (None, Some(bias)) => parameters.values_mut(bias),
                _ => &mut [],
            };
            begin(bias, start, shape.channels());
        }
        Self {
            shape: shape.clone(),
            encoder,
            prior,
            decoder,
            output,
            convolved,
        }
    }

    /// What the decoder says of z: of every value of an image, or of every column of a row.
    pub fn decode<'t, T: Element>(&self, z: Tensor<'t, T>) -> Decoded<'t, T> {
        match &self.shape.form {
            Form::Image(_) => Decoded::Image(self.said(z)),
            Form::Row(fields) => Decoded::Row(fields.read(self.raw(z))),
        }
    }

    /// What the decoder says of the values of images.
    pub fn said<'t, T: Element>(&self, z: Tensor<'t, T>) -> Said<'t, T> {
        self.shape.likelihood.read(self.raw(z), self.shape.levels)
    }

    /// What the last layer says of z.
    fn raw<'t, T: Element>(&self, z: Tensor<'t, T>) -> Tensor<'t, T> {
        let h = self.decoder.apply(z);
        match (&self.convolved, &self.shape.pyramid) {
            (Some((_, down)), Some(pyramid)) => {
                let [height, width, channels] = pyramid.top();
                let top = self.output.apply_with(h, Activation::Relu);
                down.apply(top.reshape(&[z.shape().rows(), height, width, channels]))
            }
            _ => self.output.apply(h),
        }
    }

    /// q(z_1 | x). // (rows, width)
    pub fn encode<'t, T: Element>(&self, x: Tensor<'t, T>) -> Gaussian<'t, T> {
        let (Some((up, _)), Form::Image(size)) = (&self.convolved, &self.shape.form) else {
            return self.encoder[0].apply(x);
        };
        let Size {
            height,
            width,
            channels,
        } = *size;
        let rows = x.shape().rows();
        let top = up.apply(x.reshape(&[rows, height, width, channels]));
        self.encoder[0].apply(top.reshape(&[rows, self.shape.features()]))
    }

    /// `samples` draws of the latent variables of rows of which q(z_1 | x) is known, and what they say of targets: the encoder has read
    /// a row once, however many there are. // target (rows, values)
    pub fn pass<'t, T: Element>(
        &self,
        first: Gaussian<'t, T>,
        target: Tensor<'t, T>,
        samples: usize,
        gradient: GradientKind,
        noise: &mut Noise<'_, 't, T>,
    ) -> Pass<'t, T> {
        let rows = target.shape().rows();
        let all = samples * rows;
        let mut gates = Vec::new();
        let (mut drawn, mut ln_q): (Vec<Tensor<'t, T>>, Vec<Tensor<'t, T>>) = (Vec::new(), Vec::new());
        for (i, layer) in self.encoder.iter().enumerate() {
            let width = self.shape.latent[i];
            let lengths = [samples, rows, width];
            let q = match drawn.last() {
                None => first,
                Some(below) => {
                    let own = layer.apply(*below);
                    Gaussian {
                        mean: own.mean.reshape(&lengths),
                        ln_scale: own.ln_scale.reshape(&lengths),
                    }
                }
            };
            let eps = noise(i, &lengths);
            let (z, ln_density) = match gradient {
                GradientKind::Reparameterized => (q.draw(eps), q.ln_density_of_draw(eps)),
                GradientKind::DoublyReparameterized => {
                    let z = q.draw(eps).gate();
                    gates.push(z);
                    (z, q.detach().ln_density(z))
                }
                GradientKind::StickingTheLanding => {
                    let z = q.draw(eps);
                    (z, q.detach().ln_density(z))
                }
                GradientKind::Score => {
                    let z = q.draw(eps).detach();
                    (z, q.ln_density(z))
                }
            };
            ln_q.push(ln_density.reshape(&[all]));
            drawn.push(z.reshape(&[all, width]));
        }
        let top = drawn[drawn.len() - 1];
        let mut ln_prior = standard_ln_density(top);
        for (i, layer) in self.prior.iter().enumerate() {
            ln_prior = ln_prior + layer.apply(drawn[i + 1]).ln_density(drawn[i]);
        }
        let decoded = self.decode(drawn[0]);
        let loss = decoded.loss(target);
        Pass {
            decoded,
            ln_likelihood: loss.affine(-1.0, 0.0),
            ln_prior,
            ln_posterior: ln_q[1..].iter().fold(ln_q[0], |sum, own| sum + *own),
            first,
            gates,
        }
    }

    /// Latent variables next to the data, drawn from the prior: the noise of layer i has shape (rows, its width).
    pub fn draw<'t, T: Element>(
        &self,
        tape: &'t Tape<'t, T>,
        rows: usize,
        noise: &mut Noise<'_, 't, T>,
    ) -> Tensor<'t, T> {
        let _scope = tape.scope("prior");
        let last = self.shape.latent.len() - 1;
        let top = noise(last, &[rows, self.shape.latent[last]]);
        (0..last).rev().fold(top, |z, i| {
            let eps = noise(i, &[rows, self.shape.latent[i]]);
            self.prior[i].apply(z).draw(eps)
        })
    }
}

/// A bias that says what is known of every value; where there is one of every channel, the mean over its pixels.
pub(super) fn begin(bias: &mut [f32], start: &[f32], channels: usize) {
    if bias.len() >= start.len() {
        bias[..start.len()].copy_from_slice(start);
        return;
    }
    let pixels = (start.len() / channels) as f32;
    for (channel, bias) in bias.iter_mut().take(channels).enumerate() {
        *bias = start.iter().skip(channel).step_by(channels).sum::<f32>() / pixels;
    }
}

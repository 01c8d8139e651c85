//! The shape of a supervised network.

use induce_core::{Error, Result};

use super::signals::Signals;
use super::spec::{Convolution, Spec};
use crate::inputs::{MOST, Size};
use crate::layers::Hidden;

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// So many numbers.
    Columns(usize),
    /// An image.
    Image(Size),
}

/// What a network is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// An input.
    pub form: Form,
    /// Channels of convolutions.
    pub channels: Vec<usize>,
    /// The graph that they are filters of, where they are not of 3 x 3 pixels.
    pub signals: Option<Signals>,
    /// Widths of hidden layers.
    pub hidden: Vec<usize>,
    /// Numbers that the last layer gives.
    pub outputs: usize,
    /// Activation of hidden layers.
    pub activation: Hidden,
    /// Where rho begins, if weights are random.
    pub rho: Option<f64>,
    /// Whether the deviation of the noise is learnt with the weights.
    pub noise: bool,
}

impl Shape {
    /// That of a network for such inputs.
    pub fn new(spec: &Spec, form: Form, outputs: usize, quantity: bool) -> Self {
        let signals = match (spec.convolution, form) {
            (Convolution::Graph, Form::Image(size)) if !spec.channels.0.is_empty() => {
                Some(Signals::of(size, spec.channels.0.len(), spec.order))
            }
            _ => None,
        };
        Self {
            form,
            signals,
            channels: spec.channels.0.clone(),
            hidden: spec.hidden.0.clone(),
            outputs,
            activation: spec.activation,
            rho: spec.bayes().then_some(spec.training.bayes.initial_rho),
            noise: quantity && spec.bayes(),
        }
    }

    /// Numbers of an input.
    pub fn inputs(&self) -> usize {
        match self.form {
            Form::Columns(width) => width,
            Form::Image(size) => size
                .height
                .saturating_mul(size.width)
                .saturating_mul(size.channels),
        }
    }

    /// Sides and channels of what the convolutions make of an image, one after the other, the image first.
    fn sides(&self) -> Vec<[usize; 3]> {
        let Form::Image(size) = self.form else {
            return Vec::new();
        };
        if let Some(signals) = &self.signals {
            let channels = std::iter::once(&size.channels).chain(&self.channels);
            return signals
                .sizes()
                .into_iter()
                .zip(channels)
                .map(|(n, c)| [n, 1, *c])
                .collect();
        }
        let first = [size.height, size.width, size.channels];
        let halves = |last: &mut [usize; 3], channels: &usize| {
            *last = [last[0].div_ceil(2), last[1].div_ceil(2), *channels];
            Some(*last)
        };
        std::iter::once(first)
            .chain(self.channels.iter().scan(first, halves))
            .collect()
    }

    /// Numbers that reach the first dense layer.
    pub fn flat(&self) -> usize {
        match self.sides().last() {
            Some([h, w, c]) if !self.channels.is_empty() => h.saturating_mul(*w).saturating_mul(*c),
            _ => self.inputs(),
        }
    }

    /// Lengths of the weights of every layer: (3, 3, inputs, outputs) of convolutions, (order + 1, inputs, outputs) of filters, (inputs, outputs) of
    /// the others.
    pub fn layers(&self) -> Vec<(String, Vec<usize>)> {
        let mut all = Vec::new();
        for (i, (own, channels)) in self.sides().iter().zip(&self.channels).enumerate() {
            let lengths = match &self.signals {
                Some(signals) => vec![signals.order + 1, own[2], *channels],
                None => vec![3, 3, own[2], *channels],
            };
            all.push((format!("convolution.{i}"), lengths));
        }
        let mut below = self.flat();
        for (i, width) in self.hidden.iter().enumerate() {
            all.push((format!("hidden.{i}"), vec![below, *width]));
            below = *width;
        }
        all.push(("output".into(), vec![below, self.outputs]));
        all
    }

    /// Parameters of the network, of random weights their means; nothing if they cannot be counted.
    pub fn size(&self) -> Option<u64> {
        let weights = |lengths: &[usize]| {
            let all = lengths
                .iter()
                .try_fold(1_u64, |n, own| n.checked_mul(*own as u64))?;
            all.checked_add(*lengths.last()? as u64)
        };
        self.layers()
            .iter()
            .try_fold(0_u64, |sum, (_, own)| sum.checked_add(weights(own)?))
    }

    /// Numbers that a row leaves on the tape, with their gradients.
    pub fn activations(&self) -> u64 {
        let own = |side: &[usize; 3]| side.iter().fold(1_u64, |n, own| n.saturating_mul(*own as u64));
        let images: u64 = self.sides().iter().map(own).fold(0, u64::saturating_add);
        let dense = self
            .hidden
            .iter()
            .chain([&self.outputs])
            .map(|n| *n as u64)
            .sum::<u64>();
        // A convolution leaves four times what is kept of it, and a filter all of its polynomials before.
        let terms = self.signals.as_ref().map_or(0, |own| 4 * (own.order as u64 + 1));
        images
            .saturating_mul(12 + terms)
            .saturating_add(2 * dense + 2 * self.inputs() as u64)
    }

    /// That its sizes can be those of a network.
    ///
    /// # Errors
    /// The first that cannot be.
    pub fn check(&self) -> Result<()> {
        if matches!(self.form, Form::Columns(_)) && !self.channels.is_empty() {
            return Err(Error::setting(
                "channels",
                format!("{:?}", self.channels),
                "a table has no neighbouring pixels to convolve: `channels=[]`",
            ));
        }
        let form = match self.form {
            Form::Columns(width) => vec![width],
            Form::Image(size) => vec![size.height, size.width, size.channels],
        };
        let flat = [self.inputs(), self.flat(), self.outputs];
        let all = form.iter().chain(&self.channels).chain(&self.hidden).chain(&flat);
        match all.copied().find(|n| *n == 0 || *n > MOST) {
            None => Ok(()),
            Some(n) => Err(Error::data(
                format!("a network with a width of {n} cannot be"),
                "narrower layers (`--set hidden=128,64`), or smaller images",
            )),
        }
    }
}

//! The shape of an auto-encoder.

use induce_core::{Error, Result};

use super::form::Form;
use super::likelihood::Likelihood;
use super::spec::{Architecture, Spec};
use crate::inputs::{MOST, Size};
use crate::layers::{Hidden, Pyramid};

/// What a network is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What an example is.
    pub form: Form,
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

impl Shape {
    /// That of a network for images of this size, or rows of these columns.
    pub fn new(spec: &Spec, form: Form) -> Self {
        let pyramid = |image: Size| Pyramid {
            image: [image.height, image.width, image.channels],
            channels: spec.channels.0.clone(),
            blocks: if spec.architecture == Architecture::Residual {
                spec.blocks
            } else {
                0
            },
        };
        Self {
            hidden: spec.hidden.0.clone(),
            latent: spec.latent.0.clone(),
            activation: spec.activation,
            pyramid: match (&form, spec.architecture) {
                (Form::Image(image), Architecture::Conv | Architecture::Residual) => Some(pyramid(*image)),
                _ => None,
            },
            form,
            likelihood: spec.likelihood,
            levels: spec.levels,
        }
    }

    /// Numbers that are said of a value of an image.
    pub fn parameters(&self) -> usize {
        self.likelihood.parameters(self.levels)
    }

    /// Numbers that the decoder's last linear layer says; nothing if they cannot be counted.
    pub fn outputs(&self) -> Option<usize> {
        match (&self.form, &self.pyramid) {
            (Form::Row(fields), _) => Some(fields.outputs()),
            (Form::Image(_), Some(_)) => Some(self.features()),
            (Form::Image(_), None) => self.parameters().checked_mul(self.features()),
        }
    }

    /// Values per pixel; 1 of rows.
    pub fn channels(&self) -> usize {
        match &self.form {
            Form::Image(size) => size.channels,
            Form::Row(_) => 1,
        }
    }

    /// Numbers that the linear layers next to the data read, and write.
    pub fn features(&self) -> usize {
        let top = self
            .pyramid
            .as_ref()
            .map(|pyramid| pyramid.top().iter().product());
        top.unwrap_or_else(|| self.values())
    }

    /// Numbers that the encoder reads.
    pub fn values(&self) -> usize {
        self.form.inputs()
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
        let of_pixel = self.channels().checked_mul(self.parameters())?;
        let mut all = match &self.pyramid {
            Some(pyramid) => pyramid.size(of_pixel)?,
            None => 0,
        };
        let mut below = self.features();
        for (i, &latent) in self.latent.iter().enumerate() {
            let (up, hidden) = mlp(below, &self.hidden)?;
            let (down, last) = mlp(latent, &reversed)?;
            let outputs = match i {
                0 => self.outputs()?,
                _ => below.checked_mul(2)?,
            };
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
        let said = match &self.form {
            Form::Image(_) => (2 + 2 * self.parameters()) * self.values(),
            Form::Row(fields) => fields.inputs + 8 * fields.outputs(),
        };
        (layers + latent + convolved + said) as u64
    }

    /// That its sizes can be those of a network.
    ///
    /// # Errors
    /// The first that cannot be.
    pub fn check(&self) -> Result<()> {
        let sizes = match &self.form {
            Form::Image(size) => vec![size.height, size.width, size.channels],
            Form::Row(fields) => vec![fields.inputs, fields.outputs()],
        };
        let channels_of = self.pyramid.iter().flat_map(|pyramid| &pyramid.channels);
        let all = sizes
            .iter()
            .chain(&self.hidden)
            .chain(&self.latent)
            .chain(channels_of);
        let wrong = all.copied().find(|n| *n == 0 || *n > MOST);
        let whole = sizes.iter().try_fold(1_usize, |n, own| n.checked_mul(*own));
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
                    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
                ),
            ));
        }
        match (
            wrong,
            whole.filter(|n| *n <= MOST || matches!(self.form, Form::Row(_))),
            self.latent.is_empty(),
        ) {
            (None, Some(_), false) => Ok(()),
            (wrong, ..) => Err(Error::data(
                format!(
                    "a network with a width of {} cannot be",
                    wrong.unwrap_or_default()
                ),
                "narrower layers (`--set hidden=200,200`, `latent=20`), or, of a model file, train it again: it is damaged",
            )),
        }
    }
}

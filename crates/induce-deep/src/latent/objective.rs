//! The loss of auto-encoders over mini-batches of images.

use induce_core::Result;
use induce_core::model::Images;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Tape, Tensor};

use super::bound;
use super::evaluate::row_bounds;
use super::file::Header;
use super::gaussian::Gaussian;
use super::network::Network;
use super::pixels::{Batch, Pixels};
use super::spec::{Bound, GradientKind, Spec};
use crate::train::{HeldOutLoss, Objective, StepContext};

/// About how many held-out images are evaluated during training.
const QUICK: usize = 2_000;
/// Held-out images that are evaluated together.
const TOGETHER: usize = 100;

/// A bound of ln p(x) over images.
pub struct OfImages<'c> {
    network: &'c Network,
    spec: &'c Spec,
    header: &'c Header,
    train: &'c Images,
    valid: Option<&'c Images>,
    pixels: Pixels,
    seed: u64,
    /// The passage through the images, and their order in it.
    order: (u64, Vec<usize>),
    batch: Batch,
    /// ln p(x | z) and ln p(z) - ln q(z | x) of the last mini-batch, in the mean.
    terms: [f64; 2],
}

impl<'c> OfImages<'c> {
    /// Of images to learn from, and others to judge by.
    pub fn new(
        network: &'c Network,
        (spec, header): (&'c Spec, &'c Header),
        (train, valid): (&'c Images, Option<&'c Images>),
        seed: u64,
    ) -> Self {
        Self {
            network,
            spec,
            header,
            train,
            valid,
            pixels: Pixels::new(spec),
            seed,
            order: (u64::MAX, Vec::new()),
            batch: Batch::default(),
            terms: [0.0; 2],
        }
    }

    /// The images of a mini-batch: every one once before any a second time, in an order of their own each time.
    fn choose(&mut self, number: u64) -> Vec<usize> {
        let size = self.spec.training.batch.min(self.train.len());
        let batches = self.train.len().div_ceil(size) as u64;
        let passage = number / batches;
        if self.order.0 != passage {
            let stream = Stream::new(self.seed, "latent/order").child(passage);
            self.order = (passage, stream.permutation(self.train.len()));
        }
        let start = (number % batches) as usize * size;
        self.order.1[start..(start + size).min(self.train.len())].to_vec()
    }
}

/// The latent variables are the means of q(z | x): an auto-encoder.
pub fn certain<'t>(first: Gaussian<'t>) -> Gaussian<'t> {
    Gaussian {
        mean: first.mean,
        ln_scale: first.ln_scale.affine(0.0, -50.0),
    }
}

impl Objective for OfImages<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let some = self.choose(at.batch);
        self.pixels.fill(self.train, &some, at.choice, &mut self.batch);
        let lengths = [some.len(), self.train.size()];
        let x = tape.input(&lengths, &self.batch.inputs);
        let target = tape.input(&lengths, &self.batch.targets);
        let none = self.spec.bound == Bound::None;
        let samples = if none { 1 } else { self.spec.samples };
        let first = self.network.encode(x);
        let first = if none { certain(first) } else { first };
        let mut noise = |layer: usize, lengths: &[usize]| match none {
            true => tape.input(lengths, &vec![0.0; lengths.iter().product()]),
            false => tape.normal(lengths, at.noise.child(layer as u64)),
        };
        let pass = self
            .network
            .pass_from(first, target, samples, self.spec.gradient, &mut noise);
        let loss = bound::loss(&pass, self.spec, some.len(), at.step);
        let latent = (pass.ln_prior - pass.ln_posterior).mean();
        self.terms = [
            f64::from(pass.ln_likelihood.mean().item()?),
            f64::from(latent.item()?),
        ];
        Ok(loss)
    }

    fn terms(&self) -> Vec<(&'static str, f64)> {
        match self.spec.bound {
            Bound::None => Vec::new(),
            _ => vec![("reconstruction", -self.terms[0]), ("kl", -self.terms[1])],
        }
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.spec.training.batch.min(self.train.len()), "images")
    }

    fn held_out(&self, quick: bool) -> usize {
        let images = self.valid.map_or(0, Images::len);
        let some = if quick { images.min(QUICK) } else { images };
        some.div_ceil(TOGETHER)
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let Some(valid) = self.valid else {
            return Ok(());
        };
        let some: Vec<usize> = (batch * TOGETHER..((batch + 1) * TOGETHER).min(valid.len())).collect();
        let stream = Stream::new(self.seed, "latent/valid").child(batch as u64);
        self.pixels
            .intact()
            .fill(valid, &some, stream.child(0), &mut self.batch);
        let lengths = [some.len(), valid.size()];
        let x = tape.input(&lengths, &self.batch.inputs);
        let target = tape.input(&lengths, &self.batch.targets);
        if self.spec.bound == Bound::None {
            let mut noise =
                |_: usize, lengths: &[usize]| tape.input(lengths, &vec![0.0; lengths.iter().product()]);
            let first = certain(self.network.encode(x));
            let pass = self
                .network
                .pass_from(first, target, 1, GradientKind::Reparameterized, &mut noise);
            let own = tape.values(pass.ln_likelihood)?;
            losses.groups.extend(own.iter().map(|ln| (-f64::from(*ln), 1.0)));
            return Ok(());
        }
        let mut noise =
            |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(1 + layer as u64));
        let samples = self.spec.samples;
        let pass = self
            .network
            .pass(x, target, samples, GradientKind::Reparameterized, &mut noise);
        let ln_w = tape.values(pass.ln_likelihood + pass.ln_prior - pass.ln_posterior)?;
        for row in 0..some.len() {
            let own: Vec<f64> = (0..samples)
                .map(|s| f64::from(ln_w[s * some.len() + row]))
                .collect();
            losses.groups.push((-row_bounds(&own, self.spec), 1.0));
        }
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(parameters)
    }
}

//! The loss of auto-encoders over mini-batches of images.

use induce_core::Result;
use induce_core::model::Images;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Tape, Tensor};

use super::bound;
use super::evaluate::row_bound;
use super::file::{Header, KIND};
use super::network::{Network, Pass};
use super::pixels::{Batch, Pixels};
use super::spec::{Bound, GradientKind, Spec};
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext};

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
    order: Order,
    held_out: HeldOut,
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
            pixels: spec.pixels(),
            seed,
            order: Order::new(
                Stream::new(seed, "latent/order"),
                train.len(),
                spec.training.batch,
            ),
            held_out: HeldOut {
                examples: valid.map_or(0, Images::len),
                quick: QUICK,
                together: TOGETHER,
            },
            batch: Batch::default(),
            terms: [0.0; 2],
        }
    }
}

/// The images of a pass, and the streams of what is drawn for it.
struct Drawn<'i> {
    images: &'i Images,
    some: &'i [usize],
    pixels: Pixels,
    binarize: Stream,
    latent: Stream,
}

impl OfImages<'_> {
    /// Samples of an image, one where none is drawn.
    fn samples(&self) -> usize {
        match self.spec.bound {
            Bound::None => 1,
            _ => self.spec.samples,
        }
    }

    /// Images through encoder and decoder; without a bound the latent variables are the means of q(z | x), as in an auto-encoder.
    fn pass<'t>(&mut self, tape: &'t Tape<'t>, own: &Drawn, gradient: GradientKind) -> Pass<'t> {
        own.pixels
            .fill(own.images, own.some, own.binarize, &mut self.batch);
        let lengths = [own.some.len(), own.images.size()];
        let target = tape.input(&lengths, &self.batch.targets);
        let first = self.network.encode(tape.input(&lengths, &self.batch.inputs));
        let mut noise = |layer: usize, lengths: &[usize]| match self.spec.bound {
            Bound::None => tape.input(lengths, &vec![0.0; lengths.iter().product()]),
            _ => tape.normal(lengths, own.latent.child(layer as u64)),
        };
        self.network
            .pass(first, target, self.samples(), gradient, &mut noise)
    }
}

impl Objective for OfImages<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let some = self.order.choose(at.batch).to_vec();
        let own = Drawn {
            images: self.train,
            some: &some,
            pixels: self.pixels,
            binarize: at.choice,
            latent: at.noise,
        };
        let pass = self.pass(tape, &own, self.spec.gradient);
        let loss = bound::loss(&pass, self.spec, some.len(), at.step);
        self.terms = [
            f64::from(pass.ln_likelihood.mean().item()?),
            f64::from(pass.ln_latent().mean().item()?),
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
        (self.order.size(), "images")
    }

    fn held_out(&self, quick: bool) -> usize {
        self.held_out.batches(quick)
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let Some(valid) = self.valid else {
            return Ok(());
        };
        let some: Vec<usize> = self.held_out.batch(batch).collect();
        let stream = Stream::new(self.seed, "latent/valid").child(batch as u64);
        let own = Drawn {
            images: valid,
            some: &some,
            pixels: self.pixels.intact(),
            binarize: stream.child(0),
            latent: stream.child(1),
        };
        let pass = self.pass(tape, &own, GradientKind::Reparameterized);
        let ln_w = tape.values(match self.spec.bound {
            Bound::None => pass.ln_likelihood,
            _ => pass.ln_weights(),
        })?;
        for row in 0..some.len() {
            let all = ln_w.iter().skip(row).step_by(some.len());
            let all: Vec<f64> = all.map(|w| f64::from(*w)).collect();
            losses.groups.push((-row_bound(&all, self.spec), 1.0));
        }
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(KIND, parameters)
    }
}

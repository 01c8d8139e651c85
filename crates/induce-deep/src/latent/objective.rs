//! The loss of auto-encoders over mini-batches of images or rows.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Tape, Tensor};

use super::bound;
use super::evaluate::row_bound;
use super::examples::Examples;
use super::file::{Header, KIND};
use super::network::{Network, Pass};
use super::pixels::Batch;
use super::spec::{Bound, GradientKind, Spec};
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext};

/// About how many held-out examples are evaluated during training.
const QUICK: usize = 2_000;
/// Held-out examples that are evaluated together.
const TOGETHER: usize = 100;

/// A bound of ln p(x) over examples.
pub struct OfExamples<'c> {
    network: &'c Network,
    spec: &'c Spec,
    header: &'c Header,
    train: Examples<'c>,
    valid: Option<Examples<'c>>,
    seed: u64,
    order: Order,
    held_out: HeldOut,
    batch: Batch,
    /// ln p(x | z) and ln p(z) - ln q(z | x) of the last mini-batch, in the mean.
    terms: [f64; 2],
}

impl<'c> OfExamples<'c> {
    /// Of examples to learn from, and others to judge by.
    pub fn new(
        network: &'c Network,
        (spec, header): (&'c Spec, &'c Header),
        (train, valid): (Examples<'c>, Option<Examples<'c>>),
        seed: u64,
    ) -> Self {
        Self {
            network,
            spec,
            header,
            train,
            valid,
            seed,
            order: Order::new(
                Stream::new(seed, "latent/order"),
                train.len(),
                spec.training.batch,
            ),
            held_out: HeldOut {
                examples: valid.map_or(0, |own| own.len()),
                quick: QUICK,
                together: TOGETHER,
            },
            batch: Batch::default(),
            terms: [0.0; 2],
        }
    }
}

/// The examples of a pass, and the streams of what is drawn for it.
struct Drawn<'i> {
    examples: Examples<'i>,
    some: &'i [usize],
    binarize: Stream,
    latent: Stream,
}

impl OfExamples<'_> {
    /// Samples of an example, one where none is drawn.
    fn samples(&self) -> usize {
        match self.spec.bound {
            Bound::None => 1,
            _ => self.spec.samples,
        }
    }

    /// A loss of rows as that of densities in the units of the table, by a constant.
    fn in_units<'t>(&self, loss: Tensor<'t>) -> Tensor<'t> {
        let volumes = &self.batch.ln_volumes;
        match volumes.len() {
            0 => loss,
            n => loss.affine(1.0, -volumes.iter().sum::<f64>() / n as f64),
        }
    }

    /// Examples through encoder and decoder; without a bound the latent variables are the means of q(z | x), as in an auto-encoder.
    fn pass<'t>(&mut self, tape: &'t Tape<'t>, own: &Drawn, gradient: GradientKind) -> Pass<'t> {
        own.examples.fill(own.some, own.binarize, &mut self.batch);
        let [inputs, targets] = own.examples.widths();
        let of = |width: usize, values: &[f32]| tape.input(&[own.some.len(), width], values);
        let input = of(inputs, &self.batch.inputs);
        let target = match self.batch.is_one() {
            true => input,
            false => of(targets, self.batch.targets()),
        };
        let first = self.network.encode(input);
        let mut noise = |layer: usize, lengths: &[usize]| match self.spec.bound {
            Bound::None => tape.input(lengths, &vec![0.0; lengths.iter().product()]),
            _ => tape.normal(lengths, own.latent.child(layer as u64)),
        };
        self.network
            .pass(first, target, self.samples(), gradient, &mut noise)
    }
}

impl Objective for OfExamples<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let some = self.order.choose(at.batch).to_vec();
        let own = Drawn {
            examples: self.train,
            some: &some,
            binarize: at.choice,
            latent: at.noise,
        };
        let pass = self.pass(tape, &own, self.spec.gradient);
        let loss = bound::loss(&pass, self.spec, some.len(), at.step);
        let loss = self.in_units(loss);
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
        (self.order.size(), self.train.unit())
    }

    fn all_examples(&self) -> usize {
        self.train.len()
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
            examples: valid.intact(),
            some: &some,
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
            let volume = self.batch.ln_volumes.get(row).copied().unwrap_or_default();
            let all: Vec<f64> = all.map(|w| f64::from(*w) + volume).collect();
            losses.groups.push((-row_bound(&all, self.spec), 1.0));
        }
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(KIND, parameters)
    }
}

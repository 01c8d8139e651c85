//! The loss of a supervised network over mini-batches.
//!
//! E_q[-ln p(y | x, w)] / b + share KL(q || p) / b, in the mean over the b rows of a mini-batch; without random weights the first alone.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Tape, Tensor};

use super::file::Header;
use super::network::{Chance, Draws, Network, divergence};
use super::reader::Source;
use super::spec::Spec;
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext};

/// Rows that are evaluated together.
const TOGETHER: usize = 500;
/// About how many of those kept apart are evaluated during training.
const QUICK: usize = 10_000;

/// What is learnt from.
pub struct Examples<'a> {
    /// Inputs of all rows.
    pub source: Source<'a>,
    /// Targets as the network sees them. // (rows)
    pub target: Vec<f32>,
    /// How often each counts, 1 in the mean; all alike if absent. // (rows)
    pub weight: Option<Vec<f32>>,
    /// What the mean of the weights was: how many rows a row stands for.
    pub mass: f64,
    /// The rows to learn from.
    pub train: Vec<usize>,
    /// Those to choose the best weights by.
    pub valid: Vec<usize>,
}

/// The loss over rows.
pub struct OfRows<'c> {
    network: &'c Network,
    spec: &'c Spec,
    header: &'c Header,
    examples: &'c Examples<'c>,
    order: Order,
    held_out: HeldOut,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    /// E[-ln p] in the mean over rows, and the KL divergence, of the last mini-batch.
    terms: [f64; 2],
}

impl<'c> OfRows<'c> {
    /// Of these rows.
    pub fn new(
        network: &'c Network,
        (spec, header): (&'c Spec, &'c Header),
        examples: &'c Examples<'c>,
    ) -> Self {
        Self {
            network,
            spec,
            header,
            examples,
            order: Order::new(
                Stream::new(header.seed, "supervised/order"),
                examples.train.len(),
                spec.training.batch,
            ),
            held_out: HeldOut {
                examples: examples.valid.len(),
                quick: QUICK,
                together: TOGETHER,
            },
            inputs: Vec::new(),
            targets: Vec::new(),
            terms: [0.0; 2],
        }
    }

    /// The mean over some rows of weight times -ln p. // a scalar
    fn mean_loss<'t>(
        &self,
        x: Tensor<'t>,
        some: &[usize],
        chance: Chance,
    ) -> (Tensor<'t>, super::network::Drawn<'t, f32>) {
        let (raw, drawn) = self.network.apply(x, chance);
        (self.weighted(raw, some).mean(), drawn)
    }

    /// Weight times -ln p of some rows, whose targets are at hand. // (rows)
    fn weighted<'t>(&self, raw: Tensor<'t>, some: &[usize]) -> Tensor<'t> {
        let tape = raw.tape();
        let ln_noise = self.network.ln_noise.map(|own| tape.parameter(own));
        let losses = self.header.outcome.losses(raw, &self.targets, ln_noise);
        match &self.examples.weight {
            None => losses,
            Some(all) => {
                let own: Vec<f32> = some.iter().map(|&row| all[row]).collect();
                losses * tape.input(&[some.len()], &own)
            }
        }
    }

    fn read(&mut self, some: &[usize]) {
        self.examples.source.fill(some, &mut self.inputs);
        self.targets.clear();
        self.targets
            .extend(some.iter().map(|&row| self.examples.target[row]));
    }

    fn inputs<'t>(&self, tape: &'t Tape<'t>, rows: usize) -> Tensor<'t> {
        tape.input(&[rows, self.network.shape.inputs()], &self.inputs)
    }
}

impl Objective for OfRows<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let chosen = self.order.choose(at.batch).iter();
        let some: Vec<usize> = chosen.map(|&i| self.examples.train[i]).collect();
        let batches = self.order.batches();
        self.read(&some);
        let x = self.inputs(tape, some.len());
        let dropout = Some((self.spec.dropout, at.noise.child(0)));
        if !self.spec.bayes() {
            return Ok(self
                .mean_loss(
                    x,
                    &some,
                    Chance {
                        dropout,
                        weights: None,
                    },
                )
                .0);
        }
        let (samples, bayes) = (self.spec.samples, &self.spec.training.bayes);
        let (mut fit, mut kl): (Option<Tensor<'t>>, Option<Tensor<'t>>) = (None, None);
        for sample in 0..samples as u64 {
            let stream = at.noise.child(1 + sample);
            let weights = Some(Draws {
                stream,
                local: self.spec.local_reparameterization,
            });
            let (own, drawn) = self.mean_loss(x, &some, Chance { dropout, weights });
            fit = Some(fit.map_or(own, |sum| sum + own));
            // In closed form it is the same of every draw.
            if kl.is_none() || bayes.mixture().is_some() {
                let own = divergence(self.network, bayes, tape, &drawn, stream.child(0));
                kl = match (kl, own) {
                    (Some(sum), Some(own)) => Some(sum + own),
                    (sum, own) => own.or(sum),
                };
            }
        }
        let (Some(fit), Some(kl)) = (fit, kl) else {
            return Err(induce_core::Error::data("no weight is random", "train it again"));
        };
        let draws = if bayes.mixture().is_some() { samples } else { 1 } as f64;
        let (fit, kl) = (fit.affine(1.0 / samples as f64, 0.0), kl.affine(1.0 / draws, 0.0));
        self.terms = [f64::from(fit.item()?), f64::from(kl.item()?)];
        let part = bayes.kl_weight(at.batch, batches);
        Ok(fit + kl.affine(part / (some.len() as f64 * self.examples.mass), 0.0))
    }

    fn draws_weights(&self) -> bool {
        true
    }

    fn terms(&self) -> Vec<(&'static str, f64)> {
        match self.spec.bayes() {
            false => Vec::new(),
            true => vec![
                ("expected_negative_log_likelihood", self.terms[0]),
                ("kl", self.terms[1]),
                ("kl_bits", self.terms[1] / std::f64::consts::LN_2),
            ],
        }
    }

    fn examples(&self) -> (usize, &'static str) {
        let what = match self.examples.source {
            Source::Matrix(..) => "rows",
            Source::Images(..) => "images",
        };
        (self.order.size(), what)
    }

    fn held_out(&self, quick: bool) -> usize {
        self.held_out.batches(quick)
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let some = self.examples.valid[self.held_out.batch(batch)].to_vec();
        self.read(&some);
        let (raw, _) = self
            .network
            .apply(self.inputs(tape, some.len()), Chance::default());
        let own = tape.values(self.weighted(raw, &some))?;
        for (row, loss) in some.iter().zip(own) {
            let weight = self
                .examples
                .weight
                .as_ref()
                .map_or(1.0, |all| f64::from(all[*row]));
            losses.groups.push((f64::from(loss), weight));
        }
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(parameters)
    }
}

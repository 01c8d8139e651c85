//! What is minimized: minus the evidence lower bound of edges and of as many pairs that are none.

use induce_core::Result;
use induce_core::linalg::Csr;
use induce_core::model_file::ModelFile;
use induce_tensor::{Parameters, Tape, Tensor};

use super::super::field::Field;
use super::super::network::Network;
use super::embedding::places;
use super::file::Header;
use super::pairs::{Pairs, strangers};
use super::spec::Spec;
use crate::layers::Noise;
use crate::train::{HeldOutLoss, Objective, StepContext};

/// A graph to learn from.
pub struct Examples {
    /// What its network computes.
    pub field: Field,
    /// All edges that are known, which no pair that is none may be.
    pub known: Csr,
    /// Edges to learn from.
    pub train: Pairs,
    /// Edges to choose by, and as many pairs that are none.
    pub valid: [Pairs; 2],
}

/// A network over pairs of nodes.
pub struct OfLinks<'c> {
    /// The encoder.
    pub network: &'c Network,
    /// The settings.
    pub spec: &'c Spec,
    /// What its file says.
    pub header: &'c Header,
    /// The graph.
    pub examples: &'c Examples,
    /// The two terms of the bound at the last step.
    pub terms: [f64; 2],
}

/// The mean of -ln p of pairs that are edges, or are none. // a scalar
fn surprise<'t>(z: Tensor<'t>, pairs: &Pairs, joined: bool) -> Tensor<'t> {
    let logits = (z.rows(&pairs.left) * z.rows(&pairs.right)).sum_last();
    let logits = if joined { logits.affine(-1.0, 0.0) } else { logits };
    logits.softplus().mean()
}

impl Objective for OfLinks<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let noise = Some(Noise {
            probability: self.spec.encoder.dropout,
            stream: at.noise.child(0),
        });
        let said = self
            .network
            .apply(tape, &self.examples.field, self.network.depth(), noise);
        let (mean, q) = places(said, self.spec);
        let z = match q {
            Some(q) => q.draw(tape.normal(mean.shape().lengths(), at.noise.child(1))),
            None => mean,
        };
        let others = strangers(&self.examples.known, self.examples.train.len(), at.noise.child(2));
        let mut fit = surprise(z, &self.examples.train, true);
        if others.len() > 0 {
            fit = fit + surprise(z, &others, false);
        }
        let Some(q) = q else { return Ok(fit) };
        // Beside the mean over pairs: the divergence of all nodes is one part of the bound of the whole graph.
        let nodes = self.examples.known.rows() as f64;
        let kl = q.kl().sum().affine(1.0 / (nodes * nodes), 0.0);
        self.terms = [f64::from(fit.item()?), f64::from(kl.item()?)];
        Ok(fit + kl)
    }

    fn terms(&self) -> Vec<(&'static str, f64)> {
        match self.spec.variational {
            true => vec![
                ("expected_negative_log_likelihood", self.terms[0]),
                ("kl", self.terms[1]),
            ],
            false => Vec::new(),
        }
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.examples.train.len(), "edges")
    }

    fn held_out(&self, _: bool) -> usize {
        usize::from(self.examples.valid[0].len() > 0)
    }

    fn evaluate(&mut self, tape: &Tape, _: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let said = self
            .network
            .apply(tape, &self.examples.field, self.network.depth(), None);
        let (z, _) = places(said, self.spec);
        for (pairs, joined) in self.examples.valid.iter().zip([true, false]) {
            if pairs.len() > 0 {
                let loss = f64::from(surprise(z, pairs, joined).item()?);
                losses.groups.push((loss, 1.0));
            }
        }
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(parameters)
    }
}

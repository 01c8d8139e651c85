//! Random weights of a network that knows nothing of them.

use std::f64::consts::LN_2;

use induce_core::random::Stream;
use induce_core::{Result, Run};
use induce_tensor::{Parameter, Parameters, Tape, Tensor};

use super::spec::BayesSpec;
use crate::train::objective::{Objective, StepContext};

/// A tensor of weights with a Gaussian each.
struct Weights {
    mean: Parameter,
    rho: Parameter,
    /// Inputs of the units they belong to.
    inputs: usize,
}

/// Random weights: parameters are their means, and `NAME.rho` beside them says how far they scatter.
pub struct RandomWeights {
    spec: BayesSpec,
    all: Vec<Weights>,
    draws: Stream,
    /// E[-ln p(data | w)] per example and KL(q || p), of the last mini-batch.
    terms: [f64; 2],
}

impl RandomWeights {
    /// Those of a network, of which the objective says what weights are; nothing if weights are points, or the network draws them itself.
    pub fn of(
        spec: &BayesSpec,
        objective: &dyn Objective,
        parameters: &mut Parameters,
        run: &Run,
    ) -> Option<Self> {
        if !spec.is_on() || objective.draws_weights() {
            return None;
        }
        let found = parameters.iter().filter_map(|(mean, name, shape)| {
            let inputs = objective.inputs_of(name, shape)?;
            Some((mean, format!("{name}.rho"), shape, inputs))
        });
        let found: Vec<_> = found.collect();
        let with_rho =
            |(mean, name, shape, inputs): (Parameter, String, induce_tensor::Shape, usize)| Weights {
                mean,
                rho: parameters.add(name, shape.lengths(), |_| spec.initial_rho as f32),
                inputs,
            };
        Some(Self {
            spec: spec.clone(),
            all: found.into_iter().map(with_rho).collect(),
            draws: run.stream("train/weights"),
            terms: [0.0; 2],
        })
    }

    /// The loss of a mini-batch by weights that are drawn for it, with its part of the KL divergence, per example.
    ///
    /// # Errors
    /// As [`Objective::loss`].
    pub fn loss<'t>(
        &mut self,
        objective: &mut dyn Objective,
        tape: &'t Tape<'t>,
        at: &StepContext,
    ) -> Result<Tensor<'t>> {
        let stream = self.draws.child(at.batch);
        let mut sum: Option<Tensor<'t>> = None;
        for (i, own) in self.all.iter().enumerate() {
            let (mean, rho) = (tape.parameter(own.mean), tape.parameter(own.rho));
            let drawn = mean.draw(rho, stream.child(i as u64));
            tape.substitute(own.mean, drawn);
            let kl = self.spec.divergence([mean, rho], own.inputs, || drawn);
            sum = Some(sum.map_or(kl, |sum| sum + kl));
        }
        let fit = objective.loss(tape, at)?;
        let Some(kl) = sum else { return Ok(fit) };
        self.terms = [f64::from(fit.item()?), f64::from(kl.item()?)];
        let (together, _) = objective.examples();
        let batches = objective.all_examples().div_ceil(together.max(1)).max(1) as u64;
        let weight = self.spec.kl_weight(at.batch, batches);
        Ok(fit + kl.affine(weight / together.max(1) as f64, 0.0))
    }

    /// What the last loss was made of.
    pub fn terms(&self) -> [(&'static str, f64); 3] {
        [
            ("expected_negative_log_likelihood", self.terms[0]),
            ("weights_kl", self.terms[1]),
            ("weights_kl_bits", self.terms[1] / LN_2),
        ]
    }
}

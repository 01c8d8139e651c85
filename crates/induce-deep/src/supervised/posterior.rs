//! What random weights cost: KL(q || p) of independent Gaussians q from the prior p, and the part of it that a mini-batch pays.

use std::f64::consts::TAU;

use induce_core::random::Stream;
use induce_tensor::{Element, ScaleMixture, Tape, Tensor};

use super::network::{Drawn, Network};
use super::spec::{KlWeights, Spec};

/// The part of the KL divergence that mini-batch `i` of `m` pays, from 0 on: 1 / m, or 2^(m - i - 1) / (2^m - 1) = 2^-(i + 1) / (1 - 2^-m), in which
/// no power overflows. They sum to 1.
pub fn share(kind: KlWeights, i: u64, m: u64) -> f64 {
    let power = |n: u64| (-(n.min(1 << 20) as f64)).exp2();
    match kind {
        KlWeights::Uniform => 1.0 / m as f64,
        KlWeights::Geometric => power(i + 1) / (1.0 - power(m)),
    }
}

/// KL(q || p), a scalar: in closed form for a Gaussian prior; for a mixture E ln q in closed form and E ln p by the weights that were drawn, or
/// by some drawn for it where a pass drew none. The gradient of the first is that of ln q at the draw, whose noise no parameter changes.
pub fn divergence<'t, T: Element>(
    network: &Network,
    spec: &Spec,
    tape: &'t Tape<'t, T>,
    drawn: &Drawn<'t, T>,
    stream: Stream,
) -> Option<Tensor<'t, T>> {
    let mixture = spec.mixture().map(|own| ScaleMixture {
        share: own.share,
        deviations: own.deviations,
    });
    let mut sum: Option<Tensor<'t, T>> = None;
    for (i, weight) in network.weights().enumerate() {
        let Some(rho) = weight.rho else { continue };
        let (mean, rho) = (tape.parameter(weight.mean), tape.parameter(rho));
        let n = mean.shape().elements() as f64;
        let own = match mixture {
            None => {
                let deviation = spec.prior_deviation(inputs(mean));
                let energy = mean.gaussian_energy(rho, deviation.powi(-2));
                energy.affine(1.0, n * (deviation.ln() - 0.5))
            }
            Some(prior) => {
                let w = drawn
                    .iter()
                    .find(|own| own.0.mean == weight.mean)
                    .and_then(|own| own.1);
                let w = w.unwrap_or_else(|| mean.draw(rho, stream.child(i as u64)));
                mean.gaussian_energy(rho, 0.0)
                    .affine(1.0, -0.5 * n * (1.0 + TAU.ln()))
                    + w.mixture_loss(prior)
            }
        };
        sum = Some(sum.map_or(own, |sum| sum + own));
    }
    sum
}

/// Inputs of the units that weights belong to; 1 of biases. Weights are (..., inputs, units).
fn inputs<T: Element>(weights: Tensor<'_, T>) -> usize {
    let shape = weights.shape();
    let lengths = shape.lengths();
    lengths[..lengths.len() - 1].iter().product()
}

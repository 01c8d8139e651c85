//! What random weights cost: KL(q || p) of independent Gaussians q from the prior p, and the part of it that a mini-batch pays.

use std::f64::consts::TAU;

use induce_tensor::{Element, Tensor};

use super::spec::{BayesSpec, KlWeights};

/// The share of the KL divergence that mini-batch `i` of `m` pays, from 0 on: 1 / m, or 2^(m - i - 1) / (2^m - 1) = 2^-(i + 1) / (1 - 2^-m), in which
/// no power overflows. They sum to 1.
fn share(kind: KlWeights, i: u64, m: u64) -> f64 {
    let power = |n: u64| (-(n.min(1 << 20) as f64)).exp2();
    match kind {
        KlWeights::Uniform => 1.0 / m as f64,
        KlWeights::Geometric => power(i + 1) / (1.0 - power(m)),
    }
}

impl BayesSpec {
    /// The weight of the KL divergence in the loss of a mini-batch, of which a passage has so many.
    pub fn kl_weight(&self, batch: u64, batches: u64) -> f64 {
        self.kl_factor * share(self.kl_weights, batch % batches, batches)
    }

    /// KL(q || p) of weights of these means and rho, a scalar: in closed form for a Gaussian prior; for a mixture E ln q in closed form and E ln p
    /// by a draw. The gradient of the first is that of ln q at the draw, whose noise no parameter changes.
    pub fn divergence<'t, T: Element>(
        &self,
        [mean, rho]: [Tensor<'t, T>; 2],
        inputs: usize,
        drawn: impl FnOnce() -> Tensor<'t, T>,
    ) -> Tensor<'t, T> {
        let n = mean.shape().elements() as f64;
        match self.mixture() {
            None => {
                let deviation = self.prior_deviation(inputs);
                let energy = mean.gaussian_energy(rho, deviation.powi(-2));
                energy.affine(1.0, n * (deviation.ln() - 0.5))
            }
            Some(prior) => {
                let ln_q = mean
                    .gaussian_energy(rho, 0.0)
                    .affine(1.0, -0.5 * n * (1.0 + TAU.ln()));
                ln_q + drawn().mixture_loss(prior)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_divergence_sum_to_one() {
        for m in [1, 2, 3, 60, 600, 1_100, 100_000] {
            for kind in [KlWeights::Uniform, KlWeights::Geometric] {
                let sum: f64 = (0..m).map(|i| share(kind, i, m)).sum();
                assert!((sum - 1.0).abs() < 1e-9, "{kind:?} {m}: {sum}");
            }
        }
        // 2^(M - i) / (2^M - 1)
        assert!((share(KlWeights::Geometric, 1, 3) - 2.0 / 7.0).abs() < 1e-15);
    }
}

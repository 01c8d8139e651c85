//! Where nodes are.

use induce_tensor::Tensor;

use super::spec::Spec;
use crate::latent::Gaussian;

/// Means, and logarithms of deviations where embeddings are random. // (nodes, latent)
pub fn places<'t>(said: Tensor<'t>, spec: &Spec) -> (Tensor<'t>, Option<Gaussian<'t>>) {
    if !spec.variational {
        return (said, None);
    }
    let mean = said.slice(1, 0, spec.latent);
    let ln_scale = said.slice(1, spec.latent, spec.latent);
    (mean, Some(Gaussian { mean, ln_scale }))
}

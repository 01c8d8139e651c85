//! Which weights say least: those whose mean is nearest to 0 in deviations of their own (Blundell et al. 2015, section 5.4; Graves 2011).

use induce_tensor::Parameters;

use super::network::Network;

/// Shares of the weights that a curve takes away.
pub const SHARES: [f64; 6] = [0.0, 0.5, 0.75, 0.9, 0.95, 0.98];

/// ln(1 + e^rho).
pub fn deviation(rho: f32) -> f64 {
    let rho = f64::from(rho);
    rho.max(0.0) + (-rho.abs()).exp().ln_1p()
}

/// |mean| / deviation of every random weight, biases among them, in the order of the layers.
pub fn signals(network: &Network, parameters: &Parameters) -> Vec<f64> {
    let mut all = Vec::new();
    for weight in network.weights() {
        if let Some(rho) = weight.rho {
            let own = parameters.values(weight.mean).iter().zip(parameters.values(rho));
            all.extend(own.map(|(mean, rho)| f64::from(mean.abs()) / deviation(*rho)));
        }
    }
    all
}

/// The parameters with this share of the weights 0 and certain, those of the least signal first; of equal ones the earlier.
pub fn pruned(network: &Network, parameters: &Parameters, share: f64) -> Parameters {
    let all = signals(network, parameters);
    let count = ((all.len() as f64 * share).floor() as usize).min(all.len());
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*a].total_cmp(&all[*b]).then(a.cmp(b)));
    let mut gone = vec![false; all.len()];
    order[..count].iter().for_each(|&i| gone[i] = true);
    let (mut own, mut start) = (parameters.clone(), 0);
    for weight in network.weights() {
        if let Some(rho) = weight.rho {
            let length = parameters.values(rho).len();
            let gone = &gone[start..start + length];
            let set = |values: &mut [f32], to: f32| {
                values
                    .iter_mut()
                    .zip(gone)
                    .filter(|own| *own.1)
                    .for_each(|own| *own.0 = to);
            };
            set(own.values_mut(weight.mean), 0.0);
            set(own.values_mut(rho), f32::NEG_INFINITY);
            start += length;
        }
    }
    own
}

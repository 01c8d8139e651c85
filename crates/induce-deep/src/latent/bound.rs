//! Losses of a pass: minus the mean over rows of a bound of ln p(x).

use induce_tensor::{Element, Tensor};

use super::jackknife::{coefficient, count, subsets};
use super::network::Pass;
use super::spec::{Bound, GradientKind, Spec};

/// The most numbers in memory for subsets of samples.
const ROOM: usize = 1 << 26;

/// Whether a jackknife of this order fits into memory, with so many rows at a time.
pub fn fits(samples: usize, order: usize, rows: usize) -> bool {
    let each = count(samples, order).saturating_mul(samples);
    each.saturating_mul(rows) <= ROOM
}

/// The loss of a pass of `rows` rows, in nats per row.
pub fn loss<'t, T: Element>(pass: &Pass<'t, T>, spec: &Spec, rows: usize, step: u64) -> Tensor<'t, T> {
    let samples = spec.samples;
    match spec.bound {
        Bound::None => pass.ln_likelihood.mean().affine(-1.0, 0.0),
        Bound::Elbo if spec.closed_form() => {
            let kl = pass.first.kl().mean_axis(0); // (width)
            let kl = match spec.free_bits {
                0.0 => kl,
                free => kl.affine(1.0, -free).relu().affine(1.0, free),
            };
            kl.sum().affine(spec.beta(step), 0.0) - pass.ln_likelihood.mean()
        }
        Bound::Elbo if spec.gradient == GradientKind::Score => by_score(pass, spec.beta(step)),
        Bound::Elbo => {
            let latent = pass.ln_latent().affine(spec.beta(step), 0.0);
            (pass.ln_likelihood + latent).mean().affine(-1.0, 0.0)
        }
        Bound::Iwae if spec.gradient == GradientKind::DoublyReparameterized => doubly(pass, samples, rows),
        Bound::Iwae => leave_out(by_row(pass.ln_weights(), samples, rows), 0)
            .mean()
            .affine(-1.0, 0.0),
        Bound::Jvi => {
            let ln_w = by_row(pass.ln_weights(), samples, rows);
            let terms = (0..=spec.order).filter_map(|j| {
                let c = coefficient(samples, spec.order, j)?;
                Some(leave_out(ln_w, j).affine(c, 0.0))
            });
            let all = terms.reduce(|a, b| a + b).unwrap_or_else(|| leave_out(ln_w, 0));
            held(all, ln_w).mean().affine(-1.0, 0.0)
        }
    }
}

/// Jackknife estimates of rows, and the importance-weighted bound of those whose estimate is above their largest weight, as no mean can be. The
/// jackknife is no bound: where one weight outdoes the others it grows with what they lack, and its maximum is at infinity.
fn held<'t, T: Element>(jackknifed: Tensor<'t, T>, ln_w: Tensor<'t, T>) -> Tensor<'t, T> {
    let samples = ln_w.shape().last();
    let (Ok(all), Ok(each)) = (jackknifed.values(), ln_w.values()) else {
        return jackknifed;
    };
    let largest = |row: &[T]| row.iter().fold(f64::NEG_INFINITY, |most, w| most.max(w.to_f64()));
    let rows = all.iter().zip(each.chunks_exact(samples));
    let sound: Vec<bool> = rows.map(|(own, row)| own.to_f64() <= largest(row)).collect();
    if sound.iter().all(|own| *own) {
        return jackknifed;
    }
    let mask = |wanted: bool| {
        let values: Vec<T> = sound
            .iter()
            .map(|own| T::of(f64::from(u8::from(*own == wanted))))
            .collect();
        ln_w.tape().input(&[values.len()], &values)
    };
    jackknifed * mask(true) + leave_out(ln_w, 0) * mask(false)
}

/// The importance-weighted bound, whose gradient through z is sum_k v_k^2 d ln w_k / dz with normalized weights v, and by the decoder the
/// usual one (Tucker et al. 2019, equation 8).
fn doubly<'t, T: Element>(pass: &Pass<'t, T>, samples: usize, rows: usize) -> Tensor<'t, T> {
    let ln_w = by_row(pass.ln_weights(), samples, rows);
    let normalized = ln_w.detach().softmax().transpose().reshape(&[samples * rows]);
    // The gradient of the bound brings v_k to z; here it meets the second.
    pass.gates.iter().for_each(|gate| gate.scale_gradient(normalized));
    leave_out(ln_w, 0).mean().affine(-1.0, 0.0)
}

/// Samples of a row side by side. // (rows, samples)
fn by_row<T: Element>(ln_w: Tensor<'_, T>, samples: usize, rows: usize) -> Tensor<'_, T> {
    ln_w.reshape(&[samples, rows]).transpose()
}

/// ln mean w over every subset that leaves out so many samples, averaged over the subsets. // (rows)
fn leave_out<T: Element>(ln_w: Tensor<'_, T>, missing: usize) -> Tensor<'_, T> {
    let (rows, samples) = (ln_w.shape().rows(), ln_w.shape().last());
    let shift = -((samples - missing) as f64).ln();
    if missing == 0 {
        return ln_w.log_sum_exp().affine(1.0, shift);
    }
    let masks: Vec<T> = subsets(samples, missing).into_iter().map(T::of).collect();
    let masks = ln_w.tape().input(&[masks.len() / samples, samples], &masks);
    let all = ln_w.reshape(&[rows, 1, samples]) + masks; // (rows, subsets, samples)
    all.log_sum_exp().mean_last().affine(1.0, shift)
}

/// The ELBO, whose gradient by the encoder is (f - b) grad ln q with f = ln p(x, z) - ln q and b the mean of f over all other samples.
fn by_score<'t, T: Element>(pass: &Pass<'t, T>, beta: f64) -> Tensor<'t, T> {
    let latent = pass.ln_latent().affine(beta, 0.0);
    let f = (pass.ln_likelihood + latent).detach();
    let n = f.shape().elements() as f64;
    let others = match n > 1.0 {
        true => f.affine(-1.0 / (n - 1.0), 0.0) + f.sum().affine(1.0 / (n - 1.0), 0.0),
        false => f.affine(0.0, 0.0),
    };
    let by_decoder = pass.ln_likelihood + pass.ln_prior.affine(beta, 0.0);
    let surrogate = (by_decoder + (f - others).detach() * pass.ln_posterior).mean();
    // The value of the bound, with the gradient of the surrogate.
    (surrogate - surrogate.detach() + f.mean()).affine(-1.0, 0.0)
}

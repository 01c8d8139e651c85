//! Weights that are random: draws of a diagonal Gaussian by mean and rho, deviation ln(1 + e^rho), and what their KL divergence from a
//! prior is made of (Blundell et al. 2015), each in one pass over the weights.

use std::f64::consts::TAU;

use induce_core::multiversion;
use induce_core::random::Stream;

use super::noise::normal;
use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels;
use crate::kernels::elementwise::{add_scaled, softplus};
use crate::kernels::rows::{LANES, halves};
use crate::shape::Shape;
use crate::tape::{Id, Work, value};
use crate::threads::{pairs, parts, rows};

/// Values that are drawn together, and that a sum of all is cut into: they stay in the nearest cache.
const BLOCK: usize = 1024;

/// A prior on weights: pi N(0, s1^2) + (1 - pi) N(0, s2^2) (Blundell et al. 2015, equation 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleMixture {
    /// The share of the first.
    pub share: f64,
    /// The deviations of both.
    pub deviations: [f64; 2],
}

/// The same as numbers of a kernel: ln of share / deviation, and half the precision, of both.
#[derive(Clone, Copy)]
struct Parts<T> {
    ln_height: [T; 2],
    half: [T; 2],
}

impl ScaleMixture {
    fn parts<T: Element>(self) -> Parts<T> {
        let shares = [self.share, 1.0 - self.share];
        let of = |f: &dyn Fn(usize) -> f64| [T::of(f(0)), T::of(f(1))];
        Parts {
            // A share of nothing is not minus infinity, so that no difference is NaN.
            ln_height: of(&|i| (shares[i].max(1e-300) / self.deviations[i]).ln()),
            half: of(&|i| 0.5 / (self.deviations[i] * self.deviations[i])),
        }
    }
}

multiversion! {
    /// w = mean + ln(1 + e^rho) noise
    fn draw_block<T: Element>(mean: &[T], rho: &[T], noise: &[T], w: &mut [T]) {
        for (((w, m), r), e) in w.iter_mut().zip(mean).zip(rho).zip(noise) {
            *w = *m + softplus(*r) * *e;
        }
    }
}

multiversion! {
    /// drho (+)= dw noise / (1 + e^-rho)
    fn draw_gradient<T: Element>(rho: &[T], noise: &[T], dw: &[T], out: &mut [T], add: bool) {
        for (((o, r), e), d) in out.iter_mut().zip(rho).zip(noise).zip(dw) {
            let own = *d * *e * r.sigmoid();
            *o = if add { *o + own } else { own };
        }
    }
}

multiversion! {
    /// sum_i precision (mean_i^2 + sigma_i^2) / 2 - ln sigma_i
    fn energy_block<T: Element>(precision: T, mean: &[T], rho: &[T]) -> T {
        let (mut sums, half) = ([T::ZERO; LANES], T::of(0.5) * precision);
        for (m, r) in mean.chunks(LANES).zip(rho.chunks(LANES)) {
            for ((sum, m), r) in sums.iter_mut().zip(m).zip(r) {
                let s = softplus(*r);
                *sum += half * (*m * *m + s * s) - s.ln();
            }
        }
        halves(sums, |a, b| a + b)
    }
}

multiversion! {
    /// drho (+)= d (precision sigma - 1 / sigma) / (1 + e^-rho)
    fn energy_gradient<T: Element>(precision: T, rho: &[T], d: T, out: &mut [T], add: bool) {
        for (o, r) in out.iter_mut().zip(rho) {
            let s = softplus(*r);
            let own = d * (precision * s - T::ONE / s) * r.sigmoid();
            *o = if add { *o + own } else { own };
        }
    }
}

multiversion! {
    /// -ln p of values, without ln(2 pi) / 2 each, summed; `slopes` are its derivatives
    fn mixture_block<T: Element>(parts: Parts<T>, w: &[T], slopes: &mut [T]) -> T {
        let (mut sums, two) = ([T::ZERO; LANES], T::of(2.0));
        for (w, slopes) in w.chunks(LANES).zip(slopes.chunks_mut(LANES)) {
            for ((sum, w), slope) in sums.iter_mut().zip(w).zip(slopes) {
                let square = *w * *w;
                let a = parts.ln_height[0] - parts.half[0] * square;
                let b = parts.ln_height[1] - parts.half[1] * square;
                let e = (-(a - b).abs()).exp();
                *sum += -(a.largest(b) + (T::ONE + e).ln());
                let (most, least) = (T::ONE / (T::ONE + e), e / (T::ONE + e));
                let (p, q) = if a > b { (most, least) } else { (least, most) };
                *slope = two * *w * (p * parts.half[0] + q * parts.half[1]);
            }
        }
        halves(sums, |a, b| a + b)
    }
}

fn alike<T: Element>(work: &Work<T>, mean: Id, rho: Id) -> Result<Shape, String> {
    let (shape, other) = (work.shape(mean), work.shape(rho));
    match shape == other {
        true => Ok(shape),
        false => Err(format!("means of shape {shape} have deviations of shape {other}")),
    }
}

/// What [`Tensor::draw`](crate::Tensor::draw) records.
///
/// # Errors
/// If the shapes differ.
pub fn draw<T: Element>(work: &mut Work<T>, mean: Id, rho: Id, stream: Stream) -> Recorded {
    let shape = alike(work, mean, rho)?;
    let n = shape.elements();
    let (mut w, mut noise) = (work.pool.take(n), work.pool.take(n));
    let (m, r) = (
        value(work.nodes, work.parameters, mean),
        value(work.nodes, work.parameters, rho),
    );
    pairs(
        work.team,
        (&mut w, BLOCK),
        (&mut noise, BLOCK),
        |number, w, noise| {
            let first = number * BLOCK;
            let mut some = [0.0_f32; BLOCK];
            let some = &mut some[..w.len()];
            normal(stream, (first / 4) as u64, some);
            let all = noise.iter_mut().zip(some);
            all.for_each(|(to, from)| *to = T::of(f64::from(*from)));
            draw_block(&m[first..][..w.len()], &r[first..][..w.len()], noise, w);
        },
    );
    Ok(work.push_with(Op::Draw, shape, &[mean, rho], w, noise, Vec::new()))
}

pub fn draw_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let [mean, rho, ..] = work.node(y).inputs;
    if let Some(mut slot) = work.slot(mean) {
        let add = slot.add;
        rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [out]| {
            add_scaled(&dy[r], T::ONE, out, add);
        });
        work.put(slot);
    }
    let Some(mut slot) = work.slot(rho) else { return };
    let add = slot.add;
    let (r, noise) = (
        value(work.nodes, work.parameters, rho),
        &work.nodes[y as usize].saved,
    );
    rows(work.team, dy.len(), [(slot.slice(), 1)], |own, [out]| {
        draw_gradient(&r[own.clone()], &noise[own.clone()], &dy[own], out, add);
    });
    work.put(slot);
}

/// What [`Tensor::gaussian_energy`](crate::Tensor::gaussian_energy) records.
///
/// # Errors
/// If the shapes differ.
pub fn energy<T: Element>(work: &mut Work<T>, mean: Id, rho: Id, precision: f64) -> Recorded {
    let n = alike(work, mean, rho)?.elements();
    let mut partial = work.pool.take(n.div_ceil(BLOCK));
    let (m, r) = (
        value(work.nodes, work.parameters, mean),
        value(work.nodes, work.parameters, rho),
    );
    parts(work.team, &mut partial, 1, |number, part| {
        let own = number * BLOCK..((number + 1) * BLOCK).min(n);
        part[0] = energy_block(T::of(precision), &m[own.clone()], &r[own]);
    });
    let y = total(work, partial);
    Ok(work.push(Op::GaussianEnergy(precision), Shape::scalar(), &[mean, rho], y))
}

pub fn energy_back<T: Element>(precision: f64, y: Id, dy: &[T], work: &mut Work<T>) {
    let [mean, rho, ..] = work.node(y).inputs;
    let (precision, d) = (T::of(precision), dy[0]);
    if let Some(mut slot) = work.slot(mean) {
        let (m, add) = (value(work.nodes, work.parameters, mean), slot.add);
        rows(work.team, m.len(), [(slot.slice(), 1)], |r, [out]| {
            add_scaled(&m[r], precision * d, out, add);
        });
        work.put(slot);
    }
    let Some(mut slot) = work.slot(rho) else { return };
    let (r, add) = (value(work.nodes, work.parameters, rho), slot.add);
    rows(work.team, r.len(), [(slot.slice(), 1)], |own, [out]| {
        energy_gradient(precision, &r[own], d, out, add);
    });
    work.put(slot);
}

/// What [`Tensor::mixture_loss`](crate::Tensor::mixture_loss) records; the derivatives are found in the same pass.
///
/// # Errors
/// None.
pub fn mixture<T: Element>(work: &mut Work<T>, x: Id, prior: ScaleMixture) -> Recorded {
    let (n, own) = (work.shape(x).elements(), prior.parts());
    let (mut slopes, mut partial) = (work.pool.take(n), work.pool.take(n.div_ceil(BLOCK)));
    let w = value(work.nodes, work.parameters, x);
    pairs(
        work.team,
        (&mut slopes, BLOCK),
        (&mut partial, 1),
        |number, slopes, part| {
            part[0] = mixture_block(own, &w[number * BLOCK..][..slopes.len()], slopes);
        },
    );
    let mut y = total(work, partial);
    y[0] += T::of(0.5 * TAU.ln() * n as f64);
    Ok(work.push_with(Op::Mixture, Shape::scalar(), &[x], y, slopes, Vec::new()))
}

pub fn mixture_back<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (slopes, add) = (&work.nodes[y as usize].saved, slot.add);
    rows(work.team, slopes.len(), [(slot.slice(), 1)], |r, [out]| {
        add_scaled(&slopes[r], dy[0], out, add);
    });
    work.put(slot);
}

/// The sum of parts as a scalar.
fn total<T: Element>(work: &mut Work<T>, partial: Vec<T>) -> Vec<T> {
    let mut y = work.pool.take(1);
    y[0] = kernels::rows::sum(&partial);
    work.pool.give(partial);
    y
}

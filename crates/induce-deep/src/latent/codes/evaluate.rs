//! Bounds of ln p(x) of images by their codes.

use induce_core::model::Images;
use induce_core::random::Stream;
use induce_core::{Result, Run};
use induce_tensor::{Parameters, Tape};

use super::network::Network;
use super::prior::Prior;
use super::quantize::{largest, nearest};
use super::spec::Quantization;
use crate::latent::evaluate::{Block, Judged, judge_blocks};
use crate::latent::examples::Examples;
use crate::latent::images::in_parts;
use crate::latent::pixels::Pixels;

/// Judge images by so many samples of their codes, with the prior of the model; and the codes that were chosen of each at first.
///
/// # Errors
/// If a tape is poisoned.
pub fn judge(
    (network, parameters): (&Network, &Parameters),
    how: Quantization,
    pixels: Pixels,
    (images, samples): (&Images, usize),
    run: &mut Run,
) -> Result<(Judged, Vec<u32>)> {
    let prior = Prior::of(network, parameters);
    let mut chosen = Vec::with_capacity(images.len() * network.shape.places());
    // A point has nothing to draw.
    let samples = if how == Quantization::Nearest { 1 } else { samples };
    let judged = judge_blocks(
        Examples::Images(images, pixels),
        (samples, 0),
        run,
        &mut |block| {
            let said = {
                let tape = Tape::new(block.workspace, parameters, block.team);
                let x = tape.input(&[block.rows, images.size()], &block.batch.inputs);
                tape.values(network.encode(x))?
            };
            let mut all = vec![Vec::with_capacity(samples); block.rows];
            for sample in 0..samples {
                let stream = block.stream.child(1 + sample as u64);
                let (codes, ln_w) = of_codes((network, parameters), how, &prior, block, &said, stream)?;
                if sample == 0 {
                    chosen.extend_from_slice(&codes);
                }
                all.iter_mut().zip(ln_w).for_each(|(own, ln_w)| own.push(ln_w));
            }
            Ok((all, Vec::new()))
        },
    )?;
    Ok((judged, chosen))
}

/// Codes of images, and ln p(x | c) + ln p(c) - ln q(c | x) of each.
fn of_codes(
    (network, parameters): (&Network, &Parameters),
    how: Quantization,
    prior: &Prior,
    block: &mut Block,
    said: &[f32],
    stream: Stream,
) -> Result<(Vec<u32>, Vec<f64>)> {
    let (rows, places) = (block.rows, network.shape.places());
    let tape = Tape::new(&mut *block.workspace, parameters, block.team);
    let said = tape.input(&[rows * places, network.shape.said], said);
    let book = tape.parameter(network.book);
    let (codes, ln_q) = match how {
        Quantization::Nearest => (nearest(said, book)?, vec![0.0; rows]),
        Quantization::Gumbel => {
            let drawn = said + tape.gumbel(said.shape().lengths(), stream);
            let codes = largest(drawn)?;
            let own = tape.values(said - said.log_sum_exp().reshape(&[rows * places, 1]))?;
            let of = |(i, code): (usize, &u32)| f64::from(own[i * network.shape.said + *code as usize]);
            let each: Vec<f64> = codes.iter().enumerate().map(of).collect();
            let ln_q = each.chunks_exact(places).map(|own| own.iter().sum());
            (codes, ln_q.collect())
        }
    };
    let target = tape.input(&[rows, network.shape.values()], block.batch.targets());
    let loss = tape.values(network.decode(book.rows(&codes)).loss(target))?;
    let own = codes.chunks_exact(places).zip(&ln_q).zip(&loss);
    let ln_w = own.map(|((codes, ln_q), loss)| prior.ln_density(codes) - ln_q - f64::from(*loss));
    let ln_w = ln_w.collect();
    Ok((codes, ln_w))
}

/// The codes of images: nearest, or most probable. // (images, places)
///
/// # Errors
/// If a tape is poisoned.
pub fn codes_of(
    (network, parameters): (&Network, &Parameters),
    how: Quantization,
    (pixels, images): (Pixels, &Images),
    run: &Run,
) -> Result<Vec<u32>> {
    let mut all = Vec::with_capacity(images.len() * network.shape.places());
    in_parts(
        parameters,
        Examples::Images(images, pixels),
        (run, "codes/encode"),
        &mut |x| {
            let said = network.encode(x);
            all.extend(match how {
                Quantization::Nearest => nearest(said, x.tape().parameter(network.book))?,
                Quantization::Gumbel => largest(said)?,
            });
            Ok(())
        },
    )?;
    Ok(all)
}

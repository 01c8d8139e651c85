//! Images on their way through networks, and as pictures.

use induce_core::model::Images;
use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_tensor::{Parameters, Tape, Tensor, Workspace};

use super::examples::Examples;
use super::likelihood::Said;
use super::pixels::Batch;
use crate::inputs::Size;

/// Examples that go through a network together.
pub const TOGETHER: usize = 500;

/// That there are images, of this size.
///
/// # Errors
/// Unless it is so.
pub fn check_size(own: Size, images: &Images) -> Result<()> {
    let given = Size::of(images);
    if own == given && !images.is_empty() {
        return Ok(());
    }
    let text = match images.is_empty() {
        true => "there is no image".to_owned(),
        false => format!("images of {given} do not fit a model of {own}"),
    };
    Err(Error::data(
        text,
        "give images of the size that it was trained on: height x width x channels",
    ))
}

/// Examples through a network some at a time: `each` sees what an encoder reads. // (examples, values)
///
/// # Errors
/// As `each`.
pub fn in_parts(
    parameters: &Parameters,
    examples: Examples,
    (run, path): (&Run, &str),
    each: &mut dyn for<'t> FnMut(Tensor<'t>) -> Result<()>,
) -> Result<()> {
    let stream = run.stream(path);
    Team::with(run.threads(), |team| {
        let (mut workspace, mut batch) = (Workspace::default(), Batch::default());
        for start in (0..examples.len()).step_by(TOGETHER) {
            let some: Vec<usize> = (start..(start + TOGETHER).min(examples.len())).collect();
            examples.fill(&some, stream.child(start as u64), &mut batch);
            let tape = Tape::new(&mut workspace, parameters, team);
            each(tape.input(&[some.len(), examples.widths()[0]], &batch.inputs))?;
        }
        Ok(())
    })
}

/// What a decoder says of latent variables, some at a time.
pub type Decode<'d, Z> = dyn for<'t> Fn(&'t Tape<'t>, &[Z]) -> Said<'t> + 'd;

/// The mean images of latent variables, `width` of them an image.
///
/// # Errors
/// If a tape is poisoned.
pub fn mean_images<Z: Sync>(
    size: Size,
    parameters: &Parameters,
    (all, width): (&[Z], usize),
    run: &Run,
    decode: &Decode<Z>,
) -> Result<Images> {
    let mut pixels = Vec::with_capacity(all.len() / width * size.values());
    Team::with(run.threads(), |team| {
        let mut workspace = Workspace::default();
        for some in all.chunks(TOGETHER * width) {
            let tape = Tape::new(&mut workspace, parameters, team);
            let means = decode(&tape, some).means()?;
            let byte = |x: f64| (255.0 * x.clamp(0.0, 1.0)).round() as u8;
            pixels.extend(means.into_iter().map(byte));
        }
        Ok::<(), Error>(())
    })?;
    Images::new(size.height, size.width, size.channels, pixels)
}

/// The mean of squares of differences, of values in [0, 1].
pub fn squared_error(images: &Images, again: &Images) -> f64 {
    let away = |(a, b): (&u8, &u8)| ((f64::from(*a) - f64::from(*b)) / 255.0).powi(2);
    let sum: f64 = images.pixels.iter().zip(&again.pixels).map(away).sum();
    sum / images.pixels.len() as f64
}

/// Images beside others, pair by pair.
///
/// # Errors
/// If they are of different sizes.
pub fn beside(images: &Images, others: &Images) -> Result<Images> {
    let pairs = (0..images.len()).flat_map(|i| [images.image(i), others.image(i)].concat());
    Images::new(images.height, images.width, images.channels, pairs.collect())
}

//! Images as numbers that a network reads.

use induce_core::model::{Images, Schema};
use induce_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::inputs::Size;

/// Images of one size, their bytes less a mean and divided by a deviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixels {
    /// The size.
    pub image: Size,
    /// The mean of all bytes, or 0.
    mean: f64,
    /// Their deviation, or 255.
    deviation: f64,
    /// The classes.
    pub schema: Schema,
}

impl Pixels {
    /// Those of images to learn from.
    pub fn learn(images: &Images, standardize: bool) -> Self {
        let (mean, deviation) = match standardize {
            true => moments(&images.pixels),
            false => (0.0, 255.0),
        };
        Self {
            image: Size::of(images),
            mean,
            deviation,
            schema: Schema::empty(),
        }
    }

    /// That images are of its size.
    ///
    /// # Errors
    /// If they are not.
    pub fn fit(&self, images: &Images) -> Result<()> {
        match (self.image, Size::of(images)) {
            (own, given) if own == given => Ok(()),
            (own, given) => Err(Error::data(
                format!("images of {given} do not fit a model of {own}"),
                "give images of the size that it was trained on: height x width x channels",
            )),
        }
    }

    /// Add an image as inputs.
    pub fn put(&self, bytes: &[u8], out: &mut Vec<f32>) {
        let (mean, factor) = (self.mean as f32, (1.0 / self.deviation) as f32);
        out.extend(bytes.iter().map(|byte| (f32::from(*byte) - mean) * factor));
    }

    /// That those of a file can be used.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> std::result::Result<(), String> {
        match self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0 {
            true => Ok(()),
            false => Err("its pixels have no scale".into()),
        }
    }
}

/// Mean and deviation of bytes, by how often each is there; 255 where all are alike.
fn moments(bytes: &[u8]) -> (f64, f64) {
    let mut counts = [0_u64; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = (bytes.len() as f64).max(1.0);
    let sum = |f: &dyn Fn(f64) -> f64| {
        let own = counts
            .iter()
            .enumerate()
            .map(|(byte, n)| *n as f64 * f(byte as f64));
        own.sum::<f64>() / all
    };
    let mean = sum(&|x| x);
    let deviation = sum(&|x| (x - mean).powi(2)).sqrt();
    (mean, if deviation > 0.0 { deviation } else { 255.0 })
}

//! Images as numbers that a network reads, and as what a likelihood is of.

use induce_core::choices;
use induce_core::model::Images;
use induce_core::random::Stream;

use super::likelihood::Likelihood;

choices! {
    /// How grey values become black or white.
    pub enum Binarize {
        /// Drawn anew for every mini-batch, white with the probability that the grey value is.
        Dynamic = "dynamic",
        /// White from one half on.
        Threshold = "threshold",
        /// Not: a grey value is a share of black and of white, and the loss no likelihood.
        None = "none",
    }
}

/// How bytes become numbers.
#[derive(Debug, Clone, Copy)]
pub struct Pixels {
    likelihood: Likelihood,
    levels: usize,
    binarize: Binarize,
    dequantize: bool,
    corruption: f64,
    measured: bool,
}

/// Some images or rows, as numbers. // (images, values)
#[derive(Debug, Default)]
pub struct Batch {
    /// What the encoder reads, in [0, 1].
    pub inputs: Vec<f32>,
    /// What the likelihood is of, unless it is the same.
    pub others: Vec<f32>,
    /// What [`Likelihood::ln_volume`] adds to ln p(x | z) of an image, where it is [measured](Pixels::measured). // (images)
    pub ln_volumes: Vec<f64>,
}

impl Batch {
    /// What the likelihood is of.
    pub fn targets(&self) -> &[f32] {
        if self.is_one() { &self.inputs } else { &self.others }
    }

    /// Whether that is what the encoder reads.
    pub fn is_one(&self) -> bool {
        self.others.is_empty()
    }

    /// Nothing, in the same memory.
    pub fn clear(&mut self) {
        self.inputs.clear();
        self.others.clear();
        self.ln_volumes.clear();
    }
}

impl Pixels {
    /// As a likelihood reads them, grey values drawn.
    pub fn new(likelihood: Likelihood, levels: usize) -> Self {
        Self {
            likelihood,
            levels,
            binarize: Binarize::Dynamic,
            dequantize: false,
            corruption: 0.0,
            measured: false,
        }
    }

    /// The same, black or white where a Bernoulli likelihood reads them.
    #[must_use]
    pub fn binarized(self, binarize: Binarize) -> Self {
        Self { binarize, ..self }
    }

    /// The same, spread over the interval of a byte where a density reads them.
    #[must_use]
    pub fn dequantized(self, dequantize: bool) -> Self {
        Self {
            dequantize: dequantize && self.likelihood.is_continuous(),
            ..self
        }
    }

    /// The same, with this share of what an encoder sees lost.
    #[must_use]
    pub fn corrupted(self, corruption: f64) -> Self {
        Self { corruption, ..self }
    }

    /// The same, with the volumes of images beside: to evaluate.
    #[must_use]
    pub fn measured(self) -> Self {
        Self {
            measured: true,
            ..self.intact()
        }
    }

    /// The same without corruption.
    #[must_use]
    pub fn intact(self) -> Self {
        Self {
            corruption: 0.0,
            ..self
        }
    }

    /// The same without anything drawn, where the likelihood allows it: to embed.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            dequantize: false,
            ..self.intact()
        }
    }

    /// Add these images to a batch; what is drawn is a function of the stream.
    pub fn fill(&self, images: &Images, some: &[usize], stream: Stream, batch: &mut Batch) {
        for (i, &image) in some.iter().enumerate() {
            let own = stream.child(i as u64);
            let start = batch.inputs.len();
            self.values(images.image(image), own, &mut batch.inputs);
            let values = &mut batch.inputs[start..];
            if self.measured {
                batch.ln_volumes.push(self.ln_volume(values));
            }
            let target = |x: &f32| self.likelihood.target(f64::from(*x), self.levels) as f32;
            match self.likelihood {
                Likelihood::Bernoulli | Likelihood::Gaussian if self.corruption == 0.0 => {}
                Likelihood::Bernoulli | Likelihood::Gaussian => batch.others.extend_from_slice(values),
                Likelihood::LogitLaplace | Likelihood::Categorical => {
                    batch.others.extend(values.iter().map(target));
                }
            }
            if self.corruption > 0.0 {
                let lost = own.child(1);
                for (j, x) in values.iter_mut().enumerate() {
                    if lost.uniform(j as u64) < self.corruption {
                        *x = 0.0;
                    }
                }
            }
        }
    }

    /// Bytes in [0, 1]; where they become black or white, 16 random bits decide of each.
    fn values(&self, bytes: &[u8], stream: Stream, out: &mut Vec<f32>) {
        match (self.likelihood, self.binarize) {
            (Likelihood::Bernoulli, Binarize::Dynamic) => {
                for (block, bytes) in bytes.chunks(4).enumerate() {
                    // Most of a drawing is black, and needs no draw.
                    if bytes.iter().all(|byte| *byte == 0) {
                        out.extend(bytes.iter().map(|_| 0.0));
                        continue;
                    }
                    let bits = stream.bits(block as u64);
                    out.extend(bytes.iter().enumerate().map(|(i, byte)| {
                        let draw = (bits >> (16 * i)) as u16;
                        // p = byte / 255, to 16 bits: black stays black, and white white.
                        let bound = (u32::from(*byte) * 65_536 + 127) / 255;
                        f32::from(u8::from(u32::from(draw) < bound))
                    }));
                }
            }
            (Likelihood::Bernoulli, Binarize::Threshold) => {
                out.extend(bytes.iter().map(|byte| f32::from(u8::from(*byte > 127))));
            }
            _ if self.dequantize => spread(bytes, stream.child(2), out),
            _ => out.extend(bytes.iter().map(|byte| f32::from(*byte) / 255.0)),
        }
    }

    /// The sum of [`Likelihood::ln_volume`] over values.
    fn ln_volume(&self, values: &[f32]) -> f64 {
        match self.likelihood {
            Likelihood::LogitLaplace => values
                .iter()
                .map(|x| self.likelihood.ln_volume(f64::from(*x)))
                .sum(),
            _ => 0.0,
        }
    }

    /// What a decoder begins with: what it would say of the mean image. // (values)
    pub fn start(&self, images: &Images) -> Vec<f32> {
        let mut sums = vec![0_u64; images.size()];
        for i in 0..images.len() {
            for (sum, byte) in sums.iter_mut().zip(images.image(i)) {
                *sum += u64::from(*byte);
            }
        }
        let scale = 255.0 * images.len().max(1) as f64;
        let start = |sum: u64| self.likelihood.start(sum as f64 / scale) as f32;
        sums.into_iter().map(start).collect()
    }
}

/// (byte + u) / 256 with u uniform in [0, 1), to 16 bits.
fn spread(bytes: &[u8], stream: Stream, out: &mut Vec<f32>) {
    for (block, bytes) in bytes.chunks(4).enumerate() {
        let bits = stream.bits(block as u64);
        out.extend(bytes.iter().enumerate().map(|(i, byte)| {
            let u = (bits >> (16 * i)) as u16;
            (f32::from(*byte) + (f32::from(u) + 0.5) / 65_536.0) / 256.0
        }));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn black_stays_black_white_white_and_grey_is_white_as_often_as_it_is_light() {
        let images = Images::new(1, 3, 1, [0, 255, 51].repeat(4000)).unwrap();
        let all: Vec<usize> = (0..images.len()).collect();
        let mut batch = Batch::default();
        Pixels::new(Likelihood::Bernoulli, 2).fill(&images, &all, Stream::new(1, "binarize"), &mut batch);
        let mean = |j: usize| batch.targets().iter().skip(j).step_by(3).sum::<f32>() / 4000.0;
        assert_eq!((mean(0), mean(1)), (0.0, 1.0));
        assert!((mean(2) - 0.2).abs() < 0.02, "{}", mean(2));
        assert!(batch.is_one());
    }
}

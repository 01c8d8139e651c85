//! Images to smaller ones of more channels, and back.

use induce_tensor::{Activation, Element, Parameters, Stride, Tensor};

use super::conv::Conv;

/// The side of the kernels that halve and double.
const KERNEL: usize = 4;

/// x + W_2 f(W_1 f(x)), f the rectifier, W_1 a kernel of 3 x 3 and W_2 of 1 x 1 (van den Oord, Vinyals & Kavukcuoglu 2017, section 4.1).
#[derive(Debug, Clone, Copy)]
struct Residual {
    wide: Conv,
    narrow: Conv,
}

impl Residual {
    fn new(parameters: &mut Parameters, name: &str, channels: usize, seed: Option<u64>) -> Self {
        let mut conv = |part: &str, kernel: usize| {
            let name = format!("{name}.{part}");
            let stride = Stride::square(1, kernel / 2);
            Conv::new(parameters, &name, (kernel, stride), (channels, channels), seed)
        };
        let (wide, narrow) = (conv("wide", 3), conv("narrow", 1));
        // A block begins as the identity, so that depth costs nothing at first (Goyal et al. 2017).
        parameters.values_mut(narrow.weight).fill(0.0);
        Self { wide, narrow }
    }

    fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        let h = self.wide.apply_with(x.relu(), Activation::Relu);
        x + self.narrow.apply_with(h, Activation::Identity)
    }

    fn size(channels: usize) -> Option<u64> {
        Conv::size(3, channels, channels)?.checked_add(Conv::size(1, channels, channels)?)
    }
}

/// The sizes of a pyramid of images: every level halves the sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pyramid {
    /// Height, width and channels of the images.
    pub image: [usize; 3],
    /// Channels of every level above them.
    pub channels: Vec<usize>,
    /// Residual blocks at the top.
    pub blocks: usize,
}

impl Pyramid {
    /// Height and width of every level, those of the images first; nothing if one has no pixel.
    pub fn sides(&self) -> Option<Vec<[usize; 2]>> {
        let mut all = vec![[self.image[0], self.image[1]]];
        for _ in &self.channels {
            let [height, width] = all[all.len() - 1];
            all.push([height / 2, width / 2]);
        }
        all.iter().flatten().all(|side| *side > 0).then_some(all)
    }

    /// Height, width and channels of the top level; zeros if there is none.
    pub fn top(&self) -> [usize; 3] {
        let sides = self.sides().and_then(|all| all.last().copied());
        match (sides, self.channels.last()) {
            (Some([height, width]), Some(channels)) => [height, width, *channels],
            (_, None) => self.image,
            (None, _) => [0; 3],
        }
    }

    /// Channels below every level and its own.
    fn steps(&self) -> std::vec::IntoIter<(usize, usize)> {
        let below = std::iter::once(self.image[2]).chain(self.channels.iter().copied());
        let all: Vec<_> = below.zip(self.channels.iter().copied()).collect();
        all.into_iter()
    }

    /// Parameters of the way up and of that down to `outputs` values a pixel; nothing if they cannot be counted.
    pub fn size(&self, outputs: usize) -> Option<u64> {
        let top = self.top()[2];
        let blocks = Residual::size(top)?.checked_mul(2 * self.blocks as u64)?;
        self.steps()
            .enumerate()
            .try_fold(blocks, |sum, (i, (below, own))| {
                let down = Conv::size(KERNEL, own, if i == 0 { outputs } else { below })?;
                sum.checked_add(Conv::size(KERNEL, below, own)?)?
                    .checked_add(down)
            })
    }

    /// Numbers of all levels.
    pub fn numbers(&self) -> usize {
        let sides = self.sides().unwrap_or_default();
        let levels = sides.iter().skip(1).zip(&self.channels);
        let convolved: usize = levels.map(|([h, w], channels)| h * w * channels).sum();
        convolved + 3 * self.blocks * self.top().iter().product::<usize>()
    }
}

/// From images to the top of a pyramid.
#[derive(Debug, Clone)]
pub struct Downsample {
    convs: Vec<Conv>,
    blocks: Vec<Residual>,
}

impl Downsample {
    /// `name.0.weight`, ..., `name.block.0.wide.weight`, ...
    pub fn new(parameters: &mut Parameters, name: &str, pyramid: &Pyramid, seed: Option<u64>) -> Self {
        let stride = Stride::square(2, 1);
        let convs = pyramid
            .steps()
            .enumerate()
            .map(|(i, sizes)| Conv::new(parameters, &format!("{name}.{i}"), (KERNEL, stride), sizes, seed));
        Self {
            convs: convs.collect(),
            blocks: blocks(parameters, name, pyramid, seed),
        }
    }

    /// The top. // (rows, height, width, channels)
    pub fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        let h = self
            .convs
            .iter()
            .fold(x, |h, conv| conv.apply_with(h, Activation::Relu));
        match self.blocks.is_empty() {
            true => h,
            false => self.blocks.iter().fold(h, |h, block| block.apply(h)).relu(),
        }
    }
}

/// From the top of a pyramid to so many values a pixel.
#[derive(Debug, Clone)]
pub struct Upsample {
    blocks: Vec<Residual>,
    convs: Vec<Conv>,
}

impl Upsample {
    /// `name.block.0.wide.weight`, ..., `name.0.weight`, ...
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        pyramid: &Pyramid,
        outputs: usize,
        seed: Option<u64>,
    ) -> Self {
        let blocks = blocks(parameters, name, pyramid, seed);
        let sides = pyramid.sides().unwrap_or_default();
        let levels = pyramid.steps().zip(&sides).enumerate().rev();
        let convs = levels.map(|(i, ((below, own), side))| {
            let sizes = (own, if i == 0 { outputs } else { below });
            let how = (KERNEL, Stride::square(2, 1), side.map(|side| side % 2));
            Conv::transposed(parameters, &format!("{name}.{i}"), how, sizes, seed)
        });
        let convs = convs.collect();
        Self { blocks, convs }
    }

    /// The values. // (rows, height, width, outputs)
    pub fn apply<'t, T: Element>(&self, x: Tensor<'t, T>) -> Tensor<'t, T> {
        let h = match self.blocks.is_empty() {
            true => x,
            false => self.blocks.iter().fold(x, |h, block| block.apply(h)).relu(),
        };
        let last = self.convs.len() - 1;
        let step = |h, (i, conv): (usize, &Conv)| {
            let activation = if i == last {
                Activation::Identity
            } else {
                Activation::Relu
            };
            conv.apply_with(h, activation)
        };
        self.convs.iter().enumerate().fold(h, step)
    }

    /// The bias of the last layer: what is said of every pixel at first.
    pub fn bias_mut<'p>(&self, parameters: &'p mut Parameters) -> &'p mut [f32] {
        parameters.values_mut(self.convs[self.convs.len() - 1].bias)
    }
}

fn blocks(parameters: &mut Parameters, name: &str, pyramid: &Pyramid, seed: Option<u64>) -> Vec<Residual> {
    let channels = pyramid.top()[2];
    (0..pyramid.blocks)
        .map(|i| Residual::new(parameters, &format!("{name}.block.{i}"), channels, seed))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use induce_core::parallel::Team;
    use induce_tensor::{Tape, Workspace};

    use super::*;

    /// Sides that cannot be halved come back, and parameters are as many as was said.
    #[test]
    fn what_goes_up_comes_down_at_the_same_size() {
        for (image, channels, blocks) in [
            ([28, 28, 1], vec![4, 8], 0),
            ([7, 13, 3], vec![4, 2], 2),
            ([9, 5, 1], vec![3], 1),
        ] {
            let pyramid = Pyramid {
                image,
                channels,
                blocks,
            };
            let mut parameters = Parameters::default();
            let down = Downsample::new(&mut parameters, "down", &pyramid, Some(1));
            let up = Upsample::new(&mut parameters, "up", &pyramid, 5, Some(1));
            assert_eq!(Some(parameters.count() as u64), pyramid.size(5));
            let (team, mut workspace) = (Team::alone(), Workspace::default());
            let tape = Tape::new(&mut workspace, &parameters, &team);
            let [h, w, c] = image;
            let x = tape.input(&[2, h, w, c], &vec![0.5; 2 * h * w * c]);
            let top = down.apply(x);
            let [height, width, channels] = pyramid.top();
            assert_eq!(top.shape().lengths(), [2, height, width, channels]);
            assert_eq!(up.apply(top).shape().lengths(), [2, h, w, 5]);
            tape.check().unwrap();
        }
        let flat = Pyramid {
            image: [1, 9, 1],
            channels: vec![4],
            blocks: 0,
        };
        assert_eq!(flat.sides(), None);
    }
}

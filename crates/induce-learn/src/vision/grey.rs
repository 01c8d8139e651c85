//! Grey pictures in single precision.

use induce_core::multiversion;
use induce_core::picture::Picture;

use super::workspace::Workspace;

/// Rows per share.
const STRIP: usize = 64;

/// A picture of one channel, row-major (height, width), values 0 to 255.
#[derive(Debug, Clone, PartialEq)]
pub struct Grey {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Brightness.
    pub pixels: Vec<f32>,
}

impl Grey {
    /// The brightness of a picture.
    pub fn of(picture: &Picture) -> Self {
        Self {
            width: picture.width,
            height: picture.height,
            pixels: picture.grey().into_iter().map(f32::from).collect(),
        }
    }

    /// Row `y`.
    #[inline(always)]
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    #[inline(always)]
    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        self.pixels[y * self.width + x]
    }

    /// Twice as large: pixel (x, y) lies at (2x + 1/2, 2y + 1/2) of the result.
    ///
    /// Every pixel of the result stands a quarter from a pixel of the picture, so that linear interpolation blurs all
    /// of them alike; with every second one on a pixel, key points are drawn towards the sharper ones.
    pub(super) fn doubled(&self, workspace: &mut Workspace) -> Self {
        let (width, height) = (2 * self.width, 2 * self.height);
        let mut pixels = workspace.take(width * height);
        workspace.for_each_chunk(&mut pixels, STRIP * width, |strip, out| {
            let mut mixed = vec![0.0; self.width];
            for (i, out) in out.chunks_exact_mut(width).enumerate() {
                let y = strip * STRIP + i;
                let other = if y.is_multiple_of(2) {
                    (y / 2).saturating_sub(1)
                } else {
                    (y / 2 + 1).min(self.height - 1)
                };
                mix(self.row(y / 2), self.row(other), &mut mixed);
                spread(&mixed, out);
            }
        });
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Every other pixel of every other row: pixel (2x, 2y) becomes (x, y).
    pub(super) fn halved(&self, workspace: &mut Workspace) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = workspace.take(width * height);
        for (y, out) in pixels.chunks_exact_mut(width.max(1)).enumerate() {
            let (pairs, _) = self.row(2 * y).as_chunks::<2>();
            out.iter_mut().zip(pairs).for_each(|(out, pair)| *out = pair[0]);
        }
        Self {
            width,
            height,
            pixels,
        }
    }
}

multiversion! {
    /// Three parts of one row and one of the other.
    fn mix(near: &[f32], far: &[f32], out: &mut [f32]) {
        for (out, (near, far)) in out.iter_mut().zip(near.iter().zip(far)) {
            *out = 0.75 * near + 0.25 * far;
        }
    }
}

multiversion! {
    /// The same along a row.
    fn spread(row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        out[0] = row[0];
        out[2 * last + 1] = row[last];
        let (pairs, _) = out[1..2 * last + 1].as_chunks_mut::<2>();
        for (pair, (left, right)) in pairs.iter_mut().zip(row[..last].iter().zip(&row[1..])) {
            *pair = [0.75 * left + 0.25 * right, 0.25 * left + 0.75 * right];
        }
    }
}

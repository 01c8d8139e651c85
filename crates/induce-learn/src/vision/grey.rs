//! Brightness as single-precision numbers.

use induce_core::picture::Picture;

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

    /// Twice as large: pixel (x, y) becomes (2x, 2y), those between are means of their neighbours.
    pub(super) fn doubled(&self) -> Self {
        let (width, height) = (2 * self.width, 2 * self.height);
        let mut pixels = vec![0.0; width * height];
        for y in 0..height {
            let (top, bottom) = (self.row(y / 2), self.row((y.div_ceil(2)).min(self.height - 1)));
            let out = &mut pixels[y * width..(y + 1) * width];
            for x in 0..self.width {
                let next = (x + 1).min(self.width - 1);
                let (left, right) = (top[x] + bottom[x], top[next] + bottom[next]);
                out[2 * x] = 0.5 * left;
                out[2 * x + 1] = 0.25 * (left + right);
            }
        }
        Self { width, height, pixels }
    }

    /// Every other pixel of every other row: pixel (2x, 2y) becomes (x, y).
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let rows = (0..height).map(|y| self.row(2 * y));
        let pixels = rows.flat_map(|row| row.chunks_exact(2).map(|pair| pair[0])).collect();
        Self { width, height, pixels }
    }
}

//! A mosaic and what of it is covered: pictures laid over each other rarely make a rectangle.

use induce_core::Result;
use induce_core::picture::Picture;

/// A picture of which some places show nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mosaic {
    /// The colours, black where nothing is.
    pub picture: Picture,
    /// How much of each pixel is covered, 255 if all of it. // (height, width)
    pub opacity: Vec<u8>,
}

impl Mosaic {
    /// From pixels of red, green, blue and opacity.
    pub(super) fn of(width: usize, height: usize, pixels: &[u8]) -> Result<Self> {
        let (pixels, _) = pixels.as_chunks::<4>();
        let colours = pixels.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Ok(Self {
            picture: Picture::new(width, height, 3, colours.collect())?,
            opacity: pixels.iter().map(|pixel| pixel[3]).collect(),
        })
    }

    /// The largest rectangle that is covered everywhere; the mosaic itself if no pixel is.
    ///
    /// Row by row: over each column stands a bar of covered pixels, and the largest rectangle under such bars is found
    /// with a stack of rising ones.
    ///
    /// # Errors
    /// Never: a rectangle within a picture is one.
    pub fn cropped(&self) -> Result<Self> {
        let (width, height) = (self.picture.width, self.picture.height);
        let (mut bars, mut best) = (vec![0_usize; width], (0, 0, 0, 0, 0));
        for y in 0..height {
            for (x, bar) in bars.iter_mut().enumerate() {
                *bar = if self.opacity[y * width + x] == 255 {
                    *bar + 1
                } else {
                    0
                };
            }
            let (area, left, right, tall) = largest_under(&bars);
            if area > best.0 {
                best = (area, left, right, y + 1 - tall, y + 1);
            }
        }
        match best {
            (0, ..) => Ok(self.clone()),
            (_, left, right, top, bottom) => self.part(left..right, top..bottom),
        }
    }

    fn part(&self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Result<Self> {
        let width = self.picture.width;
        let of = |values: &[u8], size: usize| -> Vec<u8> {
            let line =
                |y: usize| &values[(y * width + columns.start) * size..(y * width + columns.end) * size];
            rows.clone().flat_map(|y| line(y).iter().copied()).collect()
        };
        Ok(Self {
            picture: Picture::new(columns.len(), rows.len(), 3, of(&self.picture.pixels, 3))?,
            opacity: of(&self.opacity, 1),
        })
    }
}

/// Area, left end, right end and height of the largest rectangle under bars.
fn largest_under(bars: &[usize]) -> (usize, usize, usize, usize) {
    let (mut rising, mut best): (Vec<(usize, usize)>, _) = (Vec::new(), (0, 0, 0, 0));
    for (x, bar) in bars.iter().copied().chain([0]).enumerate() {
        let mut left = x;
        while let Some(&(from, tall)) = rising.last().filter(|own| own.1 >= bar) {
            rising.pop();
            left = from;
            let area = tall * (x - from);
            if area > best.0 {
                best = (area, from, x, tall);
            }
        }
        rising.push((left, bar));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_covered_rectangle_is_found() {
        let rows = ["..###...", ".######.", "########", "..##...."];
        let opacity: Vec<u8> = rows
            .concat()
            .bytes()
            .map(|own| if own == b'#' { 255 } else { 127 })
            .collect();
        let pixels: Vec<u8> = opacity.iter().flat_map(|&own| [1, 2, 3, own]).collect();
        let cropped = Mosaic::of(8, 4, &pixels).unwrap().cropped().unwrap();
        assert_eq!((cropped.picture.width, cropped.picture.height), (6, 2));
        assert!(cropped.opacity.iter().all(|&own| own == 255));
        let nothing = Mosaic::of(2, 1, &[0; 8]).unwrap();
        assert_eq!(nothing.cropped().unwrap(), nothing);
    }
}

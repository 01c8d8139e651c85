//! Which places of an image meet which taps of a kernel.
//!
//! A convolution goes from the large image to the small one: small place t meets large places
//! stride t - padding + dilation tap. Its transpose goes back, and falls apart into one plain convolution of step 1 for every
//! remainder of a large place by the stride: only some taps, evenly apart, meet such places. So both, and the gradients of both,
//! are one loop.

use std::ops::Range;

use crate::element::Element;

/// The lengths of a convolution, along height and width.
#[derive(Debug, Clone, Copy)]
pub struct Geometry {
    pub batch: usize,
    /// What a convolution reads.
    pub large: [usize; 2],
    /// What a convolution writes.
    pub small: [usize; 2],
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
    /// How far neighbouring taps are apart.
    pub dilation: [usize; 2],
}

/// The channels of a group, adjacent, among all that a place has.
#[derive(Debug, Clone, Copy)]
pub struct Channels {
    pub own: usize,
    pub first: usize,
    pub all: usize,
}

impl Geometry {
    /// Taps of the kernel.
    pub fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// From the large images to the small ones.
    pub fn straight(&self) -> Pattern {
        let axis = |a: usize| Axis {
            source: self.large[a],
            target: self.small[a],
            first: -(self.padding[a] as isize),
            step: self.stride[a],
            apart: self.dilation[a],
            taps: self.kernel[a],
            tap: (0, 1),
            count: self.small[a],
            phase: 0,
            jump: 1,
        };
        Pattern {
            batch: self.batch,
            axes: [axis(0), axis(1)],
        }
    }

    /// From the small images to the large ones: a pattern for every remainder.
    pub fn phases(&self) -> impl Iterator<Item = Pattern> {
        let own = *self;
        (0..own.stride[0] * own.stride[1]).map(move |phase| Pattern {
            batch: own.batch,
            axes: [
                own.back(0, phase / own.stride[1]),
                own.back(1, phase % own.stride[1]),
            ],
        })
    }

    /// Large places of remainder `phase`: place + padding = stride t + dilation tap, so taps of one remainder, the last one first.
    fn back(&self, axis: usize, phase: usize) -> Axis {
        let (stride, kernel, dilation) = (self.stride[axis], self.kernel[axis], self.dilation[axis]);
        let common = common(stride, dilation);
        let (next, at) = (stride / common, phase + self.padding[axis]);
        let meets = |tap: &usize| dilation * tap % stride == at % stride;
        let first = (0..kernel.min(next)).find(meets);
        let taps = first.map_or(0, |first| (kernel - first).div_ceil(next));
        let last = first.unwrap_or(0) as isize + next as isize * (taps as isize - 1);
        Axis {
            source: self.small[axis],
            target: self.large[axis],
            first: (at as isize - dilation as isize * last) / stride as isize,
            step: 1,
            apart: dilation / common,
            taps,
            tap: (last, -(next as isize)),
            count: self.large[axis].saturating_sub(phase).div_ceil(stride),
            phase,
            jump: stride,
        }
    }
}

/// The greatest number that divides both (Euclid).
fn common(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// One side of an image.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// Lengths of what is read and written.
    pub source: usize,
    pub target: usize,
    /// Where the first place's first tap is, and how far it is to the next place's.
    first: isize,
    step: usize,
    /// How far the next tap's place is.
    apart: usize,
    pub taps: usize,
    /// The kernel's place of the first tap, and how far it is to the next.
    tap: (isize, isize),
    /// How many places are written, from where on and how far apart.
    pub count: usize,
    phase: usize,
    jump: usize,
}

/// Both sides of the images of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    pub batch: usize,
    pub axes: [Axis; 2],
}

impl Pattern {
    /// How many places are written.
    pub fn places(&self) -> usize {
        self.batch * self.axes[0].count * self.axes[1].count
    }

    /// How many taps each of them has.
    pub fn taps(&self) -> usize {
        self.axes[0].taps * self.axes[1].taps
    }

    /// The kernel's place of a tap.
    pub fn tap(&self, tap: usize, kernel_width: usize) -> usize {
        let [h, w] = &self.axes;
        let at = |axis: &Axis, i: usize| (axis.tap.0 + axis.tap.1 * i as isize) as usize;
        at(h, tap / w.taps) * kernel_width + at(w, tap % w.taps)
    }

    fn split(&self, place: usize) -> (usize, usize, usize) {
        let [h, w] = &self.axes;
        let rest = place / w.count;
        (rest / h.count, rest % h.count, place % w.count)
    }

    /// Where among the written images' places this one is.
    pub fn target(&self, place: usize) -> usize {
        let [h, w] = &self.axes;
        let (image, i, j) = self.split(place);
        (image * h.target + h.phase + h.jump * i) * w.target + w.phase + w.jump * j
    }

    /// What `taps` of some places see, channels adjacent, 0 beyond the edges; a place's values begin `row` apart.
    pub fn gather<T: Element>(
        &self,
        source: &[T],
        channels: Channels,
        places: Range<usize>,
        taps: Range<usize>,
        out: &mut [T],
        row: usize,
    ) {
        let [h, w] = &self.axes;
        if taps.is_empty() {
            return;
        }
        let adjacent = w.apart == 1 && channels.own == channels.all;
        for (place, mut out) in places.zip(out.chunks_mut(row)) {
            let (image, i, j) = self.split(place);
            for line in taps.start / w.taps..taps.end.div_ceil(w.taps) {
                let from = taps.start.max(line * w.taps) - line * w.taps;
                let to = taps.end.min((line + 1) * w.taps) - line * w.taps;
                let (own, rest) = out.split_at_mut((to - from) * channels.own);
                let y = h.first + (h.step * i + h.apart * line) as isize;
                let x = w.first + (w.step * j + w.apart * from) as isize;
                match usize::try_from(y).ok().filter(|y| *y < h.source) {
                    Some(y) => {
                        let length = w.source * channels.all;
                        let line = &source[(image * h.source + y) * length..][..length];
                        if adjacent {
                            stretch(line, x, channels.all, own);
                        } else {
                            scattered(line, x, w.apart, channels, own);
                        }
                    }
                    None => own.fill(T::ZERO),
                }
                out = rest;
            }
        }
    }
}

/// The places of a line from `first` on, 0 beyond its ends.
fn stretch<T: Element>(line: &[T], first: isize, channels: usize, out: &mut [T]) {
    let (length, wanted) = (line.len() as isize, out.len() as isize);
    let start = first * channels as isize;
    let from = (-start).clamp(0, wanted);
    let to = (length - start).clamp(from, wanted);
    out[..from as usize].fill(T::ZERO);
    out[to as usize..].fill(T::ZERO);
    if from < to {
        out[from as usize..to as usize]
            .copy_from_slice(&line[(start + from) as usize..(start + to) as usize]);
    }
}

/// Every `apart`-th place of a line from `first` on, some of its channels, 0 beyond the ends.
fn scattered<T: Element>(line: &[T], first: isize, apart: usize, channels: Channels, out: &mut [T]) {
    for (tap, out) in out.chunks_exact_mut(channels.own).enumerate() {
        let place = usize::try_from(first + (tap * apart) as isize).ok();
        match place.and_then(|place| line.get(place * channels.all..(place + 1) * channels.all)) {
            Some(place) => out.copy_from_slice(&place[channels.first..][..channels.own]),
            None => out.fill(T::ZERO),
        }
    }
}

//! A transposed convolution to few channels: a product whose columns are taps and channels at once, added where they meet.
//!
//! Three colours would leave most of a vector empty; 16 taps of three colours fill three vectors. A task is a band of
//! lines of a large image, with all places of the small one that reach into it.

use std::ops::Range;

use induce_core::parallel::Team;

use super::kernel::Kernel;
use super::multiply::{Finish, ROOM, activate};
use super::pattern::Geometry;
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product_alone};
use crate::pool::Pool;
use crate::threads::{Shared, tasks_within};

/// Whether so few channels are written that this is the better way: less than a vector, of neighbouring taps and one group.
pub fn is_narrow<T: Element>(geometry: &Geometry, kernel: &Kernel<T>) -> bool {
    kernel.to() < 16 && kernel.groups == 1 && geometry.dilation == [1, 1]
}

/// The bands of lines that the large images are cut into, by shape alone.
struct Bands {
    geometry: Geometry,
    /// Lines of a band, and bands of an image.
    lines: usize,
    number: usize,
    /// Values that a line of products and one of results has.
    product: usize,
    result: usize,
}

impl Bands {
    fn new(geometry: Geometry, channels: usize) -> Self {
        let ([tall, wide], stride) = (geometry.large, geometry.stride[0]);
        let product = geometry.small[1] * geometry.taps() * channels;
        let fair = (geometry.batch * geometry.small[0]).div_ceil(16);
        let small = (ROOM / product.max(1)).min(fair.max(4)).max(1);
        let lines = (small * stride).min(tall.max(1));
        Self {
            geometry,
            lines,
            number: tall.div_ceil(lines),
            product,
            result: wide * channels,
        }
    }

    /// Lines of the small image that reach into these of the large one.
    fn reaching(&self, lines: &Range<usize>) -> Range<usize> {
        let g = &self.geometry;
        let (stride, padding, kernel) = (g.stride[0], g.padding[0], g.kernel[0]);
        let from = (lines.start + padding + 1)
            .saturating_sub(kernel)
            .div_ceil(stride);
        let to = ((lines.end - 1 + padding) / stride + 1).min(g.small[0]);
        from.min(to)..to
    }

    /// The largest number of them.
    fn most(&self) -> usize {
        let g = &self.geometry;
        ((self.lines + g.kernel[0]) / g.stride[0] + 2).min(g.small[0])
    }

    /// Add the products of line `t` of the small image to the large lines that it reaches.
    fn spread<T: Element>(
        &self,
        t: usize,
        products: &[T],
        channels: usize,
        lines: &Range<usize>,
        out: &mut [T],
    ) {
        let g = &self.geometry;
        let run = g.kernel[1] * channels;
        for tap in 0..g.kernel[0] {
            let line = (t * g.stride[0] + tap).checked_sub(g.padding[0]);
            let Some(line) = line.filter(|line| lines.contains(line)) else {
                continue;
            };
            let out = &mut out[(line - lines.start) * self.result..][..self.result];
            for (j, place) in products.chunks_exact(g.taps() * channels).enumerate() {
                let first = (j * g.stride[1] * channels) as isize - (g.padding[1] * channels) as isize;
                let from = (-first).clamp(0, run as isize) as usize;
                let to = (out.len() as isize - first).clamp(from as isize, run as isize) as usize;
                if from < to {
                    let start = (first + from as isize) as usize;
                    let own = &place[tap * run + from..tap * run + to];
                    out[start..].iter_mut().zip(own).for_each(|(o, p)| *o += *p);
                }
            }
        }
    }
}

/// (from, taps, to): the weights with a column for every tap and channel.
fn columns<T: Element>(kernel: &Kernel<T>, taps: usize, out: &mut [T]) {
    let (from, to) = (kernel.from(), kernel.to());
    for tap in 0..taps {
        let weights = &kernel.weights[tap * from * to..(tap + 1) * from * to];
        for (i, row) in weights.chunks_exact(kernel.outputs).enumerate() {
            for (o, weight) in row.iter().enumerate() {
                let (a, b) = if kernel.turned { (o, i) } else { (i, o) };
                out[(a * taps + tap) * to + b] = *weight;
            }
        }
    }
}

/// All large images, from the small ones.
pub fn multiply<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    geometry: &Geometry,
    kernel: &Kernel<T>,
    source: &[T],
    out: &mut [T],
    finish: Finish<T>,
) {
    let (from, to, taps) = (kernel.from(), kernel.to(), geometry.taps());
    let bands = Bands::new(*geometry, to);
    let mut own = pool.take(from * taps * to);
    columns(kernel, taps, &mut own);
    let mut room = pool.take(Panels::<T>::room(from, taps * to));
    let panels = Panels::new(team, Matrix::new(&own, from, taps * to), &mut room);
    let size = bands.most() * bands.product + bands.lines * bands.result;
    let mut scratch = pool.take(team.size() * size);
    let out = Shared::new(out);
    let ([tall, _], [short, wide]) = (geometry.large, geometry.small);
    let number = geometry.batch * bands.number;
    tasks_within(team, number, (&mut scratch, size), |scratch, task| {
        let (image, band) = (task / bands.number, task % bands.number);
        let lines = band * bands.lines..((band + 1) * bands.lines).min(tall);
        let reaching = bands.reaching(&lines);
        let (products, results) = scratch.split_at_mut(bands.most() * bands.product);
        let places = reaching.len() * wide;
        let input = &source[(image * short + reaching.start) * wide * from..];
        let all = MatrixMut::new(&mut *products, places, taps * to);
        product_alone(all, Matrix::new(input, places, from), panels, false);
        let results = &mut results[..lines.len() * bands.result];
        results.fill(T::ZERO);
        for (t, products) in reaching.zip(products.chunks_exact(bands.product)) {
            bands.spread(t, products, to, &lines, results);
        }
        if let Finish::Activate(f, bias) = finish {
            activate(f, bias, results);
        }
        let start = (image * tall + lines.start) * bands.result;
        let add = matches!(finish, Finish::Add);
        #[expect(unsafe_code, reason = "bands of lines do not overlap")]
        // SAFETY: every task is a band of lines of its own.
        let own = unsafe { out.own(start..start + results.len()) };
        add_scaled(results, T::ONE, own, add);
    });
    for buffer in [own, room, scratch] {
        pool.give(buffer);
    }
}

//! The largest values, or the means, of windows of images.

use std::ops::Range;

use super::conv::{Stride, fitting};
use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::rows::keep_larger;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};
use crate::threads::{pairs, parts};

/// Windows over images.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    size: [usize; 2],
    stride: Stride,
}

/// Places of the windows of one batch.
struct Windows {
    pool: Pool,
    batch: usize,
    large: [usize; 2],
    small: [usize; 2],
    channels: usize,
}

impl Windows {
    fn new(pool: Pool, shape: Shape) -> Result<Self, String> {
        let &[batch, height, width, channels] = shape.lengths() else {
            return Err(format!(
                "images are (batch, height, width, channels), not {shape}"
            ));
        };
        let large = [height, width];
        let wrong = || {
            format!(
                "windows of {:?} with {:?} do not fit {shape}",
                pool.size, pool.stride
            )
        };
        let mut small = [0; 2];
        for a in 0..2 {
            let (size, padding) = (pool.size[a], pool.stride.padding[a]);
            // A window must not lie beyond the edge altogether.
            let good = size > 0 && padding <= size / 2;
            small[a] = fitting(large[a], size, pool.stride.stride[a], padding)
                .filter(|_| good)
                .ok_or_else(wrong)?;
        }
        Ok(Self {
            pool,
            batch,
            large,
            small,
            channels,
        })
    }

    fn shape(&self) -> Result<Shape, String> {
        Shape::new(&[self.batch, self.small[0], self.small[1], self.channels])
            .ok_or_else(|| "too many elements".into())
    }

    /// What of a side the window number `i` sees.
    fn seen(&self, axis: usize, i: usize) -> Range<usize> {
        let (start, padding) = (i * self.pool.stride.stride[axis], self.pool.stride.padding[axis]);
        let end = (start + self.pool.size[axis]).saturating_sub(padding);
        start.saturating_sub(padding)..end.min(self.large[axis])
    }

    /// Call `f(window, place)` for every place within an image that every window of it sees, counts of channels to skip.
    fn each(&self, mut f: impl FnMut(usize, usize)) {
        for i in 0..self.small[0] {
            for j in 0..self.small[1] {
                for y in self.seen(0, i) {
                    for x in self.seen(1, j) {
                        f(
                            (i * self.small[1] + j) * self.channels,
                            (y * self.large[1] + x) * self.channels,
                        );
                    }
                }
            }
        }
    }

    /// Values of an image, and of its windows.
    fn sizes(&self) -> (usize, usize) {
        let of = |sides: [usize; 2]| sides[0] * sides[1] * self.channels;
        (of(self.large), of(self.small))
    }

    /// The weight of a value in the mean of a window; edges count as zeros.
    fn weight<T: Element>(&self) -> T {
        T::of(1.0 / (self.pool.size[0] * self.pool.size[1]) as f64)
    }
}

/// What [`Tensor::max_pool2d`](crate::Tensor::max_pool2d) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn max<T: Element>(work: &mut Work<T>, x: Id, size: [usize; 2], stride: Stride) -> Recorded {
    let windows = Windows::new(Pool { size, stride }, work.shape(x))?;
    let shape = windows.shape()?;
    let ((large, small), channels) = (windows.sizes(), windows.channels);
    if u32::try_from(large).is_err() {
        return Err(format!("an image of {large} values is too large"));
    }
    let (mut y, mut places) = (
        work.pool.take(shape.elements()),
        work.indices.take(shape.elements()),
    );
    places.fill(u32::MAX);
    let input = value(work.nodes, work.parameters, x);
    pairs(
        work.team,
        (&mut y, small),
        (&mut places, small),
        |image, own, kept| {
            windows.each(|window, place| {
                let (from, to) = (image * large + place, window..window + channels);
                keep_larger(
                    &input[from..from + channels],
                    place as u32,
                    &mut own[to.clone()],
                    &mut kept[to],
                );
            });
        },
    );
    Ok(work.push_with(Op::MaxPool(windows.pool), shape, &[x], y, Vec::new(), places))
}

pub fn max_back<T: Element>(pool: Pool, y: Id, dy: &[T], work: &mut Work<T>) {
    images_back(pool, y, dy, work, |windows, dy, places, dx| {
        for (c, (dy, place)) in dy.iter().zip(places).enumerate() {
            dx[*place as usize + c % windows.channels] += *dy;
        }
    });
}

/// What [`Tensor::mean_pool2d`](crate::Tensor::mean_pool2d) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn mean<T: Element>(work: &mut Work<T>, x: Id, size: [usize; 2], stride: Stride) -> Recorded {
    let windows = Windows::new(Pool { size, stride }, work.shape(x))?;
    let shape = windows.shape()?;
    let ((large, small), channels) = (windows.sizes(), windows.channels);
    let mut y = work.pool.zeros(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    parts(work.team, &mut y, small, |image, own| {
        windows.each(|window, place| {
            let from = image * large + place;
            let x = &input[from..from + channels];
            add_scaled(x, windows.weight(), &mut own[window..window + channels], true);
        });
    });
    Ok(work.push(Op::MeanPool(windows.pool), shape, &[x], y))
}

pub fn mean_back<T: Element>(pool: Pool, y: Id, dy: &[T], work: &mut Work<T>) {
    images_back(pool, y, dy, work, |windows, dy, _, dx| {
        let channels = windows.channels;
        windows.each(|window, place| {
            let dy = &dy[window..window + channels];
            add_scaled(dy, windows.weight(), &mut dx[place..place + channels], true);
        });
    });
}

/// `f(windows, gradients of its windows, their places, gradients of its values)` for every image.
fn images_back<T: Element>(
    pool: Pool,
    y: Id,
    dy: &[T],
    work: &mut Work<T>,
    f: impl Fn(&Windows, &[T], &[u32], &mut [T]) + Sync,
) {
    let x = work.node(y).inputs[0];
    let Ok(windows) = Windows::new(pool, work.shape(x)) else {
        return;
    };
    let Some(mut slot) = work.slot(x) else { return };
    let ((large, small), add) = (windows.sizes(), slot.add);
    let places = &work.nodes[y as usize].indices;
    parts(work.team, slot.slice(), large, |image, own| {
        if !add {
            own.fill(T::ZERO);
        }
        let range = image * small..(image + 1) * small;
        f(
            &windows,
            &dy[range.clone()],
            places.get(range).unwrap_or_default(),
            own,
        );
    });
    work.put(slot);
}

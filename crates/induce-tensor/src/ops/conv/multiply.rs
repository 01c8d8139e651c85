//! Patches of images times a kernel, block by block: gathered into the cache, multiplied, finished and put away.

use std::ops::Range;

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::kernel::Kernel;
use super::pattern::{Channels, Pattern};
use crate::element::Element;
use crate::kernels::elementwise::{Unary, add_scaled, bias_and_activate};
use crate::kernels::matmul::{Matrix, MatrixMut, product_alone};
use crate::pool::Pool;
use crate::threads::{Shared, tasks_within};

/// Values of gathered patches that leave room for panels in the second cache.
pub const ROOM: usize = 96 * 1024;

/// Between rows of patches, so that they do not all fall into the same lines of the cache.
pub const GAP: usize = 16;

/// What is done with a product before it leaves the cache.
#[derive(Clone, Copy)]
pub enum Finish<'v, T> {
    /// f(y + b).
    Activate(Unary, &'v [T]),
    /// To what is there already.
    Add,
    /// Nothing.
    Write,
}

multiversion! {
    /// y = f(y + b) for rows of the width of b
    pub fn activate<T: Element>(f: Unary, bias: &[T], y: &mut [T]) {
        for row in y.chunks_exact_mut(bias.len()) {
            bias_and_activate(f, bias, row);
        }
    }
}

/// Places of a block: so many that their patches stay in the cache, whole blocks of the innermost loop.
fn block(places: usize, depth: usize) -> usize {
    let shared = places.div_ceil(16).clamp(24, 480);
    (ROOM / depth.max(1)).clamp(48, 480).min(shared) / 6 * 6
}

/// Every place that a pattern writes, from the patch that it sees.
pub fn multiply<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    pattern: &Pattern,
    kernel: &Kernel<T>,
    source: &[T],
    out: &mut [T],
    finish: Finish<T>,
) {
    let mut room = pool.take(kernel.room(pattern));
    let panels = kernel.panels(team, pool, pattern, &mut room);
    let (all, depth, width) = (pattern.places(), pattern.taps() * kernel.from(), kernel.to());
    let (block, row) = (block(all, depth), depth + GAP);
    let size = block * (row + width);
    let mut scratch = pool.take(team.size() * size);
    let out = Shared::new(out);
    tasks_within(team, all.div_ceil(block), (&mut scratch, size), |own, task| {
        let places = task * block..((task + 1) * block).min(all);
        let (patches, products) = own.split_at_mut(places.len() * row);
        let products = &mut products[..places.len() * width];
        let taps = 0..pattern.taps();
        pattern.gather(source, kernel.source(), places.clone(), taps, patches, row);
        let left = Matrix::strided(patches, places.len(), depth, row, 1);
        product_alone(MatrixMut::new(products, places.len(), width), left, panels, false);
        put(pattern, places, products, kernel.target(), &out, finish);
    });
    pool.give(scratch);
    pool.give(room);
}

/// Finish the products of some places, and bring them to where they belong.
fn put<T: Element>(
    pattern: &Pattern,
    places: Range<usize>,
    products: &mut [T],
    channels: Channels,
    out: &Shared<T>,
    finish: Finish<T>,
) {
    if let Finish::Activate(f, bias) = finish {
        activate(f, bias, products);
    }
    for (place, own) in places.zip(products.chunks_exact(channels.own)) {
        let start = pattern.target(place) * channels.all + channels.first;
        #[expect(unsafe_code, reason = "a pattern writes no place twice")]
        // SAFETY: places of different numbers have different targets (`Pattern::target`), and every value is in one task.
        let out = unsafe { out.own(start..start + channels.own) };
        match finish {
            Finish::Add => add_scaled(own, T::ONE, out, true),
            _ => out.copy_from_slice(own),
        }
    }
}

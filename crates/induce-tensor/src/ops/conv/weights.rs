//! The gradient by a kernel: dW = sum over places of patch' dy.
//!
//! Tasks are groups of taps, which write values of their own; where there are few taps, or few channels, tasks are also
//! runs of places, whose sums are added in their order.

use induce_core::parallel::Team;

use super::kernel::Kernel;
use super::multiply::GAP;
use super::pattern::{Channels, Pattern};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, product_in_place};
use crate::kernels::micro::transpose;
use crate::pool::Pool;
use crate::threads::{Shared, rows, tasks_within};

/// Places whose gradients and patches stay in the second cache.
const PLACES: usize = 256;
/// Tasks that are wanted.
const TASKS: usize = 16;

/// How places and taps are cut, by shape alone.
struct TokenizerKind {
    runs: usize,
    /// Taps of a group, and groups.
    taps: usize,
    groups: usize,
}

impl TokenizerKind {
    fn new(pattern: &Pattern, channels: usize) -> Self {
        let all = pattern.taps();
        let taps = 64_usize.div_ceil(channels).clamp(1, all.max(1));
        let groups = all.div_ceil(taps).max(1);
        let blocks = pattern.places().div_ceil(PLACES).max(1);
        Self {
            runs: (TASKS / groups).clamp(1, blocks),
            taps,
            groups,
        }
    }
}

/// patch' y summed over the places of a straight pattern, (taps, channels, width), into a buffer of the pool; patches are
/// of `source`, and `other` has a row for every place: of both the channels of a group.
pub fn gradients<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    pattern: &Pattern,
    [source, other]: [&[T]; 2],
    [patch, row_of]: [Channels; 2],
) -> Vec<T> {
    let (channels, width) = (patch.own, row_of.own);
    let (all, cut) = (pattern.places(), TokenizerKind::new(pattern, channels));
    let total = pattern.taps() * channels * width;
    let mut sums = pool.zeros(cut.runs * total);
    let row = cut.taps * channels + GAP;
    let size = PLACES * row;
    let mut scratch = pool.take(team.size() * size);
    let out = Shared::new(&mut sums);
    let (number, rooms) = (cut.runs * cut.groups, (&mut scratch[..], size));
    tasks_within(team, number, rooms, |patches, task| {
        let (run, group) = (task / cut.groups, task % cut.groups);
        let taps = group * cut.taps..((group + 1) * cut.taps).min(pattern.taps());
        let each = channels * width;
        let own = run * total + taps.start * each..run * total + taps.end * each;
        #[expect(unsafe_code, reason = "runs and groups of taps do not overlap")]
        // SAFETY: every task is a run and a group of taps of its own.
        let out = unsafe { out.own(own) };
        let (first, end) = (all * run / cut.runs, all * (run + 1) / cut.runs);
        for from in (first..end).step_by(PLACES) {
            let places = from..(from + PLACES).min(end);
            let deep = taps.len() * channels;
            pattern.gather(source, patch, places.clone(), taps.clone(), patches, row);
            product_in_place(
                MatrixMut::new(&mut *out, deep, width),
                Matrix::strided(patches, places.len(), deep, row, 1).transposed(),
                Matrix::strided(
                    &other[places.start * row_of.all + row_of.first..],
                    places.len(),
                    width,
                    row_of.all,
                    1,
                ),
                true,
            );
        }
    });
    pool.give(scratch);
    let (first, others) = sums.split_at_mut(total);
    rows(team, total, [(first, 1)], |r, [first]| {
        for run in others.chunks_exact(total.max(1)) {
            add_scaled(&run[r.clone()], T::ONE, first, true);
        }
    });
    sums
}

/// Bring (taps, channels, width) to the gradient by a group's weights, each tap exchanged if they are `turned`.
pub fn put<T: Element>(sums: &[T], kernel: &Kernel<T>, add: bool, out: &mut [T], pool: &mut Pool<T>) {
    if !kernel.turned && kernel.groups == 1 {
        add_scaled(&sums[..out.len()], T::ONE, out, add);
        return;
    }
    let (inputs, outputs, apart) = (kernel.inputs, kernel.outputs, kernel.groups * kernel.outputs);
    let each = inputs * outputs;
    // Of one group a tap is one piece.
    let run = if kernel.groups == 1 { each } else { outputs };
    let mut own = pool.take(each);
    for (sums, out) in sums.chunks_exact(each).zip(out.chunks_exact_mut(inputs * apart)) {
        if kernel.turned {
            transpose(sums, inputs, (outputs, inputs), &mut own, outputs);
        } else {
            own.copy_from_slice(sums);
        }
        let runs = out.chunks_exact_mut(run * kernel.groups);
        for (own, out) in own.chunks_exact(run).zip(runs) {
            add_scaled(own, T::ONE, &mut out[kernel.group * outputs..][..run], add);
        }
    }
    pool.give(own);
}

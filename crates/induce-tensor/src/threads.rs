//! Parallel loops over the worker threads of a team.
#![expect(unsafe_code, reason = "disjoint parts of one buffer")]

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use induce_core::parallel::Team;

/// Values to write below which a second thread costs more than it helps.
const ALONE: usize = 16_384;

/// A buffer that several threads write, each its own part.
struct Parts<T>(*mut T);

// SAFETY: the pointer is only used through `part` and by kernels, who vouch that what they write is nobody else's.
unsafe impl<T: Send> Sync for Parts<T> {}

impl<T> Parts<T> {
    /// # Safety
    /// The range must lie within the buffer, and no other part that is in use may have a place of it.
    #[expect(clippy::mut_from_ref, reason = "parts do not overlap")]
    unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        // SAFETY: the caller's promise is handed on.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(range.start), range.len()) }
    }
}

/// `f(rows, parts)` for ranges of the `count` rows of all `buffers`, (buffer, width of a row), on the threads of `team`.
///
/// Whoever does a range, the values must be the same: what is summed over rows is summed by [`chunks`].
///
/// # Panics
/// If a buffer has fewer than `count` rows: a mistake of this crate.
pub fn rows<T: Send, const N: usize>(
    team: &Team,
    count: usize,
    buffers: [(&mut [T], usize); N],
    f: impl Fn(Range<usize>, [&mut [T]; N]) + Sync,
) {
    let width: usize = buffers.iter().map(|b| b.1).sum();
    let ranges = if count * width < ALONE {
        1
    } else {
        team.size().min(count)
    };
    let parts = buffers.map(|(buffer, width)| {
        assert!(
            count
                .checked_mul(width)
                .is_some_and(|needed| needed <= buffer.len()),
            "a buffer of {} for {count} rows of {width}",
            buffer.len()
        );
        (Parts(buffer.as_mut_ptr()), width)
    });
    let parts = &parts;
    let own = |index: usize| {
        let range = count * index / ranges..count * (index + 1) / ranges;
        let slices = std::array::from_fn(|b| {
            let (part, width) = &parts[b];
            // SAFETY: ranges have no rows in common, each is done once, and the buffer has `count` rows.
            unsafe { part.part(range.start * width..range.end * width) }
        });
        f(range, slices);
    };
    each_by_one_worker(team, ranges, own);
}

/// `f(range)` for every one of `ranges`, at most as many as workers: each by one of them, and a single one here.
fn each_by_one_worker(team: &Team, ranges: usize, f: impl Fn(usize) + Sync) {
    if ranges == 1 {
        return f(0);
    }
    team.run(&|worker| {
        if worker < ranges {
            f(worker);
        }
    });
}

/// `f(rows, results)` with one result for every row of `width`: divided by what is read, not by what is written.
pub fn rows_by_chunk<T: Send + Sync>(
    team: &Team,
    count: usize,
    width: usize,
    y: &mut [T],
    f: impl Fn(Range<usize>, &mut [T]) + Sync,
) {
    if count * width < ALONE {
        f(0..count, &mut y[..count]);
        return;
    }
    let (shared, number) = (Shared::new(y), chunk_count(count));
    tasks(team, number, |task| {
        let range = count * task / number..count * (task + 1) / number;
        // SAFETY: range number `task` of the rows, and `tasks` does every task once.
        let own = unsafe { shared.own(range.clone()) };
        f(range, own);
    });
}

/// `f(chunk, rows, part)` for chunks of rows that depend on their number only, each with a part of `partial` of `width`;
/// returns how many chunks there are. For sums over rows that must not depend on the number of threads.
///
/// # Panics
/// If `partial` is shorter than [`chunk_count`] times `width`: a mistake of this crate.
pub fn chunks<T: Send>(
    team: &Team,
    count: usize,
    partial: &mut [T],
    width: usize,
    f: impl Fn(Range<usize>, &mut [T]) + Sync,
) -> usize {
    let number = chunk_count(count);
    rows_at_once(team, number, count, partial, width, |chunk, part| {
        f(count * chunk / number..count * (chunk + 1) / number, part);
    });
    number
}

/// How many chunks [`chunks`] makes of so many rows.
pub fn chunk_count(rows: usize) -> usize {
    rows.div_ceil(64).clamp(1, 32)
}

fn rows_at_once<T: Send>(
    team: &Team,
    number: usize,
    count: usize,
    partial: &mut [T],
    width: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) {
    assert!(
        number
            .checked_mul(width)
            .is_some_and(|needed| needed <= partial.len()),
        "a buffer of {} for {number} sums of {width}",
        partial.len()
    );
    let parts = Parts(partial.as_mut_ptr());
    let ranges = if count * width < ALONE {
        1
    } else {
        team.size().min(number)
    };
    let own = |index: usize| {
        for chunk in number * index / ranges..number * (index + 1) / ranges {
            // SAFETY: ranges have no chunks in common, each is done once, and the buffer has `number` chunks.
            let part = unsafe { parts.part(chunk * width..(chunk + 1) * width) };
            f(chunk, part);
        }
    };
    each_by_one_worker(team, ranges, own);
}

/// `f(task)` for every task, each by one thread, whoever is free.
pub fn tasks(team: &Team, number: usize, f: impl Fn(usize) + Sync) {
    tasks_by(team, number, |_, task| f(task));
}

/// `f(worker, task)` for every task: a worker, of as many as the team has, does one task at a time, and may have room of
/// its own for it.
pub fn tasks_by(team: &Team, number: usize, f: impl Fn(usize, usize) + Sync) {
    if number <= 1 || team.size() == 1 {
        (0..number).for_each(|task| f(0, task));
        return;
    }
    let next = AtomicUsize::new(0);
    team.run(&|worker| {
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= number {
                return;
            }
            f(worker, task);
        }
    });
}

/// `f(number, part)` for every part of `size` of a buffer, the last of which may be shorter: one task each.
pub fn parts<T: Send>(team: &Team, buffer: &mut [T], size: usize, f: impl Fn(usize, &mut [T]) + Sync) {
    pairs(team, (buffer, size), (&mut [(); 0], 0), |number, part, _| {
        f(number, part);
    });
}

/// As [`parts`], with the part of the same number of a second buffer, whose parts have a size of their own.
pub fn pairs<A: Send, B: Send>(
    team: &Team,
    (a, size): (&mut [A], usize),
    (b, other): (&mut [B], usize),
    f: impl Fn(usize, &mut [A], &mut [B]) + Sync,
) {
    let (long, other_long) = (a.len(), b.len());
    let (a, b) = (Parts(a.as_mut_ptr()), Parts(b.as_mut_ptr()));
    let part =
        |number: usize, size: usize, long: usize| (number * size).min(long)..((number + 1) * size).min(long);
    tasks(team, long.div_ceil(size.max(1)), |number| {
        let (own, also) = (part(number, size, long), part(number, other, other_long));
        // SAFETY: every task is done once, and parts of different numbers have nothing in common.
        let (own, also) = unsafe { (a.part(own), b.part(also)) };
        f(number, own, also);
    });
}

/// As [`tasks`], with room of `size` that whoever does a task has for itself meanwhile.
///
/// # Panics
/// If there is less room than `size` for every worker of the team: a mistake of this crate.
pub fn tasks_within<T: Send>(
    team: &Team,
    number: usize,
    (room, size): (&mut [T], usize),
    f: impl Fn(&mut [T], usize) + Sync,
) {
    assert!(
        team.size()
            .checked_mul(size)
            .is_some_and(|needed| needed <= room.len()),
        "room of {} for {} times {size}",
        room.len(),
        team.size()
    );
    let rooms = Parts(room.as_mut_ptr());
    tasks_by(team, number, |worker, task| {
        // SAFETY: a worker does one task at a time, and there is room for every worker.
        let room = unsafe { rooms.part(worker * size..(worker + 1) * size) };
        f(room, task);
    });
}

/// `f(worker, range)` for a part of `0..number` for every worker, always the same: what it reads may be in its caches still.
pub fn by_worker(team: &Team, number: usize, f: impl Fn(usize, Range<usize>) + Sync) {
    let workers = team.size();
    team.run(&|worker| {
        let range = number * worker / workers..number * (worker + 1) / workers;
        f(worker, range);
    });
}

/// A buffer of which every task writes places that no other task writes, where these are no [`parts`] of one size: heads of
/// attention, tiles of a product, targets of indices. Who does a task vouches for that.
pub struct Shared<'a, T>(Parts<T>, usize, std::marker::PhantomData<&'a mut [T]>);

impl<'a, T> Shared<'a, T> {
    /// Of this buffer.
    pub fn new(buffer: &'a mut [T]) -> Self {
        Self(Parts(buffer.as_mut_ptr()), buffer.len(), std::marker::PhantomData)
    }

    /// A task's own range.
    ///
    /// # Safety
    /// As long as the slice is used, no other slice of this buffer may have a place of it: other tasks have other ranges, and a
    /// task that asks for a place again has done with the first slice.
    ///
    /// # Panics
    /// If it is not within the buffer.
    #[expect(clippy::mut_from_ref, reason = "ranges do not overlap")]
    pub unsafe fn own(&self, range: Range<usize>) -> &mut [T] {
        assert!(
            range.start <= range.end && range.end <= self.1,
            "{range:?} of {}",
            self.1
        );
        // SAFETY: within the buffer, and the rest is the caller's promise.
        unsafe { self.0.part(range) }
    }

    /// The first element of a task's own places from `start` on, for kernels that write with strides.
    pub fn pointer(&self, start: usize) -> *mut T {
        assert!(start <= self.1, "{start} of {}", self.1);
        self.0.0.wrapping_add(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_done_once_each() {
        for (threads, (length, size)) in [1, 3]
            .into_iter()
            .flat_map(|t| [(0, 3), (7, 3), (9, 3), (4, 9), (5, 0)].map(|sizes| (t, sizes)))
        {
            let (mut a, mut b) = (vec![0; length], vec![0; 2 * length]);
            let mark = |number: usize, part: &mut [usize]| part.iter_mut().for_each(|x| *x += number + 1);
            Team::with(threads, |team| {
                pairs(team, (&mut a, size), (&mut b, 2 * size), |number, a, b| {
                    mark(number, a);
                    mark(number, b);
                });
            });
            let of = |i: usize| i.checked_div(size).map_or(0, |number| number + 1);
            assert_eq!(a, (0..length).map(of).collect::<Vec<_>>());
            assert_eq!(b, (0..2 * length).map(|i| of(i / 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nobody_else_is_in_a_room() {
        let (mut rooms, done) = (vec![0; 3 * 5], AtomicUsize::new(0));
        Team::with(3, |team| {
            tasks_within(team, 200, (&mut rooms, 5), |room, task| {
                room.fill(task);
                std::thread::yield_now();
                assert_eq!(room, [task; 5]);
                done.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(done.into_inner(), 200);
    }
}

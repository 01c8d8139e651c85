//! Rows of a result over the threads of a team.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use induce_core::parallel::Team;

/// Numbers to write below which a second thread costs more than it helps.
const ALONE: usize = 16_384;

/// A buffer that several threads write, each its own part.
struct Parts<T>(*mut T);

#[expect(unsafe_code, reason = "disjoint parts of one buffer, see `rows`")]
// SAFETY: the pointer is only used through `part`, whose callers never ask for overlapping ranges.
unsafe impl<T: Send> Sync for Parts<T> {}

impl<T> Parts<T> {
    #[expect(unsafe_code, reason = "disjoint parts of one buffer, see `rows`")]
    #[expect(clippy::mut_from_ref, reason = "parts do not overlap")]
    fn part(&self, range: Range<usize>) -> &mut [T] {
        // SAFETY: `rows` gives every thread a range of its own within the buffer, which it holds mutably meanwhile.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(range.start), range.len()) }
    }
}

/// `f(rows, parts)` for ranges of the `count` rows of all `buffers`, (buffer, width of a row), on the threads of `team`.
///
/// Whoever does a range, the numbers must be the same: what is summed over rows is summed by [`chunks`].
///
/// # Panics
/// If a buffer has fewer than `count` rows: a mistake of this crate.
pub fn rows<T: Send, const N: usize>(
    team: &mut Team,
    count: usize,
    buffers: [(&mut [T], usize); N],
    f: impl Fn(Range<usize>, [&mut [T]; N]) + Sync,
) {
    let width: usize = buffers.iter().map(|b| b.1).sum();
    let shares = if count * width < ALONE {
        1
    } else {
        team.size().min(count)
    };
    let parts = buffers.map(|(buffer, width)| {
        assert!(
            buffer.len() >= count * width,
            "a buffer of {} for {count} rows of {width}",
            buffer.len()
        );
        (Parts(buffer.as_mut_ptr()), width)
    });
    let parts = &parts;
    let own = |share: usize| {
        let range = count * share / shares..count * (share + 1) / shares;
        let slices = std::array::from_fn(|b| {
            let (part, width) = &parts[b];
            part.part(range.start * width..range.end * width)
        });
        f(range, slices);
    };
    if shares == 1 {
        own(0);
    } else {
        team.run(&|member| {
            if member < shares {
                own(member);
            }
        });
    }
}

/// `f(rows, results)` with one result for every row of `width`: shared out by what is read, not by what is written.
pub fn share_rows<T: Send + Sync>(
    team: &mut Team,
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
        f(range.clone(), shared.own(range));
    });
}

/// `f(chunk, rows, part)` for chunks of rows that depend on their number only, each with a part of `partial` of `width`;
/// returns how many chunks there are. For sums over rows that must not depend on the number of threads.
///
/// # Panics
/// If `partial` is shorter than [`chunk_count`] times `width`: a mistake of this crate.
pub fn chunks<T: Send>(
    team: &mut Team,
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
    team: &mut Team,
    number: usize,
    count: usize,
    partial: &mut [T],
    width: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) {
    assert!(
        partial.len() >= number * width,
        "a buffer of {} for {number} sums of {width}",
        partial.len()
    );
    let parts = Parts(partial.as_mut_ptr());
    let shares = if count * width < ALONE {
        1
    } else {
        team.size().min(number)
    };
    let own = |share: usize| {
        for chunk in number * share / shares..number * (share + 1) / shares {
            f(chunk, parts.part(chunk * width..(chunk + 1) * width));
        }
    };
    if shares == 1 {
        own(0);
    } else {
        team.run(&|member| {
            if member < shares {
                own(member);
            }
        });
    }
}

/// `f(task)` for every task, each by one thread, whoever is free.
pub fn tasks(team: &mut Team, number: usize, f: impl Fn(usize) + Sync) {
    tasks_by(team, number, |_, task| f(task));
}

/// `f(member, task)` for every task: a member, of as many as the team has, does one task at a time, and may have room of
/// its own for it.
pub fn tasks_by(team: &mut Team, number: usize, f: impl Fn(usize, usize) + Sync) {
    if number <= 1 || team.size() == 1 {
        (0..number).for_each(|task| f(0, task));
        return;
    }
    let next = AtomicUsize::new(0);
    team.run(&|member| {
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= number {
                return;
            }
            f(member, task);
        }
    });
}

/// `f(member, range)` for a part of `0..number` for every member, always the same: what it reads may be in its caches still.
pub fn shares(team: &mut Team, number: usize, f: impl Fn(usize, Range<usize>) + Sync) {
    let members = team.size();
    team.run(&|member| {
        let range = number * member / members..number * (member + 1) / members;
        f(member, range);
    });
}

/// A buffer of which every task writes places that no other task writes.
pub struct Shared<'a, T>(Parts<T>, usize, std::marker::PhantomData<&'a mut [T]>);

impl<'a, T> Shared<'a, T> {
    /// Of this buffer.
    pub fn new(buffer: &'a mut [T]) -> Self {
        Self(Parts(buffer.as_mut_ptr()), buffer.len(), std::marker::PhantomData)
    }

    /// A task's own range.
    ///
    /// # Panics
    /// If it is not within the buffer.
    pub fn own(&self, range: Range<usize>) -> &mut [T] {
        assert!(
            range.start <= range.end && range.end <= self.1,
            "{range:?} of {}",
            self.1
        );
        self.0.part(range)
    }

    /// The first number of a task's own places from `start` on, for kernels that write with strides.
    pub fn pointer(&self, start: usize) -> *mut T {
        assert!(start <= self.1, "{start} of {}", self.1);
        self.0.0.wrapping_add(start)
    }
}

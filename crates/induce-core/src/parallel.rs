//! Threads that never decide a result.
//!
//! [`map`] is for coarse work: independent items, results in item order.
//! [`Team`] is for a fit that forks thousands of times a second: its workers
//! spin for a while before they sleep, so a fork costs well under a microsecond
//! where a work-stealing pool costs several. Work is cut into as many parts as
//! there are workers, whoever does them, so nothing depends on who came first.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread::Thread;

/// `f(0), f(1), ..., f(n - 1)` on up to `threads` threads, results in order.
pub fn map<T: Send>(threads: usize, n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if threads <= 1 || n <= 1 {
        return (0..n).map(f).collect();
    }
    let slots: Vec<Mutex<Option<T>>> = (0..n).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= n {
                break;
            }
            let value = f(i);
            *slots[i].lock().expect("no holder of a slot can panic") = Some(value);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(n) {
            scope.spawn(work);
        }
        work();
    });
    let taken = |slot: Mutex<Option<T>>| slot.into_inner().expect("no holder of a slot can panic");
    slots
        .into_iter()
        .map(|slot| taken(slot).expect("every index was claimed and filled"))
        .collect()
}

/// Apply `f(chunk_index, chunk)` to consecutive chunks of `data` of `size` items.
pub fn for_each_chunk<T: Send>(
    threads: usize,
    data: &mut [T],
    size: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) {
    let chunks: Vec<Mutex<&mut [T]>> = data.chunks_mut(size.max(1)).map(Mutex::new).collect();
    map(threads, chunks.len(), |i| {
        f(i, &mut chunks[i].lock().expect("each chunk is locked once"));
    });
}

/// Rounds of spinning, some tens of microseconds, before one who waits goes to sleep.
///
/// On a machine of its own nobody sleeps. Where other programs want the cores, a worker that is waited for may have
/// lost its core to them, and only a sleeper leaves it one.
const SPINS: u32 = 2_000;

type Job<'a> = dyn Fn(usize) + Sync + 'a;

struct Shared {
    /// Number of the current job.
    epoch: AtomicUsize,
    /// Per part, the number of the last job of which somebody took it up.
    taken: Vec<AtomicUsize>,
    /// Parts of the current job that are not finished.
    pending: AtomicUsize,
    job: UnsafeCell<Option<*const Job<'static>>>,
    over: AtomicBool,
    leader: Thread,
    leader_sleeps: AtomicBool,
    asleep: AtomicUsize,
    bed: Mutex<()>,
    alarm: Condvar,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

#[expect(
    unsafe_code,
    reason = "the job pointer crosses threads; see `Team::run` for why it is sound"
)]
// SAFETY: `job` is written by the leader only while no part is pending, and read only by one who has taken a part
// of the current job (`Shared::take`), which is pending from then on until it is done.
unsafe impl Sync for Shared {}

/// A crew of threads that do all parts of each job handed to [`Team::run`].
///
/// Worker `t` does part `t`, which finds its data in the caches; if it is late, another does it in its place. With
/// fixed hands and waiters that only yielded, a fit of 20 ms took over a second where a third program wanted a core.
///
/// A team is not `Sync`, so no job can hold the team that runs it, and no two threads can hand it jobs: jobs come one
/// after the other, though a shared reference is enough to run them.
///
/// ```compile_fail,E0277
/// # use induce_core::parallel::Team;
/// Team::with(2, |team| {
///     let team = &*team;
///     team.run(&|_| team.run(&|_| ()));
/// });
/// ```
pub struct Team<'a> {
    shared: Option<&'a Shared>,
    size: usize,
    one_thread: PhantomData<Cell<()>>,
}

impl Team<'_> {
    /// A team of one, for work that must not fork.
    pub fn alone() -> Self {
        Team {
            shared: None,
            size: 1,
            one_thread: PhantomData,
        }
    }

    /// Hire `threads` workers for the duration of `f`.
    pub fn with<R>(threads: usize, f: impl FnOnce(&mut Team) -> R) -> R {
        if threads <= 1 {
            return f(&mut Team::alone());
        }
        let shared = Shared {
            epoch: AtomicUsize::new(0),
            taken: (0..threads).map(|_| AtomicUsize::new(0)).collect(),
            pending: AtomicUsize::new(0),
            job: UnsafeCell::new(None),
            over: AtomicBool::new(false),
            leader: std::thread::current(),
            leader_sleeps: AtomicBool::new(false),
            asleep: AtomicUsize::new(0),
            bed: Mutex::new(()),
            alarm: Condvar::new(),
            panic: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            let shared = &shared;
            for worker in 1..threads {
                scope.spawn(move || shared.serve(worker));
            }
            let dismiss = Dismiss(shared);
            let result = f(&mut Team {
                shared: Some(shared),
                size: threads,
                one_thread: PhantomData,
            });
            drop(dismiss);
            result
        })
    }

    /// How many workers there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Run `job(t)` for every worker `t` and wait for all of them.
    #[expect(unsafe_code, reason = "lends a borrowed closure to scoped threads")]
    pub fn run(&self, job: &Job) {
        let Some(shared) = self.shared else { return job(0) };
        // SAFETY: only the lifetime is erased. This call does not return, not even by
        // unwinding, before `pending` is 0, so no worker uses the pointer after `job` is gone.
        let erased = unsafe { std::mem::transmute::<*const Job<'_>, *const Job<'static>>(job) };
        // SAFETY: `pending == 0`, so no member reads the cell now; nor is another job running, for a team is not `Sync`.
        unsafe { *shared.job.get() = Some(erased) };
        shared.pending.store(self.size, Ordering::Release);
        let epoch = shared.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        shared.wake();
        shared.work(0, epoch);
        shared.wait_for_workers();
        let panic = shared.panic.lock().expect(NO_PANIC).take();
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }

    /// `f(0), f(1), ..., f(n - 1)` by whoever is free, results in order.
    pub fn map<T: Send>(&self, n: usize, f: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let slots: Vec<Mutex<Option<T>>> = (0..n).map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = |_| {
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(slot) = slots.get(i) else { break };
                let value = f(i);
                *slot.lock().expect("no holder of a slot can panic") = Some(value);
            }
        };
        match n {
            0 | 1 => work(0),
            _ => self.run(&work),
        }
        let taken = |slot: Mutex<Option<T>>| slot.into_inner().expect("no holder of a slot can panic");
        let filled = |slot| taken(slot).expect("every index was claimed and filled");
        slots.into_iter().map(filled).collect()
    }

    /// Apply `f(chunk_index, chunk)` to consecutive chunks of `data` of `size` items, by whoever is free.
    pub fn for_each_chunk<T: Send>(&self, data: &mut [T], size: usize, f: impl Fn(usize, &mut [T]) + Sync) {
        let chunks: Vec<Mutex<&mut [T]>> = data.chunks_mut(size.max(1)).map(Mutex::new).collect();
        self.map(chunks.len(), |i| {
            f(i, &mut chunks[i].lock().expect("each chunk is locked once"));
        });
    }
}

const NO_PANIC: &str = "the panic slot is never held across a panic";

impl Shared {
    /// The life of a worker: wait for a job, work on it, until dismissed.
    fn serve(&self, worker: usize) {
        let mut seen = 0;
        loop {
            seen = self.wait_for_epoch(seen);
            if self.over.load(Ordering::Acquire) {
                return;
            }
            self.work(worker, seen);
        }
    }

    /// Do one's own part of job `epoch`, then those that nobody has taken up: their owners may have lost their
    /// core to another program, and would be waited for over a whole time slice.
    fn work(&self, worker: usize, epoch: usize) {
        let workers = self.taken.len();
        for part in (0..workers).map(|i| (worker + i) % workers) {
            if self.take(part, epoch) {
                self.execute(part);
            }
        }
    }

    /// Whether `part` of job `epoch` is the caller's to do. Once it is over, this fails.
    fn take(&self, part: usize, epoch: usize) -> bool {
        self.taken[part]
            .compare_exchange(epoch - 1, epoch, Ordering::SeqCst, Ordering::Relaxed)
            .is_ok()
    }

    #[expect(unsafe_code, reason = "reads the job pointer")]
    fn execute(&self, part: usize) {
        // SAFETY: the leader stored the job before the epoch, and keeps it alive until `pending` is 0, of which
        // the part that was taken is a part.
        let job = unsafe { (*self.job.get()).map(|job| &*job) };
        if let Some(job) = job
            && let Err(payload) = catch_unwind(AssertUnwindSafe(|| job(part)))
        {
            *self.panic.lock().expect(NO_PANIC) = Some(payload);
        }
        if self.pending.fetch_sub(1, Ordering::SeqCst) == 1 && self.leader_sleeps.load(Ordering::SeqCst) {
            self.leader.unpark();
        }
    }

    /// Wait until no worker works.
    fn wait_for_workers(&self) {
        let done = || self.pending.load(Ordering::SeqCst) == 0;
        if spin_until(done) {
            return;
        }
        // Either the last worker sees this flag, or the next line sees that it has finished.
        self.leader_sleeps.store(true, Ordering::SeqCst);
        while !done() {
            std::thread::park();
        }
        self.leader_sleeps.store(false, Ordering::SeqCst);
    }

    /// The number of a job after `seen`, once there is one.
    fn wait_for_epoch(&self, seen: usize) -> usize {
        if !spin_until(|| self.epoch.load(Ordering::Acquire) != seen) {
            let mut bed = self.bed.lock().expect("nobody panics in bed");
            self.asleep.fetch_add(1, Ordering::SeqCst);
            while self.epoch.load(Ordering::SeqCst) == seen {
                bed = self.alarm.wait(bed).expect("nobody panics in bed");
            }
            self.asleep.fetch_sub(1, Ordering::SeqCst);
        }
        self.epoch.load(Ordering::Acquire)
    }

    fn wake(&self) {
        if self.asleep.load(Ordering::SeqCst) > 0 {
            let _bed = self.bed.lock().expect("nobody panics in bed");
            self.alarm.notify_all();
        }
    }
}

struct Dismiss<'a>(&'a Shared);

impl Drop for Dismiss<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Release);
        self.0.epoch.fetch_add(1, Ordering::SeqCst);
        self.0.wake();
    }
}

fn spin_until(done: impl Fn() -> bool) -> bool {
    for _ in 0..SPINS {
        if done() {
            return true;
        }
        std::hint::spin_loop();
    }
    done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_keeps_the_order() {
        assert_eq!(
            map(4, 100, |i| i * i),
            (0..100).map(|i| i * i).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_team_maps_in_order_whoever_does_it() {
        for workers in [1, 2, 4] {
            let squares = Team::with(workers, |team| team.map(100, |i| i * i));
            assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
            let mut numbers = vec![0; 10];
            Team::with(workers, |team| {
                team.for_each_chunk(&mut numbers, 4, |i, chunk| chunk.fill(i));
            });
            assert_eq!(numbers, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
        }
    }

    #[test]
    fn every_worker_does_its_part_of_every_job() {
        let parts: Vec<AtomicUsize> = (0..4).map(|_| AtomicUsize::new(0)).collect();
        Team::with(4, |team| {
            for _ in 0..1000 {
                team.run(&|t| {
                    parts[t].fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        assert!(parts.iter().all(|part| part.load(Ordering::Relaxed) == 1000));
    }

    #[test]
    fn workers_that_fell_asleep_wake_up() {
        let done = AtomicUsize::new(0);
        Team::with(3, |team| {
            for _ in 0..3 {
                std::thread::sleep(std::time::Duration::from_millis(30));
                team.run(&|_| {
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(done.into_inner(), 9);
    }

    #[test]
    fn a_leader_that_fell_asleep_wakes_up() {
        Team::with(3, |team| {
            for _ in 0..3 {
                let nap = |t: usize| std::thread::sleep(std::time::Duration::from_millis(10 * t as u64));
                team.run(&nap);
            }
        });
    }

    #[test]
    fn a_panic_in_a_worker_reaches_the_caller() {
        let result = catch_unwind(|| {
            Team::with(2, |team| team.run(&|t| assert!(t == 0, "worker {t} failed")));
        });
        assert!(result.is_err());
    }
}

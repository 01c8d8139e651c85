//! Work without the interpreter lock that hears of Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use induce::core::Run;
use pyo3::prelude::*;

use crate::error::raised;
use crate::monitor::Ending;

/// Time between two looks for Ctrl-C.
pub const LOOK: Duration = Duration::from_millis(50);

/// Do the work in a thread of its own while this one looks for signals, which Python hands to the main thread only: what
/// came of it, and the exception of a signal.
pub fn watched<T: Send>(work: impl FnOnce() -> T + Send, stop: &AtomicBool) -> (T, Option<PyErr>) {
    let (done, is_done) = mpsc::channel();
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let found = work();
            // The other side may have stopped listening.
            let _ = done.send(());
            found
        });
        let mut interrupt = None;
        while is_done.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
            if interrupt.is_none()
                && let Some(Err(error)) = signals()
            {
                stop.store(true, Ordering::Relaxed);
                interrupt = Some(error);
            }
        }
        match worker.join() {
            Ok(found) => (found, interrupt),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What comes of `work` that a signal stops: half of it is of no use to anybody.
pub fn whole<T: Send>(
    py: Python<'_>,
    threads: usize,
    work: impl FnOnce(&mut Run) -> induce::Result<T> + Send,
) -> PyResult<T> {
    seeded(py, 0, threads, work)
}

/// The same of work that draws.
pub fn seeded<T: Send>(
    py: Python<'_>,
    seed: u64,
    threads: usize,
    work: impl FnOnce(&mut Run) -> induce::Result<T> + Send,
) -> PyResult<T> {
    let ending = Ending::default();
    let mut run = Run::new(seed)
        .with_threads(threads)
        .with_cancellation(ending.stop.clone());
    let (found, interrupt) = py.detach(|| watched(|| work(&mut run), &ending.stop));
    interrupt.map_or_else(|| found.map_err(raised), Err)
}

/// What Python's handlers make of the signals that have come; `None` if the interpreter is gone.
pub fn signals() -> Option<PyResult<()>> {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is not general over lifetimes"
    )]
    Python::try_attach(|py| py.check_signals())
}

//! Everything a fit may use besides its data: seed, threads, progress, time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::metrics::SplitScores;
use crate::random::Stream;

/// Receives the progress of a fit. Every method does nothing by default.
pub trait Monitor: Send {
    /// Work called `what` begins, of at most `steps` steps.
    fn begin(&mut self, _what: &str, _steps: u64) {}
    /// Training resumes from a checkpoint taken after `step` steps: later steps will be reported again.
    fn resume(&mut self, _step: u64) {}
    /// `step` steps are done; `metrics` are the latest `(name, value)` pairs.
    fn step(&mut self, _step: u64, _metrics: &[(String, f64)]) {}
    /// Something that was decided from the data, in a sentence.
    fn note(&mut self, _text: &str) {}
    /// The work is over.
    fn end(&mut self) {}
}

/// A monitor that ignores everything.
pub struct Silent;

impl Monitor for Silent {}

/// The most threads that are started for a core: more have nothing to do, and an endless number cannot be started.
const MOST_PER_CORE: usize = 64;

/// When work has to stop: what long steps ask again and again, on any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    deadline: Option<(Instant, Duration)>,
    cancelled: Option<Arc<AtomicBool>>,
}

impl Stop {
    /// Why the work should stop now, if it should.
    pub fn reason(&self) -> Option<String> {
        if self.interrupted() {
            return Some("interrupted".into());
        }
        let (_, budget) = self.deadline?;
        self.is_due()
            .then(|| format!("the time budget of {budget:.0?} is spent"))
    }

    /// Whether the work should stop now.
    pub fn is_due(&self) -> bool {
        self.interrupted() || self.deadline.is_some_and(|(end, _)| Instant::now() >= end)
    }

    fn interrupted(&self) -> bool {
        let set = |flag: &Arc<AtomicBool>| flag.load(Ordering::Relaxed);
        self.cancelled.as_ref().is_some_and(set)
    }
}

/// The environment of a fit: seed, threads, monitor, deadline, cancellation.
///
/// A fit may use randomness, threads and time only through its `Run`, so the
/// same spec, data and seed give the same bits whatever the thread count.
///
/// ```
/// use induce_core::Run;
/// let run = Run::new(7).with_threads(2);
/// assert_eq!((run.seed(), run.threads()), (7, 2));
/// assert!(run.stop_reason().is_none());
/// ```
pub struct Run {
    seed: u64,
    threads: usize,
    monitor: Mutex<Box<dyn Monitor>>,
    stop: Stop,
    memory: Option<u64>,
}

impl Default for Run {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Run {
    /// A silent run with `seed`, on all cores, without limits.
    pub fn new(seed: u64) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            seed,
            threads,
            monitor: Mutex::new(Box::new(Silent)),
            stop: Stop::default(),
            memory: None,
        }
    }

    /// Use `threads` threads, at least one, and no more than a machine starts without failing. Never changes a result.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.threads = threads.clamp(1, MOST_PER_CORE * cores);
        self
    }

    /// Report progress to `monitor`.
    #[must_use]
    pub fn with_monitor(mut self, monitor: impl Monitor + 'static) -> Self {
        self.monitor = Mutex::new(Box::new(monitor));
        self
    }

    /// Stop once `budget` has passed, keeping the model so far.
    #[must_use]
    pub fn with_time(mut self, budget: Duration) -> Self {
        // A budget beyond what clocks count is none.
        self.stop.deadline = Instant::now().checked_add(budget).map(|end| (end, budget));
        self
    }

    /// Refuse work whose arrays would need more than `bytes`.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Stop once `flag` is set, keeping the model so far.
    #[must_use]
    pub fn with_cancellation(mut self, flag: Arc<AtomicBool>) -> Self {
        self.stop.cancelled = Some(flag);
        self
    }

    /// The seed of every random stream.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many threads may work.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The memory limit in bytes, if there is one.
    pub fn memory(&self) -> Option<u64> {
        self.memory
    }

    /// Bytes that data may take: the memory limit, or a share of what the machine has left.
    pub fn room(&self) -> u64 {
        self.memory.unwrap_or_else(crate::memory::share)
    }

    /// The monitor that progress is reported to.
    pub fn monitor(&mut self) -> &mut dyn Monitor {
        self.monitor
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
    }

    /// The monitor, for work that shares its run: hold it no longer than it takes to tell a step.
    ///
    /// ```
    /// let run = induce_core::Run::new(0);
    /// run.watched().begin("folds", 5);
    /// run.watched().end();
    /// ```
    pub fn watched(&self) -> MutexGuard<'_, Box<dyn Monitor>> {
        self.monitor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The random stream called `path` (`"boost/rows"`, ...), the same for the same seed.
    pub fn stream(&self, path: &str) -> Stream {
        Stream::new(self.seed, path)
    }

    /// Why the fit should stop now, if it should.
    pub fn stop_reason(&self) -> Option<String> {
        self.stop.reason()
    }

    /// How the fit ends if it should stop now.
    pub fn stopped(&self) -> Option<Outcome> {
        self.stop_reason().map(|reason| Outcome::Stopped { reason })
    }

    /// What a long step asks whether to stop.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// A silent run for a part of this one's work: same seed, threads and limits.
    #[must_use]
    pub fn part(&self) -> Self {
        Self {
            seed: self.seed,
            threads: self.threads,
            monitor: Mutex::new(Box::new(Silent)),
            stop: self.stop.clone(),
            memory: self.memory,
        }
    }

    /// As [`part`](Self::part), with a seed of its own.
    #[must_use]
    pub fn part_with_seed(&self, seed: u64) -> Self {
        Self { seed, ..self.part() }
    }

    /// Do `work` within `own` of `all` equal parts of the time that is left.
    pub fn within_parts<T>(&mut self, own: u32, all: u32, work: impl FnOnce(&mut Self) -> T) -> T {
        let deadline = self.stop.deadline;
        if let Some((end, budget)) = deadline {
            let now = Instant::now();
            let left = end.saturating_duration_since(now);
            let part = left.mul_f64(f64::from(own.min(all)) / f64::from(all.max(1)));
            self.stop.deadline = Some((now + part, budget));
        }
        let done = work(self);
        self.stop.deadline = deadline;
        done
    }

    /// Whether the user asked to stop (as opposed to a spent budget).
    pub fn interrupted(&self) -> bool {
        self.stop.interrupted()
    }
}

/// Where and how often to save the state of a fit.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    /// The file.
    pub path: PathBuf,
    /// Time between two saves.
    pub every: Duration,
    /// Whether to resume from the file if it exists.
    pub resume: bool,
    /// What identifies data, split, seed and settings.
    pub fingerprint: String,
}

impl Checkpoints {
    /// Whether a training goes on: it is asked to, and there is something to go on from.
    pub fn resumes(&self) -> bool {
        self.resume && self.path.is_file()
    }
}

/// What is said of a checkpoint that cannot be written: the fit goes on, as it is worth more.
///
/// ```
/// let error = induce_core::Error::data("the disk is full", "make room");
/// assert!(induce_core::checkpoint_fault(&error).contains("the disk is full; the training goes on"));
/// ```
pub fn checkpoint_fault(error: &crate::Error) -> String {
    format!("warning: no checkpoint is written: {error}; the training goes on")
}

/// How a fit ended, always with the reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outcome {
    /// The stopping rule was met.
    Converged {
        /// Which rule, with its numbers.
        reason: String,
    },
    /// All steps were taken.
    Exhausted {
        /// How many.
        reason: String,
    },
    /// The user, the clock or a limit ended it; the model so far is usable.
    Stopped {
        /// What ended it.
        reason: String,
    },
}

impl Outcome {
    /// The reason.
    pub fn reason(&self) -> &str {
        match self {
            Self::Converged { reason } | Self::Exhausted { reason } | Self::Stopped { reason } => reason,
        }
    }
}

/// A fitted model, how the fit ended, and its training history.
#[derive(Debug, Clone)]
pub struct Fitted<M> {
    /// The model.
    pub model: M,
    /// How the fit ended.
    pub outcome: Outcome,
    /// The training history.
    pub report: FitReport,
}

impl<M> Fitted<M> {
    /// The same fit with the model as another type.
    pub fn map<N>(self, f: impl FnOnce(M) -> N) -> Fitted<N> {
        Fitted {
            model: f(self.model),
            outcome: self.outcome,
            report: self.report,
        }
    }
}

/// The training history of a fit.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FitReport {
    /// Steps taken.
    pub steps: u64,
    /// Named series over steps, such as the loss on the training rows.
    pub traces: Vec<Trace>,
    /// Metrics that the fit itself computed, of `train` and of `valid`: evaluating would cost them again.
    #[serde(default)]
    pub scores: Vec<SplitScores>,
    /// Facts that only the fit knows, for `--format json`: parameters, sizes of vocabularies.
    #[serde(default)]
    pub facts: Vec<(String, serde_json::Value)>,
}

impl FitReport {
    /// So many steps and these series.
    pub fn new(steps: u64, traces: Vec<Trace>) -> Self {
        Self {
            steps,
            traces,
            ..Self::default()
        }
    }
}

/// A quantity followed over the steps of a fit.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Trace {
    /// Which rows: `train`, `valid`.
    pub split: String,
    /// Which quantity, as metrics call it.
    pub metric: String,
    /// `(step, value)`, steps from 1.
    pub points: Vec<(u64, f64)>,
}

impl Trace {
    /// A series of `points` (step, value).
    ///
    /// ```
    /// let trace = induce_core::Trace::new("train", "loss", vec![(1, 0.5)]);
    /// assert_eq!((trace.split.as_str(), trace.last()), ("train", Some(0.5)));
    /// ```
    pub fn new(split: impl Into<String>, metric: impl Into<String>, points: Vec<(u64, f64)>) -> Self {
        Self {
            split: split.into(),
            metric: metric.into(),
            points,
        }
    }

    /// The latest value.
    pub fn last(&self) -> Option<f64> {
        self.points.last().map(|point| point.1)
    }
}

impl FitReport {
    /// Adds a point to the trace of `split`, which begins with the first one.
    ///
    /// ```
    /// let mut report = induce_core::FitReport::default();
    /// report.record("valid", "loss", 1, 0.5);
    /// report.record("valid", "loss", 2, 0.4);
    /// assert_eq!(report.trace("valid").map(|trace| trace.points.len()), Some(2));
    /// ```
    pub fn record(&mut self, split: &str, metric: &str, step: u64, value: f64) {
        match self.traces.iter_mut().find(|trace| trace.split == split) {
            Some(trace) => trace.points.push((step, value)),
            None => self.traces.push(Trace::new(split, metric, vec![(step, value)])),
        }
    }

    /// The trace of `split`, if there is one.
    pub fn trace(&self, split: &str) -> Option<&Trace> {
        self.traces.iter().find(|trace| trace.split == split)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that no clock and no machine reaches ended the process.
    #[test]
    fn no_limit_is_too_large() {
        let mut run = Run::new(0).with_threads(usize::MAX).with_time(Duration::MAX);
        assert!((1..1 << 20).contains(&run.threads()));
        assert!(run.stop_reason().is_none());
        assert!(run.within_parts(1, u32::MAX, |run| run.stop_reason()).is_none());
    }

    #[test]
    fn long_steps_learn_that_the_time_is_up_on_any_thread() {
        let run = Run::new(0).with_time(Duration::ZERO);
        let stop = run.stop();
        assert!(std::thread::scope(|scope| scope
            .spawn(|| stop.is_due())
            .join()
            .unwrap_or(false)));
        assert!(stop.reason().is_some_and(|reason| reason.contains("budget")));
        assert!(!Run::new(0).stop().is_due());
    }
}

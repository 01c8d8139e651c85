//! One metric of every step, in memory.

use std::sync::{Arc, Mutex, PoisonError};

use crate::Monitor;

/// Most points that are kept: where there would be more, every second one goes.
const MOST: usize = 1 << 16;

/// Keeps one metric of every step, for who asks when the work is done. Clones share what they keep.
///
/// ```
/// use induce_core::Run;
/// use induce_core::log::Recorder;
///
/// let recorder = Recorder::of("loss");
/// let mut run = Run::new(0).with_monitor(recorder.clone());
/// run.monitor().step(1, &[("loss".into(), 0.5), ("tokens/s".into(), 100.0)]);
/// assert_eq!(recorder.points(), [(1, 0.5)]);
/// ```
#[derive(Clone)]
pub struct Recorder {
    metric: &'static str,
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    points: Vec<(u64, f64)>,
    /// Steps between two points.
    stride: u64,
    begun: u64,
}

impl Recorder {
    /// Of a metric.
    pub fn of(metric: &'static str) -> Self {
        let kept = Kept {
            points: Vec::new(),
            stride: 1,
            begun: 0,
        };
        Self {
            metric,
            kept: Arc::new(Mutex::new(kept)),
        }
    }

    /// `(step, value)` of every step, or of evenly chosen ones where they are very many.
    pub fn points(&self) -> Vec<(u64, f64)> {
        self.with(|kept| kept.points.clone())
    }

    /// The step that a checkpoint had, where the work went on from one; else 0.
    pub fn begun(&self) -> u64 {
        self.with(|kept| kept.begun)
    }

    /// A thread that panicked while it kept a point has left whole points behind.
    fn with<T>(&self, f: impl FnOnce(&mut Kept) -> T) -> T {
        f(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn add(&mut self, step: u64, value: f64) {
        if !step.is_multiple_of(self.stride) {
            return;
        }
        if self.points.len() == MOST {
            self.stride *= 2;
            let stride = self.stride;
            self.points.retain(|(step, _)| step.is_multiple_of(stride));
        }
        if step.is_multiple_of(self.stride) {
            self.points.push((step, value));
        }
    }
}

impl Monitor for Recorder {
    fn resume(&mut self, step: u64) {
        self.with(|kept| kept.begun = step);
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        if let Some((_, value)) = metrics.iter().find(|(name, _)| name == self.metric) {
            self.with(|kept| kept.add(step, *value));
        }
    }
}

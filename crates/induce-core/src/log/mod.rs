//! Logs of training: monitors that keep what a fit reports, step by step.
//!
//! [`JsonLines`] is for scripts, [`EventFile`] for TensorBoard, [`Recorder`] for drawing a curve afterwards, and
//! [`Several`] passes on to more than one. A record is
//! handed to the system whole as soon as it is there, so a process that is killed leaves whole records behind.
//!
//! ```
//! use induce_core::Run;
//! use induce_core::log::JsonLines;
//!
//! let folder = tempfile::tempdir().expect("a folder");
//! let path = folder.path().join("log.jsonl");
//! let mut run = Run::new(0).with_monitor(JsonLines::open(&path, false)?);
//! run.monitor().step(1, &[("loss".into(), 0.5)]);
//! assert!(std::fs::read_to_string(&path).expect("a line").ends_with("\"metrics\":{\"loss\":0.5}}\n"));
//! # Ok::<(), induce_core::Error>(())
//! ```

mod crc;
mod events;
mod lines;
mod recorder;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::{Error, Monitor};

pub use events::EventFile;
pub use lines::{JsonLines, points};
pub use recorder::Recorder;

/// Passes everything on to several monitors.
pub struct Several(pub Vec<Box<dyn Monitor>>);

impl Monitor for Several {
    fn begin(&mut self, what: &str, steps: u64) {
        self.0.iter_mut().for_each(|own| own.begin(what, steps));
    }

    fn resume(&mut self, step: u64) {
        self.0.iter_mut().for_each(|own| own.resume(step));
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        self.0.iter_mut().for_each(|own| own.step(step, metrics));
    }

    fn note(&mut self, text: &str) {
        self.0.iter_mut().for_each(|own| own.note(text));
    }

    fn end(&mut self) {
        self.0.iter_mut().for_each(|own| own.end());
    }
}

/// What ended a log early, if anything did: training goes on without it.
pub type Fault = Arc<OnceLock<Error>>;

/// A file that records are added to.
struct Records {
    file: File,
    path: PathBuf,
    fault: Fault,
}

impl Records {
    fn new(file: File, path: PathBuf) -> Self {
        Self {
            file,
            path,
            fault: Fault::default(),
        }
    }

    /// Add a record in one write; after the first that fails, no more.
    fn add(&mut self, record: &[u8]) {
        if self.fault.get().is_some() {
            return;
        }
        let written = self.file.write_all(record);
        self.check(written);
    }

    /// Remember the first error of the operating system.
    fn check(&self, done: std::io::Result<()>) {
        if let Err(error) = done {
            let _ = self.fault.set(Error::io("write", &self.path, error));
        }
    }
}

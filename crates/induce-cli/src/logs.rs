//! Logs of training, beside the progress bar.

use anyhow::Result;
use induce::core::log::{self, EventFile, Fault, JsonLines, Recorder, Several};
use induce::core::{Monitor, Run};

use crate::args::Train;
use crate::session::Session;
use crate::writing::{self, Endings};

const LINES: Endings = ("a log", &["jsonl"]);

/// The logs of a run.
pub struct Logs {
    faults: Vec<Fault>,
    losses: Recorder,
}

/// That the logs that are asked for can be written.
pub fn check(args: &Train) -> Result<()> {
    if let Some(path) = &args.log {
        writing::check(path, LINES)?;
    }
    match &args.tensorboard {
        Some(folder) => writing::check_new_folder(folder),
        None => Ok(()),
    }
}

impl Logs {
    /// Let `run` tell the logs too; one that `resumes` from a checkpoint goes on with its log.
    pub fn of(session: &Session, args: &Train, resumes: bool, run: Run) -> Result<(Run, Self)> {
        let losses = Recorder::of("loss");
        let mut monitors: Vec<Box<dyn Monitor>> = vec![Box::new(session.bar()), Box::new(losses.clone())];
        let mut faults = Vec::new();
        if let Some(path) = &args.log {
            let lines = JsonLines::open(path, resumes)?;
            faults.push(lines.fault());
            monitors.push(Box::new(lines));
        }
        if let Some(folder) = &args.tensorboard {
            let events = EventFile::create(folder, resumes)?;
            faults.push(events.fault());
            monitors.push(Box::new(events));
        }
        Ok((run.with_monitor(Several(monitors)), Self { faults, losses }))
    }

    /// The loss of every step, as far as it is known, and the step that the training was resumed at, else 0: what was before
    /// that, the log knows.
    pub fn losses(&self, args: &Train) -> (Vec<(u64, f64)>, u64) {
        let begun = self.losses.begun();
        let log = args.log.iter().filter(|_| begun > 0);
        // What a log does not know is left out, as without one.
        let known = log.flat_map(|path| log::points(path, "training", "loss").unwrap_or_default());
        let before = known.filter(|(step, _)| *step <= begun);
        (before.chain(self.losses.points()).collect(), begun)
    }

    /// Say which of them ended early.
    pub fn end(&self, session: &Session) {
        for fault in self.faults.iter().filter_map(|fault| fault.get()) {
            session.say(format!("note: the log ends early: {fault}"));
        }
    }
}

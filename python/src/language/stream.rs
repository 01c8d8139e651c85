//! Texts, part by part.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use induce::core::{Error, Result, Run};
use induce::deep::language::{Decoder, Draft, Generation, Lookup, Pretrained, Report, Sampling, generate};
use numpy::PyArray1;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::raised;
use crate::watch::LOOK;

/// Parts that are written before the reader has to come for them.
const AHEAD: usize = 16;

/// What is asked for, as `induce.language` says it.
#[derive(FromPyObject)]
pub struct Wish {
    tokens: usize,
    temperature: f64,
    top_k: usize,
    top_p: f64,
    min_p: f64,
    stop: Vec<String>,
    guesses: usize,
    seed: u64,
    threads: usize,
}

enum Part {
    Text(String),
    End(Result<Report>),
}

impl Wish {
    /// Begin to write in a thread of its own, which ends soon after its stream does.
    pub fn start(
        self,
        model: Arc<Pretrained>,
        prompt: Vec<u32>,
        draft: Option<Arc<Pretrained>>,
        lookup: bool,
    ) -> PyResult<Stream> {
        let stop = Arc::new(AtomicBool::new(false));
        let run = Run::new(self.seed)
            .with_threads(self.threads)
            .with_cancellation(stop.clone());
        let (parts, received) = sync_channel(AHEAD);
        let write = move || {
            let report = self.write(&model, &prompt, draft.as_deref(), lookup, &run, &parts);
            // Nobody may be waiting for it any more.
            let _ = parts.send(Part::End(report));
        };
        let writer = std::thread::Builder::new()
            .name("induce-text".into())
            .spawn(write);
        let writer = writer.map_err(|e| PyOSError::new_err(format!("cannot start a thread: {e}")))?;
        Ok(Stream {
            parts: Mutex::new(Some((received, writer))),
            stop,
            report: OnceLock::new(),
        })
    }

    fn write(
        self,
        model: &Pretrained,
        prompt: &[u32],
        draft: Option<&Pretrained>,
        lookup: bool,
        run: &Run,
        parts: &SyncSender<Part>,
    ) -> Result<Report> {
        let room = prompt.len().saturating_add(self.tokens);
        let mut decoder = Decoder::new(&model.model, room);
        let mut lookup = lookup.then(|| Lookup::new(model.model.vocab_size()));
        let mut small = draft.map(|draft| Decoder::new(&draft.model, room));
        let draft: Option<&mut dyn Draft> = match (&mut small, &mut lookup) {
            (Some(small), _) => Some(small),
            (None, Some(lookup)) => Some(lookup),
            (None, None) => None,
        };
        let generation = Generation {
            sampling: Sampling {
                temperature: self.temperature,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
            },
            tokens: self.tokens,
            stops: &self.stop,
            draft: draft.map(|draft| (draft, self.guesses)),
        };
        let mut say = |text: &str| {
            let sent = parts.send(Part::Text(text.to_owned()));
            sent.map_err(|_| Error::Interrupted)
        };
        generate(&mut decoder, &model.tokens, prompt, generation, run, &mut say)
    }
}

/// A text that is being written: an iterator over its parts.
#[pyclass(frozen, module = "induce._native")]
pub struct Stream {
    /// Where parts come from, and who writes them; nothing once it is over.
    parts: Mutex<Option<(Receiver<Part>, JoinHandle<()>)>>,
    stop: Arc<AtomicBool>,
    report: OnceLock<Report>,
}

impl Stream {
    /// The next part, if there is one before it is time to look for signals; none at all once the text has ended.
    fn wait(&self) -> std::result::Result<Option<Part>, RecvTimeoutError> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((received, _)) = parts.as_ref() else {
            return Ok(None);
        };
        match received.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Disconnected) => {
                // Without an end the writer has panicked, and so does whoever reads.
                if let Some(Err(panic)) = parts.take().map(|(_, writer)| writer.join()) {
                    std::panic::resume_unwind(panic);
                }
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    fn end(&self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.parts.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

#[pymethods]
impl Stream {
    fn __iter__(this: PyRef<Self>) -> PyRef<Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<String>> {
        loop {
            // Parts may come so fast that there is never time to wait.
            py.check_signals().inspect_err(|_| py.detach(|| self.end()))?;
            match py.detach(|| self.wait()) {
                Ok(Some(Part::Text(text))) => return Ok(Some(text)),
                Ok(Some(Part::End(report))) => {
                    py.detach(|| self.end());
                    let _ = self.report.set(report.map_err(raised)?);
                    return Ok(None);
                }
                Ok(None) => return Ok(None),
                Err(_) => {}
            }
        }
    }

    /// Write no more.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.end());
    }

    /// What was done, once the text is there; under the names of the command line.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(report) = self.report.get() else {
            return Ok(None);
        };
        let out = PyDict::new(py);
        out.set_item("tokens", PyArray1::from_slice(py, &report.tokens))?;
        out.set_item("prompt_tokens", report.prompt)?;
        out.set_item("reason", &report.reason)?;
        out.set_item("prompt_seconds", report.prompt_seconds)?;
        out.set_item("seconds", report.seconds)?;
        out.set_item("passes", report.passes)?;
        out.set_item("context_moves", report.moves)?;
        out.set_item("guesses_judged", report.drafted)?;
        out.set_item("guesses_kept", report.accepted)?;
        out.set_item("speed_up", report.speed_up())?;
        Ok(Some(out))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

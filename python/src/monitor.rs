//! Progress of a fit as calls of a Python object.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use induce::core::Monitor;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// How Python ends a fit: a flag that stops it, and the exception that is raised then.
#[derive(Clone, Default)]
pub struct Ending {
    pub stop: Arc<AtomicBool>,
    failure: Arc<Mutex<Option<PyErr>>>,
}

impl Ending {
    /// Ask Python whether to stop, where there is a Python still.
    pub fn ask(&self, f: impl FnOnce(Python) -> PyResult<bool>) {
        match Python::try_attach(f) {
            Some(Ok(false)) => {}
            // The interpreter is on its way out: nobody waits for the model.
            None | Some(Ok(true)) => self.stop.store(true, Ordering::Relaxed),
            Some(Err(error)) => {
                self.stop.store(true, Ordering::Relaxed);
                if let Ok(mut failure) = self.failure.lock() {
                    failure.get_or_insert(error);
                }
            }
        }
    }

    /// The first exception there was.
    pub fn failure(&self) -> Option<PyErr> {
        self.failure.lock().ok()?.take()
    }
}

/// Calls `begin(what, steps)`, `step(step, metrics)` and `end()` of a Python object. An exception there, or a `step`
/// that returns True, stops the fit after its step.
pub struct Listener {
    object: Py<PyAny>,
    ending: Ending,
}

impl Listener {
    pub fn new(object: Py<PyAny>, ending: Ending) -> Self {
        Self { object, ending }
    }

    fn call(&self, f: impl FnOnce(&Bound<PyAny>) -> PyResult<bool>) {
        self.ending.ask(|py| f(self.object.bind(py)));
    }
}

impl Monitor for Listener {
    fn begin(&mut self, what: &str, steps: u64) {
        self.call(|object| object.call_method1("begin", (what, steps)).map(|_| false));
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        self.call(|object| {
            let latest = PyDict::new(object.py());
            for (name, value) in metrics {
                latest.set_item(name, value)?;
            }
            object.call_method1("step", (step, latest))?.is_truthy()
        });
    }

    fn end(&mut self) {
        self.call(|object| object.call_method0("end").map(|_| false));
    }
}

//! Progress of a fit as calls of a Python object.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use induce::core::Monitor;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Calls `begin(what, steps)`, `step(step, metrics)` and `end()` of a Python object. An exception there, or a `step`
/// that returns True, stops the fit after its step.
pub struct Listener {
    object: Py<PyAny>,
    stop: Arc<AtomicBool>,
    failure: Arc<std::sync::Mutex<Option<PyErr>>>,
}

impl Listener {
    pub fn new(
        object: Py<PyAny>,
        stop: Arc<AtomicBool>,
        failure: Arc<std::sync::Mutex<Option<PyErr>>>,
    ) -> Self {
        Self {
            object,
            stop,
            failure,
        }
    }

    fn call(&self, f: impl FnOnce(&Bound<PyAny>) -> PyResult<bool>) {
        let told = Python::try_attach(|py| f(self.object.bind(py)));
        match told {
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

//! The registry as Python sees it.

use induce::core::metrics::Task;
use induce::registry::MODELS;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// What language models do, beside the tasks of tables.
pub const LANGUAGE: &str = "language";

/// Every model: name, title, about, idea, tasks, its settings with default, range and sentence, and what settings
/// of earlier names are called today.
#[pyfunction]
pub fn models(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let out = PyDict::new(py);
    for entry in MODELS {
        let about = PyDict::new(py);
        about.set_item("title", entry.info.title)?;
        about.set_item("about", entry.info.about)?;
        about.set_item("idea", entry.info.idea)?;
        about.set_item("tasks", entry.task_names())?;
        about.set_item("input", entry.input.plural())?;
        let defaults = (entry.defaults)();
        let settings = PyList::empty(py);
        for setting in entry.settings {
            let default = defaults.get(setting.name).map(ToString::to_string);
            settings.append((setting.name, default, setting.range.to_string(), setting.doc))?;
        }
        about.set_item("settings", settings)?;
        let aliases = PyDict::new(py);
        for setting in entry.settings {
            for alias in setting.aliases {
                aliases.set_item(alias, setting.name)?;
            }
        }
        about.set_item("aliases", aliases)?;
        out.set_item(entry.info.name, about)?;
    }
    Ok(out)
}

/// The task called `name`.
pub fn task(name: &str) -> PyResult<Task> {
    name.parse().map_err(crate::error::raised)
}

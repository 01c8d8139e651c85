//! The registry as Python sees it.

use induce::core::metrics::Task;
use induce::registry::cards;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// What language models do, beside the tasks of tables.
pub const LANGUAGE: &str = "language";

/// Every model: name, title, about, idea, tasks, and its settings with default, range and sentence.
#[pyfunction]
pub fn models(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let out = PyDict::new(py);
    for card in cards() {
        let about = PyDict::new(py);
        about.set_item("title", card.title)?;
        about.set_item("about", card.about)?;
        about.set_item("idea", card.idea)?;
        let mut tasks: Vec<_> = card.tasks.iter().map(|task| name_of(*task)).collect();
        if card.of_texts() {
            tasks.push(LANGUAGE);
        }
        about.set_item("tasks", tasks)?;
        let defaults = (card.defaults)();
        let settings = PyList::empty(py);
        for setting in card.settings {
            let default = defaults.get(setting.name).map(ToString::to_string);
            settings.append((setting.name, default, setting.range, setting.doc))?;
        }
        about.set_item("settings", settings)?;
        out.set_item(card.name, about)?;
    }
    Ok(out)
}

/// The task's name after `--set task=`.
pub fn name_of(task: Task) -> &'static str {
    task.name()
}

/// The task called `name`.
pub fn task(name: &str) -> PyResult<Task> {
    name.parse().map_err(crate::error::raised)
}

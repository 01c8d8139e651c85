//! Errors of the house as exceptions of Python, by what went wrong.

use induce::Error;
use pyo3::PyErr;
use pyo3::exceptions::{PyKeyError, PyKeyboardInterrupt, PyMemoryError, PyValueError};

/// The exception for an error, its hint in a second line.
pub fn raised(error: Error) -> PyErr {
    let hint = error.hint();
    if let Error::Io { source, path, action } = error {
        let text = format!("cannot {action} `{}`: {source}", path.display());
        // By the kind, so that a missing file is a FileNotFoundError.
        return std::io::Error::new(source.kind(), text).into();
    }
    let text = match hint {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    };
    match error {
        Error::Interrupted => PyKeyboardInterrupt::new_err(text),
        Error::TooLarge { .. } => PyMemoryError::new_err(text),
        Error::UnknownColumn { .. } => PyKeyError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

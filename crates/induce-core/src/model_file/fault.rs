//! What a damaged file is told.

use crate::Error;

/// A file that cannot be what it says it is.
pub(super) fn broken(file: &str, reason: impl Into<String>) -> Error {
    Error::Model {
        file: file.into(),
        reason: reason.into(),
        hint: Some("the file is damaged or was changed by hand; take it from its source again".into()),
    }
}

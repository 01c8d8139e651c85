//! What can go wrong while a page is made.

use std::fmt;

/// A report could not be rendered.
///
/// No data can cause this: every value is checked or escaped before it reaches the template. It means that the
/// template itself is broken.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The template engine refused.
    Template(minijinja::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(error) => write!(formatter, "the report template is broken: {error:#}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Template(error) => Some(error),
        }
    }
}

impl From<minijinja::Error> for Error {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(error)
    }
}

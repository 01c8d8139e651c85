//! The estimators by neighbours.

use induce_core::{Error, Result};

/// Which estimator by neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Kraskov's first, ties exact: continuous, discrete and mixed variables
    Ksg1,
    /// Kraskov's second, for two variables
    Ksg2,
    /// Gao et al. (2017) as published, whose k does not shrink where distances tie
    Gao,
}

impl Method {
    /// The name of settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ksg1 => "ksg1",
            Self::Ksg2 => "ksg2",
            Self::Gao => "gao",
        }
    }

    /// The method of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        let all = [Self::Ksg1, Self::Ksg2, Self::Gao];
        all.into_iter()
            .find(|own| own.name() == name)
            .ok_or_else(|| Error::UnknownName {
                what: "method",
                name: name.into(),
                known: all.map(|own| own.name().into()).into(),
            })
    }
}

//! Whose ratings are asked for.

/// Whose ratings of items are asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rater<'a> {
    /// A user of training, by number.
    Known(u32),
    /// Somebody else, as the model placed what a table says of them.
    Embedded(&'a [f32]),
    /// Somebody of whom nothing is known.
    Unknown,
}

impl Rater<'_> {
    /// The number of a user of training.
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Known(user) => Some(user),
            Self::Embedded(_) | Self::Unknown => None,
        }
    }
}

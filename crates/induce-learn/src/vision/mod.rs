//! Image registration: key points, matching, homographies, and mosaics.
//!
//! [`features`] finds key points and describes them (SIFT), [`matches()`] pairs those that look alike, [`register`]
//! finds the homography that most pairs follow with the engine of [`robust`](crate::robust), and [`mosaic`] lays both
//! pictures into one.

mod bands;
mod blend;
mod blur;
mod coverage;
mod describe;
mod detect;
mod grey;
mod guide;
mod matching;
mod orient;
mod pyramid;
mod register;
mod sift;
mod trigonometry;
mod workspace;

pub use blend::{Blend, mosaic};
pub use coverage::Mosaic;
pub use grey::Grey;
pub use matching::{Match, matches};
pub use register::{Agreement, Registration, agree, distinct, register};
pub use sift::{Features, KeyPoint, Spec, features, features_at};
pub use workspace::Workspace;

#[cfg(test)]
mod tests;

//! Texts that mean "no value".

use super::number::{Number, parse_number};

/// The markers that are missing unless the user says otherwise.
///
/// The list of pandas' `read_csv`, less the spellings that are numbers
/// (`1.#QNAN` and its kin), plus `?` (UCI), `-` and `.` (R, SAS).
pub const MARKERS: [&str; 17] = [
    "", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>", "#N/A", "#NA", "?",
    "-", ".",
];

/// A set of markers with a quick way to say no.
#[derive(Debug, Clone)]
pub(crate) struct Missing {
    markers: Vec<Vec<u8>>,
    starts: [bool; 256],
    longest: usize,
    numeric: bool,
}

impl Missing {
    /// The set of `markers`; the empty text is always in it.
    pub(crate) fn new<S: AsRef<str>>(markers: &[S]) -> Self {
        let markers: Vec<Vec<u8>> = markers
            .iter()
            .map(|marker| marker.as_ref().trim().into())
            .collect();
        let mut starts = [false; 256];
        for first in markers.iter().filter_map(|marker| marker.first()) {
            starts[usize::from(*first)] = true;
        }
        let number = |marker: &Vec<u8>| parse_number(marker) != Number::None;
        Self {
            starts,
            longest: markers.iter().map(Vec::len).max().unwrap_or(0),
            numeric: markers.iter().any(number),
            markers,
        }
    }

    /// Whether a trimmed text is missing.
    #[inline]
    pub(crate) fn has(&self, text: &[u8]) -> bool {
        let Some(&first) = text.first() else { return true };
        self.starts[usize::from(first)] && text.len() <= self.longest && self.lists(text)
    }

    fn lists(&self, text: &[u8]) -> bool {
        self.markers.iter().any(|marker| marker == text)
    }

    /// Whether a marker would parse as a number, so that markers come before numbers.
    #[inline]
    pub(crate) fn has_numbers(&self) -> bool {
        self.numeric
    }
}

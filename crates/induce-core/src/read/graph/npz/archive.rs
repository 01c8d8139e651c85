//! The arrays of a file, by what they are usually called.

use super::super::super::guard::malformed;
use super::super::super::npy::{self, Array};
use super::super::super::npz::{Member, times};
use crate::{Error, Result};

/// The format, as people call it.
pub(super) const FORMAT: &str = "NPZ";

/// Arrays that have not been taken yet.
pub(super) struct Archive<'a> {
    file: &'a str,
    arrays: Vec<Named<'a>>,
    /// Members that are no arrays of numbers or texts.
    objects: Vec<String>,
}

/// An array and its name in the file.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) array: Array<'a>,
}

impl Named<'_> {
    /// What it is, as `edges` (5278 x 2).
    pub(super) fn said(&self) -> String {
        format!("`{}` ({})", self.name, times(self.array.shape()))
    }
}

impl<'a> Archive<'a> {
    /// The arrays of members; `titles` are what errors call them.
    pub(super) fn of(file: &'a str, members: &'a [Member], titles: &'a [String]) -> Result<Self> {
        let (mut arrays, mut objects) = (Vec::new(), Vec::new());
        for ((name, content), title) in members.iter().zip(titles) {
            if npy::holds_objects(content) {
                objects.push(format!("`{name}`"));
                continue;
            }
            arrays.push(Named {
                name,
                array: npy::parse_any(title, content)?,
            });
        }
        Ok(Self {
            file,
            arrays,
            objects,
        })
    }

    /// The first array that is called one of these names, and fits.
    pub(super) fn take_if(&mut self, names: &[&str], fits: impl Fn(&Array) -> bool) -> Option<Named<'a>> {
        let at = |wanted: &&str| {
            self.arrays
                .iter()
                .position(|own| plain(own.name) == **wanted && fits(&own.array))
        };
        let place = names.iter().find_map(at)?;
        Some(self.arrays.remove(place))
    }

    /// The first array that is called one of these names.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<Named<'a>> {
        self.take_if(names, |_| true)
    }

    /// Rows of the first array of numbers or texts that is called one of these names.
    pub(super) fn rows(&self, names: &[&str]) -> Option<usize> {
        let own = |wanted: &&str| {
            let found = self.arrays.iter().find(|own| plain(own.name) == **wanted);
            found
                .filter(|own| own.array.axes() > 0)
                .map(|own| own.array.rows())
        };
        names.iter().find_map(own)
    }

    /// Whether there are arrays of all these names.
    pub(super) fn has(&self, names: &[String]) -> bool {
        names
            .iter()
            .all(|name| self.arrays.iter().any(|own| plain(own.name) == *name))
    }

    /// Arrays that nothing was made of, and members that are none.
    pub(super) fn left_out(&self) -> Vec<String> {
        let all: Vec<String> = self.arrays.iter().map(Named::said).collect();
        let arrays = (!all.is_empty()).then(|| format!("left out: {}", all.join(", ")));
        let objects = (!self.objects.is_empty()).then(|| {
            format!(
                "left out: {}, for Python objects are not read",
                self.objects.join(", ")
            )
        });
        arrays.into_iter().chain(objects).collect()
    }

    /// An error for the file.
    pub(super) fn fault(&self, reason: impl std::fmt::Display, hint: &str) -> Error {
        malformed(self.file, FORMAT, reason, hint)
    }
}

/// A name as it is looked up: small letters, and `adj_matrix.data` as `adj_matrix_data`.
pub(super) fn plain(name: &str) -> String {
    name.to_lowercase().replace(['.', '-', ' '], "_")
}

//! The one model file: a valid safetensors file that says what it is.
//!
//! Arrays are tensors; everything else is text in the `__metadata__` of the
//! header: `induce.kind` (which family of model), `induce.version` (of this
//! format), `induce.checksum` (over all the rest), and by custom `spec`, `schema` and `card` as JSON. Any safetensors
//! reader opens it, nothing in it can run code, and the same model always gives
//! the same bytes.
//!
//! ```
//! use induce_core::model_file::ModelFile;
//!
//! let mut file = ModelFile::new("example");
//! file.put("weights", vec![1.0, -2.5]);
//! file.put_json("spec", &vec!["lambda", "1"])?;
//! let again = ModelFile::read_bytes("memory", &file.to_bytes()?)?;
//! assert_eq!(again.values::<f64>("weights")?, [1.0, -2.5]);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod checksum;
mod decode;
mod encode;
mod fault;
mod nest;
mod save;
mod tensor;

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

#[doc(hidden)]
pub use checksum::unsummed;
use fault::broken;
pub use tensor::{Array, Element, Tensor};

/// The newest format version this code reads, and the one it writes.
pub const VERSION: u32 = 1;

/// The content of a model file.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// What to call the file in errors: its path, or `memory`.
    pub file: String,
    /// The family of the model: `boost`, ...
    pub kind: String,
    /// The version of the format it was written in.
    pub version: u32,
    /// Texts of the header, without kind and version.
    pub metadata: BTreeMap<String, String>,
    /// Arrays by name.
    pub tensors: BTreeMap<String, Tensor>,
    /// Within how many other files it lies.
    depth: usize,
}

impl ModelFile {
    /// An empty file for a model of family `kind`.
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            file: "memory".into(),
            kind: kind.into(),
            version: VERSION,
            metadata: BTreeMap::new(),
            tensors: BTreeMap::new(),
            depth: 0,
        }
    }

    /// Checks that the file holds a model of this kind.
    ///
    /// # Errors
    /// If it holds another one.
    pub fn expect_kind(&self, kind: &str) -> Result<()> {
        if self.kind == kind {
            return Ok(());
        }
        Err(Error::Model {
            file: self.file.clone(),
            reason: format!("it is of the kind `{}`, not `{kind}`", self.kind),
            hint: Some("`induce show` says what a file holds".into()),
        })
    }

    /// Keep a vector under `name`.
    pub fn put(&mut self, name: impl Into<String>, array: impl Into<Array>) {
        self.tensors.insert(name.into(), Tensor::vector(array));
    }

    /// Keep `value` as JSON under `key`.
    ///
    /// # Errors
    /// If `value` cannot be serialised.
    pub fn put_json(&mut self, key: impl Into<String>, value: &impl Serialize) -> Result<()> {
        let key = key.into();
        let text = serde_json::to_string(value)
            .map_err(|e| self.fault(format!("`{key}` cannot be written as JSON: {e}")))?;
        self.metadata.insert(key, text);
        Ok(())
    }

    /// The text under `key`.
    ///
    /// # Errors
    /// If there is no such entry.
    pub fn text(&self, key: &str) -> Result<&str> {
        let text = self.metadata.get(key).map(String::as_str);
        text.ok_or_else(|| self.fault(format!("its header has no `{key}`")))
    }

    /// The value that `key` holds as JSON.
    ///
    /// # Errors
    /// If there is no such entry, or it is not JSON of this type.
    pub fn json<T: DeserializeOwned>(&self, key: &str) -> Result<T> {
        serde_json::from_str(self.text(key)?)
            .map_err(|e| self.fault(format!("`{key}` of its header cannot be read: {e}")))
    }

    /// The tensor called `name`.
    ///
    /// # Errors
    /// If there is no such tensor.
    pub fn tensor(&self, name: &str) -> Result<&Tensor> {
        self.tensors
            .get(name)
            .ok_or_else(|| self.fault(format!("it has no tensor `{name}`")))
    }

    /// The elements of the tensor called `name`, row-major.
    ///
    /// # Errors
    /// If there is no such tensor, or its elements are of another type.
    pub fn values<T: Element>(&self, name: &str) -> Result<&[T]> {
        let array = &self.tensor(name)?.array;
        T::of(array).ok_or_else(|| {
            self.fault(format!(
                "tensor `{name}` is of type {}, not {}",
                array.dtype(),
                T::NAME
            ))
        })
    }

    /// As [`ModelFile::values`], of which there must be `length`.
    ///
    /// # Errors
    /// As [`values`](Self::values), or if there are not `length` elements.
    pub fn values_of<T: Element>(&self, name: &str, length: usize) -> Result<&[T]> {
        let values = self.values(name)?;
        if values.len() == length {
            return Ok(values);
        }
        Err(self.fault(format!(
            "tensor `{name}` has {} elements where {length} belong",
            values.len()
        )))
    }

    /// An error about this file.
    pub fn fault(&self, reason: impl Into<String>) -> Error {
        broken(&self.file, reason)
    }
}

#[cfg(test)]
mod tests;

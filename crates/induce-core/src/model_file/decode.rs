//! From bytes to a [`ModelFile`].

use std::path::Path;

use safetensors::SafeTensors;

use super::checksum::KEY;
use super::fault::broken;
use super::{Array, ModelFile, Tensor, VERSION};
use crate::{Error, Result};

impl ModelFile {
    /// The model file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read or is not a whole model file of a version that is known.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        Self::read_bytes(&path.display().to_string(), &bytes)
    }

    /// A model file from memory; errors call it `name`.
    ///
    /// Every length in the header is checked against `bytes` before anything is allocated.
    ///
    /// # Errors
    /// If the bytes are not a whole model file of a version that is known.
    pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Self> {
        let fault = |e: safetensors::SafeTensorError| broken(name, e.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(fault)?;
        let mut metadata: std::collections::BTreeMap<_, _> = header
            .metadata()
            .iter()
            .flatten()
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect();
        let kind = metadata.remove("induce.kind").ok_or_else(|| foreign(name))?;
        let version = metadata.remove("induce.version").ok_or_else(|| foreign(name))?;
        let version = check_version(name, &version)?;
        let checksum = metadata.remove(KEY);
        let views = SafeTensors::deserialize(bytes).map_err(fault)?;
        let tensors = views.iter().map(|(key, view)| {
            let array = Array::from_bytes(view.dtype(), view.data());
            let unknown = || {
                broken(
                    name,
                    format!("tensor `{key}` is of the unknown type {}", view.dtype()),
                )
            };
            Ok((
                key.to_string(),
                Tensor {
                    shape: view.shape().to_vec(),
                    array: array.ok_or_else(unknown)?,
                },
            ))
        });
        let tensors = tensors.collect::<Result<_>>()?;
        let file = Self {
            file: name.into(),
            kind,
            version,
            metadata,
            tensors,
            depth: 0,
        };
        file.check(checksum.as_deref())?;
        Ok(file)
    }
}

fn foreign(name: &str) -> Error {
    Error::Model {
        file: name.into(),
        reason: "it is a safetensors file, but was not written by induce".into(),
        hint: Some("give the file that `induce train --out` wrote".into()),
    }
}

fn check_version(name: &str, text: &str) -> Result<u32> {
    match text.parse() {
        Ok(version @ 1..=VERSION) => Ok(version),
        Ok(0) | Err(_) => Err(broken(name, format!("its format version is `{text}`"))),
        Ok(version) => Err(Error::Model {
            file: name.into(),
            reason: format!("its format version is {version}, this induce knows versions up to {VERSION}"),
            hint: Some("open it with a newer induce".into()),
        }),
    }
}

//! From a [`ModelFile`] to bytes.

use std::borrow::Cow;

use safetensors::tensor::View;
use safetensors::{Dtype, serialize};
use serde_json::{Map, Value};

use super::checksum::KEY;
use super::fault::broken;
use super::{ModelFile, Tensor};
use crate::Result;

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.array.code()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.array.bytes().into()
    }

    fn data_len(&self) -> usize {
        self.array.len() * self.array.code().bitsize() / 8
    }
}

impl ModelFile {
    /// The file as bytes, the same for the same content.
    ///
    /// # Errors
    /// If the tensors cannot be serialised.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let own = [
            ("induce.kind", self.kind.clone()),
            ("induce.version", self.version.to_string()),
            (KEY, self.checksum()),
        ];
        let own = own.into_iter().map(|(key, text)| (key.to_string(), text));
        let rest = self
            .metadata
            .iter()
            .map(|(key, text)| (key.clone(), text.clone()));
        let metadata = Some(rest.chain(own).collect());
        let mut bytes = serialize(&self.tensors, metadata).map_err(|e| self.fault(e.to_string()))?;
        sort_header(&mut bytes).ok_or_else(|| broken(&self.file, "its header cannot be put in order"))?;
        Ok(bytes)
    }
}

/// The crate writes the metadata in the order of a hash map; put it in the order of its keys.
fn sort_header(bytes: &mut [u8]) -> Option<()> {
    let (length, rest) = bytes.split_first_chunk_mut()?;
    let header = rest.get_mut(..usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let mut entries: Map<String, Value> = serde_json::from_slice(header).ok()?;
    entries.get_mut("__metadata__")?.as_object_mut()?.sort_keys();
    let sorted = serde_json::to_vec(&entries).ok()?;
    // The same entries in another order are as long as before; spaces fill up to the alignment.
    let (front, back) = header.split_at_mut_checked(sorted.len())?;
    front.copy_from_slice(&sorted);
    back.fill(b' ');
    Some(())
}

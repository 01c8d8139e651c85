//! A sum over all that a file holds: a bit that turned on a disk would be another prediction.

use super::ModelFile;
use super::fault::broken;
use crate::{Fingerprint, Result};

/// Its entry in the header.
pub(super) const KEY: &str = "induce.checksum";
/// A name of the same length, under which it means nothing.
const NO_KEY: &str = "induce.unsummed";

impl ModelFile {
    /// The sum over kind, texts and tensors: 16 hexadecimal digits.
    pub(super) fn checksum(&self) -> String {
        let mut sum = Fingerprint::new();
        sum.bytes(self.kind.as_bytes());
        for (key, text) in &self.metadata {
            sum.bytes(key.as_bytes());
            sum.bytes(text.as_bytes());
        }
        for (name, tensor) in &self.tensors {
            sum.bytes(name.as_bytes());
            sum.bytes(tensor.array.dtype().as_bytes());
            tensor.shape.iter().for_each(|size| sum.word(*size as u64));
            tensor.array.sum_up(&mut sum);
        }
        format!("{:016x}", sum.finish())
    }

    /// Whether the file holds what was written; files before there were sums have none.
    pub(super) fn check(&self, written: Option<&str>) -> Result<()> {
        match written {
            Some(written) if written != self.checksum() => Err(broken(
                &self.file,
                format!("its content is not what was written: the checksum is not {written}"),
            )),
            _ => Ok(()),
        }
    }
}

/// The bytes of a file without its checksum, for tests with damaged files: whoever makes a hostile one sums it up as well, so
/// that every check behind it must hold on its own.
#[doc(hidden)]
pub fn unsummed(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = KEY.len();
    if let Some(at) = bytes.windows(length).position(|part| part == KEY.as_bytes()) {
        bytes[at..at + length].copy_from_slice(NO_KEY.as_bytes());
    }
    bytes
}

//! Tensors of `model.safetensors`, or of its shards.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use half::{bf16, f16};
use induce_core::read::Contents;
use induce_core::{Error, Result};
use induce_tensor::inference::{Precision, Weight, transpose};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::json::json;
use crate::language::bytes::singles;
use crate::language::transformer::assemble::Parts;

/// The files of a folder: one, or those that `model.safetensors.index.json` names.
///
/// # Errors
/// If one cannot be read, or is elsewhere.
pub fn files(folder: &Path) -> Result<Vec<(String, Contents)>> {
    let open = |name: &str| {
        let path = folder.join(name);
        Ok((path.display().to_string(), Contents::of(&path)?))
    };
    let index = folder.join("model.safetensors.index.json");
    if !index.is_file() {
        return Ok(vec![open("model.safetensors")?]);
    }
    let index_name = index.display().to_string();
    let index = json(&index)?;
    let map = index["weight_map"].as_object().into_iter().flatten();
    let names: BTreeSet<&str> = map.filter_map(|(_, file)| file.as_str()).collect();
    let plain = |name: &str| {
        matches!(
            Path::new(name).components().collect::<Vec<_>>()[..],
            [Component::Normal(_)]
        )
    };
    match names.iter().find(|name| !plain(name)) {
        Some(elsewhere) => Err(fault(
            &index_name,
            format!("`{elsewhere}` is not a file in this folder"),
        )),
        None => names.into_iter().map(open).collect(),
    }
}

fn fault(file: &str, reason: impl Into<String>) -> Error {
    Error::Malformed {
        file: file.into(),
        format: "safetensors",
        reason: reason.into(),
        hint: Some("the download was cut off or damaged; fetch the file again".into()),
    }
}

/// All tensors of all files.
pub struct Tensors<'a> {
    files: Vec<(&'a str, SafeTensors<'a>)>,
    transposed: bool,
}

impl<'a> Tensors<'a> {
    /// Of these files; matrices of layers are kept `transposed` or not.
    ///
    /// # Errors
    /// If one is damaged.
    pub fn new(files: &'a [(String, Contents)], transposed: bool) -> Result<Self> {
        let parse = |(file, bytes): &'a (String, Contents)| {
            let parsed = SafeTensors::deserialize(bytes).map_err(|error| fault(file, error.to_string()))?;
            Ok((file.as_str(), parsed))
        };
        Ok(Self {
            files: files.iter().map(parse).collect::<Result<_>>()?,
            transposed,
        })
    }

    /// Whether GPT-2's tensors have `transformer.` before their names.
    pub fn prefix(&self) -> bool {
        self.has("transformer.wte.weight")
    }

    fn find(&self, name: &str) -> Result<(&'a str, TensorView<'_>)> {
        let found = self
            .files
            .iter()
            .find_map(|(file, tensors)| Some((*file, tensors.tensor(name).ok()?)));
        found.ok_or_else(|| {
            fault(
                self.files.first().map_or("", |f| f.0),
                format!("there is no tensor `{name}`"),
            )
        })
    }

    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let (file, view) = self.find(name)?;
        if view.shape() != shape {
            let reason = format!(
                "`{name}` has shape {:?}, but `config.json` implies {shape:?}",
                view.shape()
            );
            return Err(fault(file, reason));
        }
        let two = || view.data().as_chunks::<2>().0.iter();
        match view.dtype() {
            Dtype::F32 => Ok(singles(view.data())),
            Dtype::F16 => Ok(two().map(|b| f16::from_le_bytes(*b).to_f32()).collect()),
            Dtype::BF16 => Ok(two().map(|b| bf16::from_le_bytes(*b).to_f32()).collect()),
            other => Err(fault(
                file,
                format!("`{name}` has type {other:?}; supported are F32, F16 and BF16"),
            )),
        }
    }
}

impl Parts for Tensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(_, tensors)| tensors.tensor(name).is_ok())
    }

    fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Weight> {
        // GPT-2 keeps its layers transposed, but not its embeddings.
        let turned = self.transposed && (name.contains(".attn.") || name.contains(".mlp."));
        let values = if turned {
            transpose(&self.values(name, &[columns, rows])?, rows, 0..rows)
        } else {
            self.values(name, &[rows, columns])?
        };
        let precision = match self.find(name)?.1.dtype() {
            Dtype::F16 => Precision::F16,
            Dtype::BF16 => Precision::Bf16,
            _ => Precision::F32,
        };
        Weight::floats(&values, rows, columns, precision)
            .ok_or_else(|| fault(name, "the number of its values does not match its shape"))
    }

    fn vector(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        self.values(name, &[length])
    }
}

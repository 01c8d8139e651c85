//! Tensors of `model.safetensors`, or of its shards.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use half::{bf16, f16};
use induce_core::read::Contents;
use induce_core::{Error, Result};
use induce_tensor::inference::{Precision, Weight, transpose};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::json::json;
use crate::language::bytes::singles;
use crate::language::fault::left_over;
use crate::language::known::{Known, Means::Fine, check, of};
use crate::language::transformer::assemble::Parts;

/// The files of a folder.
pub struct Files {
    /// Their names and bytes.
    files: Vec<(String, Contents)>,
    /// The index, and the file that it names for every tensor.
    index: Option<(String, BTreeMap<String, String>)>,
}

/// What an index says.
const FACTS: &[Known] = &[("weight_map", Fine), ("metadata", Fine)];

/// `model.safetensors`, or, where there is none, the files that `model.safetensors.index.json` names.
///
/// # Errors
/// If one cannot be read, or is elsewhere.
pub fn files(folder: &Path) -> Result<Files> {
    let open = |name: &str| {
        let path = folder.join(name);
        Ok((path.display().to_string(), Contents::of(&path)?))
    };
    let index = folder.join("model.safetensors.index.json");
    if folder.join("model.safetensors").is_file() || !index.is_file() {
        return Ok(Files {
            files: vec![open("model.safetensors")?],
            index: None,
        });
    }
    let name = index.display().to_string();
    let index = json(&index)?;
    check(&name, &[FACTS], of(&index))?;
    let map: BTreeMap<String, String> = serde_json::from_value(index["weight_map"].clone())
        .map_err(|error| fault(&name, format!("its `weight_map` is none: {error}")))?;
    let names: BTreeSet<&String> = map.values().collect();
    let plain = |name: &str| {
        matches!(
            Path::new(name).components().collect::<Vec<_>>()[..],
            [Component::Normal(_)]
        )
    };
    if let Some(elsewhere) = names.iter().find(|name| !plain(name)) {
        return Err(fault(
            &name,
            format!("`{elsewhere}` is not a file in this folder"),
        ));
    }
    Ok(Files {
        files: names.into_iter().map(|name| open(name)).collect::<Result<_>>()?,
        index: Some((name, map)),
    })
}

fn fault(file: &str, reason: impl Into<String>) -> Error {
    Error::Malformed {
        file: file.into(),
        format: "safetensors",
        reason: reason.into(),
        hint: Some("the download was cut off or damaged; fetch the file again".into()),
    }
}

/// The ends of names of tensors that change nothing: masks and turns, which are computed.
const IDLE: [&str; 3] = [".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"];

/// All tensors of all files.
pub struct Tensors<'a> {
    files: Vec<(&'a str, SafeTensors<'a>)>,
    transposed: bool,
    /// The names of those that were read.
    read: RefCell<BTreeSet<String>>,
}

impl<'a> Tensors<'a> {
    /// Of these files; matrices of layers are kept `transposed` or not.
    ///
    /// # Errors
    /// If one is damaged, or has other tensors than the index says.
    pub fn new(files: &'a Files, transposed: bool) -> Result<Self> {
        let parse = |(file, bytes): &'a (String, Contents)| {
            let parsed = SafeTensors::deserialize(bytes).map_err(|error| fault(file, error.to_string()))?;
            Ok((file.as_str(), parsed))
        };
        let own = Self {
            files: files.files.iter().map(parse).collect::<Result<_>>()?,
            transposed,
            read: RefCell::default(),
        };
        match &files.index {
            Some((name, map)) => own.as_indexed(name, map).map(|()| own),
            None => Ok(own),
        }
    }

    /// Whether every tensor is in the file that the index names, and in no other.
    fn as_indexed(&self, index: &str, map: &BTreeMap<String, String>) -> Result<()> {
        let file = |path: &str| {
            Path::new(path)
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let pairs = |(path, tensors): &(&str, SafeTensors)| {
            let file = file(path).unwrap_or_default();
            let own = tensors.names().into_iter().map(str::to_owned);
            own.map(|name| (name, file.clone())).collect::<Vec<_>>()
        };
        let found: BTreeSet<(String, String)> = self.files.iter().flat_map(pairs).collect();
        let said: BTreeSet<(String, String)> = map.clone().into_iter().collect();
        match said.symmetric_difference(&found).next() {
            None => Ok(()),
            Some((name, file)) if said.contains(&(name.clone(), file.clone())) => Err(fault(
                index,
                format!("`{name}` is not in `{file}`, where the index has it"),
            )),
            Some((name, file)) => Err(fault(index, format!("`{name}` of `{file}` is not in the index"))),
        }
    }

    /// Whether every tensor was read, or changes nothing.
    ///
    /// # Errors
    /// The first that was not.
    pub fn all_read(&self) -> Result<()> {
        let read = self.read.borrow();
        for (file, tensors) in &self.files {
            let mut names = tensors.names();
            names.sort_unstable();
            names.retain(|name| !read.contains(*name) && !IDLE.iter().any(|end| name.ends_with(end)));
            if let Some(first) = names.first() {
                return Err(left_over(file, first, names.len()));
            }
        }
        Ok(())
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
        self.read.borrow_mut().insert(name.to_owned());
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

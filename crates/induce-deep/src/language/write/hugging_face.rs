//! Folders of Hugging Face.

use std::borrow::Cow;
use std::path::Path;

use half::{bf16, f16};
use induce_core::place::put_bytes;
use induce_core::{Error, Result};
use induce_tensor::inference::{RopeLayout, transpose};
use safetensors::Dtype;
use safetensors::tensor::View;
use serde_json::{Value, json};

use super::parts::{Part, Role, each};
use super::precision::{Precision, check_halves};
use crate::language::architectures::interchange_of;
use crate::language::tokens::Tokenizer;
use crate::language::transformer::interchange::Interchange;
use crate::language::transformer::model::Transformer;

/// A tensor as bytes.
struct Kept {
    shape: Vec<usize>,
    kind: Dtype,
    bytes: Vec<u8>,
}

impl View for &Kept {
    fn dtype(&self) -> Dtype {
        self.kind
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Write the files one by one; a folder without the last, `config.json`, is no model.
///
/// # Errors
/// As [`write_hugging_face`](super::write_hugging_face).
pub fn write(folder: &Path, model: &Transformer, tokens: &Tokenizer, precision: Precision) -> Result<()> {
    let kind = interchange_of(model)?;
    let config = config(model, kind, tokens, precision)?;
    let tokenizer = tokens.to_json()?;
    let weights = weights(model, kind, precision)?;
    let index = folder.join("model.safetensors.index.json");
    if index.exists() {
        return Err(Error::data(
            format!("`{}` holds a model in several files already", folder.display()),
            "name another folder",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    let settings = tokenizer_config(model, tokens);
    put_bytes(&folder.join("tokenizer.json"), tokenizer.as_bytes())?;
    put_bytes(
        &folder.join("tokenizer_config.json"),
        format!("{settings:#}\n").as_bytes(),
    )?;
    put_bytes(&folder.join("model.safetensors"), &weights)?;
    put_bytes(&folder.join("config.json"), format!("{config:#}\n").as_bytes())
}

fn weights(model: &Transformer, kind: &dyn Interchange, precision: Precision) -> Result<Vec<u8>> {
    let names = kind.names(true);
    let mut all = Vec::new();
    each(model, kind, &names, RopeLayout::Halves, &mut |part| {
        let name = part.name.clone();
        all.push((name, kept(part, kind, precision)?));
        Ok(())
    })?;
    // Transformers wants to know where tensors are from.
    let metadata = Some([("format".to_owned(), "pt".to_owned())].into());
    let views = all.iter().map(|(name, kept)| (name, kept));
    safetensors::serialize(views, metadata)
        .map_err(|e| Error::data(format!("the weights cannot be written: {e}"), "write GGUF"))
}

/// GPT-2 keeps the matrices of layers as (inputs, outputs).
fn kept(mut part: Part, kind: &dyn Interchange, precision: Precision) -> Result<Kept> {
    if let (true, Role::Matrix, [_, columns]) = (kind.is_transposed(), part.role, &part.shape[..]) {
        part.values = transpose(&part.values, *columns, 0..*columns);
        part.shape.reverse();
    }
    let bytes = match precision {
        Precision::F16 => {
            check_halves(&part.name, &part.values)?;
            part.values
                .iter()
                .flat_map(|x| f16::from_f32(*x).to_le_bytes())
                .collect()
        }
        Precision::Bf16 => {
            let bytes = |x: &f32| bf16::from_f32(*x).to_le_bytes();
            part.values.iter().flat_map(bytes).collect()
        }
        _ => part.values.iter().flat_map(|x| x.to_le_bytes()).collect(),
    };
    Ok(Kept {
        shape: part.shape,
        kind: dtype(precision)?.0,
        bytes,
    })
}

/// The type in files, and as `config.json` calls it.
fn dtype(precision: Precision) -> Result<(Dtype, &'static str)> {
    match precision {
        Precision::F32 => Ok((Dtype::F32, "float32")),
        Precision::F16 => Ok((Dtype::F16, "float16")),
        Precision::Bf16 => Ok((Dtype::BF16, "bfloat16")),
        _ => Err(Error::data(
            "a folder of Hugging Face has no blocks of fewer bits",
            "write `f32`, `f16` or `bf16`, or GGUF",
        )),
    }
}

fn config(
    model: &Transformer,
    kind: &dyn Interchange,
    tokens: &Tokenizer,
    precision: Precision,
) -> Result<Value> {
    let ends = match tokens.ends() {
        [] => Value::Null,
        [one] => json!(one),
        several => json!(several),
    };
    let mut config = kind.config(model)?;
    config["vocab_size"] = json!(model.spec.vocab_size);
    config["tie_word_embeddings"] = json!(model.head.is_none());
    config["bos_token_id"] = json!(tokens.begin());
    config["eos_token_id"] = ends;
    let dtype = dtype(precision)?.1;
    // The newer name and the older one.
    config["dtype"] = json!(dtype);
    config["torch_dtype"] = json!(dtype);
    Ok(config)
}

/// Which class opens `tokenizer.json`, and how long texts may be; it knows itself what is special.
fn tokenizer_config(model: &Transformer, tokens: &Tokenizer) -> Value {
    let special = |id: Option<u32>| id.and_then(|id| tokens.special(id));
    let mut settings = json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.spec.context,
        "clean_up_tokenization_spaces": false,
        "bos_token": special(tokens.begin()),
        "eos_token": special(tokens.ends().first().copied()),
    });
    if let Some(template) = tokens.chat() {
        settings["chat_template"] = json!(template);
    }
    settings
}

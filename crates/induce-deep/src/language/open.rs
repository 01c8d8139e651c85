//! Which of the formats a file has.

use std::path::{Path, PathBuf};

use induce_core::model_file::ModelFile;
use induce_core::read::Contents;
use induce_core::{Error, Result};
use serde_json::{Value, json};

use super::file::{self as own, Header, network_of};
use super::inference::LanguageModel;
use super::pretrained::{Pretrained, fit, tokens_of};
use super::tokens::{Tokenizer, from_json, from_llama2c};
use super::transformer::model::Transformer;
use super::{gguf, hugging_face, llama2c};

/// Whether `path` holds a language model, by what it is: nothing but its beginning is read.
pub fn is(path: &Path) -> bool {
    if path.is_dir() {
        return path.join("config.json").is_file();
    }
    let bytes = Contents::of(path);
    bytes.is_ok_and(|bytes| gguf::is(&bytes) || llama2c::is(&bytes) || own::is_language(&bytes))
}

/// Open a model: a file of our own, a `.gguf`, a `.bin` of llama2.c, or a folder of Hugging Face; `tokenizer` is for models without.
///
/// # Errors
/// If it is none of these, damaged, or of a kind that is not known; every part is checked before it is used.
pub fn open(path: &Path, tokenizer: Option<&Path>) -> Result<Pretrained> {
    if path.is_dir() {
        return hugging_face::open(path, tokenizer);
    }
    let (file, bytes) = (path.display().to_string(), Contents::of(path)?);
    if gguf::is(&bytes) {
        let (model, tokens) = gguf_parts(&file, &bytes, tokenizer)?;
        return Ok(Pretrained {
            model: LanguageModel::new(model),
            tokens,
            format: "GGUF",
            trained: None,
        });
    }
    if own::is(&bytes) {
        return own_bytes(&file, &bytes);
    }
    if hugging_face::is_part(path) {
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        return hugging_face::open(folder, tokenizer);
    }
    if !llama2c::is(&bytes) {
        return Err(Error::Model {
            file,
            reason: "it is no language model: neither one that was trained here, nor GGUF, nor of llama2.c, nor a folder of Hugging Face"
                .into(),
            hint: Some(
                "give what `induce train TEXT` wrote, a `.gguf` or `.bin` file, or a folder with `config.json` and `model.safetensors`"
                    .into(),
            ),
        });
    }
    let model = llama2c::model(&file, &bytes)?;
    let tokenizer = match tokenizer {
        Some(own) => own.to_owned(),
        None => beside(path, &file, model.spec.vocab_size)?,
    };
    let tokens = tokens_of(&tokenizer, model.spec.vocab_size)?;
    fit(&model, &tokens, &file)?;
    Ok(Pretrained {
        model: LanguageModel::new(model),
        tokens,
        format: "llama2.c",
        trained: None,
    })
}

/// A model that was trained here, from the bytes of its file, called `name` in errors.
///
/// # Errors
/// If they are of another kind, or damaged.
pub fn own_bytes(name: &str, bytes: &[u8]) -> Result<Pretrained> {
    let file = &ModelFile::read_bytes(name, bytes)?;
    let header = Header::of(file)?;
    let (network, parameters) = network_of(file, &header)?;
    let model = network.model(&parameters)?;
    Ok(Pretrained {
        model,
        tokens: header.tokens(&file.file)?,
        format: "induce",
        trained: Some(json!({
            "settings": header.settings,
            "card": file.json::<Value>("card").unwrap_or_default(),
        })),
    })
}

fn gguf_parts(file: &str, bytes: &[u8], tokenizer: Option<&Path>) -> Result<(Transformer, Tokenizer)> {
    let parsed = gguf::Gguf::parse(file, bytes)?;
    let model = parsed.model()?;
    let tokens = match tokenizer {
        Some(own) => parsed.tokens_with(tokens_of(own, model.spec.vocab_size)?)?,
        None => parsed.tokens()?,
    };
    fit(&model, &tokens, file)?;
    Ok((model, tokens))
}

/// The tokenizer of a model of llama2.c: `tokenizer.bin`, or `tok512.bin` for 512 tokens.
fn beside(path: &Path, file: &str, vocabulary: usize) -> Result<PathBuf> {
    let names = ["tokenizer.bin".to_owned(), format!("tok{vocabulary}.bin")];
    let found = names
        .iter()
        .map(|name| path.with_file_name(name))
        .find(|p| p.is_file());
    found.ok_or_else(|| Error::Model {
        file: file.into(),
        reason: format!("there is neither `{}` nor `{}` next to it", names[0], names[1]),
        hint: Some(
            "put its tokenizer there; `generate` and `convert` also take it as `--tokenizer FILE`".into(),
        ),
    })
}

/// A model of llama2.c from bytes.
///
/// # Errors
/// As [`open`].
pub fn llama2c_bytes(file: &str, bytes: &[u8]) -> Result<Transformer> {
    llama2c::model(file, bytes)
}

/// A model of GGUF, and its tokens, from bytes.
///
/// # Errors
/// As [`open`].
pub fn gguf_bytes(file: &str, bytes: &[u8]) -> Result<(Transformer, Tokenizer)> {
    gguf_parts(file, bytes, None)
}

/// A tokenizer from bytes: `tokenizer.json`, or llama2.c's with this many tokens.
///
/// # Errors
/// If it is damaged.
pub fn tokenizer_bytes(file: &str, bytes: &[u8], vocabulary: usize) -> Result<Tokenizer> {
    if bytes.first() == Some(&b'{') {
        return from_json(file, bytes, None, Vec::new());
    }
    from_llama2c(file, bytes, vocabulary)
}

//! Language models, written for the programs of others.

mod gguf;
mod hugging_face;
mod llama2c;
mod parts;
mod precision;
#[cfg(test)]
mod tests;

use std::path::Path;

use induce_core::place::put_bytes;
use induce_core::{Error, Result};

use super::tokens::Tokenizer;
use super::transformer::model::Transformer;
pub use precision::Precision;

/// Write a model as GGUF, version 3 (ggml's specification, `docs/gguf.md`), for llama.cpp and all that is built on it.
///
/// Matrices are in the given [`Precision`]: those whose rows are no whole blocks of 256 in 8 bits instead, or of 32 in half
/// precision; with 4 bits, the rows of tokens are in 6. Norms, biases and learned positions are in single precision. The file is
/// there whole or not at all.
///
/// ```
/// use induce_deep::language::{Precision, open, write_gguf};
/// let gpt2 = open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/gpt2").as_ref(), None)?;
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("tiny.gguf");
/// write_gguf(&path, gpt2.model.transformer("GGUF")?, &gpt2.tokens, Precision::Q8_0)?;
/// assert_eq!(open(&path, None)?.tokens.encode("the cat")?, gpt2.tokens.encode("the cat")?);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the model is of a kind, or the tokenizer of one, that the format does not know, if a weight is too large for half
/// precision, or if the file cannot be written.
pub fn write_gguf(path: &Path, model: &Transformer, tokens: &Tokenizer, precision: Precision) -> Result<()> {
    put_bytes(path, &gguf::bytes(model, tokens, precision)?)
}

/// Write a model as a folder of Hugging Face: `tokenizer.json`, `tokenizer_config.json`, `model.safetensors`, and last
/// `config.json`, for `transformers` and all that is built on it.
///
/// Every file is there whole or not at all. All weights are in the given [`Precision`].
///
/// # Errors
/// As [`write_gguf`]; and if 8 bits are asked for, or the folder holds a model in several files.
pub fn write_hugging_face(
    folder: &Path,
    model: &Transformer,
    tokens: &Tokenizer,
    precision: Precision,
) -> Result<()> {
    hugging_face::write(folder, model, tokens, precision)
}

/// Write a model as a `.bin` of llama2.c: of version 0 in single precision, of version 2 in 8 bits; and `tokenizer.bin` beside
/// it. Where `run.c` would cut texts otherwise than the tokenizer does, there is none, and the reason is returned.
///
/// ```
/// use induce_deep::language::{Precision, open, write_llama2c};
/// let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
/// let tiny = open(&golden.join("tiny.bin"), Some(&golden.join("tok.bin")))?;
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("again.bin");
/// let reason = write_llama2c(&path, tiny.model.transformer("llama2.c")?, &tiny.tokens, Precision::F32)?;
/// assert!(reason.is_none() && path.with_file_name("tokenizer.bin").exists());
/// assert_eq!(open(&path, None)?.tokens.encode("caba")?, tiny.tokens.encode("caba")?);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the model is not what llama2.c takes for granted: of Llama's kind without biases, heads that make up the width, rotary
/// positions of base 10,000, norms with 1e-5; if half precision is asked for; or if another `tokenizer.bin` is there already.
pub fn write_llama2c(
    path: &Path,
    model: &Transformer,
    tokens: &Tokenizer,
    precision: Precision,
) -> Result<Option<Error>> {
    let bytes = llama2c::bytes(model, precision)?;
    let tokenizer = tokens.to_llama2c(model.spec.vocab_size);
    let beside = path.with_file_name("tokenizer.bin");
    if path == beside {
        return Err(Error::data(
            format!("`{}` is the name of a tokenizer file", path.display()),
            "give the model another name",
        ));
    }
    if std::fs::read(&beside).is_ok_and(|own| tokenizer.as_ref().ok() != Some(&own)) {
        return Err(Error::data(
            format!("`{}` is the tokenizer of another model", beside.display()),
            "write into another folder",
        ));
    }
    if let Ok(tokenizer) = &tokenizer {
        put_bytes(&beside, tokenizer)?;
    }
    put_bytes(path, &bytes)?;
    Ok(tokenizer.err())
}

//! Language models, written for the programs of others.

mod gguf;
mod hugging_face;
mod llama2c;
mod parts;
#[cfg(test)]
mod tests;
mod turns;

use std::path::Path;

use half::f16;
use induce_core::model_file::write_whole;
use induce_core::{Error, Result};

use super::model::Model;
use super::tokens::Tokens;

/// How weights are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// Single precision: what the model has, whatever it was opened from.
    #[default]
    F32,
    /// Half precision.
    F16,
    /// The upper half of single precision.
    Bf16,
    /// 8 bits, and a factor for every 32 weights of a row in half precision (GGUF), or for up to 64 in single (llama2.c).
    Q8_0,
    /// 4 bits around 0, and a factor for every 32 weights, in GGUF; as all of the following.
    Q4_0,
    /// 4 bits from the least weight on.
    Q4_1,
    /// 4 bits, with factors of 6 bits for every 32 of 256 weights.
    Q4K,
    /// 6 bits, with factors of 8 bits for every 16 of 256 weights.
    Q6K,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q4K,
        Self::Q6K,
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8_0 => "q8_0",
            Self::Q4_0 => "q4_0",
            Self::Q4_1 => "q4_1",
            Self::Q4K => "q4_k",
            Self::Q6K => "q6_k",
        }
    }

    /// What it is, and which formats have it.
    pub fn about(self) -> &'static str {
        match self {
            Self::F32 => "Single precision",
            Self::F16 => "Half precision, not in llama2.c",
            Self::Bf16 => "The upper half of single precision, not in llama2.c",
            Self::Q8_0 => "8 bits, in GGUF and llama2.c only",
            Self::Q4_0 => "4 bits around 0, in GGUF only",
            Self::Q4_1 => "4 bits from the least weight on, in GGUF only",
            Self::Q4K => "4 bits in blocks of 256, in GGUF only",
            Self::Q6K => "6 bits in blocks of 256, in GGUF only",
        }
    }
}

/// The kinds of models that all programs know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Layer norms with shift, learned positions, GELU.
    Gpt2,
    /// RMS norms, rotary positions, SwiGLU.
    Llama,
}

impl Kind {
    fn of(model: &Model) -> Result<Self> {
        let norms = |shift| {
            let layer = |l: &super::Layer| {
                [&l.attention_norm, &l.feed_norm]
                    .iter()
                    .all(|n| n.shift.is_some() == shift)
            };
            model.norm.shift.is_some() == shift && model.layers.iter().all(layer)
        };
        let gates = |gate| model.layers.iter().all(|layer| layer.gate.is_some() == gate);
        let spec = &model.spec;
        let even = spec.heads == spec.shared && spec.queries() == spec.width;
        match &spec.rotary {
            None if norms(true) && gates(false) && even => Ok(Self::Gpt2),
            Some(_) if norms(false) && gates(true) => Ok(Self::Llama),
            _ => Err(Error::data(
                "the model is neither of GPT-2's nor of Llama's kind, which other programs know",
                "layer norms with learned positions and GELU, or RMS norms with rotary positions and SwiGLU can be written",
            )),
        }
    }
}

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
pub fn write_gguf(path: &Path, model: &Model, tokens: &Tokens, precision: Precision) -> Result<()> {
    write_whole(path, &gguf::bytes(model, tokens, precision)?)
}

/// Write a model as a folder of Hugging Face: `tokenizer.json`, `tokenizer_config.json`, `model.safetensors`, and last
/// `config.json`, for `transformers` and all that is built on it.
///
/// Every file is there whole or not at all. All weights are in the given [`Precision`].
///
/// # Errors
/// As [`write_gguf`]; and if 8 bits are asked for, or the folder holds a model in several files.
pub fn write_hugging_face(folder: &Path, model: &Model, tokens: &Tokens, precision: Precision) -> Result<()> {
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
    model: &Model,
    tokens: &Tokens,
    precision: Precision,
) -> Result<Option<Error>> {
    let bytes = llama2c::bytes(model, precision)?;
    let tokenizer = tokens.to_llama2c(model.spec.vocabulary);
    let beside = path.with_file_name("tokenizer.bin");
    if path == beside {
        return Err(Error::data(
            format!("`{}` is what the tokenizer of a model is called", path.display()),
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
        write_whole(&beside, tokenizer)?;
    }
    write_whole(path, &bytes)?;
    Ok(tokenizer.err())
}

/// Half precision reaches 65504.
fn check_halves(name: &str, values: &[f32]) -> Result<()> {
    let large = values
        .iter()
        .find(|x| x.is_finite() && !f16::from_f32(**x).is_finite());
    match large {
        None => Ok(()),
        Some(x) => Err(Error::data(
            format!(
                "`{name}` has a weight of {x}, and half precision ends at {}",
                f16::MAX
            ),
            "write single precision",
        )),
    }
}

//! Llama's and GPT-2's kinds in GGUF.

use induce_core::{Error, Result};
use induce_tensor::inference::{Rope, RopeLayout};

use super::header::Gguf;
use super::known::check_facts;
use crate::language::architectures::interchanges;
use crate::language::transformer::assemble::{Parts, TensorNames, assemble};
use crate::language::transformer::interchange::Interchange;
use crate::language::transformer::model::Transformer;
use crate::language::transformer::spec::Spec;

/// What tensors are called.
pub const NAMES: TensorNames = TensorNames {
    embedding: "token_embd",
    positions: "position_embd",
    norm: "output_norm",
    head: "output",
    attention_norm: "blk.#.attn_norm",
    all: "blk.#.attn_qkv",
    query: "blk.#.attn_q",
    key: "blk.#.attn_k",
    value: "blk.#.attn_v",
    output: "blk.#.attn_output",
    feed_norm: "blk.#.ffn_norm",
    gate: "blk.#.ffn_gate",
    up: "blk.#.ffn_up",
    down: "blk.#.ffn_down",
};

/// The model of a file.
///
/// # Errors
/// If its architecture is unknown, a key is missing, unknown or refused, or a tensor is missing, of another shape or of no use.
pub fn model(gguf: &Gguf) -> Result<Transformer> {
    let name = gguf.text("general.architecture")?.unwrap_or("of no name");
    let kind = interchanges().find(|own| own.name() == name).ok_or_else(|| {
        let known: Vec<String> = interchanges().map(|own| format!("`{}`", own.name())).collect();
        Error::Model {
            file: gguf.file.into(),
            reason: format!("its architecture is `{name}`"),
            hint: Some(format!("supported are {}", known.join(" and "))),
        }
    })?;
    check_facts(gguf, name, kind.is_rotary())?;
    let spec = spec(gguf, kind)?;
    spec.check(gguf.file)?;
    let model = assemble(gguf.file, spec, &NAMES, gguf, None)?;
    gguf.all_read()?;
    Ok(model)
}

fn spec(gguf: &Gguf, interchange: &dyn Interchange) -> Result<Spec> {
    let kind = interchange.name();
    let optional = |name: &str| gguf.count(&format!("{kind}.{name}"));
    let count =
        |name: &str| optional(name)?.ok_or_else(|| gguf.fault(format!("the key `{kind}.{name}` is missing")));
    let (width, heads) = (count("embedding_length")?, count("attention.head_count")?);
    let usual = width.checked_div(heads).unwrap_or(0);
    let head_width = optional("attention.key_length")?.unwrap_or(usual);
    let value_width = optional("attention.value_length")?.unwrap_or(usual);
    if value_width != head_width {
        return Err(gguf.fault(format!(
            "values of {value_width} beside keys of {head_width} per head are not supported"
        )));
    }
    let rows = gguf.tensors.get("token_embd.weight").map_or(0, |t| t.shape[1]);
    let norm = if interchange.is_rotary() { "_rms" } else { "" };
    let epsilon = gguf.number(&format!("{kind}.attention.layer_norm{norm}_epsilon"))?;
    let spec = Spec {
        architecture: interchange.architecture(),
        vocab_size: rows,
        embedding_width: width,
        feed_forward_width: count("feed_forward_length")?,
        layers: count("block_count")?,
        heads,
        kv_heads: optional("attention.head_count_kv")?.unwrap_or(heads),
        head_width,
        context: count("context_length")?,
        epsilon: epsilon.unwrap_or(1e-5) as f32,
        rotary: None,
    };
    spec.check(gguf.file)?;
    let rotary = interchange
        .is_rotary()
        .then(|| rope(gguf, kind, head_width))
        .transpose()?;
    Ok(Spec { rotary, ..spec })
}

/// Rotary positions; Llama 3 keeps what long contexts divide their frequencies by in a tensor.
fn rope(gguf: &Gguf, kind: &str, head_width: usize) -> Result<Rope> {
    let width = gguf.count(&format!("{kind}.rope.dimension_count"))?;
    let width = width.unwrap_or(head_width);
    if width != head_width {
        return Err(gguf.fault(format!(
            "{width} of {head_width} dimensions of a head would be rotated"
        )));
    }
    let base = gguf.number(&format!("{kind}.rope.freq_base"))?;
    let rope = Rope::new(base.unwrap_or(10_000.0), head_width, RopeLayout::Neighbours);
    let slower = slower(gguf, kind)?;
    let factors = match gguf.has("rope_freqs.weight") {
        true => gguf.vector("rope_freqs.weight", head_width / 2)?,
        false if slower == 1.0 => return Ok(rope),
        false => vec![1.0; head_width / 2],
    };
    let turns = rope.frequencies().iter().zip(factors);
    let turns = turns.map(|(frequency, factor)| frequency / f64::from(factor) / slower);
    Ok(Rope::with_frequencies(turns.collect(), RopeLayout::Neighbours))
}

/// What all frequencies are divided by: a factor is linear where no type is said, and has an older name.
fn slower(gguf: &Gguf, kind: &str) -> Result<f64> {
    let number = |name: &str| gguf.number(&format!("{kind}.rope.{name}"));
    let factor = match number("scaling.factor")? {
        None => number("scale_linear")?,
        some => some,
    };
    let factor = factor.filter(|factor| *factor != 0.0).unwrap_or(1.0);
    match gguf.text(&format!("{kind}.rope.scaling.type"))? {
        Some("none") => Ok(1.0),
        None | Some("linear") if factor > 0.0 && factor.is_finite() => Ok(factor),
        None | Some("linear") => Err(gguf.fault(format!("its RoPE scaling is by {factor}"))),
        Some(other) => Err(gguf.fault(format!("its RoPE scaling is `{other}`, which is not supported"))),
    }
}

//! Llama's and GPT-2's kinds in GGUF.

use induce_core::{Error, Result};
use induce_tensor::inference::{Rope, RopeLayout};

use super::header::Gguf;
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
/// If its architecture is unknown, a key is missing, or a tensor is missing or of another shape.
pub fn model(gguf: &Gguf) -> Result<Transformer> {
    let name = gguf.text("general.architecture").unwrap_or("of no name");
    let kind = interchanges().find(|own| own.name() == name).ok_or_else(|| {
        let known: Vec<String> = interchanges().map(|own| format!("`{}`", own.name())).collect();
        Error::Model {
            file: gguf.file.into(),
            reason: format!("its architecture is `{name}`"),
            hint: Some(format!("supported are {}", known.join(" and "))),
        }
    })?;
    let spec = spec(gguf, kind)?;
    spec.check(gguf.file)?;
    assemble(gguf.file, spec, &NAMES, gguf)
}

fn spec(gguf: &Gguf, interchange: &dyn Interchange) -> Result<Spec> {
    let kind = interchange.name();
    let count = |name: &str| {
        let name = format!("{kind}.{name}");
        gguf.count(&name)
            .ok_or_else(|| gguf.fault(format!("the key `{name}` is missing")))
    };
    let (width, heads) = (count("embedding_length")?, count("attention.head_count")?);
    let head_width = match gguf.count(&format!("{kind}.attention.key_length")) {
        Some(own) => own,
        None => width.checked_div(heads).unwrap_or(0),
    };
    let rows = gguf.tensors.get("token_embd.weight").map_or(0, |t| t.shape[1]);
    let epsilon = ["layer_norm_rms_epsilon", "layer_norm_epsilon"]
        .iter()
        .find_map(|name| gguf.number(&format!("{kind}.attention.{name}")));
    let spec = Spec {
        architecture: interchange.architecture(),
        vocab_size: rows,
        embedding_width: width,
        feed_forward_width: count("feed_forward_length")?,
        layers: count("block_count")?,
        heads,
        kv_heads: count("attention.head_count_kv").unwrap_or(heads),
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
    let width = gguf
        .count(&format!("{kind}.rope.dimension_count"))
        .unwrap_or(head_width);
    if width != head_width {
        return Err(gguf.fault(format!(
            "{width} of {head_width} dimensions of a head would be rotated"
        )));
    }
    if let Some(scaling) = gguf
        .text(&format!("{kind}.rope.scaling.type"))
        .filter(|s| *s != "none")
    {
        return Err(gguf.fault(format!("its RoPE scaling is `{scaling}`, which is not supported")));
    }
    let base = gguf.number(&format!("{kind}.rope.freq_base")).unwrap_or(10_000.0);
    let rope = Rope::new(base, head_width, RopeLayout::Neighbours);
    if !gguf.has("rope_freqs.weight") {
        return Ok(rope);
    }
    let factors = gguf.vector("rope_freqs.weight", head_width / 2)?;
    let slower = rope
        .frequencies()
        .iter()
        .zip(factors)
        .map(|(frequency, factor)| frequency / f64::from(factor));
    Ok(Rope::with_frequencies(slower.collect(), RopeLayout::Neighbours))
}

//! What the keys of a file mean.
//!
//! The namespaces of the format are `general`, `split`, `tokenizer`, and that of the architecture; keys of others are notes
//! of whoever made the file, which no program computes with.

use induce_core::Result;

use super::header::Gguf;
use crate::language::known::{
    Known,
    Means::{Fine, Only},
    NONE, OFF, check,
};

const FACTS: &[Known] = &[
    ("general.type", Only(&["\"model\""])),
    ("general.*", Fine),
    ("split.no", Only(&["0"])),
    ("split.count", Only(&["0", "1"])),
    ("split.tensors.count", Fine),
    ("tokenizer.ggml.model", Fine),
    ("tokenizer.ggml.pre", Fine),
    ("tokenizer.ggml.tokens", Fine),
    ("tokenizer.ggml.token_type", Fine),
    ("tokenizer.ggml.scores", Fine),
    ("tokenizer.ggml.merges", Fine),
    ("tokenizer.ggml.bos_token_id", Fine),
    ("tokenizer.ggml.eos_token_id", Fine),
    ("tokenizer.ggml.eot_token_id", Fine),
    ("tokenizer.ggml.eom_token_id", Fine),
    ("tokenizer.ggml.add_bos_token", Fine),
    ("tokenizer.ggml.add_space_prefix", Fine),
    ("tokenizer.ggml.add_eos_token", OFF),
    ("tokenizer.ggml.add_sep_token", OFF),
    // Tokens that nothing puts into a text.
    ("tokenizer.ggml.unknown_token_id", Fine),
    ("tokenizer.ggml.padding_token_id", Fine),
    ("tokenizer.ggml.separator_token_id", Fine),
    ("tokenizer.ggml.seperator_token_id", Fine),
    ("tokenizer.ggml.cls_token_id", Fine),
    ("tokenizer.ggml.mask_token_id", Fine),
    ("tokenizer.ggml.prefix_token_id", Fine),
    ("tokenizer.ggml.suffix_token_id", Fine),
    ("tokenizer.ggml.middle_token_id", Fine),
    ("tokenizer.ggml.fim_*", Fine),
    ("tokenizer.ggml.token_type_count", Fine),
    // For tokenizers of another type.
    ("tokenizer.ggml.remove_extra_whitespaces", Fine),
    ("tokenizer.ggml.precompiled_charsmap", Fine),
    ("tokenizer.huggingface.json", Fine),
    ("tokenizer.chat_template*", Fine),
];

/// What the keys of architectures mean, without their namespace.
const SHAPE: &[Known] = &[
    ("context_length", Fine),
    ("embedding_length", Fine),
    ("feed_forward_length", Fine),
    ("block_count", Fine),
    ("attention.head_count", Fine),
    ("attention.head_count_kv", Fine),
    ("attention.key_length", Fine),
    ("attention.value_length", Fine),
    ("attention.layer_norm_rms_epsilon", Fine),
    ("attention.layer_norm_epsilon", Fine),
    // How many there are is said by the embeddings and by the tokens.
    ("vocab_size", Fine),
    // How weights lay in the file that this one was made of.
    ("tensor_data_layout", Fine),
    ("attention.causal", Only(&["true"])),
    ("attention.sliding_window", NONE),
    ("attention.clamp_kqv", NONE),
    ("attention.max_alibi_bias", NONE),
    ("attention.scale", NONE),
    ("attention.q_lora_rank", NONE),
    ("attention.kv_lora_rank", NONE),
    ("expert_count", NONE),
    ("expert_used_count", NONE),
    ("use_parallel_residual", OFF),
    ("pooling_type", NONE),
    ("logit_scale", Only(&["0", "1"])),
    ("attn_logit_softcapping", NONE),
    ("final_logit_softcapping", NONE),
];

/// What is said of rotary positions, without the namespace of the architecture.
const TURNS: &[Known] = &[
    ("rope.dimension_count", Fine),
    ("rope.freq_base", Fine),
    ("rope.scale_linear", Fine),
    ("rope.scaling.type", Fine),
    ("rope.scaling.factor", Fine),
    // Where positions were scaled afterwards, and from where; for scalings of other types.
    ("rope.scaling.finetuned", Fine),
    ("rope.scaling.original_context_length", Fine),
    ("rope.scaling.attn_factor", Only(&["0", "1"])),
];

/// Whether all keys of a file are known, and have no value that is refused; `name` is that of its architecture, with `rotary`
/// positions or without.
///
/// # Errors
/// The first that is not.
pub fn check_facts(gguf: &Gguf, name: &str, rotary: bool) -> Result<()> {
    let spaces = ["general.", "split.", "tokenizer."];
    let common = gguf
        .json()
        .filter(|(own, _)| spaces.iter().any(|space| own.starts_with(space)));
    check(gguf.file, &[FACTS], common)?;
    let own = gguf.json().filter_map(|(own, value)| {
        let own = own.strip_prefix(name)?.strip_prefix('.')?;
        Some((own, value))
    });
    check(gguf.file, &[SHAPE, if rotary { TURNS } else { &[] }], own)
}

//! `generation_config.json`: what ends texts, and how they are drawn where nobody says.

use std::path::Path;

use induce_core::Result;
use serde_json::Value;

use super::json::json;
use crate::language::known::{
    Known,
    Means::{Fine, Only},
    NONE, OFF, check, of,
};

/// What both configurations say: what begins and ends texts, and how they are drawn where nobody says.
pub(super) const TEXTS: &[Known] = &[
    ("bos_token_id", Fine),
    ("eos_token_id", Fine),
    ("pad_token_id", Fine),
    ("transformers_version", Fine),
    ("_name_or_path", Fine),
    ("use_cache", Fine),
    ("remove_invalid_values", Fine),
    ("do_sample", Fine),
    ("temperature", Fine),
    ("top_k", Fine),
    ("top_p", Fine),
    ("typical_p", Fine),
    ("max_length", Fine),
    ("min_length", Fine),
    ("early_stopping", Fine),
    ("num_beams", Only(&["null", "1"])),
    ("num_beam_groups", Only(&["null", "1"])),
    ("num_return_sequences", Fine),
    ("diversity_penalty", Fine),
    ("length_penalty", Fine),
    ("repetition_penalty", Only(&["null", "1"])),
    ("no_repeat_ngram_size", NONE),
    ("encoder_no_repeat_ngram_size", NONE),
    ("bad_words_ids", NONE),
    ("suppress_tokens", NONE),
    ("begin_suppress_tokens", NONE),
    ("forced_bos_token_id", Only(&["null"])),
    ("forced_eos_token_id", Only(&["null"])),
    ("decoder_start_token_id", Only(&["null"])),
    ("exponential_decay_length_penalty", Only(&["null"])),
];

const FACTS: &[Known] = &[
    ("_from_model_config", Fine),
    ("cache_implementation", Fine),
    ("cache_config", Fine),
    ("return_*", Fine),
    ("output_*", Fine),
    ("trust_remote_code", Fine),
    ("renormalize_logits", Fine),
    ("low_memory", Fine),
    ("disable_compile", Fine),
    // How texts are drawn and how long they are, which is asked when one is.
    ("min_p", Fine),
    ("epsilon_cutoff", Fine),
    ("eta_cutoff", Fine),
    ("max_new_tokens", Fine),
    ("min_new_tokens", Fine),
    ("max_time", Fine),
    ("num_assistant_tokens*", Fine),
    ("assistant_*", Fine),
    ("is_assistant", Fine),
    ("prefill_chunk_size", Fine),
    ("chat_format", Fine),
    ("max_window_size", Fine),
    ("max_matching_ngram_size", Fine),
    ("target_lookbehind", Fine),
    ("max_cache_len", Fine),
    // What would have to be asked, and cannot be.
    ("encoder_repetition_penalty", Only(&["null", "1"])),
    ("guidance_scale", Only(&["null", "1"])),
    ("penalty_alpha", NONE),
    ("force_words_ids", NONE),
    ("constraints", NONE),
    ("forced_decoder_ids", NONE),
    ("sequence_bias", NONE),
    ("stop_strings", NONE),
    ("watermarking_config", Only(&["null"])),
    ("token_healing", OFF),
];

/// The file in `folder`, if there is one, all of whose facts are known.
///
/// # Errors
/// If it cannot be read, or something of it is unknown or refused.
pub fn read(folder: &Path) -> Result<Option<(String, Value)>> {
    let path = folder.join("generation_config.json");
    if !path.is_file() {
        return Ok(None);
    }
    let (file, facts) = (path.display().to_string(), json(&path)?);
    check(&file, &[TEXTS, FACTS], of(&facts))?;
    Ok(Some((file, facts)))
}

//! `config.json`: which architecture, and what all architectures say.

use induce_core::{Error, Result};
use serde_json::Value;

use super::generation::TEXTS;
use crate::language::architectures::interchanges;
use crate::language::fault::damaged;
use crate::language::known::{
    Known,
    Means::{Fine, Only},
    NONE, OFF, check, of,
};
use crate::language::transformer::interchange::Interchange;

/// What the configuration of any model says, beginning with what is used.
const FACTS: &[Known] = &[
    ("model_type", Fine),
    ("architectures", Fine),
    ("vocab_size", Fine),
    ("tie_word_embeddings", Only(&["null", "true", "false"])),
    // Where it is from, and in what types it is computed.
    ("name_or_path", Fine),
    ("transformers.js_config", Fine),
    ("torch_dtype", Fine),
    ("dtype", Fine),
    ("use_bfloat16", Fine),
    ("torchscript", Fine),
    ("_attn_implementation*", Fine),
    ("attn_implementation", Fine),
    ("return_dict", Fine),
    ("output_attentions", Fine),
    ("output_hidden_states", Fine),
    ("chunk_size_feed_forward", Fine),
    ("tf_legacy_loss", Fine),
    // Tokens and labels that nothing is made of here.
    ("sep_token_id", Fine),
    ("tokenizer_class", Fine),
    ("id2label", Fine),
    ("label2id", Fine),
    ("finetuning_task", Fine),
    ("problem_type", Fine),
    ("task_specific_params", Fine),
    // How texts are drawn, which is asked when one is.
    ("output_scores", Fine),
    ("return_dict_in_generate", Fine),
    // Other models.
    ("is_encoder_decoder", OFF),
    ("is_decoder", Only(&["null", "false", "true"])),
    ("add_cross_attention", OFF),
    ("tie_encoder_decoder", OFF),
    ("cross_attention_hidden_size", Only(&["null"])),
    ("prefix", Only(&["null", "\"\""])),
    ("pruned_heads", NONE),
    ("quantization_config", Only(&["null"])),
    ("auto_map", NONE),
];

/// The architecture that a configuration names, all of whose facts are known.
///
/// # Errors
/// If it is unknown, is not for the next token, or something of it is unknown or refused.
pub fn interchange(file: &str, config: &Value) -> Result<&'static dyn Interchange> {
    let fault = |reason: String, hint: String| Error::Model {
        file: file.into(),
        reason,
        hint: Some(hint),
    };
    let name = config["model_type"].as_str().unwrap_or("");
    let kind = interchanges().find(|own| own.name() == name).ok_or_else(|| {
        let known: Vec<String> = interchanges().map(|own| format!("`{}`", own.name())).collect();
        fault(
            format!("its `model_type` is `{name}`"),
            format!("supported are {}", known.join(" and ")),
        )
    })?;
    check(file, &[TEXTS, FACTS, kind.facts()], of(config))?;
    let classes = &config["architectures"];
    let own = |all: &Vec<Value>| !all.is_empty() && all.iter().all(|class| class == kind.class());
    if classes.is_null() || classes.as_array().is_some_and(own) {
        return Ok(kind);
    }
    Err(fault(
        format!("its `architectures` are `{classes}`, not a model of the next token"),
        format!("supported is `{}`", kind.class()),
    ))
}

/// Whether logits are made with the embeddings.
pub fn tied(kind: &dyn Interchange, config: &Value) -> bool {
    config["tie_word_embeddings"]
        .as_bool()
        .unwrap_or_else(|| kind.is_tied())
}

/// What begins texts, and what ends them, by `config.json` and by `generation_config.json`: any end of either is one.
///
/// # Errors
/// If one of them is no token id.
pub fn ends(files: &[(String, Value)]) -> Result<(Option<u32>, Vec<u32>)> {
    let (mut begin, mut ends) = (None, Vec::new());
    for (file, facts) in files {
        let own = ids(file, facts, "bos_token_id")?;
        begin = begin.or(own.first().copied());
        ends.extend(ids(file, facts, "eos_token_id")?);
    }
    let mut seen = std::collections::BTreeSet::new();
    ends.retain(|id| seen.insert(*id));
    Ok((begin, ends))
}

/// The token ids called `name`: none, one or several.
fn ids(file: &str, facts: &Value, name: &str) -> Result<Vec<u32>> {
    let all = match &facts[name] {
        Value::Null => &[][..],
        Value::Array(several) => several,
        one => std::slice::from_ref(one),
    };
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    all.iter()
        .map(|value| id(value).ok_or_else(|| damaged(file, format!("`{name}` is {value}, not a token id"))))
        .collect()
}

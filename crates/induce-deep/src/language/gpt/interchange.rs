//! GPT-2 as Hugging Face keeps it.

use induce_core::Result;
use serde_json::{Value, json};

use crate::language::fault::damaged;
use crate::language::known::{
    Known,
    Means::{Fine, Only},
    OFF,
};
use crate::language::transformer::assemble::TensorNames;
use crate::language::transformer::interchange::{Interchange, count, is_made_of, known, number, short};
use crate::language::transformer::model::Transformer;
use crate::language::transformer::spec::Spec;

/// The name of the architecture.
pub const NAME: &str = "gpt";

/// GPT-2.
pub struct Gpt2;

impl Interchange for Gpt2 {
    fn architecture(&self) -> &'static str {
        NAME
    }

    fn name(&self) -> &'static str {
        "gpt2"
    }

    fn title(&self) -> &'static str {
        "GPT-2"
    }

    fn is(&self, model: &Transformer) -> bool {
        let spec = &model.spec;
        let even = spec.heads == spec.kv_heads && spec.queries() == spec.embedding_width;
        spec.rotary.is_none() && is_made_of(model, true, false) && even
    }

    fn facts(&self) -> &'static [Known] {
        FACTS
    }

    fn class(&self) -> &'static str {
        "GPT2LMHeadModel"
    }

    fn is_tied(&self) -> bool {
        true
    }

    fn biases(&self, _: &Value) -> [bool; 2] {
        [true; 2]
    }

    fn spec(&self, file: &str, config: &Value) -> Result<Spec> {
        spec(file, config)
    }

    fn config(&self, model: &Transformer) -> Result<Value> {
        Ok(config(model))
    }

    fn names(&self, prefix: bool) -> TensorNames {
        if prefix { GPT2_WHOLE } else { GPT2 }
    }

    fn is_transposed(&self) -> bool {
        true
    }

    fn is_fused(&self) -> bool {
        true
    }
}

/// What GPT-2's configurations say besides what all do.
const FACTS: &[Known] = &[
    ("n_embd", Fine),
    ("n_head", Fine),
    ("n_layer", Fine),
    ("n_inner", Fine),
    ("n_positions", Fine),
    // What `n_positions` was called as well.
    ("n_ctx", Fine),
    ("activation_function", Fine),
    ("layer_norm_epsilon", Fine),
    ("attn_pdrop", Fine),
    ("embd_pdrop", Fine),
    ("resid_pdrop", Fine),
    ("initializer_range", Fine),
    ("summary_*", Fine),
    ("output_past", Fine),
    ("gradient_checkpointing", Fine),
    ("scale_attn_weights", Only(&["true"])),
    ("scale_attn_by_inverse_layer_idx", OFF),
    // The same products, otherwise rounded.
    ("reorder_and_upcast_attn", Fine),
];

fn spec(file: &str, config: &Value) -> Result<Spec> {
    known(
        file,
        config,
        "activation_function",
        &["gelu_new", "gelu_pytorch_tanh"],
    )?;
    let (width, heads) = (count(file, config, "n_embd")?, count(file, config, "n_head")?);
    if heads == 0 || !width.is_multiple_of(heads) {
        return Err(damaged(
            file,
            format!("the embedding width {width} is not divisible by {heads} heads"),
        ));
    }
    let hidden = match &config["n_inner"] {
        Value::Null => width.saturating_mul(4),
        _ => count(file, config, "n_inner")?,
    };
    Ok(Spec {
        architecture: NAME,
        vocab_size: count(file, config, "vocab_size")?,
        embedding_width: width,
        feed_forward_width: hidden,
        layers: count(file, config, "n_layer")?,
        heads,
        kv_heads: heads,
        head_width: width / heads,
        context: count(file, config, "n_positions")?,
        epsilon: number(file, config, "layer_norm_epsilon", 1e-5)? as f32,
        rotary: None,
    })
}

fn config(model: &Transformer) -> Value {
    let spec = &model.spec;
    json!({
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "n_positions": spec.context,
        "n_embd": spec.embedding_width,
        "n_inner": spec.feed_forward_width,
        "n_layer": spec.layers,
        "n_head": spec.heads,
        "layer_norm_epsilon": short(spec.epsilon),
    })
}

const GPT2: TensorNames = TensorNames {
    embedding: "wte",
    positions: "wpe",
    norm: "ln_f",
    head: "lm_head",
    attention_norm: "h.#.ln_1",
    all: "h.#.attn.c_attn",
    query: "",
    key: "",
    value: "",
    output: "h.#.attn.c_proj",
    feed_norm: "h.#.ln_2",
    gate: "",
    up: "h.#.mlp.c_fc",
    down: "h.#.mlp.c_proj",
};

/// As transformers writes them.
const GPT2_WHOLE: TensorNames = TensorNames {
    embedding: "transformer.wte",
    positions: "transformer.wpe",
    norm: "transformer.ln_f",
    head: "lm_head",
    attention_norm: "transformer.h.#.ln_1",
    all: "transformer.h.#.attn.c_attn",
    query: "",
    key: "",
    value: "",
    output: "transformer.h.#.attn.c_proj",
    feed_norm: "transformer.h.#.ln_2",
    gate: "",
    up: "transformer.h.#.mlp.c_fc",
    down: "transformer.h.#.mlp.c_proj",
};

//! `config.json`: which kind of model, and its shape.

use induce_core::{Error, Result};
use induce_tensor::inference::{Pairing, Turns};
use serde_json::Value;

use crate::language::assemble::Names;
use crate::language::spec::{Spec, damaged};

/// A kind of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Gpt2,
    Llama,
}

/// The kind that a configuration says.
pub fn kind(file: &str, config: &Value) -> Result<Kind> {
    match config["model_type"].as_str() {
        Some("gpt2") => Ok(Kind::Gpt2),
        Some("llama") => Ok(Kind::Llama),
        other => Err(Error::Model {
            file: file.into(),
            reason: format!("its `model_type` is `{}`", other.unwrap_or("")),
            hint: Some("known are `gpt2` and `llama`".into()),
        }),
    }
}

/// What begins texts, and what ends them.
pub fn ends(config: &Value) -> (Option<u32>, Vec<u32>) {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    let ends = match &config["eos_token_id"] {
        Value::Array(several) => several.iter().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    };
    (id(&config["bos_token_id"]), ends)
}

impl Kind {
    /// Whether matrices are kept as (inputs, outputs).
    pub fn transposed(self) -> bool {
        self == Self::Gpt2
    }

    /// The shape of the model.
    pub fn spec(self, file: &str, config: &Value) -> Result<Spec> {
        let spec = match self {
            Self::Gpt2 => gpt2(file, config)?,
            Self::Llama => llama(file, config)?,
        };
        spec.check(file)?;
        Ok(spec)
    }

    /// What tensors are called; GPT-2's with or without `transformer.` before.
    pub fn names(self, prefix: bool) -> Names {
        match (self, prefix) {
            (Self::Llama, _) => LLAMA,
            (Self::Gpt2, false) => GPT2,
            (Self::Gpt2, true) => GPT2_WHOLE,
        }
    }
}

fn count(file: &str, config: &Value, name: &str) -> Result<usize> {
    let value = config[name].as_u64().and_then(|n| usize::try_from(n).ok());
    value.ok_or_else(|| {
        damaged(
            file,
            format!("`{name}` is {}, not a number of things", config[name]),
        )
    })
}

fn number(config: &Value, name: &str, usual: f64) -> f64 {
    config[name].as_f64().unwrap_or(usual)
}

fn known(file: &str, config: &Value, name: &str, values: &[&str]) -> Result<()> {
    match config[name].as_str() {
        Some(other) if !values.contains(&other) => Err(damaged(
            file,
            format!("`{name}` is `{other}`; known is `{}`", values.join("`, `")),
        )),
        _ => Ok(()),
    }
}

fn gpt2(file: &str, config: &Value) -> Result<Spec> {
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
            format!("{heads} heads cannot share a width of {width}"),
        ));
    }
    let hidden = match &config["n_inner"] {
        Value::Null => width.saturating_mul(4),
        _ => count(file, config, "n_inner")?,
    };
    Ok(Spec {
        vocabulary: count(file, config, "vocab_size")?,
        width,
        hidden,
        layers: count(file, config, "n_layer")?,
        heads,
        shared: heads,
        head_width: width / heads,
        context: count(file, config, "n_positions")?,
        epsilon: number(config, "layer_norm_epsilon", 1e-5) as f32,
        rotary: None,
    })
}

fn llama(file: &str, config: &Value) -> Result<Spec> {
    known(file, config, "hidden_act", &["silu"])?;
    let (width, heads) = (
        count(file, config, "hidden_size")?,
        count(file, config, "num_attention_heads")?,
    );
    let optional = |name: &str, usual: usize| match &config[name] {
        Value::Null => Ok(usual),
        _ => count(file, config, name),
    };
    let head_width = optional("head_dim", width.checked_div(heads).unwrap_or(0))?;
    let spec = Spec {
        vocabulary: count(file, config, "vocab_size")?,
        width,
        hidden: count(file, config, "intermediate_size")?,
        layers: count(file, config, "num_hidden_layers")?,
        heads,
        shared: optional("num_key_value_heads", heads)?,
        head_width,
        context: count(file, config, "max_position_embeddings")?,
        epsilon: number(config, "rms_norm_eps", 1e-6) as f32,
        rotary: None,
    };
    spec.check(file)?;
    Ok(Spec {
        rotary: Some(turns(file, config, head_width)?),
        ..spec
    })
}

/// Rotary positions: `rope_theta` stands beside the others, or in `rope_parameters` since transformers 5.
fn turns(file: &str, config: &Value, head_width: usize) -> Result<Turns> {
    let own = [&config["rope_parameters"], &config["rope_scaling"]]
        .into_iter()
        .find(|part| part.is_object());
    let part = own.unwrap_or(&Value::Null);
    let usual = number(config, "rope_theta", 10_000.0);
    let turns = Turns::new(number(part, "rope_theta", usual), head_width, Pairing::Halves);
    let kind = part["rope_type"]
        .as_str()
        .or(part["type"].as_str())
        .unwrap_or("default");
    match kind {
        "default" => Ok(turns),
        "linear" => {
            let factor = number(part, "factor", 1.0);
            Ok(slowed(&turns, |speed| speed / factor))
        }
        "llama3" => Ok(slowed(&turns, |speed| llama3(part, speed))),
        other => Err(damaged(
            file,
            format!("its positions are scaled in the way `{other}`, which is unknown"),
        )),
    }
}

fn slowed(turns: &Turns, f: impl Fn(f64) -> f64) -> Turns {
    Turns::with_speeds(
        turns.speeds().iter().map(|speed| f(*speed)).collect(),
        Pairing::Halves,
    )
}

/// Llama 3.1's: slow turns are divided by `factor`, fast ones stay, with a ramp between.
fn llama3(part: &Value, speed: f64) -> f64 {
    let (factor, old) = (
        number(part, "factor", 8.0),
        number(part, "original_max_position_embeddings", 8192.0),
    );
    let (low, high) = (
        number(part, "low_freq_factor", 1.0),
        number(part, "high_freq_factor", 4.0),
    );
    let turns = old * speed / std::f64::consts::TAU;
    let ramp = ((turns - low) / (high - low)).clamp(0.0, 1.0);
    (1.0 - ramp) * speed / factor + ramp * speed
}

/// What tensors of Llama are called.
pub const LLAMA: Names = Names {
    embedding: "model.embed_tokens",
    positions: "",
    norm: "model.norm",
    head: "lm_head",
    attention_norm: "model.layers.#.input_layernorm",
    all: "",
    query: "model.layers.#.self_attn.q_proj",
    key: "model.layers.#.self_attn.k_proj",
    value: "model.layers.#.self_attn.v_proj",
    output: "model.layers.#.self_attn.o_proj",
    feed_norm: "model.layers.#.post_attention_layernorm",
    gate: "model.layers.#.mlp.gate_proj",
    up: "model.layers.#.mlp.up_proj",
    down: "model.layers.#.mlp.down_proj",
};

const GPT2: Names = Names {
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
pub const GPT2_WHOLE: Names = Names {
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

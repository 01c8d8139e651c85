//! Llama as Hugging Face keeps it.

use induce_core::{Error, Result};
use induce_tensor::inference::{Rope, RopeLayout};
use serde_json::{Value, json};

use crate::language::fault::damaged;
use crate::language::known::{
    self as facts, Known,
    Means::{Fine, Only},
    OFF,
};
use crate::language::transformer::assemble::TensorNames;
use crate::language::transformer::interchange::{Interchange, count, is_made_of, known, number, short};
use crate::language::transformer::model::Transformer;
use crate::language::transformer::rope::{Scale, scale_of};
use crate::language::transformer::spec::Spec;

/// The name of the architecture.
pub const NAME: &str = "llama";

/// Llama.
pub struct Llama;

impl Interchange for Llama {
    fn architecture(&self) -> &'static str {
        NAME
    }

    fn name(&self) -> &'static str {
        "llama"
    }

    fn title(&self) -> &'static str {
        "Llama"
    }

    fn is(&self, model: &Transformer) -> bool {
        model.spec.rotary.is_some() && is_made_of(model, false, true)
    }

    fn facts(&self) -> &'static [Known] {
        FACTS
    }

    fn class(&self) -> &'static str {
        "LlamaForCausalLM"
    }

    /// The biases of attention, and those of feed-forward parts.
    fn biases(&self, config: &Value) -> [bool; 2] {
        ["attention_bias", "mlp_bias"].map(|name| config[name] == true)
    }

    fn spec(&self, file: &str, config: &Value) -> Result<Spec> {
        spec(file, config)
    }

    fn config(&self, model: &Transformer) -> Result<Value> {
        config(model)
    }

    fn names(&self, _prefix: bool) -> TensorNames {
        LLAMA
    }

    fn is_rotary(&self) -> bool {
        true
    }
}

fn spec(file: &str, config: &Value) -> Result<Spec> {
    known(file, config, "hidden_act", &["silu", "swish"])?;
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
        architecture: NAME,
        vocab_size: count(file, config, "vocab_size")?,
        embedding_width: width,
        feed_forward_width: count(file, config, "intermediate_size")?,
        layers: count(file, config, "num_hidden_layers")?,
        heads,
        kv_heads: optional("num_key_value_heads", heads)?,
        head_width,
        context: count(file, config, "max_position_embeddings")?,
        epsilon: number(file, config, "rms_norm_eps", 1e-6)? as f32,
        rotary: None,
    };
    spec.check(file)?;
    Ok(Spec {
        rotary: Some(rope(file, config, head_width)?),
        ..spec
    })
}

/// What Llama's configurations say besides what all do.
const FACTS: &[Known] = &[
    ("hidden_size", Fine),
    ("intermediate_size", Fine),
    ("num_hidden_layers", Fine),
    ("num_attention_heads", Fine),
    ("num_key_value_heads", Fine),
    ("head_dim", Fine),
    ("hidden_act", Fine),
    ("max_position_embeddings", Fine),
    ("rms_norm_eps", Fine),
    ("rope_theta", Fine),
    ("rope_scaling", Fine),
    ("rope_parameters", Fine),
    ("attention_bias", Only(&["null", "false", "true"])),
    ("mlp_bias", Only(&["null", "false", "true"])),
    ("attention_dropout", Fine),
    ("initializer_range", Fine),
    // The same product in parts.
    ("pretraining_tp", Fine),
    ("is_llama_config", Fine),
    ("max_window_layers", Fine),
    ("partial_rotary_factor", Only(&["null", "1"])),
    ("rope_interleaved", OFF),
    ("sliding_window", Only(&["null"])),
    ("use_sliding_window", OFF),
    ("layer_types", Only(&["null"])),
];

/// What is said of rotary positions.
const TURNS: &[Known] = &[
    ("rope_theta", Fine),
    ("rope_type", Fine),
    ("type", Fine),
    ("factor", Fine),
    ("original_max_position_embeddings", Fine),
    ("low_freq_factor", Fine),
    ("high_freq_factor", Fine),
    ("partial_rotary_factor", Only(&["null", "1"])),
];

/// Rotary positions: `rope_theta` stands beside the others, or in `rope_parameters` since transformers 5.
fn rope(file: &str, config: &Value, head_width: usize) -> Result<Rope> {
    let part = &turns(file, config)?;
    let base = match part["rope_theta"] {
        Value::Null => number(file, config, "rope_theta", 10_000.0)?,
        _ => number(file, part, "rope_theta", 10_000.0)?,
    };
    let rope = Rope::new(base, head_width, RopeLayout::Halves);
    let kind = match &part["rope_type"] {
        Value::Null => "default",
        said => said.as_str().unwrap_or("of no name"),
    };
    match kind {
        "default" => Ok(rope),
        "linear" => {
            let factor = positive(file, part, "factor")?;
            Ok(scaled(&rope, |frequency| frequency / factor))
        }
        "llama3" => llama3(file, part, &rope),
        other => Err(damaged(
            file,
            format!("its RoPE scaling is `{other}`, which is not supported"),
        )),
    }
}

/// What is said of rotary positions, in one place or in two of which neither says otherwise; `type` is what `rope_type` was
/// called.
fn turns(file: &str, config: &Value) -> Result<Value> {
    let (new, old) = (&config["rope_parameters"], &config["rope_scaling"]);
    let wrong = [new, old]
        .into_iter()
        .find(|part| !part.is_object() && !part.is_null());
    if let Some(wrong) = wrong {
        return Err(damaged(file, format!("its rotary positions are `{wrong}`")));
    }
    [new, old]
        .into_iter()
        .try_for_each(|part| facts::check(file, &[TURNS], facts::of(part)))?;
    let mut all = json!({});
    for (name, value) in [new, old]
        .into_iter()
        .flat_map(facts::of)
        .filter(|(_, value)| !value.is_null())
    {
        let name = if name == "type" { "rope_type" } else { name };
        if !all[name].is_null() && !same(&all[name], &value) {
            return Err(damaged(
                file,
                format!(
                    "`{name}` is {} in `rope_parameters` and {value} in `rope_scaling`",
                    all[name]
                ),
            ));
        }
        all[name] = value;
    }
    Ok(all)
}

/// Whether two values are the same, 1 being 1.0.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.as_f64().is_some() && a.as_f64() == b.as_f64()
}

/// A number that has to be there, above 0.
fn positive(file: &str, part: &Value, name: &str) -> Result<f64> {
    let found = part[name].as_f64().filter(|x| *x > 0.0);
    found.ok_or_else(|| {
        damaged(
            file,
            format!(
                "`{name}` of its RoPE scaling is {}, not a number above 0",
                part[name]
            ),
        )
    })
}

fn scaled(rope: &Rope, f: impl Fn(f64) -> f64) -> Rope {
    Rope::with_frequencies(
        rope.frequencies().iter().map(|frequency| f(*frequency)).collect(),
        RopeLayout::Halves,
    )
}

/// Llama 3.1's: slow turns are divided by `factor`, fast ones stay, with a ramp between.
fn llama3(file: &str, part: &Value, rope: &Rope) -> Result<Rope> {
    let value = |name: &str| positive(file, part, name);
    let (factor, old) = (value("factor")?, value("original_max_position_embeddings")?);
    let (low, high) = (value("low_freq_factor")?, value("high_freq_factor")?);
    Ok(scaled(rope, |frequency| {
        let turns = old * frequency / std::f64::consts::TAU;
        let ramp = ((turns - low) / (high - low)).clamp(0.0, 1.0);
        (1.0 - ramp) * frequency / factor + ramp * frequency
    }))
}

fn config(model: &Transformer) -> Result<Value> {
    let spec = &model.spec;
    let [attention, feed] = model.biased();
    let mut config = json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "max_position_embeddings": spec.context,
        "hidden_size": spec.embedding_width,
        "intermediate_size": spec.feed_forward_width,
        "num_hidden_layers": spec.layers,
        "num_attention_heads": spec.heads,
        "num_key_value_heads": spec.kv_heads,
        "head_dim": spec.head_width,
        "attention_bias": attention,
        "mlp_bias": feed,
        "rms_norm_eps": short(spec.epsilon),
    });
    if let Some(rope) = &spec.rotary {
        let (base, scale) = scale_of(rope, spec.head_width);
        let scaling = scaling(&scale)?;
        // Older programs look for the base beside the other values, and for `rope_scaling`.
        config["rope_theta"] = json!(base);
        config["rope_parameters"] = scaling.clone().unwrap_or_else(|| json!({"rope_type": "default"}));
        config["rope_parameters"]["rope_theta"] = json!(base);
        config["rope_scaling"] = json!(scaling);
    }
    Ok(config)
}

/// How frequencies differ from those of the paper, if they do.
fn scaling(scale: &Scale) -> Result<Option<Value>> {
    match scale {
        Scale::Plain => Ok(None),
        Scale::Slower(factor) => Ok(Some(json!({"rope_type": "linear", "factor": factor}))),
        Scale::Each(_) => Err(Error::data(
            "`config.json` cannot express the RoPE scaling of this model",
            "write GGUF, which has a factor for every pair",
        )),
    }
}

/// What tensors of Llama are called.
const LLAMA: TensorNames = TensorNames {
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

//! Folders of Hugging Face.

use std::borrow::Cow;
use std::path::Path;

use half::{bf16, f16};
use induce_core::model_file::write_whole;
use induce_core::{Error, Result};
use induce_tensor::inference::{Pairing, transpose};
use safetensors::Dtype;
use safetensors::tensor::View;
use serde_json::{Value, json};

use super::parts::{Part, Role, biased, each};
use super::turns::{Scale, of};
use super::{Kind, Precision, check_halves};
use crate::language::hugging_face::{GPT2_WHOLE, LLAMA};
use crate::language::model::Model;
use crate::language::tokens::Tokens;

/// A tensor as bytes.
struct Kept {
    shape: Vec<usize>,
    kind: Dtype,
    bytes: Vec<u8>,
}

impl View for &Kept {
    fn dtype(&self) -> Dtype {
        self.kind
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Write the files one by one; a folder without the last, `config.json`, is no model.
pub fn write(folder: &Path, model: &Model, tokens: &Tokens, precision: Precision) -> Result<()> {
    let kind = Kind::of(model)?;
    let config = config(model, kind, tokens, precision)?;
    let tokenizer = tokens.to_json()?;
    let weights = weights(model, kind, precision)?;
    let index = folder.join("model.safetensors.index.json");
    if index.exists() {
        return Err(Error::data(
            format!("`{}` holds a model in several files already", folder.display()),
            "name another folder",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    let settings = tokenizer_config(model, tokens);
    write_whole(&folder.join("tokenizer.json"), tokenizer.as_bytes())?;
    write_whole(
        &folder.join("tokenizer_config.json"),
        format!("{settings:#}\n").as_bytes(),
    )?;
    write_whole(&folder.join("model.safetensors"), &weights)?;
    write_whole(&folder.join("config.json"), format!("{config:#}\n").as_bytes())
}

fn weights(model: &Model, kind: Kind, precision: Precision) -> Result<Vec<u8>> {
    let names = match kind {
        Kind::Gpt2 => &GPT2_WHOLE,
        Kind::Llama => &LLAMA,
    };
    let mut all = Vec::new();
    each(model, kind, names, Pairing::Halves, &mut |part| {
        let name = part.name.clone();
        all.push((name, kept(part, kind, precision)?));
        Ok(())
    })?;
    // Transformers wants to know where tensors are from.
    let metadata = Some([("format".to_owned(), "pt".to_owned())].into());
    let views = all.iter().map(|(name, kept)| (name, kept));
    safetensors::serialize(views, metadata)
        .map_err(|e| Error::data(format!("the weights cannot be written: {e}"), "write GGUF"))
}

/// GPT-2 keeps the matrices of layers as (inputs, outputs).
fn kept(mut part: Part, kind: Kind, precision: Precision) -> Result<Kept> {
    if let (Kind::Gpt2, Role::Matrix, [_, columns]) = (kind, part.role, &part.shape[..]) {
        part.values = transpose(&part.values, *columns, 0..*columns);
        part.shape.reverse();
    }
    let bytes = match precision {
        Precision::F16 => {
            check_halves(&part.name, &part.values)?;
            part.values
                .iter()
                .flat_map(|x| f16::from_f32(*x).to_le_bytes())
                .collect()
        }
        Precision::Bf16 => {
            let bytes = |x: &f32| bf16::from_f32(*x).to_le_bytes();
            part.values.iter().flat_map(bytes).collect()
        }
        _ => part.values.iter().flat_map(|x| x.to_le_bytes()).collect(),
    };
    Ok(Kept {
        shape: part.shape,
        kind: dtype(precision)?.0,
        bytes,
    })
}

/// The type in files, and as `config.json` calls it.
fn dtype(precision: Precision) -> Result<(Dtype, &'static str)> {
    match precision {
        Precision::F32 => Ok((Dtype::F32, "float32")),
        Precision::F16 => Ok((Dtype::F16, "float16")),
        Precision::Bf16 => Ok((Dtype::BF16, "bfloat16")),
        _ => Err(Error::data(
            "a folder of Hugging Face has no blocks of fewer bits",
            "write `f32`, `f16` or `bf16`, or GGUF",
        )),
    }
}

fn config(model: &Model, kind: Kind, tokens: &Tokens, precision: Precision) -> Result<Value> {
    let ends = match tokens.ends() {
        [] => Value::Null,
        [one] => json!(one),
        several => json!(several),
    };
    let mut config = match kind {
        Kind::Gpt2 => gpt2(model),
        Kind::Llama => llama(model)?,
    };
    config["vocab_size"] = json!(model.spec.vocabulary);
    config["tie_word_embeddings"] = json!(model.head.is_none());
    config["bos_token_id"] = json!(tokens.begin());
    config["eos_token_id"] = ends;
    let dtype = dtype(precision)?.1;
    // The newer name and the older one.
    config["dtype"] = json!(dtype);
    config["torch_dtype"] = json!(dtype);
    Ok(config)
}

/// The shortest decimal number that is read as the same one of single precision.
fn short(x: f32) -> Value {
    x.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

fn gpt2(model: &Model) -> Value {
    let spec = &model.spec;
    json!({
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "n_positions": spec.context,
        "n_embd": spec.width,
        "n_inner": spec.hidden,
        "n_layer": spec.layers,
        "n_head": spec.heads,
        "layer_norm_epsilon": short(spec.epsilon),
    })
}

fn llama(model: &Model) -> Result<Value> {
    let spec = &model.spec;
    let [attention, feed] = biased(model);
    let mut config = json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "max_position_embeddings": spec.context,
        "hidden_size": spec.width,
        "intermediate_size": spec.hidden,
        "num_hidden_layers": spec.layers,
        "num_attention_heads": spec.heads,
        "num_key_value_heads": spec.shared,
        "head_dim": spec.head_width,
        "attention_bias": attention,
        "mlp_bias": feed,
        "rms_norm_eps": short(spec.epsilon),
    });
    if let Some(turns) = &spec.rotary {
        let (base, scale) = of(turns, spec.head_width);
        let scaling = scaling(&scale)?;
        // Older programs look for the base beside the other numbers, and for `rope_scaling`.
        config["rope_theta"] = json!(base);
        config["rope_parameters"] = scaling.clone().unwrap_or_else(|| json!({"rope_type": "default"}));
        config["rope_parameters"]["rope_theta"] = json!(base);
        config["rope_scaling"] = json!(scaling);
    }
    Ok(config)
}

/// How speeds differ from those of the paper, if they do.
fn scaling(scale: &Scale) -> Result<Option<Value>> {
    match scale {
        Scale::Plain => Ok(None),
        Scale::Slower(factor) => Ok(Some(json!({"rope_type": "linear", "factor": factor}))),
        Scale::Each(_) => Err(Error::data(
            "`config.json` cannot say how the positions of this model are scaled",
            "write GGUF, which has a factor for every pair",
        )),
    }
}

/// Which class opens `tokenizer.json`, and how long texts may be; it knows itself what is special.
fn tokenizer_config(model: &Model, tokens: &Tokens) -> Value {
    let special = |id: Option<u32>| id.and_then(|id| tokens.special(id));
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.spec.context,
        "clean_up_tokenization_spaces": false,
        "bos_token": special(tokens.begin()),
        "eos_token": special(tokens.ends().first().copied()),
    })
}

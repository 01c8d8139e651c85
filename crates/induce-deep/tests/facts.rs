//! Facts of the files of others that were once passed over: each is honoured or refused now.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

use induce_core::Run;
use induce_deep::language::{
    Decoder, Generation, Precision, Pretrained, Sampling, evaluate, generate, gguf_bytes, llama2c_bytes,
    open, write_gguf,
};
use serde_json::{Value, json};
use tempfile::TempDir;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// A copy of a folder.
fn copy(name: &str) -> TempDir {
    let house = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(golden(name)).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), house.path().join(file.file_name())).unwrap();
    }
    house
}

fn json_of(folder: &TempDir, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path().join(file)).unwrap()).unwrap()
}

fn put(folder: &TempDir, file: &str, value: &Value) {
    std::fs::write(folder.path().join(file), value.to_string()).unwrap();
}

/// Put `value` where `place` says, and what comes of opening the folder; then everything is as it was.
fn with(folder: &TempDir, file: &str, place: &str, value: &Value) -> Result<Pretrained, String> {
    let good = json_of(folder, file);
    let mut bad = good.clone();
    match place.rsplit_once('/') {
        Some((part, name)) => bad.pointer_mut(part).unwrap()[name] = value.clone(),
        None => bad[place] = value.clone(),
    }
    put(folder, file, &bad);
    let opened = open(folder.path(), None).map_err(|error| {
        assert!(error.hint().is_some(), "`{error}` has no hint");
        error.to_string()
    });
    put(folder, file, &good);
    opened
}

fn refused(opened: Result<Pretrained, String>, said: &str) {
    let error = opened.err().unwrap();
    assert!(error.contains(said), "{error}");
}

const TEXT: &str = "the little dog said the words, and the cat ran to the tree. the end of it.";

fn loss(language: &Pretrained) -> f64 {
    evaluate(language, TEXT, &mut Run::new(0)).unwrap().mean()
}

/// Truncation to 64 tokens judged 63 of 1588, padding made 60 tokens of a prompt of 10, and dropout drew other tokens each
/// time.
#[test]
fn how_a_tokenizer_was_used_in_training_is_taken_off() {
    let folder = copy("llama");
    let good = open(folder.path(), None).unwrap().tokens.encode(TEXT).unwrap();
    for (place, value) in [
        (
            "truncation",
            json!({"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}),
        ),
        (
            "padding",
            json!({"strategy": {"Fixed": 1_000_000_000}, "direction": "Right", "pad_to_multiple_of": null,
                   "pad_id": 0, "pad_type_id": 0, "pad_token": "!"}),
        ),
        ("/model/dropout", json!(0.9)),
    ] {
        let language = with(&folder, "tokenizer.json", place, &value).unwrap();
        assert_eq!(language.tokens.encode(TEXT).unwrap(), good, "{place}");
    }
}

/// Some kilobytes that grow to any length, and what is read in another way than it is written.
#[test]
fn tokenizers_that_grow_or_are_unknown_are_refused() {
    let folder = copy("llama");
    let longer = json!({"type": "Replace", "pattern": {"String": "a"}, "content": "aa"});
    let template = |special: usize, text: usize| {
        let one = json!({"SpecialToken": {"id": "x", "type_id": 0}});
        let own = json!({"Sequence": {"id": "A", "type_id": 0}});
        let single: Vec<Value> = [vec![one; special], vec![own.clone(); text]].concat();
        json!({"type": "TemplateProcessing", "single": single, "pair": [own, {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"x": {"id": "x", "ids": [1, 1], "tokens": ["x", "x"]}}})
    };
    for (place, value, said) in [
        (
            "normalizer",
            json!({"type": "Sequence", "normalizers": vec![longer; 60]}),
            "times as long",
        ),
        ("post_processor", template(600, 1), "1200 tokens around"),
        ("post_processor", template(1, 2), "a text 2 times"),
        (
            "decoder",
            json!({"type": "WordPiece", "prefix": "##", "cleanup": true}),
            "WordPiece",
        ),
        ("new", json!(1), "`new` is `1`"),
        ("/model/new", json!(1), "`new` is `1`"),
    ] {
        refused(with(&folder, "tokenizer.json", place, &value), said);
    }
    assert!(with(&folder, "tokenizer.json", "post_processor", &template(1, 1)).is_ok());
}

/// What stands beside a `tokenizer.json` was read for its template alone: another space before texts, or tokens that the other
/// file does not add, were passed over.
#[test]
fn settings_beside_a_tokenizer_agree_with_it() {
    let folder = copy("llama");
    put(
        &folder,
        "tokenizer_config.json",
        &json!({"chat_template": "{{ messages }}"}),
    );
    let token = |content: &str| json!({"0": {"content": content, "special": true}});
    for (name, value) in [
        ("add_prefix_space", json!(false)),
        ("added_tokens_decoder", token("<|end|>")),
        ("model_max_length", json!(1e30)),
        ("new", json!(null)),
    ] {
        let opened = with(&folder, "tokenizer_config.json", name, &value).unwrap();
        assert_eq!(opened.tokens.chat(), Some("{{ messages }}"), "{name}");
    }
    for (name, value, said) in [
        ("add_prefix_space", json!(true), "by `tokenizer.json` it is false"),
        ("added_tokens_decoder", token("the"), "token 0 is \"the\""),
        ("split_special_tokens", json!(true), "not supported"),
        ("new", json!(1), "`new` is `1`"),
    ] {
        refused(with(&folder, "tokenizer_config.json", name, &value), said);
    }
}

/// The bytes between the header's last field and the weights were skipped: what a later version says there changes numbers.
#[test]
fn a_header_of_llama2c_says_nothing_more() {
    let mut bytes = std::fs::read(golden("tiny-v1.bin")).unwrap();
    assert!(llama2c_bytes("m.bin", &bytes).is_ok());
    bytes[200] = 1;
    let error = llama2c_bytes("m.bin", &bytes).err().unwrap().to_string();
    assert!(error.contains("more than is known"), "{error}");
}

/// GPT-2's other scales of attention gave the same loss as its own.
#[test]
fn what_changes_numbers_is_refused_and_what_is_unknown() {
    let folder = copy("gpt2");
    for (name, value) in [
        ("scale_attn_by_inverse_layer_idx", json!(true)),
        ("scale_attn_weights", json!(false)),
        ("quantization_config", json!({"bits": 4})),
        ("layer_norm_epsilon", json!("1e-5")),
        ("activation_function", json!(["gelu_new"])),
        ("bos_token_id", json!("<s>")),
        ("new", json!(true)),
        ("architectures", json!(["GPT2ForSequenceClassification"])),
        ("architectures", json!([])),
    ] {
        refused(with(&folder, "config.json", name, &value), name);
    }
    for (name, value) in [("use_cache", json!(false)), ("new", json!(null))] {
        with(&folder, "config.json", name, &value).unwrap();
    }
}

/// Beside `rope_parameters` the older `rope_scaling` was passed over where it said `type`, or the newer one nothing.
#[test]
fn rotary_positions_of_both_names_are_one() {
    let folder = copy("llama");
    let linear = json!({"type": "linear", "factor": 4.0});
    refused(
        with(&folder, "config.json", "rope_scaling", &linear),
        "`rope_type`",
    );
    let mut config = json_of(&folder, "config.json");
    config["rope_parameters"] = json!({"rope_theta": 10000});
    put(&folder, "config.json", &config);
    let plain = loss(&open(folder.path(), None).unwrap());
    let scaled = with(&folder, "config.json", "rope_scaling", &linear).unwrap();
    assert!((loss(&scaled) - plain).abs() > 1e-4);
}

#[test]
fn rotary_positions_are_honoured_or_refused() {
    let folder = copy("llama");
    let plain = loss(&open(folder.path(), None).unwrap());
    let turned = |place: &str, value: Value| with(&folder, "config.json", place, &value);
    let linear = turned("rope_parameters", json!({"rope_type": "linear", "factor": 4.0})).unwrap();
    let old = json!({"type": "linear", "factor": 4.0});
    assert!((loss(&linear) - plain).abs() > 1e-4);
    refused(
        turned("rope_parameters", json!({"rope_type": "linear"})),
        "`factor`",
    );
    refused(
        turned("rope_parameters", json!({"rope_type": "yarn", "factor": 4.0})),
        "yarn",
    );
    refused(
        turned(
            "rope_parameters",
            json!({"rope_type": "linear", "factor": 4.0, "new": 1}),
        ),
        "new",
    );
    refused(turned("rope_parameters", json!("linear")), "linear");
    refused(
        turned("/rope_parameters/rope_theta", json!("500000")),
        "rope_theta",
    );
    // Two places that say different things.
    put(&folder, "config.json", &{
        let mut config = json_of(&folder, "config.json");
        config["rope_scaling"] = json!({"factor": 2.0});
        config
    });
    refused(
        turned("rope_parameters", json!({"rope_type": "linear", "factor": 4.0})),
        "`factor` is 4.0",
    );
    put(&folder, "config.json", &{
        let mut config = json_of(&folder, "config.json");
        config["rope_scaling"] = old;
        config["rope_parameters"] = Value::Null;
        config
    });
    assert_eq!(loss(&open(folder.path(), None).unwrap()), loss(&linear));
}

/// A model with an end of its turn in `generation_config.json` alone went on for as long as it was let.
#[test]
fn ends_are_those_of_all_files() {
    let folder = copy("llama");
    let ends = || open(folder.path(), None).map(|own| own.tokens.ends().to_vec());
    assert_eq!(ends().unwrap(), [0]);
    put(
        &folder,
        "generation_config.json",
        &json!({"eos_token_id": [7, 9], "temperature": 0.6, "transformers_version": "5"}),
    );
    assert_eq!(ends().unwrap(), [7, 9, 0]);
    // A tokenizer that is given says nothing of it.
    let other = golden("gpt2/tokenizer.json");
    let given = open(folder.path(), Some(&other)).unwrap();
    assert_eq!(given.tokens.ends(), [7, 9, 0]);
    for (name, value) in [
        ("suppress_tokens", json!([1])),
        ("repetition_penalty", json!(1.1)),
        ("new", json!(1)),
        ("eos_token_id", json!(-1)),
    ] {
        put(&folder, "generation_config.json", &json!({ name: value }));
        let error = ends().unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

/// Logits of a model whose head is missing were made with the embeddings; and half of a model was opened without a word.
#[test]
fn all_tensors_are_there_and_all_are_read() {
    let untied = copy("llama");
    refused(
        with(&untied, "config.json", "tie_word_embeddings", &json!(true)),
        "`lm_head` differs",
    );
    refused(
        with(&untied, "config.json", "num_hidden_layers", &json!(1)),
        "`model.layers.1.input_layernorm.weight`, and 8 other tensors",
    );
    refused(
        with(&untied, "config.json", "attention_bias", &json!(true)),
        "biases",
    );
    let tied = copy("gpt2");
    refused(
        with(&tied, "config.json", "tie_word_embeddings", &json!(false)),
        "no tensor `lm_head.weight`",
    );
    let sharded = copy("sharded");
    let index = "model.safetensors.index.json";
    let map = json_of(&sharded, index)["weight_map"].clone();
    let (name, file) = map.as_object().unwrap().iter().next().unwrap();
    let other = map
        .as_object()
        .unwrap()
        .values()
        .find(|own| *own != file)
        .unwrap();
    refused(with(&sharded, index, &format!("/weight_map/{name}"), other), name);
    refused(with(&sharded, index, "/weight_map/new", file), "`new` is not in");
    refused(with(&sharded, index, "new", file), "`new`");
}

/// A text of a line needed room for keys and values of the whole context: 8.6 GB with a context of 131,072.
#[test]
fn a_short_text_needs_no_cache_for_a_long_context() {
    let folder = copy("llama");
    let plain = loss(&open(folder.path(), None).unwrap());
    let long = with(&folder, "config.json", "max_position_embeddings", &json!(1 << 24)).unwrap();
    assert_eq!(loss(&long), plain);
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn string(value: &str) -> (u32, Vec<u8>) {
    let mut bytes = Vec::new();
    text(&mut bytes, value);
    (8, bytes)
}

fn number(value: f32) -> (u32, Vec<u8>) {
    (6, value.to_le_bytes().to_vec())
}

/// A golden model as GGUF.
fn gguf(name: &str) -> Vec<u8> {
    let (house, tokens) = (tempfile::tempdir().unwrap(), golden("tok.bin"));
    let language = open(&golden(name), (name == "tiny.bin").then_some(&*tokens)).unwrap();
    let path = house.path().join("m.gguf");
    let model = language.model.transformer("a test").unwrap();
    write_gguf(&path, model, &language.tokens, Precision::F32).unwrap();
    std::fs::read(path).unwrap()
}

/// GGUF with more facts in front, and a note that fills up to a multiple of the alignment.
fn added(bytes: &[u8], facts: &[(&str, (u32, Vec<u8>))]) -> Vec<u8> {
    let mut new = Vec::new();
    for (name, (kind, value)) in facts {
        text(&mut new, name);
        new.extend(kind.to_le_bytes());
        new.extend(value);
    }
    let fill = (new.len() + 21).next_multiple_of(32) - new.len() - 21;
    text(&mut new, "x");
    new.extend(8_u32.to_le_bytes());
    text(&mut new, &".".repeat(fill));
    let count = u64::from_le_bytes(bytes[16..24].try_into().unwrap()) + facts.len() as u64 + 1;
    [&bytes[..16], &count.to_le_bytes(), &new, &bytes[24..]].concat()
}

/// The bytes with one name in place of another of the same length.
fn renamed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes
        .windows(from.len())
        .position(|own| own == from.as_bytes())
        .unwrap();
    [&bytes[..at], to.as_bytes(), &bytes[at + to.len()..]].concat()
}

fn frequencies(bytes: &[u8]) -> Vec<f64> {
    let (model, _) = gguf_bytes("a test", bytes).unwrap();
    model.spec.rotary.unwrap().frequencies().to_vec()
}

/// A factor without a type is linear, as in llama.cpp, and so is that of an older name; both were passed over.
#[test]
fn positions_of_gguf_are_scaled_or_refused() {
    let good = gguf("llama");
    let plain = frequencies(&good);
    let slower: Vec<f64> = plain.iter().map(|own| own / 4.0).collect();
    let linear = ("llama.rope.scaling.type", string("linear"));
    let factor = ("llama.rope.scaling.factor", number(4.0));
    for facts in [
        vec![("llama.rope.scale_linear", number(4.0))],
        vec![factor.clone()],
        vec![linear, factor.clone()],
    ] {
        assert_eq!(frequencies(&added(&good, &facts)), slower);
    }
    let none = ("llama.rope.scaling.type", string("none"));
    assert_eq!(frequencies(&added(&good, &[none, factor])), plain);
}

#[test]
fn keys_of_gguf_are_known_or_refused() {
    let good = gguf("llama");
    for (name, value) in [
        ("llama.rope.scaling.attn_factor", number(2.0)),
        (
            "llama.attention.sliding_window",
            (4, 8_u32.to_le_bytes().to_vec()),
        ),
        ("llama.expert_count", (4, 8_u32.to_le_bytes().to_vec())),
        ("llama.new", number(1.0)),
        ("tokenizer.ggml.add_eos_token", (7, vec![1])),
        (
            "tokenizer.ggml.eot_token_id",
            (4, 9_999_u32.to_le_bytes().to_vec()),
        ),
        ("split.count", (2, vec![2, 0])),
        ("general.architecture", string("llama")),
    ] {
        let error = gguf_bytes("a test", &added(&good, &[(name, value)]))
            .err()
            .unwrap();
        assert!(
            error.hint().is_some() && error.to_string().contains(name.trim_start_matches("llama.")),
            "{error}"
        );
    }
    let scaled = added(&good, &[("llama.rope.scaling.type", string("yarn"))]);
    let error = gguf_bytes("a test", &scaled).err().unwrap().to_string();
    assert!(error.contains("`yarn`, which is not supported"), "{error}");
    for (name, value) in [
        ("general.author", string("me")),
        ("someone.note", number(1.0)),
        ("tokenizer.ggml.add_eos_token", (7, vec![0])),
    ] {
        gguf_bytes("a test", &added(&good, &[(name, value)])).unwrap();
    }
    // A value of another type was the same as none.
    let other = renamed(&good, "llama.rope.freq_base", "xxxxx.rope.freq_base");
    let error = gguf_bytes(
        "a test",
        &added(&other, &[("llama.rope.freq_base", string("1e6"))]),
    )
    .err();
    assert!(error.unwrap().to_string().contains("not a number"));
    let left = renamed(&good, "blk.1.ffn_up.weight", "blk.9.ffn_up.weight");
    assert!(gguf_bytes("a test", &left).is_err());
}

/// 300 layers on the same 4 MiB took 5.6 GiB.
#[test]
fn tensors_of_gguf_do_not_overlap() {
    let mut bytes = gguf("llama");
    let name = b"blk.1.ffn_up.weight";
    let at = bytes.windows(name.len()).position(|own| own == name).unwrap() + name.len();
    // Behind the name: the number of dimensions, two of them, the type, and the place.
    bytes[at + 24..at + 32].fill(0);
    let error = gguf_bytes("a test", &bytes).err().unwrap().to_string();
    assert!(error.contains("lie on the same bytes"), "{error}");
}

/// Llama 3 puts its beginning before a text where a file does not say so; and how texts are cut is not guessed.
#[test]
fn texts_of_gguf_begin_as_in_llama_cpp() {
    let good = gguf("llama");
    let key = "tokenizer.ggml.add_bos_token";
    let silent = renamed(&good, key, "xokenizer.ggml.add_bos_token");
    let begins = |bytes: &[u8]| {
        let (_, tokens) = gguf_bytes("a test", bytes).unwrap();
        tokens.encode("a").unwrap().first().copied() == tokens.begin()
    };
    let silent = renamed(&silent, "tokenizer.ggml.pre", "xokenizer.ggml.pre");
    let cut = |name: &str| added(&silent, &[("tokenizer.ggml.pre", string(name))]);
    assert!(begins(&cut("llama-bpe")) && !begins(&cut("gpt-2")) && !begins(&cut("default")));
    let error = gguf_bytes("a test", &silent).err().unwrap();
    assert!(error.to_string().contains("tokenizer.ggml.pre"), "{error}");
}

/// `</s>` was four characters, and `▁` three bytes.
#[test]
fn tokens_are_found_by_their_names_in_gguf() {
    let good = gguf("tiny.bin");
    let (_, tokens) = gguf_bytes("a test", &good).unwrap();
    assert_eq!(tokens.encode("</s>").unwrap(), [1, 2]);
    let after = tokens.encode("ab</s>ab").unwrap();
    let before = tokens.encode("ab").unwrap();
    assert_eq!(after, [&before[..], &[2], &before[1..]].concat());
    assert_eq!(tokens.encode("\u{2581}a").unwrap(), tokens.encode(" a").unwrap());
    assert_eq!(tokens.encode_all("ab</s>ab").unwrap(), after);
}

/// What programs make conversations with went lost on the way from one file to another.
#[test]
fn templates_of_conversations_go_along() {
    let bytes = added(
        &gguf("llama"),
        &[("tokenizer.chat_template", string("{{ messages }}"))],
    );
    let (model, tokens) = gguf_bytes("a test", &bytes).unwrap();
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("m.gguf");
    write_gguf(&path, &model, &tokens, Precision::F32).unwrap();
    assert_eq!(open(&path, None).unwrap().tokens.chat(), Some("{{ messages }}"));
}

/// A draft with fewer rows than the model failed in the middle of a text, or not, by the seed.
#[test]
fn a_draft_of_another_vocabulary_is_refused_before_any_text() {
    let large = open(&golden("llama"), None).unwrap();
    let small = open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap();
    let mut decoder = Decoder::new(&large.model, 20);
    let mut draft = Decoder::new(&small.model, 20);
    let generation = Generation {
        sampling: Sampling::default(),
        tokens: 3,
        stops: &[],
        draft: Some((&mut draft, 2)),
    };
    let mut said = String::new();
    let report = generate(
        &mut decoder,
        &large.tokens,
        &[1],
        generation,
        &Run::new(0),
        &mut |text| {
            said += text;
            Ok(())
        },
    );
    let error = report.err().unwrap().to_string();
    assert!(
        error.contains("the draft has 270 tokens, the model 300") && said.is_empty(),
        "{error}"
    );
}

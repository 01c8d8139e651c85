//! Models that we write, as those that the programs of others have opened (`golden/written.py`).
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

use induce_deep::language::{
    Precision, Pretrained, Tokenizer, TokenizerKind, open, write_gguf, write_hugging_face,
};
use serde_json::Value;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn opened() -> Value {
    serde_json::from_slice(&std::fs::read(golden("written.json")).unwrap()).unwrap()
}

fn language(name: &str) -> Pretrained {
    let tokenizer = golden("tok.bin");
    open(&golden(name), (name == "tiny.bin").then_some(tokenizer.as_path())).unwrap()
}

/// FNV-1a of 64 bits.
fn sum(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let value = bytes.iter().fold(0xCBF2_9CE4_8422_2325_u64, |value, byte| {
        (value ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3)
    });
    format!("{value:016x}")
}

#[test]
fn folders_are_those_that_transformers_opened() {
    let (opened, house) = (opened(), tempfile::tempdir().unwrap());
    for name in ["llama", "gpt2"] {
        for (precision, text) in [(Precision::F32, "f32"), (Precision::F16, "f16")] {
            let (own, folder) = (language(name), house.path().join(format!("{name}-{text}")));
            write_hugging_face(
                &folder,
                own.model.transformer("a test").unwrap(),
                &own.tokens,
                precision,
            )
            .unwrap();
            for file in [
                "config.json",
                "model.safetensors",
                "tokenizer.json",
                "tokenizer_config.json",
            ] {
                assert_eq!(
                    sum(&folder.join(file)),
                    opened[format!("{name}-{text}/{file}")],
                    "{name} {text} {file}"
                );
            }
        }
    }
}

#[test]
fn tokenizers_that_are_learnt_are_those_that_transformers_opened() {
    let (opened, house) = (opened(), tempfile::tempdir().unwrap());
    let text = "the cat sat on the mat;\n<unk> caf\u{e9} don't 12\n".repeat(40);
    let probe = "the mat sat;\n\n<unk> don't cat\u{e9} 12\n";
    for (cut, name) in [
        (TokenizerKind::Char, "char"),
        (TokenizerKind::Bpe, "bpe"),
        (TokenizerKind::Word, "word"),
    ] {
        let (tokens, path) = (
            Tokenizer::train(&text, cut, 300).unwrap(),
            house.path().join("tokenizer.json"),
        );
        std::fs::write(&path, tokens.to_json().unwrap()).unwrap();
        assert_eq!(
            sum(&path),
            opened[format!("trained-{name}/tokenizer.json")],
            "{name}"
        );
        let theirs: Vec<u32> =
            serde_json::from_value(opened[format!("trained-{name} tokens")].clone()).unwrap();
        assert_eq!(tokens.encode_all(probe).unwrap(), theirs, "{name}");
    }
}

#[test]
fn characters_are_the_tokens_of_llama_cpp() {
    let opened = opened();
    let text = "the cat sat on the mat;\n<unk>\t\\x41 don't 12\n".repeat(40);
    let tokens = Tokenizer::train(&text, TokenizerKind::Char, 100).unwrap();
    for case in opened["characters tokens"].as_array().unwrap() {
        let theirs: Vec<u32> = serde_json::from_value(case["ids"].clone()).unwrap();
        assert_eq!(tokens.encode(case["text"].as_str().unwrap()).unwrap(), theirs);
    }
}

#[test]
fn gguf_is_that_which_llama_cpp_opened_with_the_same_tokens() {
    let (opened, house) = (opened(), tempfile::tempdir().unwrap());
    for name in ["llama", "gpt2", "tiny.bin"] {
        let own = language(name);
        for (precision, text) in [
            (Precision::F32, "f32"),
            (Precision::F16, "f16"),
            (Precision::Q8_0, "q8_0"),
        ] {
            let path = house.path().join("m.gguf");
            write_gguf(
                &path,
                own.model.transformer("a test").unwrap(),
                &own.tokens,
                precision,
            )
            .unwrap();
            assert_eq!(sum(&path), opened[format!("{name}-{text}.gguf")], "{name} {text}");
        }
        let again = open(&house.path().join("m.gguf"), None).unwrap();
        for case in opened[format!("{name} tokens")].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            // There they were asked for without the token that begins texts.
            let begin = usize::from(name == "tiny.bin");
            let ids = |language: &Pretrained| language.tokens.encode(text).unwrap()[begin..].to_vec();
            let theirs: Vec<u32> = serde_json::from_value(case["ids"].clone()).unwrap();
            assert_eq!((ids(&own), ids(&again)), (theirs.clone(), theirs), "{text}");
        }
    }
}

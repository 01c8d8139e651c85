//! Texts of a tiny random model, and models as they should not be.

use std::path::Path;

use serde_json::Value;

use crate::house::House;

fn with_models() -> House {
    let (house, golden) = (
        House::new(),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../induce-deep/tests/golden"),
    );
    std::fs::copy(golden.join("tiny.bin"), house.path("tiny.bin")).unwrap();
    std::fs::copy(golden.join("tok.bin"), house.path("tok270.bin")).unwrap();
    std::fs::create_dir(house.path("llama")).unwrap();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(golden.join("llama").join(name), house.path("llama").join(name)).unwrap();
    }
    house
}

#[test]
fn a_seed_has_one_text_on_any_number_of_threads_with_and_without_a_draft() {
    let house = with_models();
    for draft in ["", "--draft lookup", "--draft tiny.bin --guesses 3"] {
        let text = |rest: &str| {
            house
                .ok(&format!("generate tiny.bin -p ab -n 20 {draft} {rest}"))
                .out
        };
        assert_eq!(text("--seed 1 --threads 1"), text("--seed 1 --threads 3"));
        assert_ne!(text("--seed 1"), text("--seed 2"));
    }
    let greedy = |rest: &str| {
        house
            .ok(&format!("generate tiny.bin -p ab -n 25 --temperature 0 {rest}"))
            .out
    };
    assert_eq!(greedy(""), greedy("--draft lookup"));
    assert_eq!(greedy(""), greedy("--draft tiny.bin"));
}

#[test]
fn figures_go_to_standard_error_or_into_json() {
    let house = with_models();
    let done = house.ok("generate llama -p the -n 5 --draft lookup");
    assert!(
        done.err.contains("per second") && done.err.contains("plain decoding"),
        "{}",
        done.err
    );
    let said: Value =
        serde_json::from_str(&house.ok("generate llama -p the -n 5 --format json").out).unwrap();
    assert_eq!(said["prompt_tokens"], 1);
    assert!(said["text"].is_string() && said["tokens"].as_u64() <= Some(5));
}

#[test]
fn models_drafts_and_flags_that_cannot_be_used() {
    let house = with_models();
    house.write("empty.bin", b"");
    house.write("text.gguf", b"no model");
    house.write("short.gguf", b"GGUF\x03\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    let whole = house.read("tiny.bin");
    house.write("half.bin", &whole[..whole.len() / 2]);
    house.write("prompt.txt", "a".repeat(5000).as_bytes());
    for line in [
        "generate none.bin",
        "generate empty.bin",
        "generate text.gguf",
        "generate short.gguf",
        "generate half.bin",
        "generate .",
        "generate tiny.bin --tokenizer none.json",
        "generate tiny.bin --draft llama",
        "generate tiny.bin --draft none.bin",
        "generate tiny.bin --temperature nan",
        "generate tiny.bin --top-p 0",
        "generate tiny.bin --min-p 2",
        "generate tiny.bin --prompt @none.txt",
        "generate tiny.bin --prompt @prompt.txt",
    ] {
        let fault = house.fault(line);
        assert!(fault.contains("hint: "), "{line}\n{fault}");
    }
}

//! Texts of a tiny random model, and models as they should not be.

use std::path::Path;

use serde_json::Value;

use crate::house::House;

/// Tiny models of every format.
pub fn with_models() -> House {
    let (house, golden) = (
        House::new(),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../induce-deep/tests/golden"),
    );
    std::fs::copy(golden.join("tiny.bin"), house.path("tiny.bin")).unwrap();
    std::fs::copy(golden.join("tok.bin"), house.path("tok270.bin")).unwrap();
    for folder in ["llama", "gpt2"] {
        std::fs::create_dir(house.path(folder)).unwrap();
        for name in ["config.json", "model.safetensors", "tokenizer.json"] {
            std::fs::copy(golden.join(folder).join(name), house.path(folder).join(name)).unwrap();
        }
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

#[cfg(unix)]
#[test]
fn interrupted_keeps_the_text_so_far_and_ends_in_130() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let house = with_models();
    // A text without end.
    let config = String::from_utf8(house.read("llama/config.json")).unwrap();
    let config = config.replace(r#""eos_token_id": 0"#, r#""eos_token_id": null"#);
    let config = config.replace(r#"embeddings": 64"#, r#"embeddings": 200000"#);
    house.write("llama/config.json", config.as_bytes());
    for flags in ["", "--draft lookup"] {
        let line = format!("generate llama -p the -n 150000 {flags}");
        let mut command = house.command(&line);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = [0; 16];
        child.stdout.as_mut().unwrap().read_exact(&mut text).unwrap();
        let status = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(130), "{said}");
        assert!(
            said.contains("stopping after this step") && said.contains("interrupted"),
            "{said}"
        );
    }
}

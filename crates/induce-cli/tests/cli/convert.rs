//! Language models in the formats of others, from the command line.

use crate::generate::with_models;

#[test]
fn a_language_model_writes_the_same_text_in_every_format() {
    let house = with_models();
    let text = |model: &str| {
        let line = format!("generate {model} -p the -n 20 --temperature 0 --quiet");
        house.ok(&line).out
    };
    house.ok("convert gpt2 --to gguf --out a.gguf");
    house.ok("convert a.gguf --to hugging-face --out again");
    house.ok("convert again --to gguf --out b.gguf");
    for other in ["a.gguf", "again", "b.gguf"] {
        assert_eq!(text(other), text("gpt2"));
    }
    assert!(house.read("a.gguf") == house.read("b.gguf"));
    house.ok("convert tiny.bin --to gguf --out tiny.gguf");
    assert_eq!(text("tiny.gguf"), text("tiny.bin"));
    house.ok("convert gpt2 --to gguf --precision q8_0 --out eight.gguf");
    assert!(house.read("eight.gguf").len() < house.read("a.gguf").len() / 2);
    house.ok("generate eight.gguf -p the -n 5");
}

#[test]
fn models_formats_and_places_that_do_not_fit() {
    let house = with_models();
    house.table("t.csv", "a,y", 60, |i, a, b| format!("{a},{}", a + b * i as f64));
    house.ok("train t.csv --set rounds=3 --quiet --out m.safetensors");
    for line in [
        "convert none --to gguf --out m.gguf",
        "convert m.safetensors --to gguf --out m.gguf",
        "convert m.safetensors --to lightgbm --precision f16 --out m.txt",
        "convert gpt2 --to lightgbm --out m.txt",
        "convert gpt2 --to gguf --out m.bin",
        "convert gpt2 --to gguf --out none/m.gguf",
        "convert gpt2 --to hugging-face --out none/folder",
        "convert gpt2 --to hugging-face --precision q8_0 --out folder",
        "convert tiny.bin --to hugging-face --out folder",
        "convert gpt2 --to hugging-face --out tiny.bin",
    ] {
        let fault = house.fault(line);
        assert!(fault.contains("hint: "), "{line}\n{fault}");
    }
    assert!(!house.path("folder").exists() && !house.path("m.gguf").exists());
}

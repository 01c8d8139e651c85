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
fn llama2c_has_the_model_and_its_tokenizer_if_it_can() {
    let house = with_models();
    let text = |model: &str| {
        let line = format!("generate {model} -p ab -n 20 --temperature 0 --quiet");
        house.ok(&line).out
    };
    let said = house.ok("convert tiny.bin --to llama2c --out again.bin").err;
    assert!(!said.contains("tokenizer.bin"), "{said}");
    assert!(house.read("tokenizer.bin") == house.read("tok270.bin"));
    house.ok("convert tiny.bin --to gguf --out tiny.gguf");
    house.ok("convert tiny.gguf --to llama2c --out b.bin");
    assert!(house.read("again.bin") == house.read("b.bin"));
    assert_eq!(text("again.bin"), text("tiny.bin"));
    house.ok("convert tiny.bin --to llama2c --precision q8_0 --out eight.bin");
    assert!(house.read("eight.bin").len() < house.read("again.bin").len() / 2);
    text("eight.bin");
    house.write("own.txt", "ab ba abba\n".repeat(50).as_bytes());
    let shape = "--set width=8 --set layers=1 --set heads=2 --set context=24 --set steps=2";
    house.ok(&format!(
        "train own.txt -m llama {shape} --quiet --out own.safetensors"
    ));
    // The tokenizer of the others must not be taken for its own.
    house.fault("convert own.safetensors --to llama2c --out own.bin");
    std::fs::create_dir(house.path("folder")).unwrap();
    let said = house
        .ok("convert own.safetensors --to llama2c --out folder/own.bin")
        .err;
    assert!(
        said.contains("no `tokenizer.bin`: ") && said.contains("hint: "),
        "{said}"
    );
    assert!(!house.path("folder/tokenizer.bin").exists());
    let fault = house.fault("convert tiny.bin --to llama2c --out tokenizer.bin");
    assert!(fault.contains("another name"), "{fault}");
    // Characters of ASCII come out of GGUF again.
    house.ok("convert own.safetensors --to gguf --out own.gguf");
    assert_eq!(text("own.gguf"), text("own.safetensors"));
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
        "convert gpt2 --to llama2c --out m.bin",
        "convert llama --to llama2c --out m.bin",
        "convert tiny.bin --to llama2c --precision f16 --out m.bin",
        "convert tiny.bin --to llama2c --out m.gguf",
        "convert m.safetensors --to llama2c --out m.bin",
    ] {
        let fault = house.fault(line);
        assert!(fault.contains("hint: "), "{line}\n{fault}");
    }
    assert!(!house.path("folder").exists() && !house.path("m.gguf").exists());
}

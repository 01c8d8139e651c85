//! Language models that are trained on a text, stopped in the middle, judged, and made to write.

use std::path::Path;

use serde_json::Value;

use crate::house::House;

const TEXT: &str =
    "The sun rises, the sun sets. What was is what will be; there is nothing new under the sun!\n";
const SMALL: &str = "--set layers=1 --set width=16 --set context=16 --set batch=4 --quiet";

/// `corpus.txt` and `other.txt`.
fn house() -> House {
    let house = House::new();
    house.write("corpus.txt", TEXT.repeat(60).as_bytes());
    house.write("other.txt", TEXT.repeat(5).as_bytes());
    house
}

fn json(house: &House, line: &str) -> Value {
    serde_json::from_str(&house.ok(&format!("{line} --format json")).out).unwrap()
}

#[test]
fn every_kind_learns_is_judged_shown_and_writes() {
    let house = house();
    for (model, tokenizer) in [
        ("gpt", "char"),
        ("llama", "bpe"),
        ("lstm", "word"),
        ("gru", "char"),
        ("rnn", "char"),
    ] {
        let heads = if ["gpt", "llama"].contains(&model) {
            "--set heads=2"
        } else {
            ""
        };
        let pieces = if tokenizer == "bpe" {
            "--set vocabulary=300"
        } else {
            ""
        };
        let line = format!(
            "train corpus.txt -m {model} {SMALL} {heads} {pieces} --set tokenizer={tokenizer} --set steps=30 \
             --set learning_rate=0.01 --set warm_up=5 --out m.safetensors"
        );
        let report = json(&house, &line);
        let loss = &report["metrics"]["holdout"]["loss"];
        let [value, low, high] = ["value", "low", "high"].map(|key| loss[key].as_f64().unwrap());
        assert!(low < value && value < high && value < 5.5, "{model}: {loss}");
        assert_eq!(report["task"], "language");
        assert_eq!(json(&house, "show m.safetensors")["model"], model);
        let judged = json(&house, "evaluate m.safetensors other.txt");
        assert_eq!(judged["model"], model);
        let metric = |name: &str| judged["metrics"]["test"][name]["value"].as_f64().unwrap();
        assert!((metric("loss").exp() / metric("perplexity") - 1.0).abs() < 1e-9);
        let tokens = judged["tokens_judged"].as_f64().unwrap();
        // Nothing foretells the first token, `The` or the beginning of it, so its bytes do not count.
        let bits = |bytes: usize| metric("loss") * tokens / bytes as f64 / std::f64::consts::LN_2;
        let same = |first: usize| (metric("bits_per_byte") / bits(5 * TEXT.len() - first) - 1.0).abs() < 1e-9;
        assert!((1..=3).any(same));
        let prompt = if tokenizer == "word" { "The" } else { "T" };
        let text = |rest: &str| {
            house
                .ok(&format!(
                    "generate m.safetensors -p {prompt} -n 12 --seed 4 {rest}"
                ))
                .out
        };
        assert_eq!(text("--threads 1"), text("--threads 2"));
        assert_eq!(
            text("--temperature 0"),
            text("--temperature 0 --draft m.safetensors"),
            "{model}"
        );
    }
}

/// Beside the loss stands what frequencies alone would give, and half of a text that was never read is said.
#[test]
fn baselines_of_texts_and_what_was_not_read_are_said() {
    let house = house();
    let small = SMALL.replace(" --quiet", "");
    let train = |steps: usize| {
        house.ok(&format!(
            "train corpus.txt -m rnn {small} --set steps={steps} -o m.safetensors"
        ))
    };
    let said = train(2).err;
    assert!(
        said.contains("all tokens alike: bigram ") && said.contains("unigram "),
        "{said}"
    );
    // 2 steps of 4 windows of 16 tokens, of 4,914.
    assert!(
        said.contains("at most 2 % of the training text; about `--set steps=77`"),
        "{said}"
    );
    assert!(!train(77).err.contains("at most"), "all of it was read");
    let facts = json(
        &house,
        &format!("train corpus.txt -m rnn {SMALL} --set steps=2 -o m.safetensors"),
    );
    let loss = |name: &str| facts["baselines"][name].as_f64().unwrap();
    assert!(loss("bigram") < loss("unigram") && loss("unigram") < loss("uniform"));
    let vocabulary = facts["vocabulary"].as_f64().unwrap();
    assert!((loss("uniform") - vocabulary.ln()).abs() < 1e-12);
    let said = house.ok("evaluate m.safetensors other.txt").err;
    assert!(
        said.contains(&format!("all {vocabulary} tokens alike: loss")),
        "{said}"
    );
}

#[test]
fn what_was_trained_opens_elsewhere() {
    let house = house();
    for model in ["gpt", "llama"] {
        house.ok(&format!(
            "train corpus.txt -m {model} {SMALL} --set heads=2 --set tokenizer=bpe --set vocabulary=290 --set steps=10 --out m.safetensors"
        ));
        house.ok("convert m.safetensors --to gguf --out m.gguf");
        house.ok("convert m.safetensors --to hugging-face --out folder");
        let text = |model: &str| {
            house
                .ok(&format!("generate {model} -p The -n 15 --temperature 0"))
                .out
        };
        assert_eq!(text("m.safetensors"), text("folder"));
        assert_eq!(text("m.safetensors"), text("m.gguf"));
    }
}

#[test]
fn a_valid_text_judges_instead_of_the_tail() {
    let house = house();
    let report = json(
        &house,
        &format!("train corpus.txt -m gpt {SMALL} --set steps=10 --valid other.txt --out m.safetensors"),
    );
    assert!(report["metrics"]["valid"]["perplexity"]["value"].is_f64());
    assert!(report["metrics"]["holdout"].is_null());
    let none = json(
        &house,
        &format!("train corpus.txt -m gpt {SMALL} --set steps=10 --holdout 0 --out m.safetensors"),
    );
    assert!(none["metrics"]["train"]["loss"]["value"].is_f64());
    let line = format!("train corpus.txt -m gpt {SMALL} --set steps=10 --out m.safetensors --require");
    assert_eq!(house.run(&format!("{line} loss<=0.1")).code, 1);
    assert_eq!(house.run(&format!("{line} perplexity<=1000")).code, 0);
}

/// A model that drafts for another has its tokens: those of a `tokenizer.json`, whoever wrote it.
#[test]
fn a_tokenizer_of_others_cuts_the_text() {
    let house = house();
    house.ok(&format!(
        "train corpus.txt -m gpt {SMALL} --set heads=2 --set tokenizer=bpe --set vocabulary=290 --set steps=5 --out m.safetensors"
    ));
    house.ok("convert m.safetensors --to hugging-face --out folder");
    let report = json(
        &house,
        &format!(
            "train other.txt -m llama {SMALL} --set heads=2 --set steps=5 --tokenizer folder/tokenizer.json --out d.safetensors"
        ),
    );
    assert_eq!(report["vocabulary"], 290);
    house.ok("generate m.safetensors -p The -n 9 --draft d.safetensors");
    house.write("broken.json", b"{");
    house.fault("train other.txt -m gpt --tokenizer broken.json");
    house.write("good.csv", b"a,y\n1,2\n3,4\n");
    house.fault("train good.csv --tokenizer folder/tokenizer.json");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let house = house();
    house.write("empty.txt", b"");
    house.write("one.txt", b"a");
    house.write("latin.txt", b"caf\xE9 au lait, caf\xE9 au lait");
    house.write("table.csv", b"a,b\n1,2\n3,4\n");
    let mut all = String::new();
    for line in [
        "train empty.txt -m gpt",
        "train one.txt -m lstm",
        "train latin.txt -m gpt",
        "train none.txt -m gpt",
        "train corpus.txt -m gtp",
        "train corpus.txt -m gpt --set layer=2",
        "train corpus.txt -m gpt --set heads=3",
        "train corpus.txt -m gpt --set tokenizer=words",
        "train corpus.txt -m gpt --set batch=0",
        "train corpus.txt -m gpt --set layers=1000000 --set width=1048576 --set heads=1",
        "train corpus.txt -m gpt --set batch=4000000000000",
        "train corpus.txt -m llama --set width=12 --set heads=4",
        "train corpus.txt -m gpt --set context=100000",
        "train corpus.txt -m gpt --target y",
        "train corpus.txt -m gpt --cv 3",
        "train corpus.txt -m gpt --holdout 1.5",
        "train corpus.txt -m gpt --require rmse<=1",
        "train corpus.txt -m gpt --out none/m.safetensors",
        "train corpus.txt -m gpt --set tokenizer=bpe --set vocabulary=100",
        "compare table.csv --target b -m gpt,boost",
    ] {
        all += &format!("$ induce {line}\n{}\n\n", house.fault(line));
    }
    house.ok(&format!(
        "train corpus.txt -m gpt {SMALL} --set steps=2 --out m.safetensors"
    ));
    house.write("greek.txt", "αβγ".as_bytes());
    for line in [
        "evaluate m.safetensors greek.txt",
        "evaluate m.safetensors one.txt",
        "evaluate m.safetensors other.txt --target y",
        "generate m.safetensors -p αβγ",
        "predict m.safetensors table.csv",
        "train corpus.txt -m gpt --set learning_rate=1e30 --set clip=0 --set warm_up=0",
    ] {
        all += &format!("$ induce {line}\n{}\n\n", house.fault(line));
    }
    // How much memory there is depends on the machine.
    let all: Vec<&str> = all
        .lines()
        .map(|line| line.split("; there are").next().unwrap())
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[cfg(unix)]
mod stops {
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    const LONG: &str = "train corpus.txt --set steps=300 --checkpoint-every 0s --out m.safetensors";

    /// Start, wait for the first checkpoint, and some time more.
    fn begin(house: &House, line: &str) -> Child {
        let mut command = house.command(line);
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let clock = Instant::now();
        while !Path::exists(&house.path("m.checkpoint")) {
            assert!(
                clock.elapsed() < Duration::from_secs(60),
                "no checkpoint after a minute"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(20));
        child
    }

    fn stopped_and_resumed(model: &str, signal: &str, code: Option<i32>) {
        let house = house();
        let line = format!("{LONG} -m {model} {SMALL} --set average=0.9 --set dropout=0.1 --log log.jsonl");
        let mut child = begin(&house, &line);
        let kill = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), code);
        // The checkpoint is a model.
        house.ok("generate m.checkpoint -p The -n 3");
        house.ok(&format!("{line} --resume"));
        assert!(
            !house.path("m.checkpoint").exists(),
            "a checkpoint goes when the model is there"
        );
        let log = String::from_utf8(house.read("log.jsonl")).unwrap();
        let lines = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let steps = lines.filter(|line| line["work"] == "training");
        let steps: Vec<u64> = steps.filter_map(|line| line["step"].as_u64()).collect();
        assert_eq!(steps, (1..=300).collect::<Vec<u64>>(), "{model}: every step once");
        let resumed = house.read("m.safetensors");
        house.ok(&format!("{line} --threads 1"));
        assert!(house.read("m.safetensors") == resumed, "{model}: resumed differs");
    }

    #[test]
    fn killed_and_resumed_writes_the_bytes_of_an_uninterrupted_run() {
        stopped_and_resumed("gpt", "-KILL", None);
        stopped_and_resumed("lstm", "-KILL", None);
    }

    #[test]
    fn interrupted_saves_a_model_and_ends_in_130() {
        stopped_and_resumed("llama", "-INT", Some(130));
        stopped_and_resumed("gru", "-INT", Some(130));
    }
}

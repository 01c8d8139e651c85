//! Whole models against what others make of them, texts from them, and files as they should not be.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

use induce_core::Run;
use induce_core::parallel::Team;
use induce_deep::language::{
    Decoder, Draft, Generation, Lookup, Precision, Pretrained, Report, Sampling, generate, llama2c_bytes,
    open, tokenizer_bytes, write_gguf,
};
use serde_json::Value;

mod hostile;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn answer(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(golden(name)).unwrap()).unwrap()
}

fn ids(value: &Value) -> Vec<u32> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_u64().unwrap() as u32)
        .collect()
}

fn folder(name: &str) -> Pretrained {
    open(&golden(name), None).unwrap()
}

fn llama2c() -> Pretrained {
    open(&golden("tiny.bin"), Some(&golden("tok.bin"))).unwrap()
}

/// All logits in one pass are those of `answer`, and bit for bit those of one token at a time, on any team.
fn same_logits(language: &Pretrained, answer: &Value) {
    let ids = ids(&answer["ids"]);
    let mut decoder = Decoder::new(&language.model, ids.len());
    let batch = Team::with(2, |team| decoder.read(team, &ids, ids.len()).unwrap().to_vec());
    let rows = answer["logits"].as_array().unwrap().iter();
    let expected: Vec<f64> = rows
        .flat_map(|row| row.as_array().unwrap())
        .map(|x| x.as_f64().unwrap())
        .collect();
    assert_eq!(batch.len(), expected.len());
    for (own, expected) in batch.iter().zip(&expected) {
        assert!((f64::from(*own) - expected).abs() < 1e-4, "{own} {expected}");
    }
    decoder.rewind(0);
    let alone: Vec<f32> = ids
        .iter()
        .flat_map(|id| decoder.read(&Team::alone(), &[*id], 1).unwrap().to_vec())
        .collect();
    assert_eq!(alone, batch);
    // Going back and on again is as if nothing had been read in between.
    decoder.rewind(2);
    let again = decoder.read(&Team::alone(), &ids[2..], 1).unwrap();
    assert_eq!(again, &batch[batch.len() - again.len()..]);
}

fn write(language: &Pretrained, prompt: &[u32], generation: Generation, run: &Run) -> Report {
    let room = prompt.len() + generation.tokens;
    let mut decoder = Decoder::new(&language.model, room);
    let mut shown = String::new();
    let mut say = |text: &str| {
        shown += text;
        Ok(())
    };
    let report = generate(&mut decoder, &language.tokens, prompt, generation, run, &mut say).unwrap();
    assert_eq!(shown, report.text);
    report
}

fn plain(sampling: Sampling, tokens: usize) -> Generation<'static> {
    Generation {
        sampling,
        tokens,
        stops: &[],
        draft: None,
    }
}

#[test]
fn logits_tokens_and_greedy_texts_are_those_of_transformers() {
    for name in ["llama", "gpt2", "sharded"] {
        let (language, answer) = (folder(name), answer(&format!("{name}/answer.json")));
        let prompt = language
            .tokens
            .encode(answer["prompt"].as_str().unwrap())
            .unwrap();
        assert_eq!(prompt, ids(&answer["ids"]), "{name}");
        same_logits(&language, &answer);
        let report = write(&language, &prompt, plain(Sampling::greedy(), 20), &Run::new(0));
        let greedy = ids(&answer["greedy"]);
        let end = greedy.iter().position(|id| *id == 0).unwrap_or(greedy.len());
        assert_eq!(report.tokens, greedy[..end], "{name}");
    }
}

#[test]
fn logits_of_llama2c_are_those_of_numpy() {
    let versions = [
        ("tiny.bin", "tiny.json"),
        ("tiny-v1.bin", "tiny.json"),
        ("tiny-v2.bin", "tiny-v2.json"),
    ];
    for (model, logits) in versions {
        same_logits(
            &open(&golden(model), Some(&golden("tok.bin"))).unwrap(),
            &answer(logits),
        );
    }
}

#[test]
fn logits_of_gguf_are_those_of_transformers() {
    let house = tempfile::tempdir().unwrap();
    for name in ["llama", "gpt2"] {
        let (language, path) = (folder(name), house.path().join("m.gguf"));
        write_gguf(
            &path,
            language.model.transformer("a test").unwrap(),
            &language.tokens,
            Precision::F32,
        )
        .unwrap();
        same_logits(
            &open(&path, None).unwrap(),
            &answer(&format!("{name}/answer.json")),
        );
    }
}

#[test]
fn scored_pairs_are_merged_best_first_and_strangers_are_bytes() {
    let tokens = llama2c().tokens;
    // Of ` caba` first `ab` is merged, then ` c`; then nothing is left of `ca` and `ba`.
    assert_eq!(tokens.encode("").unwrap(), [1]);
    assert_eq!(tokens.encode("ab").unwrap(), [1, 264]);
    assert_eq!(tokens.encode("caba").unwrap(), [1, 267, 263, 260]);
    assert_eq!(
        tokens.encode("\u{20ac}").unwrap(),
        [1, 259, 3 + 0xE2, 3 + 0x82, 3 + 0xAC]
    );
    let text = |ids: &[u32]| -> Vec<u8> {
        ids.windows(2)
            .flat_map(|w| tokens.bytes(Some(w[0]), w[1]))
            .copied()
            .collect()
    };
    assert_eq!(
        text(&tokens.encode("ab c\u{e4}\u{20ac}").unwrap()),
        "ab c\u{e4}\u{20ac}".as_bytes()
    );
}

#[test]
fn speculation_writes_the_greedy_text_whatever_the_draft() {
    let (target, other) = (folder("llama"), folder("gpt2"));
    let prompt = target.tokens.encode("the cat sat on the cat sat on").unwrap();
    let greedy = write(&target, &prompt, plain(Sampling::greedy(), 24), &Run::new(0));
    let mut model = Decoder::new(&other.model, 64);
    let mut own = Decoder::new(&target.model, 64);
    let mut lookup = Lookup::new(300);
    let drafts: [&mut dyn Draft; 3] = [&mut model, &mut own, &mut lookup];
    for (i, draft) in drafts.into_iter().enumerate() {
        let draft = Some((draft, 5));
        let generation = Generation {
            draft,
            ..plain(Sampling::greedy(), 24)
        };
        let report = write(&target, &prompt, generation, &Run::new(0).with_threads(2));
        assert_eq!(report.tokens, greedy.tokens);
        assert!(i != 1 || (report.accepted == report.drafted && report.passes < greedy.passes));
    }
}

/// The whole of it: two real models, truncated distributions, adaptive lengths, a cache that goes back.
#[test]
fn speculation_has_the_distribution_of_the_target() {
    let (target, other) = (folder("llama"), folder("gpt2"));
    let sampling = Sampling {
        temperature: 3.0,
        top_k: 2,
        top_p: 1.0,
        min_p: 0.0,
    };
    let prompt = target.tokens.encode("the cat").unwrap();
    let mut expected = std::collections::BTreeMap::new();
    expect(&target, &sampling, &prompt, prompt.len() + 3, 1.0, &mut expected);
    let mut model = Decoder::new(&other.model, 64);
    let n = 3000_u64;
    let mut counts = std::collections::BTreeMap::<Vec<u32>, f64>::new();
    for seed in 0..n {
        let generation = Generation {
            draft: Some((&mut model, 4)),
            ..plain(sampling, 3)
        };
        let report = write(&target, &prompt, generation, &Run::new(seed).with_threads(1));
        *counts.entry(report.tokens).or_default() += 1.0;
    }
    assert!(counts.keys().all(|text| expected.contains_key(text)));
    let chi: f64 = expected
        .iter()
        .map(|(text, p)| (counts.get(text).unwrap_or(&0.0) - p * n as f64).powi(2) / (p * n as f64))
        .sum();
    let freedom = expected.len() as f64 - 1.0;
    assert!(
        chi < freedom + 4.0 * (2.0 * freedom).sqrt(),
        "{chi} with {freedom}"
    );
}

/// The probability of every text of `length` that goes on from `text`.
fn expect(
    target: &Pretrained,
    sampling: &Sampling,
    text: &[u32],
    length: usize,
    p: f64,
    into: &mut std::collections::BTreeMap<Vec<u32>, f64>,
) {
    if text.len() == length {
        into.insert(text[length - 3..].to_vec(), p);
        return;
    }
    let mut decoder = Decoder::new(&target.model, length);
    let mut q = Default::default();
    sampling
        .distribution(decoder.read(&Team::alone(), text, 1).unwrap(), &mut q)
        .unwrap();
    for (token, own) in q.probabilities().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let whole: Vec<u32> = text.iter().copied().chain([token as u32]).collect();
        expect(target, sampling, &whole, length, p * own, into);
    }
}

#[test]
fn the_same_seed_writes_the_same_text_on_any_number_of_threads() {
    let (target, other) = (folder("llama"), folder("gpt2"));
    let prompt = target.tokens.encode("the").unwrap();
    let text = |seed, threads| {
        let mut model = Decoder::new(&other.model, 64);
        let draft: Option<(&mut dyn Draft, usize)> = Some((&mut model, 4));
        let run = Run::new(seed).with_threads(threads);
        let drafted = write(
            &target,
            &prompt,
            Generation {
                draft,
                ..plain(Sampling::default(), 30)
            },
            &run,
        );
        let plain = write(&target, &prompt, plain(Sampling::default(), 30), &run);
        (drafted.tokens, plain.tokens)
    };
    assert_eq!(text(1, 1), text(1, 3));
    assert_ne!(text(1, 1), text(2, 1));
}

#[test]
fn prompts_that_are_empty_or_too_long_and_contexts_that_fill() {
    let language = llama2c();
    let mut decoder = Decoder::new(&language.model, 1000);
    let run = Run::new(0);
    let mut silent = |_: &str| Ok(());
    let mut go = |prompt: &[u32], tokens| {
        generate(
            &mut decoder,
            &language.tokens,
            prompt,
            plain(Sampling::default(), tokens),
            &run,
            &mut silent,
        )
    };
    assert!(go(&[], 5).unwrap_err().to_string().contains("empty"));
    assert!(go(&[5; 33], 5).unwrap_err().to_string().contains("33 tokens"));
    assert!(go(&[400], 5).unwrap_err().to_string().contains("400"));
    let full = go(&[5; 32], 5).unwrap();
    assert!(
        full.tokens.len() == 5 || full.reason.contains("ended"),
        "{full:?}"
    );
    assert!(go(&[5], 0).unwrap().tokens.is_empty());
}

/// A context of 32 tokens that is full three times over: the text is that of plain decoding with and without a draft, and goes
/// on from the last 16 tokens alone.
#[test]
fn a_full_context_moves_on() {
    let language = llama2c();
    let (run, greedy) = (
        Run::new(2).with_threads(2),
        Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
    );
    let write = |prompt: &[u32], generation: Generation| {
        let mut decoder = Decoder::new(&language.model, 1000);
        generate(
            &mut decoder,
            &language.tokens,
            prompt,
            generation,
            &run,
            &mut |_| Ok(()),
        )
        .unwrap()
    };
    let whole = write(&[5, 6], plain(greedy, 90));
    assert!(whole.tokens.len() == 90 && whole.moves == 4, "{whole:?}");
    let mut lookup = Lookup::new(language.model.vocab_size());
    let mut own = Decoder::new(&language.model, 1000);
    let with_lookup = Generation {
        draft: Some((&mut lookup, 4)),
        ..plain(greedy, 90)
    };
    assert_eq!(write(&[5, 6], with_lookup).tokens, whole.tokens);
    let with_model = Generation {
        draft: Some((&mut own, 4)),
        ..plain(greedy, 90)
    };
    let drafted = write(&[5, 6], with_model);
    assert_eq!((drafted.tokens, drafted.moves), (whole.tokens.clone(), 4));
    // The first 31 tokens after the prompt of two fill the context; 16 of them are in sight then.
    let rest = write(&whole.tokens[15..31], plain(greedy, 10));
    assert_eq!(rest.tokens, whole.tokens[31..41]);
    let drawn = |seed| {
        let mut decoder = Decoder::new(&language.model, 1000);
        let generation = plain(Sampling::default(), 90);
        let run = Run::new(seed);
        generate(
            &mut decoder,
            &language.tokens,
            &[5],
            generation,
            &run,
            &mut |_| Ok(()),
        )
        .unwrap()
        .tokens
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

//! How fast texts are written: `decode MODEL PROMPT COUNT THREADS [DRAFT]`, where PROMPT is a file of token ids and DRAFT
//! `lookup` or another model; the likeliest token is always taken. Prints one object of JSON, for `bench/language.py`.
#![expect(clippy::print_stdout, reason = "its purpose")]

use std::path::Path;

use induce_core::{Error, Result, Run};
use induce_deep::language::{Decoder, Draft, Generation, Lookup, Pretrained, Sampling, generate, open};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [model, prompt, count, threads, rest @ ..] = &words[..] else {
        return Err(usage());
    };
    let Pretrained { model, tokens, .. } = open(Path::new(model), None)?;
    let text = std::fs::read_to_string(prompt).map_err(|source| Error::io("read", prompt, source))?;
    let prompt: Vec<u32> = text
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    let (Ok(count), Ok(threads)) = (count.parse(), threads.parse()) else {
        return Err(usage());
    };
    let room = prompt.len() + count;
    let other = match rest {
        [path] if path != "lookup" => Some(open(Path::new(path), None)?.model),
        _ => None,
    };
    let mut small = other.as_ref().map(|other| Decoder::new(other, room));
    let mut lookup = Lookup::new(model.vocab_size());
    let draft: Option<&mut dyn Draft> = match (&mut small, rest) {
        (_, []) => None,
        (Some(small), _) => Some(small),
        (None, _) => Some(&mut lookup),
    };
    let generation = Generation {
        sampling: Sampling::greedy(),
        tokens: count,
        stops: &[],
        draft: draft.map(|draft| (draft, 8)),
    };
    let run = Run::new(0).with_threads(threads);
    let mut decoder = Decoder::new(&model, room);
    let report = generate(&mut decoder, &tokens, &prompt, generation, &run, &mut |_| Ok(()))?;
    let found = serde_json::json!({
        "prompt": (report.prompt - 1) as f64 / report.prompt_seconds,
        "decode": report.speed(),
        "passes": report.passes,
        "judged": report.drafted,
        "kept": report.accepted,
        "tokens": report.tokens,
    });
    println!("{found}");
    Ok(())
}

fn usage() -> Error {
    Error::data(
        "the arguments are not those of a measurement",
        "give MODEL PROMPT COUNT THREADS [DRAFT]",
    )
}

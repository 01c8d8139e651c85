//! `induce generate`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::Run;
use induce::core::words::counted;
use induce::deep::language::{
    Decoder, Draft, Generation, Lookup, Pretrained, Report, Sampling, Tokenizer, generate, open,
};
use serde_json::json;

use crate::args::Generate;
use crate::output;
use crate::session::Session;

/// The draft that needs no model.
const LOOKUP: &str = "lookup";

pub fn run(session: &Session, args: &Generate) -> Result<ExitCode> {
    let sampling = sampling(args);
    sampling.check()?;
    let language = read(args, &args.model)?;
    let draft = match &args.draft {
        Some(path) if path.as_os_str() != LOOKUP => Some(smaller(args, path, &language.tokens)?),
        _ => None,
    };
    let prompt = prompt(&args.prompt, &language.tokens, &session.run())?;
    let room = prompt.len().saturating_add(args.tokens);
    let mut decoder = Decoder::new(&language.model, room);
    let mut lookup = Lookup::new(language.model.vocab_size());
    let mut small = draft.as_ref().map(|draft| Decoder::new(&draft.model, room));
    let draft: Option<&mut dyn Draft> = match (&mut small, &args.draft) {
        (Some(small), _) => Some(small),
        (None, Some(_)) => Some(&mut lookup),
        (None, None) => None,
    };
    let generation = Generation {
        sampling,
        tokens: args.tokens,
        stops: &args.stop,
        draft: draft.map(|draft| (draft, args.guesses)),
    };
    let run = session.run();
    session.keep(true);
    let report = write(session, &mut decoder, &language.tokens, &prompt, generation, &run)?;
    session.keep(false);
    show(session, args, &language, &report)?;
    Ok(ExitCode::from(if report.interrupted { 130 } else { 0 }))
}

fn sampling(args: &Generate) -> Sampling {
    Sampling {
        temperature: args.temperature,
        top_k: args.top_k,
        top_p: args.top_p,
        min_p: args.min_p,
    }
}

fn read(args: &Generate, path: &Path) -> Result<Pretrained> {
    let mut language = open(path, args.tokenizer.as_deref())?;
    if args.eight {
        language.model = language.model.rounded();
    }
    Ok(language)
}

/// A draft, which must have the tokens of the target.
fn smaller(args: &Generate, path: &Path, tokens: &Tokenizer) -> Result<Pretrained> {
    let draft = read(args, path)?;
    if !draft.tokens.same(tokens) {
        return Err(Error::data(
            format!(
                "the tokens of `{}` are not those of `{}`",
                path.display(),
                args.model.display()
            ),
            "a draft needs the same tokenizer as the model; `--draft lookup` needs none",
        )
        .into());
    }
    Ok(draft)
}

/// The tokens that the text begins with; an empty text is what the model has for one.
fn prompt(text: &str, tokens: &Tokenizer, run: &Run) -> Result<Vec<u32>> {
    let read;
    let text = match text.strip_prefix('@') {
        Some(path) => {
            // As `train` and `evaluate` read it: without a mark of the order of bytes.
            read = induce::core::read::text(Path::new(path), run)?;
            &read
        }
        None => text,
    };
    Ok(tokens.opening(text)?)
}

/// The text goes out as it grows, unless one object of JSON is to hold it.
fn write(
    session: &Session,
    decoder: &mut Decoder,
    tokens: &Tokenizer,
    prompt: &[u32],
    generation: Generation,
    run: &Run,
) -> Result<Report> {
    let quiet = session.json();
    let mut out = std::io::stdout();
    let mut say = |text: &str| {
        if quiet {
            return Ok(());
        }
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|source| Error::io("write", "standard output", source))
    };
    Ok(generate(decoder, tokens, prompt, generation, run, &mut say)?)
}

fn show(session: &Session, args: &Generate, language: &Pretrained, report: &Report) -> Result<()> {
    if session.json() {
        return output::print_json(&json!({
            "model": args.model.display().to_string(),
            "text": report.text,
            "tokens": report.tokens.len(),
            "prompt_tokens": report.prompt,
            "reason": report.reason,
            "seed": session.global.seed,
            "threads": session.run().threads(),
            "prompt_seconds": report.prompt_seconds,
            "seconds": report.seconds,
            "tokens_per_second": report.speed(),
            "passes": report.passes,
            "context_moves": report.moves,
            "guesses_judged": report.drafted,
            "guesses_kept": report.accepted,
            "speed_up": report.speed_up(),
        }));
    }
    if !report.text.ends_with('\n') {
        output::print("\n")?;
    }
    session.say(format!(
        "{}: {} in {:.2} s, {:.1} per second; prompt of {} in {:.2} s; ended: {}",
        language.format,
        counted(report.tokens.len(), "token"),
        report.seconds,
        report.speed(),
        report.prompt,
        report.prompt_seconds,
        report.reason
    ));
    if report.moves > 0 {
        session.say(format!(
            "the context was full {}: each time the last half of it stayed in sight",
            counted(report.moves, "time")
        ));
    }
    if let Some(speed_up) = report.speed_up() {
        session.say(format!(
            "speculation: {} of {} guesses kept ({:.0} %), {:.2} tokens per pass, {speed_up:.2} x plain decoding",
            report.accepted,
            report.drafted,
            100.0 * report.accepted as f64 / report.drafted.max(1) as f64,
            report.tokens.len() as f64 / report.passes.max(1) as f64
        ));
    }
    Ok(())
}

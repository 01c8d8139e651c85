//! The report page of a language model.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::core::{Run, read};
use induce::deep::language::{Corpus, Settings, evaluate_tokens, open};
use induce::language::page::{self, Inputs, Training};
use induce::language::{Lesson, scores};
use induce::reports::Scored;

use super::of_tables;
use super::train::Went;
use crate::args::{ReportPage, Train};
use crate::commands::again;
use crate::commands::report::{environment, keep};
use crate::output;
use crate::session::Session;
use crate::writing;

/// `induce report` of a language model on a text.
pub fn report(session: &Session, args: &ReportPage) -> Result<ExitCode> {
    writing::check(&args.out, writing::PAGE)?;
    of_tables(&args.on.source.reading, &args.columns, &[])?;
    let language = open(&args.on.model, None)?;
    let mut run = session.run();
    let text = read::text(&args.on.source.data, &run)?;
    let tokens = language.tokens.encode_all(&text)?;
    let judged = evaluate_tokens(&language, &tokens, &mut run)?;
    if run.interrupted() {
        session.say("interrupted: there is no page");
        return Ok(ExitCode::from(130));
    }
    let scores: [Scored; 1] = [("test".into(), scores(&judged, text.len()), Vec::new())];
    let inputs = Inputs {
        language: &language,
        judged: &tokens,
        bytes: text.len(),
        split: "test",
        scores: &scores,
        training: None,
        source: name(&args.on.source.data),
        facts: vec![
            ("Model".into(), args.on.model.display().to_string()),
            ("Format".into(), language.format.into()),
            ("Tokens judged".into(), output::count(tokens.len() - 1)),
        ],
        environment: environment(session, None),
        command: again::report(args, session),
    };
    write(session, &inputs, &args.out)?;
    Ok(ExitCode::SUCCESS)
}

/// The page of a training, with the model as it was written to `out`.
pub(super) fn of_training(
    session: &Session,
    args: &Train,
    settings: &Settings,
    corpus: &Corpus,
    lesson: &Lesson,
    went: &Went,
    page: &Path,
) -> Result<()> {
    let language = open(went.out, None)?;
    let fitted = went.fitted;
    let training = Training {
        settings,
        text: &corpus.train,
        bytes: lesson.train.len(),
        divided: divided(args, lesson),
        tokens: kind(args, settings),
        parameters: fitted.model.parameters.count(),
        report: &fitted.report,
        outcome: &fitted.outcome,
        losses: &went.losses,
        begun: went.begun,
        seconds: went.seconds,
    };
    let inputs = Inputs {
        language: &language,
        judged: &corpus.held_out,
        bytes: corpus.held_out_bytes,
        split: if corpus.held_out.is_empty() {
            "train"
        } else {
            lesson.name
        },
        scores: went.scores,
        facts: vec![
            ("Parameters".into(), output::count(training.parameters)),
            ("Tokens learnt from".into(), output::count(corpus.train.len())),
            ("Tokens held out".into(), output::count(corpus.held_out.len())),
            ("Outcome".into(), fitted.outcome.reason().into()),
        ],
        training: Some(training),
        source: name(&args.source.data),
        environment: environment(session, None),
        command: again::train(args, session),
    };
    write(session, &inputs, page)
}

/// Neither a limit of time nor an interruption of the training ends the page halfway: it is made in seconds.
fn write(session: &Session, inputs: &Inputs, path: &Path) -> Result<()> {
    let run = Run::new(session.global.seed).with_threads(session.run().threads());
    keep(session, &page::build(inputs, &run)?, path)
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("a text")
}

fn divided(args: &Train, lesson: &Lesson) -> String {
    match &args.valid {
        Some(path) => format!("all of {}", name(path)),
        None if lesson.judged.is_empty() => "nothing".into(),
        None => "the end of the text".into(),
    }
}

/// What tokens are, in words.
fn kind(args: &Train, settings: &Settings) -> String {
    use induce::deep::language::TokenizerKind;
    match (&args.tokenizer, settings.tokenizer().0) {
        (Some(path), _) => format!("those of {}", name(path)),
        (None, TokenizerKind::Char) => "characters".into(),
        (None, TokenizerKind::Bpe) => {
            "frequent sequences of bytes, learnt from the text (byte-level pairs)".into()
        }
        (None, TokenizerKind::Word) => "words between white space".into(),
    }
}

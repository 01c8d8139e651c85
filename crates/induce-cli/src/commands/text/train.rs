//! `induce train` of a language model on a text.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::core::random::fnv1a;
use induce::core::{Checkpoints, Fitted, Run, read};
use induce::deep::language::{Corpus, Tokenizer, Trained};
use induce::language::{HOLDOUT, Lesson, Recipe, card, judged, save};
use induce::reports::Scored;
use induce::words::capital;
use serde_json::json;

use super::of_tables;
use super::report::of_training;
use crate::args::Train;
use crate::commands::train::{checkpoint, default_out, interruption, limited};
use crate::logs::Logs;
use crate::output;
use crate::session::{self, Session};
use crate::writing;

/// How a training went.
pub(super) struct Went<'a> {
    pub fitted: &'a Fitted<Trained>,
    pub scores: &'a [Scored],
    /// Losses of single steps.
    pub losses: Vec<(u64, f64)>,
    /// The step that it was resumed at; else 0.
    pub begun: u64,
    pub seconds: f64,
    /// Where the model was written to.
    pub out: &'a Path,
}

pub fn train(session: &Session, args: &Train) -> Result<ExitCode> {
    allowed(args)?;
    let recipe = args
        .set
        .iter()
        .try_fold(Recipe::new(&args.model)?, |recipe, set| recipe.with(set))?;
    let settings = recipe.settings()?;
    let conditions = session::text_conditions(&args.require)?;
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.source.data));
    writing::check(&out, writing::MODEL)?;
    if let Some(page) = &args.report {
        writing::check(page, writing::PAGE)?;
    }
    let run = limited(session.run(), args)?;
    let lesson = lesson(args, &run)?;
    let corpus = match &args.tokenizer {
        Some(path) => Corpus::with(Tokenizer::open(path)?, &lesson.train, &lesson.judged)?,
        None => recipe.corpus(&lesson.train, &lesson.judged)?,
    };
    announce(session, args, &recipe, &corpus, &lesson);
    let plan = plan(session, args, &recipe, &lesson, &out)?;
    let (mut run, logs) = Logs::of(session, args, run)?;
    session.keep(true);
    let clock = Instant::now();
    let fitted = recipe.fit(&corpus, Some(&plan), &mut run)?;
    let seconds = clock.elapsed().as_secs_f64();
    logs.end(session);
    let scores = judged(&fitted, &corpus, lesson.name);
    let data = args.source.data.file_name().and_then(|name| name.to_str());
    let card = card(data, session.global.seed, &fitted, &scores);
    save(&fitted.model, &card, &out)?;
    let interrupted = run.interrupted();
    if !interrupted {
        let _ = std::fs::remove_file(&plan.path);
    }
    show(session, &recipe, &fitted, &corpus, &scores, seconds, &out)?;
    if let Some(page) = &args.report {
        let (losses, begun) = logs.losses(args);
        let went = Went {
            fitted: &fitted,
            scores: &scores,
            losses,
            begun,
            seconds,
            out: &out,
        };
        of_training(session, args, &settings, &corpus, &lesson, &went, page)?;
    }
    if interrupted {
        return Ok(interruption(session, &plan));
    }
    let last = scores
        .last()
        .map(|(_, scores, _)| &scores[..])
        .unwrap_or_default();
    session::verdict(session, &conditions, last)
}

fn allowed(args: &Train) -> Result<()> {
    let others = [("--cv", args.cv.is_some()), ("--from", args.from.is_some())];
    of_tables(&args.source.reading, &args.columns, &others)
}

fn lesson(args: &Train, run: &Run) -> Result<Lesson> {
    let text = read::text(&args.source.data, run)?;
    Ok(match &args.valid {
        Some(path) => Lesson::of_two(text, read::text(path, run)?),
        None => Lesson::holding_out(&text, args.holdout.unwrap_or(HOLDOUT))?,
    })
}

fn announce(session: &Session, args: &Train, recipe: &Recipe, corpus: &Corpus, lesson: &Lesson) {
    let size = output::count(corpus.tokens.size());
    session.say(match &args.tokenizer {
        Some(path) => format!("tokens: those of `{}`, {size} different", path.display()),
        None => format!(
            "tokens: {}, {size} different (--set tokenizer=char|bpe|word --set vocabulary=N)",
            recipe.spec["tokenizer"].as_str().unwrap_or_default(),
        ),
    });
    let held_out = match (lesson.name, corpus.held_out.len()) {
        (_, 0) => "none held out (--holdout, --valid)".into(),
        ("valid", n) => format!("{} to be judged on", output::count(n)),
        (_, n) => format!("the last {} held out (--holdout, --valid)", output::count(n)),
    };
    session.say(format!(
        "split: {} tokens to learn from, {held_out}",
        output::count(corpus.train.len())
    ));
}

fn plan(
    session: &Session,
    args: &Train,
    recipe: &Recipe,
    lesson: &Lesson,
    out: &Path,
) -> Result<Checkpoints> {
    let sum = |text: &str| fnv1a(text.as_bytes());
    Ok(Checkpoints {
        path: checkpoint(out),
        every: session::duration(&args.checkpoint_every)?,
        resume: args.resume,
        fingerprint: format!(
            "{} bytes {:016x}, judged on {} bytes {:016x}, seed {}, {:?} {} {}",
            lesson.train.len(),
            sum(&lesson.train),
            lesson.judged.len(),
            sum(&lesson.judged),
            session.global.seed,
            args.tokenizer,
            recipe.row.card.name,
            recipe.spec
        ),
    })
}

fn show(
    session: &Session,
    recipe: &Recipe,
    fitted: &Fitted<Trained>,
    corpus: &Corpus,
    scores: &[Scored],
    seconds: f64,
    out: &Path,
) -> Result<()> {
    let parameters = fitted.model.parameters.count();
    session.say(format!("{} in {seconds:.2} s", capital(fitted.outcome.reason())));
    if session.json() {
        return output::print_json(&json!({
            "model": recipe.row.card.name,
            "task": "language",
            "vocabulary": corpus.tokens.size(),
            "parameters": parameters,
            "tokens_fitted": corpus.train.len(),
            "tokens_judged": corpus.held_out.len(),
            "steps": fitted.report.steps,
            "seed": session.global.seed,
            "threads": session.run().threads(),
            "fit_seconds": seconds,
            "outcome": fitted.outcome,
            "settings": recipe.spec,
            "traces": fitted.report.traces,
            "metrics": output::metrics_json(scores),
            "out": out,
        }));
    }
    output::print(&format!("\n{}", output::scores_table(scores)))?;
    session.say(format!(
        "\nmodel: {}, {} parameters; `induce generate {}` writes with it",
        out.display(),
        output::count(parameters),
        out.display()
    ));
    Ok(())
}

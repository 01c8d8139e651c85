//! `induce train` of a language model on a text.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use induce::core::metrics::Score;
use induce::core::random::fnv1a;
use induce::core::read::Contents;
use induce::core::{Checkpoints, Fitted, Run, read};
use induce::deep::language::{Corpus, Tokens, Trained, divide};
use induce::language::{Recipe, save, scores};
use induce::reports::Scored;
use serde_json::{Value, json};

use super::of_tables;
use super::report::of_training;
use crate::args::Train;
use crate::commands::train::{capital, checkpoint, default_out, interruption, limited};
use crate::logs::Logs;
use crate::output;
use crate::session::{self, Session};
use crate::writing;

/// The share of a text that is held out, its tail, unless another is asked for.
const HOLDOUT: f64 = 0.1;

/// A text to learn from and one to be judged on, with the name of that.
pub(super) struct Split {
    pub train: String,
    pub judged: String,
    pub name: &'static str,
}

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
    let split = split(args, &run)?;
    let corpus = match &args.tokenizer {
        Some(path) => Corpus::with(tokenizer(path)?, &split.train, &split.judged)?,
        None => recipe.corpus(&split.train, &split.judged)?,
    };
    announce(session, args, &recipe, &corpus, &split);
    let plan = plan(session, args, &recipe, &split, &out)?;
    let (mut run, logs) = Logs::of(session, args, run)?;
    session.keep(true);
    let clock = Instant::now();
    let fitted = recipe.fit(&corpus, Some(&plan), &mut run)?;
    let seconds = clock.elapsed().as_secs_f64();
    logs.end(session);
    let scores = judged(&fitted, &corpus, &split);
    save(&fitted.model, &card(session, args, &fitted, &scores), &out)?;
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
        of_training(session, args, &settings, &corpus, &split, &went, page)?;
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

fn split(args: &Train, run: &Run) -> Result<Split> {
    let text = read::text(&args.source.data, run)?;
    if let Some(path) = &args.valid {
        return Ok(Split {
            train: text,
            judged: read::text(path, run)?,
            name: "valid",
        });
    }
    let share = args.holdout.unwrap_or(HOLDOUT);
    if !(0.0..1.0).contains(&share) {
        bail!("`--holdout {share}` is no share\n\nhint: it is at least 0 and below 1");
    }
    let (train, judged) = divide(&text, share);
    Ok(Split {
        train: train.into(),
        judged: judged.into(),
        name: "holdout",
    })
}

/// A tokenizer of others.
fn tokenizer(path: &Path) -> Result<Tokens> {
    let (file, bytes) = (path.display().to_string(), Contents::of(path)?);
    Ok(Tokens::from_json(&file, &bytes, None, Vec::new())?)
}

fn announce(session: &Session, args: &Train, recipe: &Recipe, corpus: &Corpus, split: &Split) {
    let size = output::count(corpus.tokens.size());
    session.say(match &args.tokenizer {
        Some(path) => format!("tokens: those of `{}`, {size} different", path.display()),
        None => format!(
            "tokens: {}, {size} different (--set tokenizer=char|bpe|word --set vocabulary=N)",
            recipe.spec["tokenizer"].as_str().unwrap_or_default(),
        ),
    });
    let held_out = match (split.name, corpus.held_out.len()) {
        (_, 0) => "none held out (--holdout, --valid)".into(),
        ("valid", n) => format!("{} to be judged on", output::count(n)),
        (_, n) => format!("the last {} held out (--holdout, --valid)", output::count(n)),
    };
    session.say(format!(
        "split: {} tokens to learn from, {held_out}",
        output::count(corpus.train.len())
    ));
}

fn plan(session: &Session, args: &Train, recipe: &Recipe, split: &Split, out: &Path) -> Result<Checkpoints> {
    let sum = |text: &str| fnv1a(text.as_bytes());
    Ok(Checkpoints {
        path: checkpoint(out),
        every: session::duration(&args.checkpoint_every)?,
        resume: args.resume,
        fingerprint: format!(
            "{} bytes {:016x}, judged on {} bytes {:016x}, seed {}, {:?} {} {}",
            split.train.len(),
            sum(&split.train),
            split.judged.len(),
            sum(&split.judged),
            session.global.seed,
            args.tokenizer,
            recipe.row.card.name,
            recipe.spec
        ),
    })
}

/// The losses in the end: on the text that was learnt from, as the last steps saw it, and on what judges.
fn judged(fitted: &Fitted<Trained>, corpus: &Corpus, split: &Split) -> Vec<Scored> {
    let mut all = Vec::new();
    let trace = fitted.report.traces.iter().find(|trace| trace.split == "train");
    if let Some((_, loss)) = trace.and_then(|trace| trace.points.last()) {
        let score = |name: &str, value: f64| Score {
            name: name.into(),
            value,
            low: None,
            high: None,
        };
        let scores = vec![score("loss", *loss), score("perplexity", loss.exp())];
        all.push(("train".into(), scores, Vec::new()));
    }
    if let Some(judged) = &fitted.model.held_out {
        all.push((
            split.name.into(),
            scores(judged, corpus.held_out_bytes),
            Vec::new(),
        ));
    }
    all
}

/// What a stranger should know of the model: no clock and no machine, so equal runs write equal bytes.
fn card(session: &Session, args: &Train, fitted: &Fitted<Trained>, scores: &[Scored]) -> Value {
    let data = &args.source.data;
    json!({
        "made_by": concat!("induce ", env!("CARGO_PKG_VERSION")),
        "data": data.file_name().and_then(|name| name.to_str()),
        "seed": session.global.seed,
        "outcome": fitted.outcome,
        "metrics": output::metrics_json(scores),
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

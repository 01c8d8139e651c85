//! `induce train`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use induce::core::metrics::Task;
use induce::core::{FitReport, Fitted, Outcome, Run};
use induce::learn::boost::InitModel;
use induce::model::{self, Model, Prediction};
use induce::prelude::{Problem, Settings};
use induce::registry::Checkpoints;
use induce::reports::{self, Scored};
use induce::validate;
use induce::words::capital;
use serde_json::{Value, json};

use super::again;
use super::report::environment;
use crate::args::{Source, Train};
use crate::logs::{self, Logs};
use crate::output;
use crate::session::{self, Session};
use crate::writing;

/// What training came to.
struct Trained {
    model: Box<dyn Model>,
    /// How many rows it learnt from.
    rows: usize,
    outcome: Outcome,
    fit: FitReport,
    seconds: f64,
    scores: Vec<Scored>,
    /// The rows that judged the model, and their predictions.
    judged: Option<(String, Problem, Prediction)>,
}

pub fn run(session: &Session, args: &Train) -> Result<ExitCode> {
    logs::check(args)?;
    if induce::language::find(&args.model).is_some() {
        return super::text::train(session, args);
    }
    if args.tokenizer.is_some() {
        bail!(
            "`--tokenizer` is about texts, but `{}` learns from tables\n\nhint: leave it out",
            args.model
        );
    }
    let (settings, task) = settings(args)?;
    let conditions = session::conditions(&args.require)?;
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.source.data));
    writing::check(&out, writing::MODEL)?;
    if let Some(page) = &args.report {
        writing::check(page, writing::PAGE)?;
    }
    let (table, sniffed) = session.read(&args.source)?;
    let options = session::problem_options(&args.columns, task);
    let problem = Problem::new(&table, &options)?;
    let rows = table.rows();
    drop(table);
    session::check_task(&conditions, problem.task)?;
    session.announce(args.columns.target.is_none(), "--set task=...", &problem);
    let plan = checkpoints(session, args, &settings, &problem, &sniffed.file, &out)?;
    let (mut run, logs) = Logs::of(session, args, limited(session.run(), args)?)?;
    let trained = train(session, args, &settings, problem, &plan, &mut run)?;
    logs.end(session);
    let interrupted = run.interrupted();
    let card = card(session, &trained, &sniffed.file);
    model::save(trained.model.as_ref(), &card, &out)?;
    if !interrupted && plan.path.exists() {
        let _ = std::fs::remove_file(&plan.path);
    }
    show(session, &trained, rows, &out)?;
    if let Some(path) = &args.report {
        write_report(session, args, &trained, &sniffed.file, path)?;
    }
    if interrupted {
        return Ok(interruption(session, &plan));
    }
    let last = trained.scores.last().map(|s| &s.1[..]).unwrap_or_default();
    session::verdict(session, &conditions, last)
}

pub(super) fn settings(args: &Train) -> Result<(Settings, Option<Task>)> {
    let mut settings = Settings::new(&args.model)?;
    let mut task = None;
    for assignment in &args.set {
        match assignment.split_once('=') {
            Some(("task", name)) => task = Some(name.parse()?),
            _ => settings = settings.with(assignment)?,
        }
    }
    // Some objectives, and some families, say what the task is.
    let implied = match settings.spec.get("objective").and_then(Value::as_str) {
        Some("logistic" | "exponential" | "softmax") => Some(Task::Classification),
        Some("lambdarank") => Some(Task::Ranking),
        Some("squared" | "absolute" | "huber" | "quantile" | "poisson" | "gamma" | "tweedie") => {
            Some(Task::Regression)
        }
        _ => None,
    };
    let family = settings.spec.get("family").and_then(Value::as_str);
    let implied = implied.or(match family {
        Some("bernoulli" | "multinomial") => Some(Task::Classification),
        Some("auto") | None => None,
        Some(_) => Some(Task::Regression),
    });
    Ok((settings, task.or(implied)))
}

/// Say how to go on after a Ctrl-C; the exit code.
pub(super) fn interruption(session: &Session, plan: &Checkpoints) -> ExitCode {
    session.say(format!(
        "interrupted: the model so far is saved; `--resume` goes on from `{}`",
        plan.path.display()
    ));
    ExitCode::from(130)
}

/// Where the checkpoints of a model are.
pub(super) fn checkpoint(out: &Path) -> PathBuf {
    let name = out.display().to_string();
    let stem = name.strip_suffix(".safetensors").unwrap_or(&name);
    PathBuf::from(format!("{stem}.checkpoint"))
}

pub(super) fn default_out(data: &Path) -> PathBuf {
    let name = data.file_name().and_then(|n| n.to_str()).unwrap_or("model");
    let stem = if name == "-" {
        "stdin"
    } else {
        name.split('.')
            .next()
            .filter(|s| !s.is_empty())
            .unwrap_or("model")
    };
    PathBuf::from(format!("{stem}.induce.safetensors"))
}

pub(super) fn limited(mut run: Run, args: &Train) -> Result<Run> {
    if let Some(time) = &args.time {
        run = run.with_time(session::duration(time)?);
    }
    if let Some(memory) = &args.memory {
        run = run.with_memory(session::bytes(memory)?);
    }
    Ok(run)
}

fn checkpoints(
    session: &Session,
    args: &Train,
    settings: &Settings,
    problem: &Problem,
    file: &str,
    out: &Path,
) -> Result<Checkpoints> {
    let from = args.from.iter().map(|path| format!(" from {}", path.display()));
    let split = format!("{:?} {:?} {:?}", args.holdout, args.valid, args.cv) + &from.collect::<String>();
    let sum = problem.target.iter().fold(0_u64, |h, y| {
        h.rotate_left(5).wrapping_mul(0x100_0000_01b3) ^ y.to_bits()
    });
    let columns = problem.features.names().join(",");
    let fingerprint = format!(
        "{file} {} rows {sum:016x} {columns} seed {} split {split} {}",
        problem.rows(),
        session.global.seed,
        settings.spec
    );
    let every: Duration = session::duration(&args.checkpoint_every)?;
    Ok(Checkpoints {
        path: checkpoint(out),
        every,
        resume: args.resume,
        fingerprint,
    })
}

fn train(
    session: &Session,
    args: &Train,
    settings: &Settings,
    problem: Problem,
    plan: &Checkpoints,
    run: &mut Run,
) -> Result<Trained> {
    if let Some(k) = args.cv {
        return train_cv(session, settings, &problem, k, plan, run);
    }
    let (train, judged) = split(session, args, problem, run)?;
    // Judging after every round is only worth its time if something listens.
    let listens = settings
        .spec
        .get("early_stopping")
        .and_then(Value::as_u64)
        .unwrap_or(0)
        > 0
        || args.report.is_some();
    let rows = train.rows();
    let valid = judged.as_ref().filter(|_| listens).map(|(_, valid)| valid);
    session.keep(true);
    let clock = Instant::now();
    let fitted = fit(args, settings, &train, valid, plan, run)?;
    let seconds = clock.elapsed().as_secs_f64();
    let mut scores = Vec::new();
    let mut kept = None;
    if let Some((name, judged)) = judged {
        let (own, prediction) = validate::evaluate(fitted.model.as_ref(), &judged, run.threads())?;
        scores.push((name.clone(), own, Vec::new()));
        kept = Some((name, judged, prediction));
    } else {
        let (own, prediction) = validate::evaluate(fitted.model.as_ref(), &train, run.threads())?;
        scores.push(("train".into(), own, Vec::new()));
        kept = kept.or(Some(("train".into(), train, prediction)));
    }
    Ok(Trained {
        model: fitted.model,
        rows,
        outcome: fitted.outcome,
        fit: fitted.report,
        seconds,
        scores,
        judged: kept,
    })
}

/// The fit, on top of another model if one is given.
fn fit(
    args: &Train,
    settings: &Settings,
    train: &Problem,
    valid: Option<&Problem>,
    plan: &Checkpoints,
    run: &mut Run,
) -> Result<Fitted<Box<dyn Model>>> {
    let Some(path) = &args.from else {
        return Ok(settings.fit_with_checkpoints(train, valid, Some(plan), run)?);
    };
    let (first, _) = model::open(path)?;
    let Some(boosted) = first.as_boost() else {
        let (path, kind) = (path.display(), first.row().card.name);
        bail!("`{path}` holds a model of the kind `{kind}`\n\nhint: only boosted trees can be gone on from")
    };
    let beginning = InitModel {
        model: Some(boosted),
        ..InitModel::default()
    };
    Ok(settings.fit_from(&beginning, train, valid, Some(plan), run, &mut |_| Ok(()))?)
}

/// The rows to learn from, and those that judge with the name of their split.
fn split(
    session: &Session,
    args: &Train,
    problem: Problem,
    run: &Run,
) -> Result<(Problem, Option<(String, Problem)>)> {
    if let Some(path) = &args.valid {
        let source = Source {
            data: path.clone(),
            reading: args.source.reading.clone(),
        };
        let (table, _) = session.read(&source)?;
        let schema = induce::learn::Schema {
            target: Some(problem.target_name.clone()),
            classes: problem.classes.clone(),
            ..induce::learn::Schema::of(&problem.features)?
        };
        let options = session::problem_options(&args.columns, Some(problem.task));
        let valid = Problem::for_model(&table, &schema, problem.task, &options)?;
        return Ok((problem, Some(("valid".into(), valid))));
    }
    let share = args.holdout.unwrap_or(0.2);
    if share == 0.0 {
        return Ok((problem, None));
    }
    let split = validate::holdout(&problem, share, run)?;
    let (train, test) = problem.divide(&split.train, &split.test);
    session.say(format!(
        "split: {} rows to learn from, {} held out at random (--holdout, --valid, --cv)",
        output::count(train.rows()),
        output::count(test.rows())
    ));
    Ok((train, Some(("holdout".into(), test))))
}

fn train_cv(
    session: &Session,
    settings: &Settings,
    problem: &Problem,
    k: usize,
    plan: &Checkpoints,
    run: &mut Run,
) -> Result<Trained> {
    session.say(format!(
        "split: {k} folds, then a fit on all {} rows",
        output::count(problem.rows())
    ));
    let cv = validate::cross_validate(settings, problem, k, run)?;
    session.keep(true);
    let clock = Instant::now();
    let fitted = settings.fit_with_checkpoints(problem, None, Some(plan), run)?;
    let seconds = clock.elapsed().as_secs_f64();
    let judged = problem.take(&cv.rows);
    let scores = vec![("cv".to_string(), cv.scores, cv.folds)];
    let judged = Some(("cv".to_string(), judged, cv.prediction));
    Ok(Trained {
        model: fitted.model,
        rows: problem.rows(),
        outcome: fitted.outcome,
        fit: fitted.report,
        seconds,
        scores,
        judged,
    })
}

/// What a stranger should know of the model: no clock and no machine, so equal runs write equal bytes.
fn card(session: &Session, trained: &Trained, file: &str) -> Value {
    json!({
        "made_by": concat!("induce ", env!("CARGO_PKG_VERSION")),
        "data": Path::new(file).file_name().and_then(|n| n.to_str()).unwrap_or(file),
        "seed": session.global.seed,
        "outcome": trained.outcome,
        "metrics": output::metrics_json(&trained.scores),
    })
}

/// `rows` are those of the table, with or without a target.
fn show(session: &Session, trained: &Trained, rows: usize, out: &Path) -> Result<()> {
    session.say(format!(
        "{} in {:.2} s",
        capital(trained.outcome.reason()),
        trained.seconds
    ));
    trained
        .model
        .notes()
        .into_iter()
        .for_each(|note| session.say(note));
    if session.json() {
        let schema = trained.model.schema();
        return output::print_json(&json!({
            "model": trained.model.row().card.name,
            "task": trained.model.task(),
            "rows": rows,
            "rows_fitted": trained.rows,
            "rows_judged": trained.judged.as_ref().map_or(0, |j| j.1.rows()),
            "features": schema.features.len(),
            "target": schema.target,
            "classes": schema.classes,
            "seed": session.global.seed,
            "threads": session.run().threads(),
            "fit_seconds": trained.seconds,
            "outcome": trained.outcome,
            "settings": trained.model.settings(),
            "metrics": output::metrics_json(&trained.scores),
            "out": out,
        }));
    }
    output::print(&format!("\n{}", output::scores_table(&trained.scores)))?;
    session.say(format!("\nmodel: {}", out.display()));
    Ok(())
}

fn write_report(session: &Session, args: &Train, trained: &Trained, file: &str, path: &Path) -> Result<()> {
    let Some((split, judged, prediction)) = &trained.judged else {
        return Ok(());
    };
    let facts = vec![
        (
            "Task".to_string(),
            format!("{}: {}", reports::kind(judged), judged.why_task),
        ),
        ("Target".to_string(), judged.target_name.clone()),
        ("Rows judged".to_string(), output::count(judged.rows())),
        ("Outcome".to_string(), trained.outcome.reason().to_string()),
    ];
    let inputs = reports::Inputs {
        model: trained.model.as_ref(),
        judged,
        prediction,
        split,
        scores: &trained.scores,
        fit: Some(&trained.fit),
        source: Path::new(file)
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or(file),
        facts,
        notes: judged.notes.clone(),
        environment: environment(session, Some(trained.seconds)),
        command: again::train(args, session),
    };
    super::report::write(session, &inputs, path)
}

//! `induce train`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::SplitScores;
use induce::core::model::{Data, Fact, Features, Fit, InitModel, Model, Prediction, Rows, Settings};
use induce::core::resample::check_folds;
use induce::core::words::{capital, counted};
use induce::core::{Checkpoints, FitReport, Fitted, Outcome, Run};
use induce::validate;
use serde_json::{Map, Value, json};

use super::again;
use crate::args::Train;
use crate::doubts;
use crate::logs::{self, Logs};
use crate::ratings::Beaten;
use crate::require;
use crate::session::{self, Session};
use crate::sketch;
use crate::source::{self, Input, Page, Source, Training, file_name};
use crate::{output, writing};

/// What training came to.
struct Trained {
    model: Box<dyn Model>,
    /// What it learnt from.
    train: Data,
    outcome: Outcome,
    report: FitReport,
    seconds: f64,
    scores: Vec<SplitScores>,
    /// The name of the split that the model was evaluated on.
    split: String,
    /// Its data, where they are not those that were learnt from.
    judged: Option<Data>,
    /// The predictions, if there are any.
    prediction: Option<Prediction>,
}

impl Trained {
    fn judged(&self) -> &Data {
        self.judged.as_ref().unwrap_or(&self.train)
    }
}

pub fn run(session: &Session, args: &Train) -> Result<ExitCode> {
    logs::check(args)?;
    let settings = session.chosen(args)?;
    let kind = source::kind(settings.entry, &args.source.data, &args.source.reading, session)?;
    let source = source::of(kind);
    let others = [
        ("--cv", args.cv.is_some()),
        ("--from", args.from.is_some()),
        ("--tokenizer", args.tokenizer.is_some()),
    ];
    source.check(&args.source.reading, &args.columns, &others)?;
    let conditions = source.conditions(&args.require)?;
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.source.data));
    writing::check(&out, writing::MODEL)?;
    if let Some(page) = &args.report {
        writing::check(page, writing::PAGE)?;
    }
    let read = [
        Some(args.source.data.as_path()),
        args.valid.as_deref(),
        args.from.as_deref(),
        args.tokenizer.as_deref(),
    ];
    writing::distinct(&read, &[Some(&out), args.report.as_deref(), args.log.as_deref()])?;
    let Input {
        data,
        name,
        facts,
        reading,
    } = source.read(session, args, &settings)?;
    let fingerprint = format!("{:016x}", data.fingerprint());
    // For `evaluate` to know the data again.
    let known = ("fingerprint".to_owned(), fingerprint.as_str().into());
    if let Data::Rows(Rows {
        target: Some(target), ..
    }) = &data
    {
        require::check_task(&conditions, target.task)?;
    }
    let plan = checkpoints(session, args, &settings, data.len(), &fingerprint, &name, &out)?;
    if plan.resume && !plan.resumes() {
        session.say(format!(
            "note: there is no checkpoint `{}`: the training begins anew",
            plan.path.display()
        ));
    }
    let (mut run, logs) = Logs::of(session, args, plan.resumes(), limited(session.run(), args)?)?;
    let last_value = doubts::last_value(&data);
    let mut trained = match args.cv {
        Some(k) => fit_cv(session, &settings, data, k, &plan, &mut run)?,
        None => fit(session, args, &settings, source, data, &plan, &mut run)?,
    };
    logs.end(session);
    let interrupted = run.interrupted();
    check_learnt(&trained, interrupted)?;
    let rivals = match &trained.judged {
        Some(judged) if !interrupted => source.rivals(session, args, &settings, (&trained.train, judged))?,
        _ => Vec::new(),
    };
    let out = match interrupted && !args.resume && out.is_file() {
        true => writing::beside(session, &out),
        false => out,
    };
    let mut card = induce::card(
        Some(file_name(Path::new(&name))),
        session.global.seed,
        &trained.outcome,
        &trained.scores,
    );
    if let Some(members) = card.as_object_mut() {
        members.extend(reading);
        members.extend([known]);
        members.extend(doubts::of_training(&trained.train));
        members.extend(sketched(session, &trained)?.map(|sketch| ("rows".to_owned(), sketch)));
    }
    let was = out.is_file();
    induce::save(trained.model.as_ref(), &card, &out)?;
    doubts::constant(session, trained.prediction.as_ref(), trained.judged());
    let baseline = doubts::baseline(&card, trained.judged())?;
    doubts::say_baseline(session, baseline.as_ref());
    let beaten = Beaten::of(session, trained.model.as_ref(), trained.judged())?;
    beaten.say(session);
    last_value.into_iter().for_each(|line| session.say(line));
    doubts::of_text(session, &trained.report.facts);
    doubts::say_rivals(session, &rivals);
    doubts::note_rivals(&mut trained.report, &rivals);
    if !interrupted && plan.path.exists() {
        let _ = std::fs::remove_file(&plan.path);
    }
    show(session, &settings, &trained, (facts, &beaten), &out, was)?;
    if let Some(path) = &args.report {
        let made = Page {
            baseline: baseline.as_ref(),
            model_file: Some(&out),
            command: again::train(args, Some(&out), session),
            ..page(args, &settings, &trained, &name, &logs)
        };
        let mut page = source.page(session, &made)?;
        let own = trained.scores.iter().find(|own| own.split == trained.split);
        let own = own.map_or(&[][..], |own| &own.scores);
        page.sections.extend(doubts::beside(
            settings.entry.info.name,
            own,
            &[beaten.scores(), &rivals],
        ));
        if !interrupted && session.run().interrupted() {
            session.say("interrupted: the model is saved, and the page is not written");
            return Ok(ExitCode::from(130));
        }
        super::report::keep(session, &page, path)?;
    }
    if interrupted {
        return Ok(interruption(session, &plan));
    }
    let last = trained
        .scores
        .last()
        .map(|own| &own.scores[..])
        .unwrap_or_default();
    require::verdict(session, &conditions, last)
}

/// A sketch of the rows that taught the model, for `evaluate` to know some of them again.
fn sketched(session: &Session, trained: &Trained) -> Result<Option<Value>> {
    let (Some(predictor), Data::Rows(rows)) = (trained.model.predictor(), &trained.train) else {
        return Ok(None);
    };
    if !matches!(rows.features, Features::Table(_)) || !trained.model.entry().needs_target() {
        return Ok(None);
    }
    let sketch = sketch::of(predictor.schema(), rows)?;
    if sketch.is_none() {
        session.say(
            "note: many rows are there several times: some that are held out may be among those learnt from (`--group COL` keeps \
             together what belongs together)",
        );
    }
    Ok(sketch)
}

/// An error for a fit that was ended before it had learnt anything: what stands in the model's place is better.
fn check_learnt(trained: &Trained, interrupted: bool) -> Result<()> {
    match &trained.outcome {
        Outcome::Stopped { .. } if interrupted && trained.report.steps == 0 => Err(Error::Interrupted.into()),
        Outcome::Stopped { reason } if trained.report.steps == 0 => {
            Err(Error::data(format!("nothing was learnt: {reason}"), "allow more `--time`").into())
        }
        _ => Ok(()),
    }
}

/// Say how to go on after a Ctrl-C; the exit code.
fn interruption(session: &Session, plan: &Checkpoints) -> ExitCode {
    let further = match plan.path.is_file() {
        true => format!("; `--resume` goes on from `{}`", plan.path.display()),
        false => String::new(),
    };
    session.say(format!("interrupted: the model so far is saved{further}"));
    ExitCode::from(130)
}

/// Where the checkpoints of a model are.
fn checkpoint(out: &Path) -> PathBuf {
    let name = out.display().to_string();
    let stem = name.strip_suffix(".safetensors").unwrap_or(&name);
    PathBuf::from(format!("{stem}.checkpoint"))
}

fn default_out(data: &Path) -> PathBuf {
    let name = data.file_name().and_then(|n| n.to_str()).unwrap_or("model");
    let stem = match name {
        "-" => "stdin",
        name => name
            .split('.')
            .next()
            .filter(|s| !s.is_empty())
            .unwrap_or("model"),
    };
    PathBuf::from(format!("{stem}.induce.safetensors"))
}

fn limited(mut run: Run, args: &Train) -> Result<Run> {
    if let Some(time) = &args.time {
        run = run.with_time(session::time_to(time, "learn")?);
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
    rows: usize,
    fingerprint: &str,
    file: &str,
    out: &Path,
) -> Result<Checkpoints> {
    let given = [&args.valid, &args.from, &args.tokenizer];
    let fingerprint = format!(
        "{file} {rows} {fingerprint} seed {} split {:?} {:?} {given:?} {} {}",
        session.global.seed, args.holdout, args.cv, settings.entry.info.name, settings.values
    );
    Ok(Checkpoints {
        path: checkpoint(out),
        every: session::duration(&args.checkpoint_every)?,
        resume: args.resume,
        fingerprint,
    })
}

/// Fit on what is not held out, and evaluate on what is.
fn fit(
    session: &Session,
    args: &Train,
    settings: &Settings,
    source: &dyn Source,
    data: Data,
    plan: &Checkpoints,
    run: &mut Run,
) -> Result<Trained> {
    let (train, judged) = match &args.valid {
        Some(path) => {
            let valid = source.beside(session, args, &data, path)?;
            // What the data say chooses the weights is called `valid` then.
            let name = if data.choosing().is_some() {
                "test"
            } else {
                "valid"
            };
            (data, Some((name, valid)))
        }
        None => {
            let name = data.held_out_name();
            let (train, held_out) = data.hold_out(args.holdout.unwrap_or(source.holdout(settings)), run)?;
            source.announce(session, &train, held_out.as_ref());
            (train, held_out.map(|data| (name, data)))
        }
    };
    let first = args.from.as_deref().map(|path| session.open(path)).transpose()?;
    let valid = judged.as_ref().filter(|_| source.watches(settings, args));
    session.keep(true);
    let clock = Instant::now();
    let fitted = settings.fit_in(
        &train,
        &mut Fit {
            valid: valid.map(|(_, data)| data),
            init: InitModel {
                model: first.as_ref().map(|(model, _)| model.as_ref()),
                ..InitModel::default()
            },
            checkpoints: Some(plan),
            ..Fit::new(run, settings.registry())
        },
    )?;
    let seconds = clock.elapsed().as_secs_f64();
    let judged = judged.map(|(name, data)| (name.to_owned(), data));
    evaluated(fitted, train, judged, seconds, run)
}

/// The metrics of a fit: those that it computed itself, or an evaluation.
fn evaluated(
    fitted: Fitted<Box<dyn Model>>,
    train: Data,
    judged: Option<(String, Data)>,
    seconds: f64,
    run: &mut Run,
) -> Result<Trained> {
    let Fitted {
        model,
        outcome,
        report,
    } = fitted;
    let (split, judged) = match judged {
        Some((name, data)) => (name, Some(data)),
        None => ("train".to_owned(), None),
    };
    let (mut scores, mut prediction) = (report.scores.clone(), None);
    for own in scores.iter_mut().filter(|own| own.split == "valid") {
        own.split.clone_from(&split);
    }
    if let Some(choosing) = train.choosing().filter(|_| judged.is_some()) {
        let evaluation = model.evaluate(&choosing, run)?;
        scores.push(SplitScores::new("valid", evaluation.scores));
    }
    // What the fit did not judge itself.
    if !scores.iter().any(|own| own.split == split) {
        let evaluation = model.evaluate(judged.as_ref().unwrap_or(&train), run)?;
        scores.push(SplitScores::new(split.clone(), evaluation.scores));
        prediction = evaluation.prediction;
    }
    Ok(Trained {
        model,
        train,
        outcome,
        report,
        seconds,
        scores,
        split,
        judged,
        prediction,
    })
}

/// Cross-validate, then fit on all rows.
fn fit_cv(
    session: &Session,
    settings: &Settings,
    data: Data,
    k: usize,
    plan: &Checkpoints,
    run: &mut Run,
) -> Result<Trained> {
    check_folds("row", data.len(), k)?;
    session.say(format!(
        "split: {}, then a fit on all {}",
        counted(k, "fold"),
        counted(data.len(), "row")
    ));
    // The model that is kept has its part of `--time` as each fold has.
    let folds = u32::try_from(k).unwrap_or(u32::MAX - 1);
    let cv = run.within_parts(folds, folds + 1, |run| {
        validate::cross_validate(settings, data.rows()?, k, run)
    })?;
    session.keep(true);
    let clock = Instant::now();
    let fitted = settings.fit_in(
        &data,
        &mut Fit {
            checkpoints: Some(plan),
            ..Fit::new(run, settings.registry())
        },
    )?;
    let scores = SplitScores {
        split: "cv".into(),
        scores: cv.scores,
        folds: cv.folds,
    };
    let judged = Data::Rows(data.rows()?.take(&cv.rows));
    Ok(Trained {
        model: fitted.model,
        outcome: fitted.outcome,
        report: fitted.report,
        seconds: clock.elapsed().as_secs_f64(),
        scores: vec![scores],
        split: "cv".into(),
        judged: Some(judged),
        prediction: Some(cv.prediction),
        train: data,
    })
}

fn show(
    session: &Session,
    settings: &Settings,
    trained: &Trained,
    (facts, beaten): (Vec<Fact>, &Beaten),
    out: &Path,
    was: bool,
) -> Result<()> {
    let model = trained.model.as_ref();
    session.say(format!(
        "{} in {:.2} s",
        capital(trained.outcome.reason()),
        trained.seconds
    ));
    model.notes().into_iter().for_each(|note| session.say(note));
    if session.json() {
        return output::print_json(&as_json(session, settings, trained, (facts, beaten), out));
    }
    output::print(&format!("\n{}", output::scores_table(&trained.scores)))?;
    let parameters = trained.report.facts.iter().find(|(name, _)| name == "parameters");
    let parameters = parameters.and_then(|(_, n)| n.as_u64());
    let size = parameters.map_or_else(String::new, |n| format!(", {}", counted(n as usize, "parameter")));
    let next = match model.generator() {
        Some(_) => format!("; {}", source::of(model.reads()).next(out)),
        None => String::new(),
    };
    session.say(format!(
        "\nmodel: {}{}{size}{next}",
        out.display(),
        writing::replaced(was)
    ));
    Ok(())
}

fn as_json(
    session: &Session,
    settings: &Settings,
    trained: &Trained,
    (facts, beaten): (Vec<Fact>, &Beaten),
    out: &Path,
) -> Value {
    let entry = settings.entry;
    let mut all: Map<String, Value> = Map::new();
    all.insert("model".into(), entry.info.name.into());
    all.insert("task".into(), entry.task_names().first().copied().into());
    all.extend(facts.into_iter().map(|(name, value)| (name.to_owned(), value)));
    if let Data::Rows(rows) = &trained.train {
        all.insert("rows_fitted".into(), rows.rows().into());
        all.insert("rows_judged".into(), trained.judged().len().into());
    }
    all.extend(trained.report.facts.iter().cloned());
    all.extend(beaten.json());
    let rest = json!({
        "seed": session.global.seed,
        "threads": session.run().threads(),
        "fit_seconds": trained.seconds,
        "outcome": trained.outcome,
        "settings": trained.model.settings(),
        "metrics": induce::scores::metrics_json(&trained.scores),
        "out": out.display().to_string(),
    });
    all.extend(rest.as_object().cloned().unwrap_or_default());
    Value::Object(all)
}

fn page<'a>(
    args: &'a Train,
    settings: &'a Settings,
    trained: &'a Trained,
    name: &'a str,
    logs: &Logs,
) -> Page<'a> {
    let (losses, begun) = logs.losses(args);
    Page {
        model: trained.model.as_ref(),
        judged: trained.judged(),
        split: &trained.split,
        prediction: trained.prediction.as_ref(),
        scores: &trained.scores,
        training: Some(Training {
            settings,
            train: &trained.train,
            valid: args.valid.as_deref(),
            tokenizer: args.tokenizer.as_deref(),
            report: &trained.report,
            outcome: &trained.outcome,
            losses,
            begun,
            seconds: trained.seconds,
        }),
        source: file_name(Path::new(name)),
        model_file: None,
        baseline: None,
        command: String::new(),
    }
}

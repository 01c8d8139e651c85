//! `induce tune`.

use std::process::ExitCode;

use anyhow::Result;
use induce::compare::{is_loss, metric_of, task_of};
use induce::core::metrics::Task;
use induce::core::model::Points;
use induce::core::words::counted;
use induce::plot::chart::points;
use induce::tune::{Trial, Tuned, tune};

use super::report::keep_chart;
use super::{again, train};
use crate::args::{Train, Tune};
use crate::output;
use crate::session::{self, Session};
use crate::source::rows;
use crate::writing;

/// Trials that are shown.
const SHOWN: usize = 10;

pub fn run(session: &Session, args: &Tune) -> Result<ExitCode> {
    let train = train_with(args, &[]);
    let settings = session.chosen(&train)?;
    rows::only(&settings)?;
    if let Some(out) = &args.out {
        writing::check(out, writing::MODEL)?;
    }
    if let Some(path) = &args.plot {
        writing::check(path, writing::CHART)?;
    }
    if let Some(path) = &args.report {
        writing::check(path, writing::PAGE)?;
    }
    let written = [args.out.as_deref(), args.plot.as_deref(), args.report.as_deref()];
    writing::distinct(&[Some(&args.source.data)], &written)?;
    let given = [(settings.entry.info.name.to_owned(), settings.clone())];
    let rows = rows::for_all(session, &args.source, &args.columns, settings.task, &given)?;
    let (metric, task) = (metric_of(&rows), task_of(&rows));
    let mut run = session.run().with_time(session::time_to(&args.time, "search")?);
    let searched = if args.holdout > 0.0 {
        // The rows that `train` will hold out with the same seed: the search must not see them.
        rows.take(&rows.holdout(args.holdout, &run)?.train)
    } else {
        rows
    };
    session.keep(true);
    let tuned = tune(&settings, &searched, args.trials, &mut run)?;
    session.keep(false);
    if run.interrupted() {
        session.say("interrupted: training with the best so far");
        session.go_on();
    }
    drop(searched);
    session.say(format!(
        "search: {}, {}\n",
        tuned.reason,
        counted(tuned.trials.len(), "fit")
    ));
    session.say_as_it_is(summary(&tuned, metric, task));
    if let Some(path) = &args.plot {
        keep_chart(session, &points(&chart(&tuned, metric), 640.0), path)?;
    }
    let best = train_with(args, &tuned.best.drawn);
    session.say_as_it_is(format!(
        "the same again: {}\n",
        again::train(&best, best.out.as_deref(), session)
    ));
    train::run(session, &best)
}

fn train_with(args: &Tune, drawn: &[String]) -> Train {
    Train {
        model: args.model.clone(),
        set: [&args.set[..], drawn].concat(),
        task: args.task.clone(),
        out: args.out.clone(),
        holdout: Some(args.holdout),
        valid: None,
        cv: None,
        report: args.report.clone(),
        log: None,
        tensorboard: None,
        time: None,
        memory: None,
        checkpoint_every: "30s".into(),
        resume: false,
        from: None,
        tokenizer: None,
        require: Vec::new(),
        columns: args.columns.clone(),
        ratings: crate::args::Ratings::default(),
        source: args.source.clone(),
    }
}

/// The value of every trial in its order; trials on few rows are a group of their own, since they are no match for others.
fn chart(tuned: &Tuned, metric: &str) -> Points {
    let mut groups: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    let judged = tuned
        .trials
        .iter()
        .enumerate()
        .filter(|own| own.1.value.is_finite());
    for (place, trial) in judged {
        let name = match trial.fraction {
            1.0 => "all rows".to_owned(),
            part => format!("{} of the rows", output::number(part)),
        };
        let point = (place as f64 + 1.0, trial.value);
        match groups.iter_mut().find(|own| own.0 == name) {
            Some(own) => own.1.push(point),
            None => groups.push((name, vec![point])),
        }
    }
    Points {
        x: "trial".into(),
        y: format!("mean {} of 3 folds", metric.replace('_', " ")),
        groups,
        line: None,
        ..Points::default()
    }
}

fn summary(tuned: &Tuned, metric: &str, task: Task) -> String {
    let fraction = tuned.best.fraction;
    let mut last: Vec<&Trial> = tuned.trials.iter().filter(|t| t.fraction == fraction).collect();
    last.sort_by_key(|t| u8::from(t.drawn != tuned.best.drawn));
    // The best first: less is better of a loss only.
    last[1..].sort_by(|a, b| match is_loss(task) {
        true => a.value.total_cmp(&b.value),
        false => b.value.total_cmp(&a.value),
    });
    let mut shown: Vec<&Trial> = last.into_iter().take(SHOWN).collect();
    if let Some(default) = &tuned.default
        && !shown.iter().any(|t| t.drawn.is_empty())
    {
        shown.push(default);
    }
    let row = |t: &&Trial| {
        let drawn = if t.drawn.is_empty() {
            "the defaults".into()
        } else {
            t.drawn.join(" ")
        };
        let value = match t.value.is_finite() {
            true => output::number(t.value),
            false => "one cluster".into(),
        };
        vec![value, drawn, format!("{:.2} s", t.seconds)]
    };
    let header = format!("{metric}, 3 folds");
    output::table(
        &[&header, "settings", "time"],
        &shown.iter().map(row).collect::<Vec<_>>(),
    )
}

//! `induce evaluate`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::SplitScores;
use induce::core::model::{Bounds, Model, Predict};
use serde_json::{Map, Value};

use crate::args::Evaluate;
use crate::doubts;
use crate::ratings::Beaten;
use crate::session::Session;
use crate::{output, require, source};

pub fn run(session: &Session, args: &Evaluate) -> Result<ExitCode> {
    let (model, card) = session.open(&args.on.model)?;
    let source = source::of(model.reads());
    let conditions = source.conditions(&args.require)?;
    let task = model.predictor().map(Predict::task);
    if let Some(task) = task {
        require::check_task(&conditions, task)?;
    }
    let given = source.given(session, &args.on.source, &args.columns, model.as_ref(), &card)?;
    let mut run = session.run();
    let evaluation = match args.samples {
        None => model.evaluate(&given.data, &mut run)?,
        Some(samples) => bounded(model.as_ref(), samples)?.bounds(&given.data, samples, &mut run)?,
    };
    doubts::constant(session, evaluation.prediction.as_ref(), &given.data);
    doubts::say_baseline(session, doubts::baseline(&card, &given.data)?.as_ref());
    let beaten = Beaten::of(session, model.as_ref(), &given.data)?;
    beaten.say(session);
    doubts::last_value(&given.data)
        .into_iter()
        .for_each(|line| session.say(line));
    doubts::alike(session, model.as_ref(), &given.data);
    let scores = [SplitScores::new("test", evaluation.scores)];
    if session.json() {
        let mut all: Map<String, Value> = Map::new();
        all.insert("model".into(), model.name().into());
        let task = task.map_or_else(
            || model.entry().task_names().first().copied(),
            |task| Some(task.name()),
        );
        all.insert("task".into(), task.into());
        let facts = evaluation.facts.into_iter().chain(given.facts);
        all.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        all.extend(beaten.json());
        all.insert("threads".into(), run.threads().into());
        all.insert("metrics".into(), induce::scores::metrics_json(&scores));
        output::print_json(&Value::Object(all))?;
    } else {
        output::print(&output::scores_table(&scores))?;
    }
    if run.interrupted() {
        session.say("interrupted: evaluated is the beginning of the data");
        return Ok(ExitCode::from(130));
    }
    require::verdict(session, &conditions, &scores[0].scores)
}

/// What knows bounds of ln p(x) by so many samples.
fn bounded(model: &dyn Model, samples: usize) -> Result<&dyn Bounds> {
    if samples == 0 {
        return Err(Error::setting("--samples", samples, "there must be at least 1").into());
    }
    let known = model.bounded();
    Ok(known.ok_or_else(|| {
        Error::data(
            format!(
                "the model `{}` draws no samples of latent variables",
                model.name()
            ),
            "leave out `--samples`; `-m vae`, `-m iwae` and `-m jvi` do",
        )
    })?)
}

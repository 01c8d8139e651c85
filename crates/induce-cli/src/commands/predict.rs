//! `induce predict`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::Task;
use induce::core::model::{Data, Predict as Predictor, Rows, RowsOptions};
use induce::core::words::counted;
use induce::core::{Column, Table};

use crate::args::Predict;
use crate::beside::beside;
use crate::doubts;
use crate::predicted;
use crate::session::Session;
use crate::source;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Predict) -> Result<ExitCode> {
    args.out.as_deref().map(writing::check_table).transpose()?;
    writing::distinct(&args.on.files(), &[args.out.as_deref()])?;
    let (model, card) = session.open(&args.on.model)?;
    let model = model.predicting()?;
    check_clusters(args, model)?;
    if args.proba && model.schema().classes.is_empty() && model.clusterer().is_none() {
        return Err(no_classes(model.task()).into());
    }
    check_quantiles(args, model)?;
    let source = source::of(model.reads());
    if let Some(table) = source.predictions(session, args, model)? {
        return written(session, args, &table);
    }
    let (table, sniffed) = session.read_as_trained(&args.on.source, &card)?;
    doubts::unseen(session, model.schema(), &table)?;
    doubts::marked(session, model.schema(), &table, &sniffed);
    if model.clusterer().is_some() {
        doubts::empty(session, model.schema(), &table)?;
    }
    let clock = Instant::now();
    let mut columns = predicted::columns(args, model, (&table).into(), session.run().threads())?;
    columns.extend(density(session, args, model, &table)?);
    session.say(format!(
        "predicted {} in {:.3} ms",
        counted(table.rows(), "row"),
        1e3 * clock.elapsed().as_secs_f64()
    ));
    let table = Table::new(beside(&args.keep, &table, columns)?)?;
    written(session, args, &table)
}

/// Write the predictions.
fn written(session: &Session, args: &Predict, table: &Table) -> Result<ExitCode> {
    if session.json() && args.out.is_none() {
        return writing::as_json(table, "predictions");
    }
    save(session, table, args.out.as_deref())?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

fn no_classes(task: Task) -> Error {
    Error::data(
        format!(
            "a model for {} has no classes, so it has no probabilities",
            task.name()
        ),
        "leave out `--proba`; `induce show MODEL_FILE` says what a model predicts",
    )
}

/// `log_density`, if it is asked for.
fn density(
    session: &Session,
    args: &Predict,
    model: &dyn Predictor,
    table: &Table,
) -> Result<Option<Column>> {
    let Some(density) = model.density().filter(|_| args.density) else {
        return Ok(None);
    };
    let rows = Rows::for_model(table, model.schema(), model.task(), &RowsOptions::default())?;
    let values = density.log_density(&Data::Rows(rows), &mut session.run())?;
    Ok(Some(Column::from_f64("log_density", values)))
}

fn check_clusters(args: &Predict, model: &dyn Predictor) -> Result<()> {
    if args.density && model.density().is_none() {
        return Err(Error::data(
            format!("the model `{}` knows no density", model.name()),
            "leave out `--density`, or train `-m gmm`",
        )
        .into());
    }
    if args.new && model.clusterer().is_none() {
        return Err(Error::data(
            format!("`--new` is about clusters, and `{}` makes none", model.name()),
            "leave it out",
        )
        .into());
    }
    let of_targets = [
        ("--quantiles", !args.quantiles.is_empty()),
        ("--interval", args.interval.is_some()),
        ("--margin", args.margin),
    ];
    let given = of_targets
        .iter()
        .find(|(_, given)| *given && model.clusterer().is_some());
    match given {
        None => Ok(()),
        Some((flag, _)) => Err(Error::data(
            format!(
                "`{flag}` is about a target, and `{}` makes clusters",
                model.name()
            ),
            "leave it out; `--proba` writes the probability of every cluster of a mixture",
        )
        .into()),
    }
}

fn check_quantiles(args: &Predict, model: &dyn Predictor) -> Result<()> {
    if let Some(p) = args.quantiles.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::setting("--quantiles", p, "each must be between 0 and 1").into());
    }
    if !args.quantiles.is_empty() && !model.schema().classes.is_empty() {
        let what = "a model of classes has no quantiles";
        return Err(Error::data(what, "use `--proba` for the probability of every class").into());
    }
    Ok(())
}

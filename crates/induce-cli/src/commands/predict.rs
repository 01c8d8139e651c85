//! `induce predict`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::Task;
use induce::core::model::{Data, Model, Predict as Predictor, Rows, RowsOptions};
use induce::core::words::counted;
use induce::core::{Column, Table};
use serde_json::Value;

use crate::args::{Columns, Filling, Predict};
use crate::beside::beside;
use crate::doubts;
use crate::predicted;
use crate::ratings;
use crate::session::Session;
use crate::source;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Predict) -> Result<ExitCode> {
    args.out.as_deref().map(writing::check_table).transpose()?;
    writing::distinct(&args.on.files(), &[args.out.as_deref()])?;
    let (model, card) = session.open(&args.on.model)?;
    if let Some(how) = args.impute {
        return imputed(session, args, (model.as_ref(), &card), how);
    }
    if args.density && model.predictor().is_none() {
        return densities(session, args, (model.as_ref(), &card));
    }
    if let Some(linker) = model.linker() {
        let table = source::of(model.reads()).links(session, args, linker)?;
        return written(session, args, &table);
    }
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
    if let Some(table) = ratings::lists(session, args, model, &card)? {
        return written(session, args, &table);
    }
    let (table, sniffed) = session.read_as_trained(&args.on.source, &card)?;
    doubts::unseen(session, model.schema(), &table)?;
    doubts::marked(session, model.schema(), &table, &sniffed);
    let remarks = model.remarks((&table).into())?;
    remarks.into_iter().for_each(|line| session.say(line));
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

/// Write a table with something for what is missing.
fn imputed(
    session: &Session,
    args: &Predict,
    (model, card): (&dyn Model, &Value),
    how: Filling,
) -> Result<ExitCode> {
    let imputer = model.imputer().ok_or_else(|| {
        Error::data(
            format!("the model `{}` fills in nothing", model.name()),
            "`-m vae` learns from a table what its missing values may be",
        )
    })?;
    let (table, _) = session.read_as_trained(&args.on.source, card)?;
    let missing = |table: &Table| table.columns().iter().map(Column::missing).sum::<usize>();
    let filled = imputer.impute(&table, how == Filling::Draw, &mut session.run())?;
    let (before, after) = (missing(&table), missing(&filled));
    session.say(format!("filled in {}", counted(before - after, "value")));
    if after > 0 {
        session.say(format!(
            "note: {} stay missing, in columns that the model does not know",
            counted(after, "value")
        ));
    }
    written(session, args, &filled)
}

/// Write the densities of a model that predicts nothing.
fn densities(session: &Session, args: &Predict, (model, card): (&dyn Model, &Value)) -> Result<ExitCode> {
    let density = model.density().ok_or_else(|| no_density(model))?;
    let source = source::of(model.reads());
    let on = &args.on.source;
    let input = source.given(session, on, &Columns::default(), model, card)?;
    let kept = source.kept(&args.keep, &input.data)?;
    let values = density.log_density(&input.data, &mut session.run())?;
    let own = Column::from_f64("log_density", values);
    written(
        session,
        args,
        &Table::new(kept.into_iter().chain([own]).collect())?,
    )
}

fn no_density(model: &dyn Model) -> Error {
    Error::data(
        format!("the model `{}` knows no density", model.name()),
        "leave out `--density`, or train `-m gmm` or `-m vae`",
    )
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
        return Err(no_density(model).into());
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

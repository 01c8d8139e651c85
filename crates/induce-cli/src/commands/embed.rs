//! `induce embed`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::model::{DataKind, Embedding, Inputs, Model};
use induce::core::{Column, Table};

use super::predict;
use crate::args::Embed;
use crate::session::Session;
use crate::source::graph;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Embed) -> Result<ExitCode> {
    args.out.as_deref().map(writing::check_table).transpose()?;
    writing::distinct(&args.on.files(), &[args.out.as_deref()])?;
    let (model, card) = session.open(&args.on.model)?;
    let transformer = model.transformer().ok_or_else(|| no_place(model.as_ref()))?;
    let threads = session.run().threads();
    let table = if model.reads() == DataKind::Graph {
        let (graph, _) = graph::load(session, &args.on.source.data, None)?;
        let placed = columns(&transformer.transform(Inputs::Graph(&graph), threads)?);
        let kept = args.keep.iter().filter(|name| *name != "node").cloned();
        let kept: Vec<String> = std::iter::once("node".to_owned()).chain(kept).collect();
        predict::beside(&kept, &graph::attributes(&graph)?, placed)?
    } else {
        let (table, _) = session.read_as_trained(&args.on.source, &card)?;
        let placed = columns(&transformer.transform((&table).into(), threads)?);
        predict::beside(&args.keep, &table, placed)?
    };
    let table = Table::new(table)?;
    if session.json() && args.out.is_none() {
        return predict::as_json(&table, "rows");
    }
    save(session, &table, args.out.as_deref())?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A column per coordinate.
fn columns(embedding: &Embedding) -> Vec<Column> {
    let width = embedding.names.len();
    let own = |(k, name): (usize, &String)| {
        Column::from_f64(name.clone(), predict::every(&embedding.values, k, width))
    };
    embedding.names.iter().enumerate().map(own).collect()
}

fn no_place(model: &dyn Model) -> Error {
    let predicts = model.predictor().map_or(
        "`induce show` says what it can do",
        |_| "`induce predict` writes what it predicts; `-m pca` and `-m kmeans` place rows",
    );
    Error::data(format!("the model `{}` places no rows", model.name()), predicts)
}

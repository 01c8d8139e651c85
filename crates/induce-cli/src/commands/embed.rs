//! `induce embed`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::Table;
use induce::core::model::Model;

use crate::args::Embed;
use crate::beside::{beside, columns};
use crate::session::Session;
use crate::source;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Embed) -> Result<ExitCode> {
    args.out.as_deref().map(writing::check_table).transpose()?;
    writing::distinct(&args.on.files(), &[args.out.as_deref()])?;
    let (model, card) = session.open(&args.on.model)?;
    let transformer = model.transformer().ok_or_else(|| no_place(model.as_ref()))?;
    let threads = session.run().threads();
    let table = match source::of(model.reads()).embedding(session, args, model.as_ref())? {
        Some(found) => Table::new(found)?,
        None => {
            let (table, _) = session.read_as_trained(&args.on.source, &card)?;
            let found = transformer.transform((&table).into(), threads)?;
            Table::new(beside(&args.keep, &table, columns(&found))?)?
        }
    };
    if session.json() && args.out.is_none() {
        return writing::as_json(&table, "rows");
    }
    save(session, &table, args.out.as_deref())?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

fn no_place(model: &dyn Model) -> Error {
    let predicts = model.predictor().map_or(
        "`induce show` says what it can do",
        |_| "`induce predict` writes what it predicts; `-m pca` and `-m kmeans` place rows",
    );
    Error::data(format!("the model `{}` places no rows", model.name()), predicts)
}

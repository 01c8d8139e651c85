//! `induce sample`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::model::{Data, DataKind};

use super::predict;
use crate::args::Sample;
use crate::session::Session;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Sample) -> Result<ExitCode> {
    args.out.as_deref().map(writing::check_table).transpose()?;
    writing::distinct(&[Some(&args.model)], &[args.out.as_deref()])?;
    let (model, _) = session.open(&args.model)?;
    let own = model
        .generator()
        .filter(|_| model.entry().input == DataKind::Rows);
    let generator = own.ok_or_else(|| {
        Error::data(
            format!("the model `{}` draws no rows", model.name()),
            match model.entry().input {
                DataKind::Text => "`induce generate` writes texts with it",
                _ => "`-m gmm` models a density that rows can be drawn from",
            },
        )
    })?;
    let Data::Rows(rows) = generator.generate(args.rows, &mut session.run())? else {
        return Err(Error::data("what it draws are no rows", "`induce show` says what it is").into());
    };
    let table = rows.table()?;
    if session.json() && args.out.is_none() {
        return predict::as_json(table, "samples");
    }
    save(session, table, args.out.as_deref())?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

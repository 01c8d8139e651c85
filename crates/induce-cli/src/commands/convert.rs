//! `induce convert`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use induce::model;

use crate::args::{Convert, ModelFormat};
use crate::session::Session;

pub fn run(session: &Session, args: &Convert) -> Result<ExitCode> {
    let (model, card) = model::open(&args.model)?;
    let boost = || model.as_boost().context("only sums of trees have this format");
    let bytes = match args.to {
        ModelFormat::Induce => {
            model::save(model.as_ref(), &card, &args.out)?;
            session.say(format!("wrote `{}`", args.out.display()));
            return Ok(ExitCode::SUCCESS);
        }
        ModelFormat::XgboostJson => { boost()?; Vec::<u8>::new() },
        ModelFormat::XgboostUbj => { boost()?; Vec::<u8>::new() },
        ModelFormat::Lightgbm => { boost()?; Vec::<u8>::new() },
    };
    std::fs::write(&args.out, bytes).map_err(|e| induce::Error::io("write", &args.out, e))?;
    session.say(format!("wrote `{}`", args.out.display()));
    Ok(ExitCode::SUCCESS)
}

//! `induce convert`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use induce::learn::tree::interchange;
use induce::model;

use crate::args::{Convert, ModelFormat};
use crate::session::Session;
use crate::writing::{self, Endings};

pub fn run(session: &Session, args: &Convert) -> Result<ExitCode> {
    writing::check(&args.out, endings(args.to))?;
    let (model, card) = model::open(&args.model)?;
    let boost = || model.as_boost().context("only sums of trees have this format");
    let bytes = match args.to {
        ModelFormat::Induce => {
            model::save(model.as_ref(), &card, &args.out)?;
            session.say(format!("wrote `{}`", args.out.display()));
            return Ok(ExitCode::SUCCESS);
        }
        ModelFormat::XgboostJson => interchange::write_xgboost_json(boost()?)?,
        ModelFormat::XgboostUbj => interchange::write_xgboost_ubj(boost()?)?,
        ModelFormat::Lightgbm => interchange::write_lightgbm(boost()?)?,
    };
    session.keep(true);
    std::fs::write(&args.out, bytes).map_err(|e| induce::Error::io("write", &args.out, e))?;
    session.say(format!("wrote `{}`", args.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// The endings that the format's own packages know; XGBoost tells its two formats by them.
fn endings(format: ModelFormat) -> Endings {
    match format {
        ModelFormat::Induce => writing::MODEL,
        ModelFormat::XgboostJson => ("XGBoost's JSON", &["json"]),
        ModelFormat::XgboostUbj => ("XGBoost's UBJSON", &["ubj"]),
        ModelFormat::Lightgbm => ("LightGBM's text", &["txt", "model", "lgb"]),
    }
}

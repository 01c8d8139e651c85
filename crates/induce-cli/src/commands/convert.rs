//! `induce convert`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use induce::deep::language::{self, write_gguf, write_hugging_face, write_llama2c};
use induce::learn::tree::interchange;
use induce::model;

use crate::args::{Convert, ModelFormat};
use crate::session::Session;
use crate::writing::{self, Endings};

pub fn run(session: &Session, args: &Convert) -> Result<ExitCode> {
    match endings(args.to) {
        Some(endings) => writing::check(&args.out, endings)?,
        None => writing::check_new_folder(&args.out)?,
    }
    match args.to {
        ModelFormat::HuggingFace | ModelFormat::Gguf | ModelFormat::Llama2c => language(session, args)?,
        _ => table(session, args)?,
    }
    session.say(format!("wrote `{}`", args.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// A model of tables.
fn table(session: &Session, args: &Convert) -> Result<()> {
    if args.precision.is_some() || args.tokenizer.is_some() {
        bail!("`--precision` and `--tokenizer` are for language models\n\nhint: leave them out");
    }
    if language::is(&args.model) {
        let path = args.model.display();
        bail!(
            "`{path}` is a language model\n\nhint: `--to hugging-face`, `--to gguf` and `--to llama2c` are for those"
        );
    }
    let (model, card) = model::open(&args.model)?;
    let boost = || model.as_boost().context("only sums of trees have this format");
    let bytes = match args.to {
        ModelFormat::XgboostJson => interchange::write_xgboost_json(boost()?)?,
        ModelFormat::XgboostUbj => interchange::write_xgboost_ubj(boost()?)?,
        ModelFormat::Lightgbm => interchange::write_lightgbm(boost()?)?,
        _ => return Ok(model::save(model.as_ref(), &card, &args.out)?),
    };
    session.keep(true);
    Ok(std::fs::write(&args.out, bytes).map_err(|e| induce::Error::io("write", &args.out, e))?)
}

/// A model of language.
fn language(session: &Session, args: &Convert) -> Result<()> {
    let opened = language::open(&args.model, args.tokenizer.as_deref())?;
    let precision = args.precision.unwrap_or_default();
    let (model, tokens) = (opened.model.transformer("this format")?, &opened.tokens);
    session.keep(true);
    match args.to {
        ModelFormat::Gguf => write_gguf(&args.out, model, tokens, precision)?,
        ModelFormat::Llama2c => {
            if let Some(reason) = write_llama2c(&args.out, model, tokens, precision)? {
                let hint = reason.hint().unwrap_or_default();
                session.say(format!("no `tokenizer.bin`: {reason}\nhint: {hint}"));
            }
        }
        _ => write_hugging_face(&args.out, model, tokens, precision)?,
    }
    Ok(())
}

/// The endings that the format's own packages know, if it is one file; XGBoost tells its two formats by them.
fn endings(format: ModelFormat) -> Option<Endings> {
    Some(match format {
        ModelFormat::Induce => writing::MODEL,
        ModelFormat::XgboostJson => ("XGBoost's JSON", &["json"]),
        ModelFormat::XgboostUbj => ("XGBoost's UBJSON", &["ubj"]),
        ModelFormat::Lightgbm => ("LightGBM's text", &["txt", "model", "lgb"]),
        ModelFormat::Gguf => ("GGUF", &["gguf"]),
        ModelFormat::Llama2c => ("a model of llama2.c", &["bin"]),
        ModelFormat::HuggingFace => return None,
    })
}

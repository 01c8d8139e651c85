//! `induce sample`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::model::{Data, Model};

use crate::args::Sample;
use crate::session::Session;
use crate::source::{self, STEPS, Source};
use crate::writing;

pub fn run(session: &Session, args: &Sample) -> Result<ExitCode> {
    let out = args.out.as_deref();
    writing::distinct(&[Some(&args.model)], &[out])?;
    let (model, _) = session.open(&args.model)?;
    let model = model.as_ref();
    let source = source::of(model.reads());
    source.check_samples(model, args)?;
    let drawn = match (&args.reconstruct, &args.interpolate) {
        (None, None) => generated(session, model, args)?,
        (Some(data), _) | (_, Some(data)) => redrawn(session, model, source, data, args)?,
    };
    source.write_samples(session, model, drawn, args)?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

fn generated(session: &Session, model: &dyn Model, args: &Sample) -> Result<Data> {
    let generator = model.generator().ok_or_else(|| {
        Error::data(
            format!("the model `{}` draws nothing", model.name()),
            "`-m gmm` models a density that rows can be drawn from, `-m vae` one of images or rows",
        )
    })?;
    Ok(generator.generate(args.rows, &mut session.run())?)
}

/// So many of these beside what the model makes of them, or as many lines between them as make so many drawn.
fn redrawn(
    session: &Session,
    model: &dyn Model,
    source: &dyn Source,
    data: &Path,
    args: &Sample,
) -> Result<Data> {
    let redrawer = model.redrawer().ok_or_else(|| {
        Error::data(
            format!("the model `{}` draws nothing again", model.name()),
            "auto-encoders of images do: `-m vae`, `-m autoencoder`, `-m vqvae`",
        )
    })?;
    let run = session.run();
    let all = source.plain(session, data)?;
    match args.reconstruct {
        Some(_) => Ok(redrawer.reconstruct(&all, args.rows, &run)?),
        None => Ok(redrawer.interpolate(&all, args.rows.div_ceil(STEPS), STEPS, &run)?),
    }
}

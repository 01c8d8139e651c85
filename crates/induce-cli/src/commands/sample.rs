//! `induce sample`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;

use crate::args::Sample;
use crate::session::Session;
use crate::{source, writing};

pub fn run(session: &Session, args: &Sample) -> Result<ExitCode> {
    let out = args.out.as_deref();
    writing::distinct(&[Some(&args.model)], &[out])?;
    let (model, _) = session.open(&args.model)?;
    let model = model.as_ref();
    let source = source::of(model.entry().input);
    source.check_samples(model, out)?;
    let generator = model.generator().ok_or_else(|| {
        Error::data(
            format!("the model `{}` draws nothing", model.name()),
            "`-m gmm` models a density that rows can be drawn from, `-m vae` one of images",
        )
    })?;
    let samples = generator.generate(args.rows, &mut session.run())?;
    source.write_samples(session, model, samples, args)?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

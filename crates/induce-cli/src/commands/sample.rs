//! `induce sample`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::model::{Data, DataKind, Images, Pictures};
use induce::core::picture::{endings, write_picture};

use super::predict;
use crate::args::Sample;
use crate::session::Session;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Sample) -> Result<ExitCode> {
    let out = args.out.as_deref();
    writing::distinct(&[Some(&args.model)], &[out])?;
    let (model, _) = session.open(&args.model)?;
    let own = model
        .generator()
        .filter(|_| model.entry().input != DataKind::Text);
    let generator = own.ok_or_else(|| {
        Error::data(
            format!("the model `{}` draws no rows", model.name()),
            "`-m gmm` models a density that rows can be drawn from; `induce generate` writes with a language model",
        )
    })?;
    match model.entry().input {
        DataKind::Images => writing::check(picture_of(out)?, ("a picture", endings()))?,
        _ => out.map(writing::check_table).transpose().map(|_| ())?,
    }
    match generator.generate(args.rows, &mut session.run())? {
        Data::Rows(rows) => {
            let table = rows.table()?;
            if session.json() && args.out.is_none() {
                return predict::as_json(table, "samples");
            }
            save(session, table, out)?;
        }
        Data::Images(images) => write_picture(picture_of(out)?, &sheet(&images)?)?,
        _ => {
            return Err(Error::data(
                "what it draws is neither rows nor images",
                "`induce show` says what it is",
            )
            .into());
        }
    }
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Where images go.
fn picture_of(out: Option<&Path>) -> Result<&Path> {
    Ok(out.ok_or_else(|| {
        Error::data(
            "images are not written to the terminal",
            "name a picture: `-o samples.png`",
        )
    })?)
}

/// All in one picture, about as many side by side as above each other.
fn sheet(images: &Images) -> Result<induce::core::picture::Picture> {
    let columns = (images.len() as f64).sqrt().ceil() as usize;
    Ok(Pictures::new(images, columns).sheet()?)
}

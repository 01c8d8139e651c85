//! Language models from texts.

use std::path::PathBuf;

use induce::core::model::{Content, Data, Fit, Settings, Text};
use induce::core::{Fitted, Result, Run};
use induce::deep::language::Tokenizer as Tokens;
use pyo3::prelude::*;

use super::Language;
use super::texts::{self, Source};
use crate::error::raised;

/// Whose tokens a model is to have.
#[derive(FromPyObject)]
pub enum Tokenizer<'py> {
    Model(PyRef<'py, Language>),
    File(PathBuf),
}

impl Tokenizer<'_> {
    /// The tokenizer as a `tokenizer.json`.
    fn json(self) -> Result<String> {
        match self {
            Self::Model(model) => model.inside.tokens.to_json(),
            Self::File(path) => Tokens::open(&path)?.to_json(),
        }
    }
}

/// A text and its tokenizer.
#[derive(FromPyObject)]
pub struct Given<'py> {
    text: Source<'py>,
    tokenizer: Option<Tokenizer<'py>>,
}

/// The same without Python.
pub struct GivenText {
    text: texts::Given,
    tokenizer: Option<String>,
}

impl Given<'_> {
    pub fn owned(self) -> PyResult<GivenText> {
        let tokenizer = self.tokenizer.map(Tokenizer::json);
        Ok(GivenText {
            text: self.text.owned(),
            tokenizer: tokenizer.transpose().map_err(raised)?,
        })
    }
}

impl GivenText {
    /// The text, read from its file if it has one.
    fn read(self, run: &Run) -> Result<Text> {
        let content = match self.text {
            texts::Given::Tokens(tokens) if self.tokenizer.is_some() => Content::Tokens(tokens),
            text => Content::Plain(text.text(run)?.into_owned()),
        };
        Ok(Text {
            content,
            tokenizer: self.tokenizer,
        })
    }
}

/// Learn from a text; without a `valid` one a fraction of it, its tail, is held out. The model is that in the file which
/// the command line would have written.
pub fn learn(
    settings: &Settings,
    text: GivenText,
    valid: Option<GivenText>,
    holdout: f64,
    run: &mut Run,
) -> Result<Fitted<Language>> {
    let name = text.text.name();
    let text = Data::Text(text.read(run)?);
    let known = format!("{:016x}", text.fingerprint());
    let (train, valid, split) = match valid {
        Some(valid) => (text, Some(Data::Text(valid.read(run)?)), "valid"),
        None => {
            let (train, tail) = text.hold_out(holdout, run)?;
            (train, tail, "holdout")
        }
    };
    let fitted = settings.fit_in(
        &train,
        &mut Fit {
            valid: valid.as_ref(),
            ..Fit::new(run, settings.registry())
        },
    )?;
    let mut scores = fitted.report.scores.clone();
    for own in scores.iter_mut().filter(|own| own.split == "valid") {
        own.split = split.into();
    }
    let mut card = induce::card(name.as_deref(), run.seed(), &fitted.outcome, &scores);
    card["fingerprint"] = known.into();
    let bytes = induce::file_of(fitted.model.as_ref(), &card)?.to_bytes()?;
    Ok(Fitted {
        model: Language::own("the model", bytes, false)?,
        outcome: fitted.outcome,
        report: fitted.report,
    })
}

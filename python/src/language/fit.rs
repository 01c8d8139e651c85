//! Language models from texts.

use std::path::PathBuf;

use induce::core::{Fitted, Result, Run};
use induce::deep::language::{Corpus, Tokenizer as Tokens};
use induce::language::{Lesson, Recipe, card, check_share, file, judged};
use pyo3::prelude::*;

use super::Language;
use super::texts::{Given, Source};
use crate::error::raised;
use crate::fit::{End, Limits, ended};

/// Whose tokens a model is to have.
#[derive(FromPyObject)]
pub enum Tokenizer<'py> {
    Model(PyRef<'py, Language>),
    File(PathBuf),
}

impl Tokenizer<'_> {
    fn tokens(self) -> Result<Tokens> {
        match self {
            Self::Model(model) => model.tokenizer(),
            Self::File(path) => Tokens::open(&path),
        }
    }
}

/// Fit a language model of the registry, as `fit` fits those of tables. Without a `valid` text a share of the text, its tail,
/// is held out. Tokens are learnt from the text unless there is a `tokenizer`.
#[pyfunction]
#[pyo3(signature = (model, settings, text, valid=None, holdout=0.1, tokenizer=None, seed=0, threads=1, time=None, listener=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub fn fit_language(
    py: Python<'_>,
    model: &str,
    settings: Vec<String>,
    text: Source,
    valid: Option<Source>,
    holdout: f64,
    tokenizer: Option<Tokenizer>,
    seed: u64,
    threads: usize,
    time: Option<f64>,
    listener: Option<Py<PyAny>>,
) -> PyResult<End<Language>> {
    let with = |recipe: Recipe, set: &String| recipe.with(set);
    let recipe = Recipe::new(model).and_then(|r| settings.iter().try_fold(r, with));
    let lecture = Lecture {
        recipe: recipe.map_err(raised)?,
        text: text.owned(),
        valid: valid.map(Source::owned),
        holdout,
        tokens: tokenizer.map(Tokenizer::tokens).transpose().map_err(raised)?,
    };
    let limits = Limits {
        seed,
        threads,
        time,
        listener,
    };
    ended(py, limits, |run, _| lecture.learn(run))
}

/// What is learnt from.
struct Lecture {
    recipe: Recipe,
    text: Given,
    valid: Option<Given>,
    holdout: f64,
    tokens: Option<Tokens>,
}

impl Lecture {
    /// The model, opened from the file that the command line would have written.
    fn learn(self, run: &mut Run) -> Result<Fitted<Language>> {
        self.recipe.settings()?;
        let (recipe, data) = (self.recipe.clone(), self.text.name());
        let (corpus, name) = self.corpus(run)?;
        let fitted = recipe.fit(&corpus, None, run)?;
        let scores = judged(&fitted, &corpus, name);
        let card = card(data.as_deref(), run.seed(), &fitted, &scores);
        let bytes = file(&fitted.model, &card)?.to_bytes()?;
        Ok(Fitted {
            model: Language::own("the model", bytes, false)?,
            outcome: fitted.outcome,
            report: fitted.report,
        })
    }

    /// What is learnt from and what judges, and the name of that.
    fn corpus(mut self, run: &Run) -> Result<(Corpus, &'static str)> {
        let is_cut = |given: &Given| matches!(given, Given::Tokens(_));
        match self.tokens.take() {
            Some(tokens) if is_cut(&self.text) || self.valid.as_ref().is_some_and(is_cut) => {
                self.cut(tokens, run)
            }
            tokens => {
                let lesson = self.lesson(run)?;
                let corpus = match tokens {
                    Some(tokens) => Corpus::with(tokens, &lesson.train, &lesson.judged)?,
                    None => self.recipe.corpus(&lesson.train, &lesson.judged)?,
                };
                Ok((corpus, lesson.name))
            }
        }
    }

    fn lesson(&self, run: &Run) -> Result<Lesson> {
        let text = self.text.text(run)?;
        match &self.valid {
            Some(valid) => Ok(Lesson::of_two(text.into_owned(), valid.text(run)?.into_owned())),
            None => Lesson::holding_out(&text, self.holdout),
        }
    }

    /// Texts of which one at least is cut already.
    fn cut(self, tokens: Tokens, run: &Run) -> Result<(Corpus, &'static str)> {
        let (mut train, _) = self.text.tokens(&tokens, run)?;
        let (held_out, name) = match &self.valid {
            Some(valid) => (valid.tokens(&tokens, run)?.0, "valid"),
            None => {
                check_share(self.holdout)?;
                let at = ((1.0 - self.holdout) * train.len() as f64) as usize;
                (train.split_off(at), "holdout")
            }
        };
        Ok((Corpus::of_tokens(tokens, train, held_out)?, name))
    }
}

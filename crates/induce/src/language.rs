//! Language models by name: what `induce train TEXT -m gpt` means.
//!
//! ```
//! use induce::language::{Recipe, MODELS};
//! use induce::prelude::Run;
//!
//! let recipe = Recipe::new("lstm")?.with("width=16")?.with("context=8")?.with("batch=2")?.with("steps=20")?;
//! let corpus = recipe.corpus(&"to be, or not to be, ".repeat(20), "to be, or")?;
//! let fitted = recipe.fit(&corpus, None, &mut Run::new(0))?;
//! assert!(fitted.model.held_out.is_some_and(|judged| judged.mean() < 3.0));
//! # Ok::<(), induce::Error>(())
//! ```

mod lesson;
pub mod page;
mod rows;

use std::path::Path;

use induce_core::metrics::Score;
use induce_core::model_file::ModelFile;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_deep::language::{Corpus, Settings, Trained, fit};
use induce_deep::train::HeldOutLoss;
use serde_json::Value;

use crate::registry::Card;
use crate::settings::assign;
pub use lesson::{HOLDOUT, Lesson, card, check_share, judged};
pub use rows::MODELS;

/// A language model of the house.
pub struct Row {
    /// What people are told of it.
    pub card: Card,
    /// The settings that a value says.
    pub read: fn(&Value) -> Result<Settings>,
}

/// The row called `name`, if it is a language model's.
pub fn find(name: &str) -> Option<&'static Row> {
    MODELS.iter().find(|row| row.card.name == name).copied()
}

/// A language model's settings before the fit.
#[derive(Clone)]
pub struct Recipe {
    /// The model.
    pub row: &'static Row,
    /// Its settings as JSON.
    pub spec: Value,
}

impl Recipe {
    /// The defaults of the model called `name`.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(name: &str) -> Result<Self> {
        let row = find(name).ok_or_else(|| Error::UnknownName {
            what: "language model",
            name: name.into(),
            known: MODELS.iter().map(|row| row.card.name.to_owned()).collect(),
        })?;
        Ok(Self {
            row,
            spec: (row.card.defaults)(),
        })
    }

    /// With one `key=value`.
    ///
    /// # Errors
    /// If the key is unknown, or the value of another type.
    pub fn with(mut self, assignment: &str) -> Result<Self> {
        assign(&mut self.spec, self.row.card.settings, assignment)?;
        Ok(self)
    }

    /// The settings.
    ///
    /// # Errors
    /// If a word is unknown, or a value out of its range.
    pub fn settings(&self) -> Result<Settings> {
        let settings = (self.row.read)(&self.spec)?;
        settings.check()?;
        Ok(settings)
    }

    /// Texts as tokens, which are learnt first.
    ///
    /// # Errors
    /// As [`Corpus::new`].
    pub fn corpus(&self, train: &str, held_out: &str) -> Result<Corpus> {
        let (cut, vocabulary) = self.settings()?.tokenizer();
        Corpus::new(train, held_out, cut, vocabulary)
    }

    /// Learn the model.
    ///
    /// # Errors
    /// As [`fit`].
    pub fn fit(&self, corpus: &Corpus, plan: Option<&Checkpoints>, run: &mut Run) -> Result<Fitted<Trained>> {
        let mut spec = self.spec.clone();
        spec["model"] = self.row.card.name.into();
        fit(&self.settings()?, &spec, corpus, plan, run)
    }
}

/// The model file of a trained model with its training card.
///
/// # Errors
/// If its header cannot be written as JSON.
pub fn file(trained: &Trained, card: &Value) -> Result<ModelFile> {
    let mut file = trained.file()?;
    file.metadata.insert("card".into(), card.to_string());
    Ok(file)
}

/// Write a trained model with its training card.
///
/// # Errors
/// If it cannot be written.
pub fn save(trained: &Trained, card: &Value, path: &Path) -> Result<()> {
    file(trained, card)?.write(path)
}

/// Losses as numbers that people compare, with 95 % intervals: nats per token, e to that, and bits per byte of a text of so
/// many bytes.
pub fn scores(judged: &HeldOutLoss, bytes: usize) -> Vec<Score> {
    let interval = judged.interval();
    let tokens: f64 = judged.groups.iter().map(|group| group.1).sum();
    let per_byte = tokens / (bytes as f64 * std::f64::consts::LN_2);
    // An interval without an end of the loss has none of what is made of it: e to minus infinity would look like one.
    let finite = |x: &f64| x.is_finite();
    let end = |f: &dyn Fn(f64) -> f64, x: f64| Some(x).filter(finite).map(f).filter(finite);
    let score = |name: &str, f: &dyn Fn(f64) -> f64| Score {
        name: name.into(),
        value: f(interval[0]),
        low: end(f, interval[1]),
        high: end(f, interval[2]),
    };
    vec![
        score("loss", &|x| x),
        score("perplexity", &f64::exp),
        score("bits_per_byte", &|x| x * per_byte),
    ]
}

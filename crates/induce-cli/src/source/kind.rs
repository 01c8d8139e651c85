//! What the command line asks of a kind of data.

use std::path::Path;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::{Score, SplitScores};
use induce::core::model::{Data, DataKind, Fact, Links, Model, Predict as Predictor, Prediction, Settings};
use induce::core::{Column, FitReport, Outcome, Table};
use induce::plot::Report;
use serde_json::{Map, Value};

use crate::args::{Columns, Embed, Predict, Reading, Sample, Train};
use crate::doubts::Baseline;
use crate::require::Condition;
use crate::session::Session;

/// Data that were read, and what was found out about them.
pub struct Input {
    /// The data.
    pub data: Data,
    /// What to call their file.
    pub name: String,
    /// What `--format json` says of them.
    pub facts: Vec<Fact>,
    /// What the training card keeps of how they were read.
    pub reading: Map<String, Value>,
}

/// What a page of data of a kind is made of.
pub struct Page<'a> {
    pub model: &'a dyn Model,
    /// The data that the model was evaluated on, and the name of that split.
    pub judged: &'a Data,
    pub split: &'a str,
    pub prediction: Option<&'a Prediction>,
    pub scores: &'a [SplitScores],
    /// The fit, if it has just been done.
    pub training: Option<Training<'a>>,
    /// Where the data came from.
    pub source: &'a str,
    /// Where the model is kept.
    pub model_file: Option<&'a Path>,
    /// What predicting without any column scores on `judged`.
    pub baseline: Option<&'a Baseline>,
    /// The command line.
    pub command: String,
}

/// A fit and what it saw.
pub struct Training<'a> {
    pub settings: &'a Settings,
    pub train: &'a Data,
    /// How the data were divided: `--valid FILE`, or the default.
    pub valid: Option<&'a Path>,
    pub tokenizer: Option<&'a Path>,
    pub report: &'a FitReport,
    pub outcome: &'a Outcome,
    /// Losses of single steps, as far as they are known.
    pub losses: Vec<(u64, f64)>,
    /// The step that it was resumed at; else 0.
    pub begun: u64,
    pub seconds: f64,
}

/// Steps of a line between two that are drawn again.
pub const STEPS: usize = 8;

/// How the command line reads data of a kind.
pub trait Source {
    /// That no flag of another kind of data is given.
    fn check(&self, reading: &Reading, columns: &Columns, others: &[(&'static str, bool)]) -> Result<()>;

    /// What `--require` asks for.
    fn conditions(&self, texts: &[String]) -> Result<Vec<Condition>>;

    /// Data to learn from; what was guessed is said.
    fn read(&self, session: &Session, args: &Train, settings: &Settings) -> Result<Input>;

    /// Other data of the same shape, for `--valid`.
    fn beside(&self, session: &Session, args: &Train, train: &Data, path: &Path) -> Result<Data>;

    /// The fraction that is held out unless another is asked for.
    fn holdout(&self, settings: &Settings) -> f64;

    /// Say how the data were divided.
    fn announce(&self, session: &Session, train: &Data, held_out: Option<&Data>);

    /// Whether the fit watches the held-out data; that costs time where nothing listens.
    fn watches(&self, settings: &Settings, args: &Train) -> bool;

    /// Simpler models of the same data, to be said beside the one that was trained: a name and its metrics on the held-out part.
    ///
    /// # Errors
    /// If one cannot be fitted.
    fn rivals(
        &self,
        _: &Session,
        _: &Train,
        _: &Settings,
        _: (&Data, &Data),
    ) -> Result<Vec<(String, Vec<Score>)>> {
        Ok(Vec::new())
    }

    /// What else the verbs do with a model that draws, as the last words of a training.
    fn next(&self, model: &Path) -> String {
        format!("`induce sample {}` draws from it", model.display())
    }

    /// That samples of this kind can be written there.
    ///
    /// # Errors
    /// If nothing of this kind is drawn by `induce sample`, or the file has another ending.
    fn check_samples(&self, model: &dyn Model, _: &Sample) -> Result<()> {
        Err(Error::data(
            format!("the model `{}` draws no rows", model.name()),
            "`-m gmm` models a density that rows can be drawn from; `induce generate` writes with a language model",
        )
        .into())
    }

    /// Write samples of a model.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn write_samples(&self, _: &Session, model: &dyn Model, _: Data, args: &Sample) -> Result<()> {
        self.check_samples(model, args)
    }

    /// What is in a file, for a model that draws it again.
    ///
    /// # Errors
    /// If nothing of this kind is drawn again, or the file cannot be read.
    fn plain(&self, _: &Session, path: &Path) -> Result<Data> {
        Err(Error::data(
            format!("`{}` is nothing that is drawn again", path.display()),
            "leave out --reconstruct and --interpolate: they are of models of images",
        )
        .into())
    }

    /// Where a model places what is in a file that is no table, as columns.
    ///
    /// # Errors
    /// If it cannot be read, or columns of it are asked for.
    fn embedding(&self, _: &Session, _: &Embed, _: &dyn Model) -> Result<Option<Vec<Column>>> {
        Ok(None)
    }

    /// Data as a fitted model reads them, which its training card knows.
    fn given(
        &self,
        session: &Session,
        on: &crate::args::Source,
        columns: &Columns,
        model: &dyn Model,
        card: &Value,
    ) -> Result<Input>;

    /// Columns of these names, to stand in front of what a model says.
    ///
    /// # Errors
    /// If there are none.
    fn kept(&self, keep: &[String], _: &Data) -> Result<Vec<Column>> {
        match keep.first() {
            None => Ok(Vec::new()),
            Some(name) => Err(Error::setting("--keep", name, "these data have no columns").into()),
        }
    }

    /// What a model predicts of data that are no rows, as a table; `None` for rows, which the verb reads itself.
    fn predictions(&self, _: &Session, _: &Predict, _: &dyn Predictor) -> Result<Option<Table>> {
        Ok(None)
    }

    /// Which parts of the data are likely to be joined, as a table.
    ///
    /// # Errors
    /// If nothing of this kind is joined, or the file cannot be read.
    fn links(&self, _: &Session, _: &Predict, model: &dyn Links) -> Result<Table> {
        Err(Error::data(
            format!("the model `{}` joins nothing of these data", model.name()),
            "it says which nodes of a graph are likely to be joined",
        )
        .into())
    }

    /// The report page.
    fn page(&self, session: &Session, page: &Page) -> Result<Report>;
}

/// An error for the first flag that only models of tables have.
pub fn refuse_rows(
    own: DataKind,
    reading: &Reading,
    columns: &Columns,
    others: &[(&'static str, bool)],
) -> Result<()> {
    let of_rows = [
        ("--delimiter", reading.delimiter.is_some()),
        ("--header", reading.header),
        ("--no-header", reading.no_header),
        ("--input", reading.input.is_some()),
        ("--missing", !reading.missing.is_empty()),
        ("--type", !reading.types.is_empty()),
        ("--target", columns.target.is_some()),
        ("--labels", columns.labels.is_some()),
        ("--weight", columns.weight.is_some()),
        ("--group", columns.group.is_some()),
        ("--drop", !columns.drop.is_empty()),
    ];
    refuse(own, DataKind::Rows, &of_rows)?;
    if own != DataKind::Graph {
        refuse(own, DataKind::Graph, &reading.of_graphs())?;
    }
    refuse(own, DataKind::Rows, others)
}

/// An error for the first of these flags that is given: they are about other data.
pub fn refuse(own: DataKind, about: DataKind, flags: &[(&'static str, bool)]) -> Result<()> {
    match flags.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Error::data(
            format!(
                "`{name}` is about {}, but this model is about {}",
                about.plural(),
                own.plural()
            ),
            "leave it out",
        )
        .into()),
        None => Ok(()),
    }
}

/// The name of a file, without its folder.
pub fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("data")
}

//! Images and environments: a file or a folder, without columns to name.

use std::path::Path;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::Task;
use induce::core::model::{
    Data, DataKind, Fact, Images, Inputs as Given, Model, Pictures, Predict as Predictor, Settings,
    TabularMdp,
};
use induce::core::picture::{endings, write_picture};
use induce::core::words::{count, counted};
use induce::core::{Column, Run, Table, read};
use induce::page::plain::{Inputs, build};
use induce::plot::Report;

use super::kind::{Input, Page, STEPS, Source, refuse_rows};
use serde_json::{Map, Value};

use crate::args::{self, Columns, Embed, Predict, Reading, Sample, Train};
use crate::beside::columns;
use crate::predicted;
use crate::require::{self, Condition};
use crate::session::Session;
use crate::writing;

/// A kind of data that one function reads.
pub struct Plain {
    pub kind: DataKind,
    pub read: fn(&Path, &Run) -> induce::Result<Data>,
}

pub const IMAGES: Plain = Plain {
    kind: DataKind::Images,
    read: |path, run| read::images(path, run).map(Data::Images),
};

pub const ENVIRONMENT: Plain = Plain {
    kind: DataKind::Environment,
    read: |path, run| {
        let (table, _) = read::read(path, &read::ReadOptions::default(), run)?;
        Ok(Data::Environment(Box::new(TabularMdp::from_table(&table)?)))
    },
};

/// What was read, in words.
fn said(data: &Data, facts: &[Fact]) -> String {
    let Data::Images(images) = data else {
        let all = facts.iter().map(|(name, value)| format!("{value} {name}"));
        return all.collect::<Vec<_>>().join(", ");
    };
    let classes = images.target.as_ref().map(|target| target.classes.len());
    let classes = classes.map_or_else(String::new, |n| format!(", {}", counted(n, "class")));
    format!(
        "{} of {} x {} pixels, {}{classes}",
        counted(images.len(), "image"),
        images.height,
        images.width,
        counted(images.channels, "channel")
    )
}

impl Plain {
    fn input(&self, session: &Session, path: &Path) -> Result<Input> {
        let data = (self.read)(path, &session.run())?;
        let facts = data.describe();
        session.say(format!("read `{}`: {}", path.display(), said(&data, &facts)));
        Ok(Input {
            reading: Map::new(),
            data,
            name: path.display().to_string(),
            facts,
        })
    }
}

impl Source for Plain {
    fn check(&self, reading: &Reading, columns: &Columns, others: &[(&'static str, bool)]) -> Result<()> {
        refuse_rows(self.kind, reading, columns, others)
    }

    fn conditions(&self, texts: &[String]) -> Result<Vec<Condition>> {
        if self.kind == DataKind::Images {
            return require::of_tasks(texts);
        }
        match texts.first() {
            None => Ok(Vec::new()),
            Some(text) => Err(Error::data(
                format!("`--require {text}` is about models of tables or texts"),
                "leave it out; `--format json` has the metrics of this model",
            )
            .into()),
        }
    }

    fn read(&self, session: &Session, args: &Train, settings: &Settings) -> Result<Input> {
        if self.kind == DataKind::Images && settings.task() == Some(Task::Regression) {
            let reason = "images have classes, and no quantity to predict";
            return Err(Error::setting("--task", "regression", reason).into());
        }
        self.input(session, &args.source.data)
    }

    fn beside(&self, session: &Session, _: &Train, data: &Data, path: &Path) -> Result<Data> {
        match (data, self.input(session, path)?.data) {
            (Data::Images(own), Data::Images(other)) => Ok(Data::Images(like(own, other)?)),
            (_, other) => Ok(other),
        }
    }

    fn holdout(&self, _: &Settings) -> f64 {
        // An environment is not divided.
        if self.kind == DataKind::Images { 0.2 } else { 0.0 }
    }

    fn announce(&self, session: &Session, train: &Data, held_out: Option<&Data>) {
        if let Some(held_out) = held_out {
            let (a, b) = (count(train.len()), count(held_out.len()));
            session.say(format!(
                "split: {a} to learn from, {b} held out at random (--holdout, --valid)"
            ));
        }
    }

    fn watches(&self, _: &Settings, _: &Train) -> bool {
        true
    }

    fn given(
        &self,
        session: &Session,
        on: &args::Source,
        columns: &Columns,
        model: &dyn Model,
        _: &Value,
    ) -> Result<Input> {
        self.check(&on.reading, columns, &[])?;
        let mut input = self.input(session, &on.data)?;
        input.data = match (input.data, model.predictor()) {
            (Data::Images(images), Some(known)) => Data::Images(images.known_as(&known.schema().classes)?),
            (data, _) => data,
        };
        Ok(input)
    }

    fn plain(&self, session: &Session, path: &Path) -> Result<Data> {
        Ok(self.input(session, path)?.data)
    }

    fn check_samples(&self, _: &dyn Model, args: &Sample) -> Result<()> {
        /// More make no picture that a viewer opens.
        const MOST: usize = 100_000;
        if !(1..=MOST).contains(&args.rows) {
            let reason = "a picture shows from 1 to 100,000 images";
            return Err(Error::setting("-n", args.rows, reason).into());
        }
        writing::check(picture_of(args.out.as_deref())?, ("a picture", endings()))
    }

    fn write_samples(&self, _: &Session, _: &dyn Model, samples: Data, args: &Sample) -> Result<()> {
        let images = samples.images()?;
        // About as many side by side as above each other; pairs stay together, and lines are lines.
        let square = (images.len() as f64).sqrt().ceil() as usize;
        let columns = match (&args.reconstruct, &args.interpolate) {
            (Some(_), _) => square.next_multiple_of(2),
            (_, Some(_)) => STEPS,
            _ => square,
        };
        let sheet = Pictures::new(images, columns).sheet()?;
        Ok(write_picture(picture_of(args.out.as_deref())?, &sheet)?)
    }

    fn embedding(&self, session: &Session, args: &Embed, model: &dyn Model) -> Result<Option<Vec<Column>>> {
        let (Some(transformer), DataKind::Images) = (model.transformer(), self.kind) else {
            return Ok(None);
        };
        let run = session.run();
        let images = read::images(&args.on.source.data, &run)?;
        let class = kept(&args.keep, &images)?;
        let found = transformer.transform(Given::Images(&images), run.threads())?;
        Ok(Some(class.into_iter().chain(columns(&found)).collect()))
    }

    fn predictions(&self, session: &Session, args: &Predict, model: &dyn Predictor) -> Result<Option<Table>> {
        self.check(&args.on.source.reading, &Columns::default(), &[])?;
        let run = session.run();
        let images = read::images(&args.on.source.data, &run)?;
        let class = kept(&args.keep, &images)?;
        let columns = predicted::columns(args, model, Given::Images(&images), run.threads())?;
        session.say(format!("predicted {}", counted(images.len(), "image")));
        Ok(Some(Table::new(class.into_iter().chain(columns).collect())?))
    }

    fn kept(&self, keep: &[String], data: &Data) -> Result<Vec<Column>> {
        Ok(kept(keep, data.images()?)?.into_iter().collect())
    }

    fn page(&self, session: &Session, made: &Page) -> Result<Report> {
        page(session, made)
    }
}

/// Images to judge by, of the size and with the classes of those to learn from.
fn like(own: &Images, other: Images) -> Result<Images> {
    own.check_size(&other)?;
    match &own.target {
        Some(target) => Ok(other.known_as(&target.classes)?),
        None => Ok(other),
    }
}

/// The column of classes of images, if it is to be kept; they have no other.
fn kept(keep: &[String], images: &Images) -> Result<Option<Column>> {
    if let Some(name) = keep.iter().find(|name| *name != "class") {
        return Err(Error::setting("--keep", name, "images have no columns but `class`").into());
    }
    let target = images.target.as_ref().filter(|_| !keep.is_empty());
    Ok(target.map(|target| {
        let name = |code: &f64| target.classes.get(*code as usize).map(String::as_str);
        Column::from_text("class", &target.values.iter().map(name).collect::<Vec<_>>())
    }))
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

/// A page of metrics and of what the model shows.
pub fn page(session: &Session, page: &Page) -> Result<Report> {
    let inputs = Inputs {
        model: page.model,
        judged: page.judged,
        split: page.split,
        scores: page.scores,
        fit: page.training.as_ref().map(|training| training.report),
        source: page.source,
        environment: session.environment(page.training.as_ref().map(|own| own.seconds), page.model_file),
        command: page.command.clone(),
    };
    Ok(build(&inputs, &session.run())?)
}

//! Rows of tables.

use std::path::Path;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::Task;
use induce::core::model::ratings::learns_from_ratings;
use induce::core::model::{Data, DataKind, Features, Model, Rows, RowsOptions, Schema, Settings};
use induce::core::read::{MARKERS, Sniffed, SniffedColumn};
use induce::core::words::{count, counted};
use induce::core::{Column, Table};
use induce::page::rows::{self as page, Inputs, kind};
use induce::plot::Report;
use serde_json::{Map, Value};

use super::kind::{Input, Page, Source, refuse};
use crate::args::{self, Columns, Reading, Sample, Train};
use crate::beside::beside;
use crate::doubts;
use crate::ratings;
use crate::require::{self, Condition};
use crate::session::Session;
use crate::writing;

/// Tables, of which rows are held out at random.
pub struct RowsSource;

impl Source for RowsSource {
    fn next(&self, model: &Path) -> String {
        format!("`induce sample {}` draws rows from it", model.display())
    }

    fn check_samples(&self, _: &dyn Model, args: &Sample) -> Result<()> {
        args.out.as_deref().map(writing::check_table).transpose()?;
        Ok(())
    }

    fn write_samples(&self, session: &Session, _: &dyn Model, samples: Data, args: &Sample) -> Result<()> {
        let table = samples.rows()?.table()?;
        if session.json() && args.out.is_none() {
            writing::as_json(table, "samples")?;
            return Ok(());
        }
        writing::save(session, table, args.out.as_deref())
    }

    fn check(&self, reading: &Reading, _: &Columns, others: &[(&'static str, bool)]) -> Result<()> {
        refuse(DataKind::Rows, DataKind::Graph, &reading.of_graphs())?;
        let of_texts = |flag: &&(&str, bool)| flag.0 == "--tokenizer";
        refuse(
            DataKind::Rows,
            DataKind::Text,
            &others.iter().filter(of_texts).copied().collect::<Vec<_>>(),
        )
    }

    fn conditions(&self, texts: &[String]) -> Result<Vec<Condition>> {
        require::of_tasks(texts)
    }

    fn read(&self, session: &Session, args: &Train, settings: &Settings) -> Result<Input> {
        let (table, sniffed) = session.read(&args.source)?;
        let options = options_for(&args.columns, settings);
        let (table, options) = ratings::prepared(session, args, settings, (table, options))?;
        if !settings.entry.needs_target() {
            check_parts(&args.columns, settings, args.cv.is_some())?;
            return without_target(session, &table, &options, &sniffed);
        }
        refuse_labels(&args.columns)?;
        let (rows, all) = (Rows::new(&table, &options)?, table.rows());
        announce(session, &options, &rows)?;
        let target = rows.target()?;
        Ok(Input {
            facts: vec![
                ("task", target.task.name().into()),
                ("rows", all.into()),
                ("features", rows.features.columns().into()),
                ("target", target.name.as_str().into()),
                ("classes", target.classes.clone().into()),
            ],
            data: Data::Rows(rows),
            reading: reading(&sniffed),
            name: sniffed.file,
        })
    }

    fn beside(&self, session: &Session, args: &Train, train: &Data, path: &Path) -> Result<Data> {
        let source = args::Source {
            data: path.to_owned(),
            reading: args.source.reading.clone(),
        };
        let (table, _) = session.read(&source)?;
        let rows = train.rows()?;
        let supervised = rows.target.as_ref().filter(|own| own.task != Task::Clustering);
        let Some(target) = supervised else {
            return Ok(Data::Rows(Rows::without_target(
                &table,
                &options(&args.columns, None),
            )?));
        };
        let schema = Schema {
            target: Some(target.name.clone()),
            classes: target.classes.clone(),
            ..Schema::default()
        };
        let options = options(&args.columns, Some(target.task));
        let table = ratings::joined(session, args, table)?;
        let rows = Rows::for_model(&table, &schema, target.task, &options)?;
        say_notes(session, &rows);
        Ok(Data::Rows(rows))
    }

    /// Nothing where no target is learnt: what is asked are the rows themselves.
    fn holdout(&self, settings: &Settings) -> f64 {
        if settings.entry.needs_target() { 0.2 } else { 0.0 }
    }

    fn announce(&self, session: &Session, train: &Data, held_out: Option<&Data>) {
        if let Some(held_out) = held_out {
            session.say(format!(
                "split: {} to learn from, {} held out at random (--holdout, --valid, --cv)",
                counted(train.len(), "row"),
                count(held_out.len())
            ));
        }
    }

    fn watches(&self, settings: &Settings, args: &Train) -> bool {
        let patience = settings.values.get("early_stopping").and_then(Value::as_u64);
        patience.unwrap_or(0) > 0 || args.report.is_some()
    }

    fn given(
        &self,
        session: &Session,
        on: &args::Source,
        columns: &Columns,
        model: &dyn Model,
        card: &Value,
    ) -> Result<Input> {
        let (table, sniffed) = session.read_as_trained(on, card)?;
        let Some(predictor) = model.predictor() else {
            if let Some(schema) = model.columns() {
                doubts::unseen(session, schema, &table)?;
                doubts::marked(session, schema, &table, &sniffed);
            }
            return without_target(session, &table, &options(columns, None), &sniffed);
        };
        if predictor.task() != Task::Clustering {
            refuse_labels(columns)?;
        }
        let schema = predictor.schema();
        let rows = Rows::for_model(&table, schema, predictor.task(), &options(columns, None))?;
        if let (Some(own), Some(other)) = (&schema.target, &columns.target)
            && own != other
        {
            session.say(format!(
                "note: the model predicts `{own}`; what it is judged on is `{other}` (--target)"
            ));
        }
        doubts::unseen(session, schema, &table)?;
        doubts::marked(session, schema, &table, &sniffed);
        if predictor.task() == Task::Clustering {
            doubts::empty(session, schema, &table)?;
        }
        doubts::known_rows(session, schema, &rows, card)?;
        say_notes(session, &rows);
        Ok(Input {
            facts: vec![
                ("rows", table.rows().into()),
                ("rows_judged", rows.rows().into()),
                ("features", schema.features.len().into()),
            ],
            data: Data::Rows(rows),
            reading: reading(&sniffed),
            name: sniffed.file,
        })
    }

    fn kept(&self, keep: &[String], data: &Data) -> Result<Vec<Column>> {
        beside(keep, data.rows()?.table()?, Vec::new())
    }

    fn page(&self, session: &Session, page: &Page) -> Result<Report> {
        if !page.model.entry().needs_target() {
            return super::plain::page(session, page);
        }
        let mut judged = page.judged.rows()?.clone();
        let names = page.model.predicting()?.schema().names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        judged.features = Features::Table(judged.table()?.select(&names)?);
        let target = judged.target()?;
        let no_prediction = || Error::data("there are no predictions to draw", "evaluate the model first");
        let facts = match &page.training {
            Some(training) => vec![
                ("Task".to_owned(), format!("{}: {}", kind(target), target.why)),
                ("Target".to_owned(), target.name.clone()),
                (
                    "Rows".to_owned(),
                    divided(page, training.train.len(), judged.rows()),
                ),
                ("Outcome".to_owned(), training.outcome.reason().to_owned()),
            ],
            None => vec![
                ("Task".to_owned(), kind(target)),
                ("Target".to_owned(), target.name.clone()),
                ("Rows judged".to_owned(), count(judged.rows())),
            ],
        };
        let learnt_from = page.training.as_ref().map(|own| own.train.rows()).transpose()?;
        let inputs = Inputs {
            model: page.model,
            judged: &judged,
            prediction: page.prediction.ok_or_else(no_prediction)?,
            split: page.split,
            scores: page.scores,
            fit: page.training.as_ref().map(|training| training.report),
            source: page.source,
            facts,
            notes: judged.notes.clone(),
            environment: session.environment(page.training.as_ref().map(|own| own.seconds), page.model_file),
            command: page.command.clone(),
            learnt_from,
            asked: page.training.as_ref().map(|own| &own.settings.values),
            baseline: page.baseline.map(|own| (own.0.as_str(), own.1.as_slice())),
        };
        Ok(page::build(&inputs, &session.run())?)
    }
}

/// How many rows taught the model and how many judge it.
fn divided(page: &Page, learnt: usize, judged: usize) -> String {
    match page.split {
        "holdout" => format!(
            "{} read: {} learnt from, {} held out",
            count(learnt + judged),
            count(learnt),
            count(judged)
        ),
        "valid" => format!(
            "{} learnt from, {} of another file judge",
            count(learnt),
            count(judged)
        ),
        "cv" => format!(
            "{} read, each held out once; the model learnt from all",
            count(learnt)
        ),
        _ => format!("{} learnt from, none held out", count(learnt)),
    }
}

/// What the card keeps of how a table was read, where it is not as usual: markers of missing values, notations.
fn reading(sniffed: &Sniffed) -> Map<String, Value> {
    let unusual = !sniffed.missing.is_empty() && sniffed.missing != MARKERS;
    let missing = unusual.then(|| ("missing".to_owned(), sniffed.missing.clone().into()));
    let notation = |own: &SniffedColumn| Some((own.name.clone(), own.notation?.name().into()));
    let notations: Map<String, Value> = sniffed.columns.iter().filter_map(notation).collect();
    let notations = (!notations.is_empty()).then(|| ("notations".to_owned(), notations.into()));
    missing.into_iter().chain(notations).collect()
}

/// Rows for a model that needs no target: all columns are features.
fn without_target(
    session: &Session,
    table: &Table,
    options: &RowsOptions,
    sniffed: &Sniffed,
) -> Result<Input> {
    if let Some(target) = &options.target {
        return Err(Error::data(
            format!("`--target {target}`: the model learns without a target"),
            format!(
                "`--labels {target}` holds clusters against it, and `--drop {target}` leaves the column out"
            ),
        )
        .into());
    }
    let rows = Rows::without_target(table, options)?;
    say_notes(session, &rows);
    let mut facts: Vec<(&'static str, Value)> = vec![
        ("rows", rows.rows().into()),
        ("features", rows.features.columns().into()),
    ];
    facts.extend(
        rows.target
            .as_ref()
            .map(|own| ("labels", own.name.as_str().into())),
    );
    Ok(Input {
        facts,
        data: Data::Rows(rows),
        name: sniffed.file.clone(),
        reading: reading(sniffed),
    })
}

/// That flags of targets are not given to a model without one.
fn check_parts(columns: &Columns, settings: &Settings, cv: bool) -> Result<()> {
    let name = settings.entry.info.name;
    if columns.labels.is_some() && settings.entry.tasks.is_empty() {
        return Err(Error::data(
            format!("`--labels` is held against clusters, and `{name}` makes none"),
            "leave the column out with `--drop`",
        )
        .into());
    }
    if cv {
        return Err(Error::data(
            format!("`--cv` judges predictions of a target, and `{name}` has none"),
            "`induce compare -m kmeans -m gmm` judges clusters on rows that were held out; so does `--holdout 0.2`",
        )
        .into());
    }
    Ok(())
}

fn refuse_labels(columns: &Columns) -> Result<()> {
    match &columns.labels {
        None => Ok(()),
        Some(name) => Err(Error::data(
            format!("`--labels {name}` is held against clusters, and the model learns a target"),
            format!("`--target {name}` predicts it; `-m kmeans` makes clusters"),
        )
        .into()),
    }
}

/// What the flags say of columns.
pub fn options(columns: &Columns, task: Option<Task>) -> RowsOptions {
    RowsOptions {
        target: columns.target.clone(),
        labels: columns.labels.clone(),
        weight: columns.weight.clone(),
        group: columns.group.clone(),
        drop: columns.drop.clone(),
        names: Vec::new(),
        task,
        only: None,
    }
}

/// What the flags and a model's settings say of columns.
pub fn options_for(columns: &Columns, settings: &Settings) -> RowsOptions {
    RowsOptions {
        only: settings.only_task(),
        ..options(columns, settings.task)
    }
}

/// The rows of a table with their target, for verbs on tables.
fn with_target(
    session: &Session,
    source: &args::Source,
    options: RowsOptions,
    models: &[(String, Settings)],
) -> Result<Rows> {
    let (table, _) = session.read(source)?;
    let of_ratings = models.iter().find(|own| learns_from_ratings(own.1.entry));
    let options = match of_ratings {
        Some((_, settings)) => ratings::roles(&table, settings, options)?.1,
        None => options,
    };
    let rows = Rows::new(&table, &options)?;
    announce(session, &options, &rows)?;
    Ok(rows)
}

/// Rows for several models: what all of them allow only is the task, if none was asked for.
///
/// # Errors
/// If one of them is for another task than the target's.
pub fn for_all(
    session: &Session,
    source: &args::Source,
    columns: &Columns,
    task: Option<Task>,
    models: &[(String, Settings)],
) -> Result<Rows> {
    let mut options = options(columns, task);
    let mut only = models.iter().map(|(_, settings)| settings.only_task());
    if let Some(Some(first)) = only.next()
        && only.all(|own| own.is_some_and(|own| own.task == first.task))
    {
        options.only = Some(first);
    }
    if let Some(rows) = for_clusters(session, source, &options, models)? {
        return Ok(rows);
    }
    refuse_labels(columns)?;
    let rows = with_target(session, source, options, models)?;
    let target = rows.target()?;
    for (name, settings) in models {
        if let Some(own) = settings.only_task().filter(|own| own.task != target.task) {
            return Err(Error::data(
                format!(
                    "`{name}` is for {}, and `{}` is predicted by {}: {}",
                    own.task, target.name, target.task, target.why
                ),
                format!("leave `{name}` out, or say `--task {}`", own.task),
            )
            .into());
        }
    }
    Ok(rows)
}

/// Rows for several models of clusters; `None` if all models learn a target.
fn for_clusters(
    session: &Session,
    source: &args::Source,
    options: &RowsOptions,
    models: &[(String, Settings)],
) -> Result<Option<Rows>> {
    let mut without = models.iter().filter(|(_, own)| !own.entry.needs_target());
    let Some((first, _)) = without.next() else {
        return Ok(None);
    };
    let odd = models
        .iter()
        .find(|(_, own)| own.entry.tasks != [Task::Clustering]);
    if let Some((name, own)) = odd {
        if !own.entry.needs_target() {
            return Err(Error::data(
                format!("`{name}` makes no clusters and predicts nothing: there is nothing to judge it by"),
                "`induce train` says what is left of the rows; choose its settings by that",
            )
            .into());
        }
        return Err(Error::data(
            format!("`{name}` makes no clusters, and `{first}` is not judged by a target"),
            "compare models of clusters with each other, and models of a target with each other",
        )
        .into());
    }
    let (table, sniffed) = session.read(source)?;
    let input = without_target(session, &table, options, &sniffed)?;
    match input.data {
        Data::Rows(rows) => Ok(Some(rows)),
        _ => Ok(None),
    }
}

/// That a model learns from tables, for verbs on tables.
pub fn only(settings: &Settings) -> Result<()> {
    let entry = settings.entry;
    if entry.input == DataKind::Rows {
        return Ok(());
    }
    let (name, title) = (entry.info.name, entry.info.title);
    Err(Error::data(
        format!(
            "`{name}` ({title}) learns from {}, not from tables",
            entry.input.plural()
        ),
        format!("`induce train DATA -m {name}` learns it, and `induce evaluate` judges it"),
    )
    .into())
}

/// Say what was inferred.
fn announce(session: &Session, options: &RowsOptions, rows: &Rows) -> Result<()> {
    let target = rows.target()?;
    if options.target.is_none() {
        session.say(format!("target: `{}` (--target COL names another)", target.name));
    }
    let task = match (target.task, target.classes.len()) {
        (Task::Classification, 2) => format!(
            "binary classification, `{}` against `{}`",
            target.classes[1], target.classes[0]
        ),
        (Task::Classification, n) => format!("classification into {}", counted(n, "class")),
        (task, _) => task.name().into(),
    };
    let overrides = match (options.task, &options.only) {
        (None, None) => " (--task overrides)",
        _ => "",
    };
    session.say(format!("task: {task}: {}{overrides}", target.why));
    say_notes(session, rows);
    Ok(())
}

/// What was left out of rows, and why.
fn say_notes(session: &Session, rows: &Rows) {
    rows.notes
        .iter()
        .for_each(|note| session.say(format!("note: {note}")));
}

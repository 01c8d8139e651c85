//! Ratings of items by users: flags, tables beside them, lists.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use induce::Error;
use induce::core::Table;
use induce::core::metrics::Score;
use induce::core::model as contract;
use induce::core::model::ratings::{Roles, join, learns_from_ratings, recommend};
use induce::core::model::{Data, Model, Predict as Predictor, RowsOptions, Settings};
use induce::core::words::counted;
use serde_json::{Map, Value};

use crate::args::{self, Predict, Train};
use crate::doubts::errors;
use crate::session::Session;

/// What a table of ratings is read as: the columns of users and items stay as they are, and what is known of both is beside them.
///
/// # Errors
/// If the columns cannot be found, or a table cannot be joined.
pub fn prepared(
    session: &Session,
    args: &Train,
    settings: &Settings,
    (table, options): (Table, RowsOptions),
) -> Result<(Table, RowsOptions)> {
    if !learns_from_ratings(settings.entry) {
        return Ok((table, options));
    }
    let (roles, options) = roles(&table, settings, options)?;
    roles.guessed.iter().for_each(|line| session.say(line));
    Ok((beside(session, args, &roles, table)?, options))
}

/// Which columns are users and items, and the options with that, and with a column of ratings that has a usual name.
pub fn roles(table: &Table, settings: &Settings, mut options: RowsOptions) -> Result<(Roles, RowsOptions)> {
    let said = |name: &str| settings.values[name].as_str().unwrap_or_default();
    let names = table.names();
    let roles = Roles::of(&names, said("user"), said("item"))?;
    if let Some(own) = options
        .group
        .as_ref()
        .filter(|own| [&roles.user, &roles.item].contains(own))
    {
        return Err(Error::data(
            format!("`--group {own}` keeps all ratings of a `{own}` together: of those held out nothing would be known"),
            "leave it out: ratings are held out one by one",
        )
        .into());
    }
    options.names = vec![roles.user.clone(), roles.item.clone()];
    options.target = options.target.or_else(|| Roles::usual_target(&names).cloned());
    Ok((roles, options))
}

/// Another table of ratings with the same beside it.
///
/// # Errors
/// If a table cannot be joined.
pub fn joined(session: &Session, args: &Train, table: Table) -> Result<Table> {
    let flags = &args.ratings;
    if flags.users.is_none() && flags.items.is_none() {
        return Ok(table);
    }
    let (roles, _) = roles(&table, &session.chosen(args)?, RowsOptions::default())?;
    beside(session, args, &roles, table)
}

fn beside(session: &Session, args: &Train, roles: &Roles, table: Table) -> Result<Table> {
    let sides = [
        (&args.ratings.users, &roles.user, "users"),
        (&args.ratings.items, &roles.item, "items"),
    ];
    sides
        .into_iter()
        .try_fold(table, |table, (path, key, what)| match path {
            None => Ok(table),
            Some(path) => {
                let other = side(session, args, path)?;
                let joined = join(&table, &other, key, what)?;
                joined
                    .notes
                    .iter()
                    .for_each(|note| session.say(format!("note: {note}")));
                Ok(joined.table)
            }
        })
}

/// A table of users or items: only what means no value is as in that of the ratings.
fn side(session: &Session, args: &Train, path: &Path) -> Result<Table> {
    let source = args::Source {
        data: path.to_owned(),
        reading: args::Reading {
            missing: args.source.reading.missing.clone(),
            ..args::Reading::default()
        },
    };
    Ok(session.read(&source)?.0)
}

/// The best items for every user of a table; nothing if lists are not asked for.
///
/// # Errors
/// If the model recommends nothing, or the table has no users.
pub fn lists(
    session: &Session,
    args: &Predict,
    model: &dyn Predictor,
    card: &Value,
) -> Result<Option<Table>> {
    let Some(top) = args.top else { return Ok(None) };
    let recommender = model.recommender().ok_or_else(|| {
        Error::data(
            format!("`--top` lists items for users, and `{}` rates none", model.name()),
            "leave it out, or train `-m mf` or `-m gcmc`",
        )
    })?;
    if top == 0 {
        return Err(Error::setting("--top", top, "there must be at least 1").into());
    }
    let (table, _) = session.read_as_trained(&args.on.source, card)?;
    let clock = Instant::now();
    let found = recommend(recommender, &table, top, session.run().threads())?;
    session.say(format!(
        "listed {} in {:.3} ms",
        counted(found.table.rows(), "item"),
        1e3 * clock.elapsed().as_secs_f64()
    ));
    found
        .notes
        .iter()
        .for_each(|note| session.say(format!("note: {note}")));
    Ok(Some(found.table))
}

/// What predictions that know less score, and how that is told.
pub struct Beaten {
    /// Names and metrics.
    all: Vec<(String, Vec<Score>)>,
    /// In sentences.
    notes: Vec<String>,
}

impl Beaten {
    /// What a model has to beat on data.
    ///
    /// # Errors
    /// As an evaluation.
    pub fn of(session: &Session, model: &dyn Model, data: &Data) -> Result<Self> {
        let contract::Beaten { baselines, notes } = model.baselines(data, &session.run())?;
        Ok(Self {
            all: baselines,
            notes,
        })
    }

    /// Names and metrics.
    pub fn scores(&self) -> &[(String, Vec<Score>)] {
        &self.all
    }

    /// Say it.
    pub fn say(&self, session: &Session) {
        for (name, scores) in &self.all {
            session.say(format!("baseline: {name}: {}", errors(scores)));
        }
        self.notes.iter().for_each(|note| session.say(note));
    }

    /// As a member of a JSON object; nothing if there is nothing.
    pub fn json(&self) -> Option<(String, Value)> {
        if self.all.is_empty() {
            return None;
        }
        let of = |scores: &[Score]| -> Map<String, Value> {
            scores
                .iter()
                .map(|own| (own.name.clone(), own.value.into()))
                .collect()
        };
        let all: Map<String, Value> = self
            .all
            .iter()
            .map(|(name, own)| (name.clone(), of(own).into()))
            .collect();
        Some(("baselines".into(), all.into()))
    }
}

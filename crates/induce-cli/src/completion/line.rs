//! What a line says before it is finished.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use induce::core::model::Entry;
use induce::core::read::{self, ReadOptions, parse_delimiter};
use induce::registry::find;

use crate::args::{Cli, Source};

/// A line as far as it can be understood.
pub struct Line(Option<ArgMatches>);

impl Line {
    /// The line of these words, the first of which is the program.
    pub fn of(words: &[OsString]) -> Self {
        let found = Cli::command()
            .ignore_errors(true)
            .try_get_matches_from(words)
            .ok();
        Self(found.map(innermost))
    }

    /// The model that is named on it, or the one that is taken where none is.
    pub fn model(&self) -> Option<&'static Entry> {
        let said: &String = self.0.as_ref()?.try_get_one("model").ok()??;
        find(said.split(':').next()?).ok()
    }

    /// The value of a setting that is given on it.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let mut given = self.0.as_ref()?.try_get_many::<String>("set").ok()??;
        given.find_map(|own| own.strip_prefix(name)?.strip_prefix('='))
    }

    /// The columns of its table, as far as they can be known at once.
    pub fn columns(&self) -> Vec<String> {
        let source = self.0.as_ref().and_then(|own| Source::from_arg_matches(own).ok());
        source.and_then(columns).unwrap_or_default()
    }
}

/// What was found of the verb itself.
fn innermost(matches: ArgMatches) -> ArgMatches {
    let mut own = matches;
    while let Some((_, inner)) = own.remove_subcommand() {
        own = inner;
    }
    own
}

fn columns(source: Source) -> Option<Vec<String>> {
    let reading = source.reading;
    let options = ReadOptions {
        format: reading.input.and_then(|own| own.parse().ok()),
        delimiter: reading.delimiter.and_then(|own| parse_delimiter(&own).ok()),
        header: reading
            .no_header
            .then_some(false)
            .or(reading.header.then_some(true)),
        ..ReadOptions::default()
    };
    read::names(&at_home(source.data), &options).ok()
}

/// Shells hand over `~/data.csv` as it was typed.
fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

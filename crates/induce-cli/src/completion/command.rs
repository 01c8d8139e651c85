//! The command line with what completes its values on one line.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::line::Line;
use super::values;
use crate::args::Cli;

/// The command line for a line of these words.
pub fn command(words: &[OsString]) -> Command {
    fn completed(command: Command, line: &Arc<Line>) -> Command {
        command
            .mut_args(|arg| with_values(arg, line))
            .mut_subcommands(|own| completed(own, line))
    }
    completed(Cli::command(), &Arc::new(Line::of(words)))
}

fn with_values(arg: Arg, line: &Arc<Line>) -> Arg {
    let Some(known) = values::of(&arg) else { return arg };
    let line = line.clone();
    arg.add(ArgValueCompleter::new(move |current: &OsStr| {
        let current = current.to_string_lossy();
        let all = known(&line, &current).into_iter();
        all.filter(|own| own.text.starts_with(&*current))
            .map(|own| CompletionCandidate::new(own.text).help(own.about.map(Into::into)))
            .collect()
    }))
}

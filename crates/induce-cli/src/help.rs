//! The command line as people are told of it: every verb ends in examples, and the global options are told once.

use clap::{Arg, Command, CommandFactory};

use crate::args::Cli;
use crate::examples;

/// The command line, dressed for `--help`.
pub fn command() -> Command {
    let top = Cli::command();
    let globals: Vec<Arg> = top
        .get_arguments()
        .filter(|own| own.is_global_set())
        .cloned()
        .collect();
    let note = note(&globals);
    let names: Vec<String> = top
        .get_subcommands()
        .map(|own| own.get_name().to_owned())
        .collect();
    names.into_iter().fold(top, |top, name| {
        top.mut_subcommand(&name, |own| dressed(own, &name, &globals, &note))
    })
}

fn dressed(command: Command, verb: &str, globals: &[Arg], note: &str) -> Command {
    let examples = shown(verb);
    let command = command
        .args(globals.iter().map(|own| own.clone().hide(true)))
        .after_help(note.to_owned())
        .after_long_help(format!("{examples}{note}"));
    let inner: Vec<String> = command
        .get_subcommands()
        .map(|own| own.get_name().to_owned())
        .collect();
    inner.into_iter().fold(command, |command, name| {
        command.mut_subcommand(&name, |own| {
            dressed(own, &format!("{verb} {name}"), globals, note)
        })
    })
}

/// One line in place of a page of options that are the same for every verb.
fn note(globals: &[Arg]) -> String {
    let flags = globals
        .iter()
        .filter_map(|own| own.get_long())
        .map(|own| format!("--{own}"));
    format!(
        "Global options (`induce --help` says more): {}",
        flags.collect::<Vec<_>>().join(" ")
    )
}

fn shown(verb: &str) -> String {
    let examples = examples::of(verb);
    if examples.is_empty() {
        return String::new();
    }
    let one = |(what, line): &examples::Example| format!("  {what}\n    {line}\n");
    format!("Examples:\n{}\n", examples.iter().map(one).collect::<String>())
}

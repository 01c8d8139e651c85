//! The command `induce`: from a table to a trained model that states its uncertainty.
//!
//! Data goes to standard output, everything else to standard error. Exit codes:
//! 0 done, 1 a stated requirement is not met, 2 error, 130 interrupted, with what there was to save saved.

mod args;
mod beside;
mod clusters;
mod commands;
mod completion;
mod config;
mod doubts;
mod examples;
mod flags;
mod grid;
mod help;
mod identity;
mod kinds;
mod logs;
mod mistakes;
mod output;
mod predicted;
mod progress;
mod prose;
mod ratings;
mod require;
mod roles;
mod session;
mod sketch;
mod source;
mod topics;
mod writing;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Command, FromArgMatches};

/// Training allocates and frees buffers of many sizes from several threads; mimalloc keeps that off the profile.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A decoder's panic becomes an error with a hint: nothing is said before that.
fn quiet_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !induce::core::panics::is_caught() {
            usual(info);
        }
    }));
}

fn main() -> ExitCode {
    if let Some(code) = completion::answer() {
        return code;
    }
    quiet_caught_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let json = output::wants_json(&arguments);
    let arguments = match config::with_file(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return output::fail(&error, json),
    };
    let mut command = flags::with_negative_values(help::command());
    let parsed = command
        .try_get_matches_from_mut(&arguments)
        .and_then(|matches| args::Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return unreadable(&error, &command, &arguments),
    };
    match commands::run(&cli) {
        Ok(code) => code,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => output::fail(&error, cli.global.format == args::Format::Json),
    }
}

/// The end of a line that cannot be read, or that only asks for help.
fn unreadable(error: &clap::Error, command: &Command, arguments: &[OsString]) -> ExitCode {
    let json = output::wants_json(arguments);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        // A verb alone is answered by its help.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !json => {
            let _ = error.print();
            ExitCode::from(2)
        }
        _ => output::fail(&mistakes::told(error, command, arguments).into(), json),
    }
}

//! The command `induce`: from a table to a trained model that states its uncertainty.
//!
//! Data goes to standard output, everything else to standard error. Exit codes:
//! 0 done, 1 a stated requirement is not met, 2 error, 130 interrupted, with what there was to save saved.

mod args;
mod commands;
mod config;
mod doubts;
mod flags;
mod grid;
mod identity;
mod kinds;
mod logs;
mod output;
mod progress;
mod require;
mod session;
mod sha256;
mod source;
mod writing;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

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
    quiet_caught_panics();
    let arguments = match config::with_file(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => return output::fail(&error, false),
    };
    let command = flags::with_negative_values(args::Cli::command());
    let cli = command
        .try_get_matches_from(arguments)
        .and_then(|matches| args::Cli::from_arg_matches(&matches));
    let cli = cli.unwrap_or_else(|error| flags::hinted(error).exit());
    match commands::run(&cli) {
        Ok(code) => code,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => output::fail(&error, cli.global.format == args::Format::Json),
    }
}

//! Chores of the house, without tools of their own to install: `cargo xtask CHORE`.

mod bench;
mod clusters;
mod docs;
mod licences;
mod pages;
mod posteriors;
mod shell;
mod tables;
mod test;
mod validate;
mod venv;
mod wheel;

use std::process::ExitCode;

const HELP: &str = "cargo xtask CHORE

  test                 every test, then the real packages as judges of the files we write for them
  docs [--check]       write docs/reference; with --check fail if it is stale
  validate [--quick]   judge real tables and report pages; needs ../shared/data and Chromium
  licences             licences of all dependencies, and crates that must not come in
  bench [NAME]         side by side with the peers; NAME is a file of bench/, boost if absent
  reproduce [NAME]     train to the figures of a paper and print ours beside; without NAME, what there is
  wheel [--test]       the Python package into target/wheels; with --test installed into target/venv and tested";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["test"] => test::run(),
        ["docs"] => docs::run(false),
        ["docs", "--check"] => docs::run(true),
        ["validate"] => validate::run(false),
        ["validate", "--quick"] => validate::run(true),
        ["licences"] => licences::run(),
        ["bench", ref rest @ ..] => bench::run(rest),
        ["reproduce", ref rest @ ..] => bench::call("reproduce", rest),
        ["wheel", ref rest @ ..] => wheel::run(rest),
        _ => Err(anyhow::anyhow!("unknown chore `{}`\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

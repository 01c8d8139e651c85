//! What may follow what was typed so far: shells ask the binary itself, which knows models, settings and columns.

mod bash;
mod command;
mod line;
mod values;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap_complete::Shell;
use clap_complete::env::{CompleteEnv, Elvish, Fish, Powershell, Shells, Zsh};

use self::bash::Bash;
use self::command::command;

/// The environment variable by which a script of ours asks.
const ASKED: &str = "INDUCE_COMPLETE";
const SHELLS: Shells = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// The answer to a shell, if one asks. Whatever is wrong with a line, there is nobody to be told at this moment.
pub fn answer() -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let dashes = arguments.iter().position(|own| own == "--");
    let words = dashes.map_or(&[][..], |at| &arguments[at + 1..]).to_vec();
    let folder = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(|| command(&words))
        .var(ASKED)
        .shells(SHELLS);
    match asked.try_complete(arguments, folder.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// The script that makes a shell ask.
pub fn script(shell: Shell) -> Result<String> {
    let own = SHELLS.completer(&shell.to_string()).unwrap_or(&Bash);
    let mut script = Vec::new();
    own.write_registration(ASKED, "induce", "induce", &asked_binary(), &mut script)?;
    Ok(String::from_utf8_lossy(&script).trim().to_owned() + "\n")
}

/// Whom the script asks: `induce` of the PATH, or the very file that it was told by.
fn asked_binary() -> String {
    let own = std::env::args_os().next().unwrap_or_default();
    match Path::new(&own).components().count() {
        0 | 1 => "induce".into(),
        _ => std::path::absolute(&own).map_or_else(|_| "induce".into(), |path| path.display().to_string()),
    }
}

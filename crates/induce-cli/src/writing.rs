//! Files to be written: whether they can be is found out before any work is spent on them.

use std::path::{Path, PathBuf};

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::read::Format;
use induce::core::{Table, write};

use serde_json::{Value, json};

use crate::output;
use crate::session::Session;

/// What is written, and the endings that its file may have, the usual one first.
pub type Endings = (&'static str, &'static [&'static str]);

/// Our own models.
pub const MODEL: Endings = ("a model of induce", &["safetensors", "induce"]);
/// Report pages.
pub const PAGE: Endings = ("a report page", &["html", "htm"]);

/// Charts.
pub const CHART: Endings = ("a chart", &["svg"]);

/// That `path` can be written: its folder is there, and it has a fitting ending or none.
pub fn check(path: &Path, (what, endings): Endings) -> Result<()> {
    check_place(path)?;
    match path.extension().and_then(|e| e.to_str()) {
        Some(ending) if !endings.iter().any(|own| own.eq_ignore_ascii_case(ending)) => {
            let known: Vec<String> = endings.iter().map(|own| format!(".{own}")).collect();
            Err(Error::data(
                format!(
                    "cannot write {what} to `{}`: `.{ending}` is not its ending",
                    path.display()
                ),
                format!("it ends in {}", known.join(" or ")),
            )
            .into())
        }
        _ => Ok(()),
    }
}

/// Where what was interrupted goes, for what stands at `path` may be better.
pub fn beside(session: &Session, path: &Path) -> PathBuf {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let other = path.with_extension(format!("interrupted.{ending}").trim_end_matches('.'));
    session.say(format!(
        "`{}` stays as it was: what was interrupted goes to `{}`",
        path.display(),
        other.display()
    ));
    other
}

/// Print one object with a member per row.
pub fn as_json(table: &Table, what: &str) -> Result<ExitCode> {
    let mut lines = Vec::new();
    write::write_to(&mut lines, table, Format::Jsonl)?;
    let text = String::from_utf8_lossy(&lines);
    let rows: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    output::print_json(&json!({ "rows": table.rows(), what: rows }))?;
    Ok(ExitCode::SUCCESS)
}

/// That `path` can be a table: its ending asks for a format that we write.
pub fn check_table(path: &Path) -> Result<()> {
    check_place(path)?;
    Ok(write::format_of(path).map(|_| ())?)
}

/// That `path` can be a folder that files are written to.
pub fn check_new_folder(path: &Path) -> Result<()> {
    if path.is_file() {
        return Err(Error::data(
            format!("cannot write to `{}`: it is a file", path.display()),
            "name a folder, new or not",
        )
        .into());
    }
    check_folder(path)
}

/// That no file is written that is also read, and none twice: both would lose it.
pub fn distinct(read: &[Option<&Path>], written: &[Option<&Path>]) -> Result<()> {
    let given = |paths: &[Option<&Path>]| -> Vec<PathBuf> {
        paths.iter().flatten().filter_map(|path| place(path)).collect()
    };
    let (read, written) = (given(read), given(written));
    for (at, path) in written.iter().enumerate() {
        let (what, hint) = if read.contains(path) {
            ("is read, and would be written over", "write to another file")
        } else if written[..at].contains(path) {
            ("would be written twice", "name two files")
        } else {
            continue;
        };
        return Err(Error::data(format!("`{}` {what}", path.display()), hint).into());
    }
    Ok(())
}

/// Where a path leads, links followed; nothing for standard input, devices and pipes.
fn place(path: &Path) -> Option<PathBuf> {
    if path.as_os_str() == "-"
        || path
            .metadata()
            .is_ok_and(|found| !found.is_file() && !found.is_dir())
    {
        return None;
    }
    // What is not there yet has no canonical path, though links may lead to it.
    path.canonicalize()
        .ok()
        .or_else(|| induce::core::place::end_of(path))
}

/// What is said behind a file that took another's place.
pub fn replaced(was: bool) -> &'static str {
    if was { " (replaced)" } else { "" }
}

/// What is said of a file that was written: that it is new, or that it took another's place.
pub fn done(path: &Path) -> &'static str {
    match path.is_file() {
        true => "replaced",
        false => "wrote",
    }
}

/// That the folder of a file, or of a folder, is there.
fn check_folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => Err(Error::data(
            format!(
                "cannot write `{}`: there is no folder `{}`",
                path.display(),
                folder.display()
            ),
            "make it, or name another file",
        )
        .into()),
        _ => Ok(()),
    }
}

/// That a file can be put at `path`: a model that took an hour was lost to a folder of this name.
fn check_place(path: &Path) -> Result<()> {
    if path.as_os_str() == "-" {
        return Err(Error::data(
            "`-` is standard input, and this is an output",
            "`/dev/stdout` is standard output; or name a file (`./-` is one of that name)",
        )
        .into());
    }
    check_folder(path)?;
    Ok(induce::core::place::check(path)?)
}

/// Write a table to a file by its ending, or as CSV to standard output.
pub fn save(session: &Session, table: &Table, path: Option<&Path>) -> Result<()> {
    let Some(path) = path else {
        return Ok(write::write_to(&mut std::io::stdout(), table, Format::Csv)?);
    };
    let format = write::format_of(path)?;
    session.keep(true);
    write::write(path, table, format)?;
    session.keep(false);
    Ok(())
}

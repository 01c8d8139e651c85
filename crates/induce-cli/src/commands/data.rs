//! `induce data`.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use induce::Error;
use induce::core::read::notation::suspected;
use induce::core::read::{Format, Sniffed};
use induce::core::words::counted;
use induce::core::{Column, ColumnType, Table, resample, write};
use serde_json::json;

use super::graph;
use crate::args::{Data, Reading, Source};
use crate::output;
use crate::session::Session;
use crate::source;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Data) -> Result<ExitCode> {
    match args {
        Data::Show { source } => {
            let clock = Instant::now();
            if source::graph::is_graph(&source.data, &source.reading, session)? {
                return graph::show(session, source);
            }
            let (table, sniffed) = session.read(source)?;
            show(session, &table, &sniffed, clock.elapsed())?;
        }
        Data::Convert { source, out, to } => {
            let out = out.as_ref().or(to.as_ref()).ok_or_else(|| {
                Error::data(
                    "there is no file to write to",
                    "`induce data convert TABLE OUT.parquet`",
                )
            })?;
            writing::check_table(out)?;
            writing::distinct(&[Some(&source.data)], &[Some(out)])?;
            let done = writing::done(out);
            let (table, sniffed) = session.read(source)?;
            let table = faithful(session, source, &sniffed, table, out)?;
            save(session, &table, Some(out))?;
            session.say(format!("{done} `{}`", out.display()));
            session.wrote(&[out])?;
        }
        Data::Split {
            source,
            train,
            test,
            fraction,
            stratify,
            group,
        } => {
            writing::check_table(train)?;
            writing::check_table(test)?;
            writing::distinct(&[Some(&source.data)], &[Some(train), Some(test)])?;
            let (table, sniffed) = session.read(source)?;
            let run = session.run();
            let codes = |name: &str| -> Result<Vec<u32>> {
                let mut codes = vec![0; table.rows()];
                table.column(name)?.to_category().read_codes(0, &mut codes);
                Ok(codes)
            };
            let split = match (stratify, group) {
                (_, Some(group)) => resample::group_holdout(&codes(group)?, *fraction, &run)?,
                (Some(column), None) => {
                    resample::holdout(table.rows(), Some(&codes(column)?), *fraction, &run)?
                }
                (None, None) => resample::holdout(table.rows(), None, *fraction, &run)?,
            };
            for (rows, out) in [(&split.train, train), (&split.test, test)] {
                let table = faithful(session, source, &sniffed, table.clone(), out)?;
                save(session, &table.take(rows), Some(out))?;
            }
            session.say(format!(
                "wrote {} to `{}`, {} to `{}`",
                counted(split.train.len(), "row"),
                train.display(),
                output::count(split.test.len()),
                test.display()
            ));
            session.wrote(&[train, test])?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(session: &Session, table: &Table, sniffed: &Sniffed, took: Duration) -> Result<()> {
    if session.json() {
        let columns = sniffed
            .columns
            .iter()
            .map(|c| json!({ "name": c.name, "kind": c.kind, "missing": c.missing, "why": c.why }));
        return output::print_json(&json!({
            "file": sniffed.file,
            "format": sniffed.format.name(),
            "rows": table.rows(),
            "bytes": table.bytes(),
            "read_seconds": took.as_secs_f64(),
            "columns": columns.collect::<Vec<_>>(),
            "flags": sniffed.flags(),
        }));
    }
    let rows: Vec<Vec<String>> = sniffed
        .columns
        .iter()
        .map(|c| {
            let examples: Vec<String> = (0..table.rows().min(3))
                .filter_map(|r| table.column(&c.name).ok()?.text(r))
                .collect();
            vec![
                c.name.clone(),
                c.kind.name().into(),
                output::count(c.missing),
                c.why.clone(),
                clip(&examples.join(", ")),
            ]
        })
        .collect();
    output::print(&output::table(
        &["column", "kind", "missing", "why", "first values"],
        &rows,
    ))?;
    session.say("");
    for column in table.columns() {
        if let Some(own) = suspected(column) {
            session.say(format!(
                "note: `{}` of column `{}` looks like a {} in another notation ({} reads it)",
                own.example,
                column.name(),
                own.kind,
                own.flag
            ));
        }
    }
    session.say_as_it_is(format!("pinned by: {}", sniffed.flags().join(" ")));
    Ok(())
}

/// The table as it is to be written to `out`: what a type would change stays as the file has it.
///
/// From CSV to CSV all values keep their text: `01234`, `1.10`, `Yes`. Elsewhere columns of numbers do whose digits a double
/// cannot hold.
fn faithful(
    session: &Session,
    source: &Source,
    sniffed: &Sniffed,
    table: Table,
    out: &Path,
) -> Result<Table> {
    if sniffed.format != Format::Csv || source.data.as_os_str() == "-" {
        return Ok(table);
    }
    let typed = |name: &str| {
        sniffed
            .columns
            .iter()
            .any(|own| own.name == name && own.why == "the user says so")
    };
    let types = table
        .names()
        .into_iter()
        .filter(|name| !typed(name))
        .map(|name| format!("{name}=text"));
    let reading = Reading {
        types: source.reading.types.iter().cloned().chain(types).collect(),
        ..source.reading.clone()
    };
    let raw = session.read_quietly(&Source {
        data: source.data.clone(),
        reading,
    })?;
    if write::format_of(out)? == Format::Csv {
        return Ok(raw);
    }
    let mut columns = Vec::new();
    for (column, text) in table.columns().iter().zip(raw.columns()) {
        let lost = loses_digits(column, text);
        if lost {
            session.say(format!(
                "note: column `{}` holds whole numbers of more digits than a number keeps: it is written as text",
                column.name()
            ));
        }
        columns.push(if lost { text.clone() } else { column.clone() });
    }
    Ok(Table::new(columns)?)
}

/// Whether a column of floating-point numbers was read from whole numbers of more than 15 digits.
fn loses_digits(column: &Column, text: &Column) -> bool {
    let long = |text: &str| text.len() > 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    let float = column.column_type() == ColumnType::Number && column.doubles().is_some();
    float && (0..text.len()).any(|row| text.text(row).is_some_and(|text| long(&text)))
}

fn clip(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.into()
    } else {
        text.chars().take(39).chain(['…']).collect()
    }
}

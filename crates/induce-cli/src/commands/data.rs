//! `induce data`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use induce::Error;
use induce::core::read::Sniffed;
use induce::core::{Table, resample};
use serde_json::json;

use crate::args::Data;
use crate::output;
use crate::session::Session;
use crate::writing::{self, save};

pub fn run(session: &Session, args: &Data) -> Result<ExitCode> {
    match args {
        Data::Show { source } => {
            let clock = Instant::now();
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
            let (table, _) = session.read(source)?;
            save(session, &table, Some(out))?;
            session.say(format!("{done} `{}`", out.display()));
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
            let (table, _) = session.read(source)?;
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
            save(session, &table.take(&split.train), Some(train))?;
            save(session, &table.take(&split.test), Some(test))?;
            let (a, b) = (output::count(split.train.len()), output::count(split.test.len()));
            session.say(format!(
                "wrote {a} rows to `{}`, {b} to `{}`",
                train.display(),
                test.display()
            ));
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
    session.say(format!("\npinned by: {}", sniffed.flags().join(" ")));
    Ok(())
}

fn clip(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.into()
    } else {
        text.chars().take(39).chain(['…']).collect()
    }
}

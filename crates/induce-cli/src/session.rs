//! What the verbs share: a run from the global flags, tables, announcements.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use induce::Error;
use induce::core::model::{Model, Registry, Settings};
use induce::core::read::{ReadOptions, Sniffed, parse_delimiter, read};
use induce::core::words::{counted, visible_lines};
use induce::core::{ColumnType, Notation, Run, Table, simd};
use serde_json::{Value, json};

use crate::args::{Global, Reading, Source, Train};
use crate::identity;
use crate::output;
use crate::progress::Bar;
use crate::prose;
use crate::roles;

/// The circumstances of a command.
pub struct Session<'a> {
    /// The global flags.
    pub global: &'a Global,
    /// Every model there is.
    pub registry: Registry,
    cancelled: Arc<AtomicBool>,
    /// Whether an end right now would lose something.
    keeps: Arc<AtomicBool>,
}

impl<'a> Session<'a> {
    /// Listen for Ctrl-C: it ends the process; while there is [something to keep](Self::keep)
    /// only the second one does; the first finishes the step and saves.
    pub fn new(global: &'a Global) -> Result<Self> {
        if global.threads == Some(0) {
            return Err(
                Error::data("`--threads` must be at least 1", "leave it out to use all cores").into(),
            );
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        let keeps = Arc::new(AtomicBool::new(false));
        let (flag, something) = (cancelled.clone(), keeps.clone());
        let handler = move || interrupt(&flag, &something);
        ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
        Ok(Self {
            global,
            registry: induce::REGISTRY,
            cancelled,
            keeps,
        })
    }

    /// A session with models of its own, in which nobody presses Ctrl-C.
    #[cfg(test)]
    pub fn with_models(global: &'a Global, registry: Registry) -> Self {
        Self {
            global,
            registry,
            cancelled: Arc::default(),
            keeps: Arc::default(),
        }
    }

    /// The settings of a model.
    pub fn settings(&self, model: &str) -> Result<Settings> {
        Ok(Settings::new(self.registry, model)?)
    }

    /// The settings of the model that is to be trained, as the flags say.
    pub fn chosen(&self, args: &Train) -> Result<Settings> {
        let mut parts = args.model.split(':');
        let settings = self.settings(parts.next().unwrap_or_default())?;
        let settings = settings.with_all(parts)?.with_all(&args.set)?;
        let settings = roles::chosen(settings, &args.ratings)?;
        let settings = match &args.task {
            Some(task) => settings.with_task(task)?,
            None => settings,
        };
        settings.check()?;
        Ok(settings)
    }

    /// Open a model and its training card.
    pub fn open(&self, path: &Path) -> Result<(Box<dyn Model>, Value)> {
        let (model, card) = induce::open_among(self.registry, path)?;
        let notes = card["notes"].as_array().into_iter().flatten();
        notes
            .filter_map(Value::as_str)
            .for_each(|note| self.say(format!("note: {note}")));
        Ok((model, card))
    }

    /// Say whether an end right now would lose something: a model that grows, a file half written.
    pub fn keep(&self, something: bool) {
        self.keeps.store(something, Ordering::SeqCst);
    }

    /// What was to be stopped has stopped: what comes now is not interrupted by that.
    pub fn go_on(&self) {
        self.cancelled.store(false, Ordering::SeqCst);
    }

    /// A run with the flags' seed and threads, a progress bar and Ctrl-C.
    pub fn run(&self) -> Run {
        let run = Run::new(self.global.seed);
        let run = match self.global.threads {
            Some(threads) => run.with_threads(threads),
            None => run,
        };
        run.with_monitor(self.bar())
            .with_cancellation(self.cancelled.clone())
    }

    /// What a run happened in, for pages, and which file its model is.
    pub fn environment(&self, seconds: Option<f64>, model: Option<&Path>) -> Vec<(String, String)> {
        let mut all = vec![
            ("induce".to_string(), env!("CARGO_PKG_VERSION").to_string()),
            ("Seed".to_string(), self.global.seed.to_string()),
            ("Threads".to_string(), self.run().threads().to_string()),
            ("Instruction set".to_string(), simd::level().name().to_string()),
        ];
        all.extend(seconds.map(|s| ("Time to fit".to_string(), format!("{s:.2} s"))));
        all.extend(model.map_or_else(Vec::new, identity::of));
        all
    }

    /// The progress bar, if one is wanted.
    pub fn bar(&self) -> Bar {
        Bar::new(self.global.no_progress, self.global.quiet)
    }

    /// Say something on standard error, unless asked to be quiet.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            let _ = writeln!(std::io::stderr(), "{}", prose::aside(text.as_ref()));
        }
    }

    /// As [`say`](Self::say), of tables and of lines to be copied, which no line break may cut.
    pub fn say_as_it_is(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            let _ = writeln!(std::io::stderr(), "{}", visible_lines(text.as_ref()));
        }
    }

    /// Print what was written, if standard output is to be JSON and has no other content.
    pub fn wrote(&self, paths: &[&Path]) -> Result<()> {
        match self.json() {
            true => output::print_json(
                &json!({ "written": paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>() }),
            ),
            false => Ok(()),
        }
    }

    /// Print a text, or an object of which it is the member called `name`.
    pub fn text(&self, name: &str, text: &str) -> Result<ExitCode> {
        match self.json() {
            true => output::print_json(&json!({ name: text }))?,
            false => output::print(text)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Whether standard output is to be JSON.
    pub fn json(&self) -> bool {
        self.global.format == crate::args::Format::Json
    }

    /// Read a table as one was read that a model learnt from, and say what was found in it.
    pub fn read_as_trained(&self, source: &Source, card: &Value) -> Result<(Table, Sniffed)> {
        let mut options = options(&source.reading)?;
        let known = card["missing"]
            .as_array()
            .filter(|_| source.reading.missing.is_empty());
        if let Some(markers) = known {
            let markers = markers.iter().filter_map(|own| own.as_str().map(str::to_owned));
            options.missing = markers.collect();
            let named = options.missing.iter().filter(|marker| !marker.is_empty());
            let mut named: Vec<String> = named.map(|marker| format!("`{marker}`")).collect();
            named.push("nothing at all".into());
            self.say(format!(
                "missing as in training: {} (--missing)",
                named.join(", ")
            ));
        }
        let trained = card["notations"].as_object().into_iter().flatten();
        let trained = trained.filter_map(|(column, notation)| {
            let notation: Notation = notation.as_str()?.parse().ok()?;
            Some((column.clone(), notation))
        });
        // What the user says comes last, and counts.
        let said = std::mem::take(&mut options.notations);
        options.notations = trained.chain(said).collect();
        self.read_with(source, &options)
    }

    /// Read a table and say nothing.
    pub fn read_quietly(&self, source: &Source) -> Result<Table> {
        Ok(read(&source.data, &options(&source.reading)?, &self.run())?.0)
    }

    /// Read a table and say what was found in it.
    pub fn read(&self, source: &Source) -> Result<(Table, Sniffed)> {
        self.read_with(source, &options(&source.reading)?)
    }

    fn read_with(&self, source: &Source, options: &ReadOptions) -> Result<(Table, Sniffed)> {
        let (table, sniffed) = read(&source.data, options, &self.run())?;
        self.say(describe(&sniffed, &table));
        for (column, notation) in sniffed.guessed_notations(options) {
            self.say(format!(
                "note: column `{column}` is read as {notation} (`--type {column}={}` otherwise)",
                notation.other()
            ));
        }
        sniffed
            .notes
            .iter()
            .for_each(|note| self.say(format!("note: {note}")));
        if self.global.verbose {
            self.say_as_it_is(format!("  pinned by: {}", sniffed.flags().join(" ")));
        }
        Ok((table, sniffed))
    }
}

/// What Ctrl-C does. Readers need not ask whether to stop: nothing is lost by ending amid them.
#[expect(
    clippy::exit,
    reason = "this is the listener's own thread: there is nobody to return to"
)]
fn interrupt(cancelled: &AtomicBool, keeps: &AtomicBool) {
    let first = !cancelled.swap(true, Ordering::SeqCst);
    let waits = first && keeps.load(Ordering::SeqCst);
    let text = if waits {
        "stopping after this step; once more stops at once"
    } else {
        "interrupted"
    };
    let _ = writeln!(std::io::stderr(), "\n{text}");
    if !waits {
        induce::core::place::abandon();
        std::process::exit(130);
    }
}

fn describe(sniffed: &Sniffed, table: &Table) -> String {
    let count = |kind: ColumnType| table.columns().iter().filter(|c| c.column_type() == kind).count();
    let kinds = [
        (ColumnType::Number, "number"),
        (ColumnType::Boolean, "boolean"),
        (ColumnType::Category, "category"),
        (ColumnType::Date, "date"),
        (ColumnType::Text, "text"),
    ];
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, name)| (count(*kind), name))
        .filter(|(n, _)| *n > 0)
        .map(|(n, name)| format!("{n} {name}"))
        .collect();
    let missing: usize = table.columns().iter().map(induce::core::Column::missing).sum();
    format!(
        "read `{}`: {}{}, {}, {} ({}), {} missing",
        sniffed.file,
        sniffed.format.title(),
        if sniffed.gzip { " (gzip)" } else { "" },
        counted(table.rows(), "row"),
        counted(table.columns().len(), "column"),
        kinds.join(", "),
        counted(missing, "value"),
    )
}

fn options(reading: &Reading) -> Result<ReadOptions> {
    if let Some((flag, _)) = reading.of_graphs().into_iter().find(|own| own.1) {
        return Err(Error::data(
            format!("`{flag}` is about graphs, and this reads a table"),
            "leave it out; `induce train GRAPH -m spectral` learns from a graph, `induce data show GRAPH` shows one",
        )
        .into());
    }
    let mut options = ReadOptions {
        delimiter: reading.delimiter.as_deref().map(parse_delimiter).transpose()?,
        header: if reading.header {
            Some(true)
        } else {
            reading.no_header.then_some(false)
        },
        format: reading.input.as_deref().map(str::parse).transpose()?,
        ..ReadOptions::default()
    };
    if !reading.missing.is_empty() {
        options.missing = reading.missing.iter().cloned().chain([String::new()]).collect();
    }
    for pin in &reading.types {
        let (name, kind) = pin.rsplit_once('=').ok_or_else(|| {
            Error::data(
                format!("`--type {pin}` names no kind"),
                "write `--type COLUMN=KIND`",
            )
        })?;
        options.pin(name, kind)?;
    }
    Ok(options)
}

/// `90s`, `10m`, `2h`, `500ms` or plain seconds.
pub fn duration(text: &str) -> Result<Duration> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(no_time(text).into()),
    };
    let seconds: f64 = number.parse().map_err(|_| no_time(text))?;
    Ok(Duration::try_from_secs_f64(seconds * factor).map_err(|_| no_time(text))?)
}

/// A time to do something in: in none at all nothing can be done.
pub fn time_to(text: &str, act: &str) -> Result<Duration> {
    let time = duration(text)?;
    if time.is_zero() {
        let what = format!("`--time {text}` leaves no time to {act}");
        return Err(Error::data(what, "allow some, such as `--time 90s`, or leave `--time` out").into());
    }
    Ok(time)
}

fn no_time(text: &str) -> Error {
    Error::data(format!("`{text}` is not a time"), "write 90s, 10m or 2h")
}

/// `500M`, `4G` or plain bytes.
pub fn bytes(text: &str) -> Result<u64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit
        .to_ascii_lowercase()
        .trim_end_matches("ib")
        .trim_end_matches('b')
    {
        "" => 1.0,
        "k" => 1024.0,
        "m" => 1024.0 * 1024.0,
        "g" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(no_size(text).into()),
    };
    let number: f64 = number.parse().map_err(|_| no_size(text))?;
    Ok((number * factor) as u64)
}

fn no_size(text: &str) -> Error {
    Error::data(format!("`{text}` is not a size"), "write 500M or 4G")
}

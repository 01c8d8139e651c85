//! What the verbs share: a run from the global flags, tables, announcements.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use induce::core::metrics::{METRICS, Score, Task};
use induce::core::read::{ReadOptions, Sniffed, parse_delimiter, read};
use induce::core::{ColumnType, Run, Table};
use induce::prelude::{Problem, ProblemOptions};

use crate::args::{Columns, Global, Reading, Source};
use crate::output;
use crate::progress::Bar;

/// The circumstances of a command.
pub struct Session<'a> {
    /// The global flags.
    pub global: &'a Global,
    cancelled: Arc<AtomicBool>,
    /// Whether an end right now would lose something.
    keeps: Arc<AtomicBool>,
}

impl<'a> Session<'a> {
    /// Listen for Ctrl-C: it ends the process; while there is [something to keep](Self::keep)
    /// only the second one does; the first finishes the step and saves.
    pub fn new(global: &'a Global) -> Result<Self> {
        if global.threads == Some(0) {
            bail!("`--threads` must be at least 1\n\nhint: leave it out to use all cores");
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        let keeps = Arc::new(AtomicBool::new(false));
        let (flag, something) = (cancelled.clone(), keeps.clone());
        let handler = move || interrupt(&flag, &something);
        ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
        Ok(Self {
            global,
            cancelled,
            keeps,
        })
    }

    /// Say whether an end right now would lose something: a model that grows, a file half written.
    pub fn keep(&self, something: bool) {
        self.keeps.store(something, Ordering::SeqCst);
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

    /// The progress bar, if one is wanted.
    pub fn bar(&self) -> Bar {
        Bar::new(self.global.no_progress || self.global.quiet)
    }

    /// Say something on standard error, unless asked to be quiet.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
        }
    }

    /// Whether standard output is to be JSON.
    pub fn json(&self) -> bool {
        self.global.format == crate::args::Format::Json
    }

    /// Say what was inferred of a problem; `--target` was left out if `guessed`, and `task_flag` names the task.
    pub fn announce(&self, guessed: bool, task_flag: &str, problem: &Problem) {
        if guessed {
            self.say(format!(
                "target: `{}` (--target COL names another)",
                problem.target_name
            ));
        }
        let task = match (problem.task, problem.classes.len()) {
            (Task::Classification, 2) => format!(
                "binary classification, `{}` against `{}`",
                problem.classes[1], problem.classes[0]
            ),
            (Task::Classification, n) => format!("classification into {n} classes"),
            (Task::Regression, _) => "regression".into(),
            (Task::Ranking, _) => "ranking".into(),
        };
        self.say(format!(
            "task: {task}: {} ({task_flag} overrides)",
            problem.why_task
        ));
        for note in &problem.notes {
            self.say(format!("note: {note}"));
        }
    }

    /// Read a table and say what was found in it.
    pub fn read(&self, source: &Source) -> Result<(Table, Sniffed)> {
        let (table, sniffed) = read(&source.data, &options(&source.reading)?, &self.run())?;
        self.say(describe(&sniffed, &table));
        if self.global.verbose {
            self.say(format!("  pinned by: {}", sniffed.flags().join(" ")));
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
        "read `{}`: {}{}, {} rows, {} columns ({}), {} values missing",
        sniffed.file,
        sniffed.format.title(),
        if sniffed.gzip { " (gzip)" } else { "" },
        output::count(table.rows()),
        table.columns().len(),
        kinds.join(", "),
        output::count(missing),
    )
}

fn options(reading: &Reading) -> Result<ReadOptions> {
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
        let (name, kind) = pin
            .rsplit_once('=')
            .with_context(|| format!("`--type {pin}` should be `--type COLUMN=KIND`"))?;
        options.column_types.push((name.into(), kind.parse()?));
    }
    Ok(options)
}

/// The problem's options from the flags, and from `--set task=...`.
pub fn problem_options(columns: &Columns, task: Option<Task>) -> ProblemOptions {
    ProblemOptions {
        target: columns.target.clone(),
        weight: columns.weight.clone(),
        group: columns.group.clone(),
        drop: columns.drop.clone(),
        task,
    }
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
        _ => bail!("`{text}` is not a time\n\nhint: write 90s, 10m or 2h"),
    };
    let seconds: f64 = number
        .parse()
        .with_context(|| format!("`{text}` is not a time"))?;
    Duration::try_from_secs_f64(seconds * factor).with_context(|| format!("`{text}` is not a time"))
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
        _ => bail!("`{text}` is not a size\n\nhint: write 500M or 4G"),
    };
    let number: f64 = number
        .parse()
        .with_context(|| format!("`{text}` is not a size"))?;
    Ok((number * factor) as u64)
}

/// One `--require`: a metric and the least or the most it may be.
pub struct Condition {
    name: &'static str,
    /// What it judges; nothing of a text.
    task: Option<Task>,
    at_least: bool,
    bound: f64,
}

/// What `--require` asks for.
pub fn conditions(texts: &[String]) -> Result<Vec<Condition>> {
    texts.iter().map(|text| condition(text)).collect()
}

/// What `--require` asks for of a language model.
pub fn text_conditions(texts: &[String]) -> Result<Vec<Condition>> {
    const KNOWN: [&str; 3] = ["loss", "perplexity", "bits_per_byte"];
    let one = |text: &String| {
        let (name, at_least, bound) = bounded(text)?;
        let known = KNOWN.into_iter().find(|known| *known == name);
        let name = known.ok_or_else(|| induce::Error::UnknownName {
            what: "metric",
            name: name.into(),
            known: KNOWN.map(str::to_owned).to_vec(),
        })?;
        Ok(Condition {
            name,
            task: None,
            at_least,
            bound,
        })
    };
    texts.iter().map(one).collect()
}

/// The name, whether it is to be at least the value, and the value.
fn bounded(text: &str) -> Result<(&str, bool, f64)> {
    let wrong =
        || format!("`--require {text}` is no condition\n\nhint: write it like `--require \"roc_auc>=0.8\"`");
    let at = text.find(['<', '>']).with_context(wrong)?;
    let (name, rest) = text.split_at(at);
    let bound = rest.trim_start_matches(['<', '>', '=']).trim();
    Ok((
        name.trim(),
        rest.starts_with('>'),
        bound.parse().ok().with_context(wrong)?,
    ))
}

fn condition(text: &str) -> Result<Condition> {
    let (name, at_least, bound) = bounded(text)?;
    let (metric, parameter) = induce::core::metrics::find(name)?;
    if !metric.default || parameter.is_some() {
        let shown: Vec<&str> = METRICS
            .iter()
            .filter(|m| m.default && m.task == metric.task)
            .map(|m| m.name)
            .collect();
        bail!(
            "`--require` knows only the metrics that are shown, not `{name}`\n\nhint: they are {}",
            shown.join(", ")
        );
    }
    Ok(Condition {
        name: metric.name,
        task: Some(metric.task),
        at_least,
        bound,
    })
}

/// That every condition is about a metric of the task.
pub fn check_task(conditions: &[Condition], task: Task) -> Result<()> {
    let Some(other) = conditions.iter().find(|c| c.task != Some(task)) else {
        return Ok(());
    };
    let shown: Vec<&str> = METRICS
        .iter()
        .filter(|m| m.default && m.task == task)
        .map(|m| m.name)
        .collect();
    let task = format!("{task:?}").to_lowercase();
    bail!(
        "`{}` does not judge {task}\n\nhint: the metrics are {}",
        other.name,
        shown.join(", ")
    )
}

/// Say which conditions the scores do not meet; the exit code.
pub fn verdict(session: &Session, conditions: &[Condition], scores: &[Score]) -> Result<ExitCode> {
    let unmet = unmet(conditions, scores)?;
    for failure in &unmet {
        session.say(format!("not met: {failure}"));
    }
    Ok(ExitCode::from(u8::from(!unmet.is_empty())))
}

/// The conditions that the scores do not meet.
fn unmet(conditions: &[Condition], scores: &[Score]) -> Result<Vec<String>> {
    let mut unmet = Vec::new();
    for condition in conditions {
        let score =
            scores
                .iter()
                .find(|s| s.name == condition.name)
                .ok_or_else(|| induce::Error::UnknownName {
                    what: "metric",
                    name: condition.name.into(),
                    known: scores.iter().map(|s| s.name.clone()).collect(),
                })?;
        // A value that is no number meets nothing.
        let met = if condition.at_least {
            score.value >= condition.bound
        } else {
            score.value <= condition.bound
        };
        if !met {
            let words = if condition.at_least { "at least" } else { "at most" };
            unmet.push(format!(
                "{} is {}, required is {words} {}",
                score.name,
                output::number(score.value),
                condition.bound
            ));
        }
    }
    Ok(unmet)
}

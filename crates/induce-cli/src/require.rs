//! `--require`: what a model must reach.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::{METRICS, Score, Task, find};

use crate::output;
use crate::session::Session;

/// One `--require`: a metric and the least or the most it may be.
pub struct Condition {
    name: String,
    /// What it judges; nothing of a text.
    task: Option<Task>,
    at_least: bool,
    bound: f64,
}

/// What `--require` asks for of models that predict a target.
pub fn of_tasks(texts: &[String]) -> Result<Vec<Condition>> {
    texts.iter().map(|text| condition(text)).collect()
}

/// What `--require` asks for, of these metrics.
pub fn among(texts: &[String], known: &[&'static str]) -> Result<Vec<Condition>> {
    let one = |text: &String| {
        let (name, at_least, bound) = bounded(text)?;
        let found = known.iter().find(|own| **own == name);
        let name = found.ok_or_else(|| Error::UnknownName {
            what: "metric",
            name: name.into(),
            known: known.iter().map(|own| (*own).to_owned()).collect(),
        })?;
        Ok(Condition {
            name: (*name).to_owned(),
            task: None,
            at_least,
            bound,
        })
    };
    texts.iter().map(one).collect()
}

/// The name, whether it is to be at least the value, and the value.
fn bounded(text: &str) -> Result<(&str, bool, f64)> {
    let wrong = || {
        Error::data(
            format!("`--require {text}` is no condition"),
            "write it like `--require \"roc_auc>=0.8\"`",
        )
    };
    let at = text.find(['<', '>']).ok_or_else(wrong)?;
    let (name, rest) = text.split_at(at);
    let bound = rest.trim_start_matches(['<', '>', '=']).trim();
    Ok((
        name.trim(),
        rest.starts_with('>'),
        bound.parse().ok().ok_or_else(wrong)?,
    ))
}

/// Metrics that models show whose objective they are.
const OF_MODELS: [&str; 5] = [
    "pinball",
    "coverage",
    "poisson_deviance",
    "gamma_deviance",
    "tweedie_deviance",
];

fn condition(text: &str) -> Result<Condition> {
    let (name, at_least, bound) = bounded(text)?;
    let (metric, parameter) = find(name)?;
    let of_lists = metric.task == Task::Ranking && parameter.is_some();
    if !(metric.default && parameter.is_none() || of_lists || OF_MODELS.contains(&metric.name)) {
        let shown: Vec<&str> = METRICS
            .iter()
            .filter(|m| m.default && m.task == metric.task)
            .map(|m| m.name)
            .collect();
        return Err(Error::data(
            format!("`--require` knows only the metrics that are shown, not `{name}`"),
            format!("they are {}", shown.join(", ")),
        )
        .into());
    }
    // One with a parameter is looked for as it stands.
    let name = if parameter.is_some() { name } else { metric.name };
    Ok(Condition {
        name: name.into(),
        // Lists at a rank are also judged where a rating is predicted.
        task: (!of_lists).then_some(metric.task),
        at_least,
        bound,
    })
}

/// That every condition is about a metric of the task.
pub fn check_task(conditions: &[Condition], task: Task) -> Result<()> {
    let Some(other) = conditions.iter().find(|c| c.task.is_some_and(|own| own != task)) else {
        return Ok(());
    };
    let shown: Vec<&str> = METRICS
        .iter()
        .filter(|m| m.default && m.task == task)
        .map(|m| m.name)
        .collect();
    Err(Error::data(
        format!("`{}` does not judge {}", other.name, task.name()),
        format!("the metrics are {}", shown.join(", ")),
    )
    .into())
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
        let score = scores.iter().find(|s| s.name == condition.name).ok_or_else(|| {
            let known: Vec<&str> = scores.iter().map(|score| score.name.as_str()).collect();
            Error::data(
                format!(
                    "`{}` is not computed for this model on these rows",
                    condition.name
                ),
                format!("there are {}", known.join(", ")),
            )
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

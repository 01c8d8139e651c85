//! The report page's data, from a language model and the text that judges it.

mod baselines;
mod course;
mod examined;
mod inputs;
mod samples;
mod words;

use induce_core::model::Model;
use induce_core::{Outcome, Result, Run};
use induce_plot::{LanguageReport, Note, NoteKind, Report};

pub use inputs::{Inputs, Training};

use super::{entries, metrics, settings};

/// The page's data. What is judged besides the scores is a part of the text, and samples are short: the page says how much.
///
/// Everything but the times is a function of model, texts and seed.
///
/// ```
/// use induce::deep::language::Trained;
/// use induce::page::text::{Inputs, build};
/// use induce::prelude::*;
///
/// let text = Data::Text(Text::new("to be or not to be ".repeat(20)));
/// let settings = induce::settings("rnn")?.with_all(["steps=3", "hidden_size=8", "layers=1", "context=8", "batch=2"])?;
/// let fitted = settings.fit(&text, &mut Run::new(0))?;
/// let trained: &Trained = fitted.model.downcast().expect("a language model");
/// let language = trained.language()?;
/// let judged = language.tokens.encode_all("not to be")?;
/// let page = Inputs {
///     language: &language,
///     judged: &judged,
///     bytes: 9,
///     tokens_per_byte: Some(1.0),
///     split: "test",
///     scores: &[],
///     training: None,
///     source: "hamlet.txt",
///     facts: Vec::new(),
///     environment: Vec::new(),
///     command: "induce report hamlet.safetensors hamlet.txt".into(),
/// };
/// assert_eq!(build(&page, &Run::new(0))?.title, "Language model of hamlet.txt");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the text has tokens that are none of the model's.
pub fn build(inputs: &Inputs, run: &Run) -> Result<Report> {
    let mut language = LanguageReport {
        idea: words::idea(inputs),
        shape: words::shape(inputs),
        corpus: words::corpus(inputs),
        rate: inputs.training.as_ref().map(course::rate),
        ..LanguageReport::default()
    };
    let mut report = Report {
        title: format!("Language model of {}", inputs.source),
        subtitle: words::subtitle(inputs),
        facts: entries(&inputs.facts),
        notes: notes(inputs),
        metrics: metrics(inputs.scores),
        main_split: inputs.split.into(),
        learning_curve: inputs.training.as_ref().and_then(course::losses),
        settings: own_settings(inputs),
        environment: entries(&inputs.environment),
        command: inputs.command.clone(),
        ..Report::default()
    };
    if inputs.judged.len() > 1 {
        examined::fill(&mut report, &mut language, inputs, run)?;
        language.baselines = baselines::beside(inputs);
        report.notes.extend(baselines::beaten(&language.baselines));
    }
    let speed = samples::write(&mut language, inputs, run)?;
    let times = entries(&words::times(inputs, speed));
    report.environment.extend(times);
    report.language = Some(language);
    Ok(report)
}

fn own_settings(inputs: &Inputs) -> Vec<induce_plot::Setting> {
    let values = inputs.language.trained.as_ref().map(|own| &own["settings"]);
    values.map_or_else(Vec::new, |values| settings(inputs.language.entry(), values))
}

fn notes(inputs: &Inputs) -> Vec<Note> {
    let note = |kind, text: String| Note { kind, text };
    let mut all = Vec::new();
    if inputs.judged.len() < 2 {
        let text = "Nothing was held out: no number here says how well the model foretells a text that it has not seen.";
        all.push(note(NoteKind::Warning, text.into()));
    }
    let Some(training) = &inputs.training else {
        return all;
    };
    if let Outcome::Stopped { reason } = training.outcome {
        let text = format!(
            "It was stopped after step {} of {} ({reason}): the same command may stop elsewhere.",
            training.report.steps,
            training.settings.training().steps
        );
        all.push(note(NoteKind::Warning, text));
    }
    let looks = course::held_out(training.report).len();
    if looks > 1 {
        let text = format!(
            "The model is the best of {looks} looks at the held-out text, so its loss there flatters it a little. A text \
             that nothing was chosen by judges it without that: `induce report MODEL TEXT`."
        );
        all.push(note(NoteKind::Info, text));
    }
    all.extend(course::beginning(training).map(|text| note(NoteKind::Info, text)));
    all
}

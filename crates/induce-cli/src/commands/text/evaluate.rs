//! `induce evaluate` of a language model on a text.

use std::process::ExitCode;

use anyhow::Result;
use induce::core::read;
use induce::deep::language::{evaluate as evaluate_text, open};
use induce::language::scores;
use serde_json::json;

use super::of_tables;
use crate::args::Evaluate;
use crate::output;
use crate::session::{self, Session};

pub fn evaluate(session: &Session, args: &Evaluate) -> Result<ExitCode> {
    let conditions = session::text_conditions(&args.require)?;
    of_tables(&args.on.source.reading, &args.columns, &[])?;
    let language = open(&args.on.model, None)?;
    let mut run = session.run();
    let text = read::text(&args.on.source.data, &run)?;
    let judged = evaluate_text(&language, &text, &mut run)?;
    let scores = scores(&judged, text.len());
    if session.json() {
        output::print_json(&json!({
            "model": language.architecture(),
            "task": "language",
            "tokens_judged": judged.groups.iter().map(|group| group.1).sum::<f64>(),
            "bytes": text.len(),
            "threads": run.threads(),
            "metrics": { "test": output::scores_json(&scores, &[]) },
        }))?;
    } else {
        let shown = [("test".into(), scores.clone(), Vec::new())];
        output::print(&output::scores_table(&shown))?;
    }
    if run.interrupted() {
        session.say("interrupted: judged is the beginning of the text");
        return Ok(ExitCode::from(130));
    }
    session::verdict(session, &conditions, &scores)
}

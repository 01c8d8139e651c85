//! `induce evaluate`.

use std::process::ExitCode;

use anyhow::Result;
use induce::prelude::Problem;
use induce::{model, validate};
use serde_json::json;

use crate::args::Evaluate;
use crate::output;
use crate::session::{self, Session};

pub fn run(session: &Session, args: &Evaluate) -> Result<ExitCode> {
    if super::text::is(&args.on.model) {
        return super::text::evaluate(session, args);
    }
    let conditions = session::conditions(&args.require)?;
    let (model, _) = model::open(&args.on.model)?;
    session::check_task(&conditions, model.task())?;
    let (table, _) = session.read(&args.on.source)?;
    let options = session::problem_options(&args.columns, None);
    let problem = Problem::for_model(&table, model.schema(), model.task(), &options)?;
    let run = session.run();
    let (scores, _) = validate::evaluate(model.as_ref(), &problem, run.threads())?;
    if session.json() {
        output::print_json(&json!({
            "model": model.row().card.name,
            "task": model.task(),
            "rows": table.rows(),
            "rows_judged": problem.rows(),
            "features": model.schema().features.len(),
            "metrics": { "test": output::scores_json(&scores, &[]) },
        }))?;
    } else {
        output::print(&output::scores_table(&[(
            "test".into(),
            scores.clone(),
            Vec::new(),
        )]))?;
    }
    session::verdict(session, &conditions, &scores)
}

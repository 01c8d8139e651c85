//! `induce report`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::core::simd;
use induce::plot::Report;
use induce::prelude::Problem;
use induce::{model, reports, validate};

use super::again;
use crate::args::ReportPage;
use crate::output;
use crate::session::{self, Session};
use crate::writing;

pub fn run(session: &Session, args: &ReportPage) -> Result<ExitCode> {
    if super::text::is(&args.on.model) {
        return super::text::report(session, args);
    }
    writing::check(&args.out, writing::PAGE)?;
    let (model, _) = model::open(&args.on.model)?;
    let (table, sniffed) = session.read(&args.on.source)?;
    let options = session::problem_options(&args.columns, None);
    let mut problem = Problem::for_model(&table, model.schema(), model.task(), &options)?;
    let names = model.schema().names();
    problem.features = problem
        .features
        .select(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let (scores, prediction) = validate::evaluate(model.as_ref(), &problem, session.run().threads())?;
    let inputs = reports::Inputs {
        model: model.as_ref(),
        judged: &problem,
        prediction: &prediction,
        split: "test",
        scores: &[("test".into(), scores, Vec::new())],
        fit: None,
        source: Path::new(&sniffed.file)
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or(&sniffed.file),
        facts: vec![
            ("Model".into(), args.on.model.display().to_string()),
            ("Rows judged".into(), output::count(problem.rows())),
        ],
        notes: problem.notes.clone(),
        environment: environment(session, None),
        command: again::report(args, session),
    };
    write(session, &inputs, &args.out)?;
    Ok(ExitCode::SUCCESS)
}

/// Build the page and write it.
pub fn write(session: &Session, inputs: &reports::Inputs, path: &Path) -> Result<()> {
    keep(session, &reports::build(inputs, &session.run())?, path)
}

/// Write a page to its file.
pub fn keep(session: &Session, report: &Report, path: &Path) -> Result<()> {
    let page = induce::plot::html(report)?;
    session.keep(true);
    std::fs::write(path, page).map_err(|e| induce::Error::io("write", path, e))?;
    session.say(format!("report: {}", path.display()));
    Ok(())
}

/// What the run happened in.
pub fn environment(session: &Session, seconds: Option<f64>) -> Vec<(String, String)> {
    let mut all = vec![
        ("induce".to_string(), env!("CARGO_PKG_VERSION").to_string()),
        ("Seed".to_string(), session.global.seed.to_string()),
        ("Threads".to_string(), session.run().threads().to_string()),
        ("Instruction set".to_string(), simd::level().name().to_string()),
    ];
    all.extend(seconds.map(|s| ("Time to fit".to_string(), format!("{s:.2} s"))));
    all
}

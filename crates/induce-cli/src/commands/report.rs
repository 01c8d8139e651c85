//! `induce report`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::core::metrics::SplitScores;
use induce::plot::{Report, Svg};

use super::again;
use crate::args::ReportPage;
use crate::doubts;
use crate::ratings::Beaten;
use crate::session::Session;
use crate::source::{self, Page, file_name};
use crate::writing;

pub fn run(session: &Session, args: &ReportPage) -> Result<ExitCode> {
    writing::check(&args.out, writing::PAGE)?;
    writing::distinct(&args.on.files(), &[Some(&args.out)])?;
    let (model, card) = session.open(&args.on.model)?;
    let source = source::of(model.reads());
    let given = source.given(session, &args.on.source, &args.columns, model.as_ref(), &card)?;
    let mut run = session.run();
    let evaluation = model.evaluate(&given.data, &mut run)?;
    if run.interrupted() {
        session.say("interrupted: there is no page");
        return Ok(ExitCode::from(130));
    }
    let baseline = doubts::baseline(&card, &given.data)?;
    let split = doubts::split_of(model.as_ref(), &given.data, &card);
    let page = Page {
        baseline: baseline.as_ref(),
        model: model.as_ref(),
        judged: &given.data,
        split,
        prediction: evaluation.prediction.as_ref(),
        scores: &[SplitScores::new(split, evaluation.scores)],
        training: None,
        source: file_name(Path::new(&given.name)),
        model_file: Some(&args.on.model),
        command: again::report(args, session),
    };
    let beaten = Beaten::of(session, model.as_ref(), &given.data)?;
    let mut made = source.page(session, &page)?;
    made.sections.extend(doubts::beside(
        model.name(),
        &page.scores[0].scores,
        &[beaten.scores()],
    ));
    keep(session, &made, &args.out)?;
    session.wrote(&[&args.out])?;
    Ok(ExitCode::SUCCESS)
}

/// Write a page to its file.
pub fn keep(session: &Session, report: &Report, path: &Path) -> Result<()> {
    let page = induce::plot::html(report)?;
    let was = path.is_file();
    session.keep(true);
    induce::core::place::put_bytes(path, page.as_bytes())?;
    session.say(format!("report: {}{}", path.display(), writing::replaced(was)));
    Ok(())
}

/// Write a chart to its file.
pub fn keep_chart(session: &Session, chart: &Svg, path: &Path) -> Result<()> {
    induce::core::place::put_bytes(path, chart.standalone().as_bytes())?;
    session.say(format!("chart: {}", path.display()));
    Ok(())
}

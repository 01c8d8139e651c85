//! One file per verb.

mod again;
mod bias_variance;
mod compare;
mod convert;
mod data;
mod doctor;
mod evaluate;
mod explain;
mod generate;
mod models;
mod predict;
mod report;
mod show;
mod stitch;
mod train;
mod tune;

use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;

use crate::args::{Cli, Verb};
use crate::session::Session;

/// Do what the command line says.
pub fn run(cli: &Cli) -> Result<ExitCode> {
    run_in(cli, &Session::new(&cli.global)?)
}

/// Do it in a session.
pub fn run_in(cli: &Cli, session: &Session) -> Result<ExitCode> {
    match &cli.verb {
        Verb::Train(args) => train::run(session, args),
        Verb::Evaluate(args) => evaluate::run(session, args),
        Verb::Predict(args) => predict::run(session, args),
        Verb::Show(args) => show::run(session, args),
        Verb::Explain(args) => explain::run(session, args),
        Verb::Report(args) => report::run(session, args),
        Verb::Convert(args) => convert::run(session, args),
        Verb::Compare(args) => compare::run(session, args),
        Verb::Tune(args) => tune::run(session, args),
        Verb::BiasVariance(args) => bias_variance::run(session, args),
        Verb::Data(args) => data::run(session, args),
        Verb::Stitch(args) => stitch::run(session, args),
        Verb::Generate(args) => generate::run(session, args),
        Verb::Models(args) => models::run(session, args),
        Verb::Doctor => doctor::run(session),
        Verb::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "induce", &mut script);
            crate::output::print(&String::from_utf8_lossy(&script))?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            crate::output::print(&String::from_utf8_lossy(&page))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

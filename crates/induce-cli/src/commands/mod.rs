//! One file per verb.

mod again;
mod bias_variance;
mod compare;
mod convert;
mod data;
mod doctor;
mod embed;
mod evaluate;
mod explain;
mod generate;
mod graph;
mod info;
mod interpolate;
mod man;
mod models;
mod predict;
mod report;
mod sample;
mod show;
mod stitch;
mod train;
mod tune;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{Cli, Verb};
use crate::completion;
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
        Verb::Embed(args) => embed::run(session, args),
        Verb::Sample(args) => sample::run(session, args),
        Verb::Show(args) => show::run(session, args),
        Verb::Explain(args) => explain::run(session, args),
        Verb::Report(args) => report::run(session, args),
        Verb::Convert(args) => convert::run(session, args),
        Verb::Compare(args) => compare::run(session, args),
        Verb::Tune(args) => tune::run(session, args),
        Verb::BiasVariance(args) => bias_variance::run(session, args),
        Verb::Info(args) => info::run(session, args),
        Verb::Interpolate(args) => interpolate::run(session, args),
        Verb::Data(args) => data::run(session, args),
        Verb::Stitch(args) => stitch::run(session, args),
        Verb::Generate(args) => generate::run(session, args),
        Verb::Models(args) => models::run(session, args),
        Verb::Doctor => doctor::run(session),
        Verb::Completions(args) => {
            let script = completion::script(args.shell)?;
            session.text("script", &script)
        }
        Verb::Man(args) => man::run(session, args),
    }
}

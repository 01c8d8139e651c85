//! `induce man`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Arg, Command, CommandFactory};
use clap_mangen::Man;
use induce::Error;
use induce::core::words::counted;

use crate::args::{self, Cli};
use crate::examples;
use crate::session::Session;

pub fn run(session: &Session, args: &args::Man) -> Result<ExitCode> {
    let pages = pages();
    let Some(folder) = &args.out else {
        let wanted = named(&args.verb);
        let page = pages.iter().find(|(name, _)| *name == wanted);
        let (_, command) = page.ok_or_else(|| Error::UnknownName {
            what: "verb",
            name: args.verb.join(" "),
            known: pages
                .iter()
                .skip(1)
                .map(|(name, _)| name.replacen("induce-", "", 1))
                .collect(),
        })?;
        return session.text("page", &page_of(&wanted, command)?);
    };
    written(session, folder, &pages)
}

/// Every page into a folder, which need not be there.
fn written(session: &Session, folder: &Path, pages: &[(String, Command)]) -> Result<ExitCode> {
    std::fs::create_dir_all(folder).map_err(|source| Error::io("write", folder, source))?;
    let mut paths = Vec::new();
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        induce::core::place::put_bytes(&path, page_of(name, command)?.as_bytes())?;
        paths.push(path);
    }
    session.say(format!(
        "wrote {} to `{}`",
        counted(paths.len(), "page"),
        folder.display()
    ));
    session.wrote(&paths.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    Ok(ExitCode::SUCCESS)
}

/// `induce-data-show` for `data show`.
fn named(verb: &[String]) -> String {
    let words = verb.iter().filter(|own| *own != "induce");
    words.fold("induce".to_owned(), |name, word| format!("{name}-{word}"))
}

/// The command of every page, that of all verbs first.
fn pages() -> Vec<(String, Command)> {
    fn add(name: &str, command: &Command, pages: &mut Vec<(String, Command)>) {
        pages.push((name.to_owned(), command.clone()));
        for own in command.get_subcommands().filter(|own| !own.is_hide_set()) {
            add(&format!("{name}-{}", own.get_name()), own, pages);
        }
    }
    let mut pages = Vec::new();
    add("induce", &Cli::command(), &mut pages);
    pages
}

/// A page. Its command is taken by itself: so it has no global options, which the page of all verbs describes.
fn page_of(name: &str, command: &Command) -> Result<String> {
    let spoken = name.replace('-', " ").replace("bias variance", "bias-variance");
    let mut command = command
        .clone()
        .display_name(name.to_owned())
        .bin_name(spoken.clone())
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .disable_version_flag(true);
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let environment = environment(&command);
    let command = command.override_usage(usage);
    let sections = command.has_subcommands();
    let man = Man::new(command)
        .source(format!("induce {}", env!("CARGO_PKG_VERSION")))
        .manual("induce");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    // Names of flags and files are not to be hyphenated, nor lines filled with spaces.
    page.extend(b".nh\n.ad l\n");
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if sections {
        man.render_subcommands_section(&mut page)?;
    }
    let verb = spoken.split_once(' ').map_or("", |(_, verb)| verb);
    Ok(String::from_utf8_lossy(&page).into_owned() + &examples_of(verb) + &ending(name, &environment))
}

fn examples_of(verb: &str) -> String {
    let one =
        |(what, line): &examples::Example| format!(".TP\n{}\n.nf\n\\fB{}\\fR\n.fi\n", roff(what), roff(line));
    let all: String = examples::of(verb).iter().map(one).collect();
    match all.is_empty() {
        true => all,
        false => format!(".SH EXAMPLES\n{all}"),
    }
}

/// The variables that stand for options of every verb; none on the pages of verbs.
fn environment(command: &Command) -> String {
    let one = |own: &Arg| {
        let (variable, flag) = (own.get_env()?.to_string_lossy(), own.get_long()?);
        Some(format!(
            ".TP\n.B {variable}\nstands for {}\n",
            roff(&format!("--{flag}"))
        ))
    };
    command
        .get_arguments()
        .filter(|own| own.is_global_set())
        .filter_map(one)
        .collect()
}

fn ending(name: &str, environment: &str) -> String {
    let codes = ".SH \"EXIT STATUS\"\n0 done, 1 a stated requirement (\\-\\-require) is not met, 2 error, 130 interrupted.\n";
    if !environment.is_empty() {
        return format!(".SH ENVIRONMENT\n{environment}{codes}");
    }
    let above = match name.starts_with("induce-data-") {
        true => "\\fBinduce\\-data\\fR(1), ",
        false => "",
    };
    format!("{codes}.SH \"SEE ALSO\"\n{above}\\fBinduce\\fR(1), which describes the options of every verb\n")
}

/// Text as roff has it: hyphens that can be typed, and no line that is a request.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

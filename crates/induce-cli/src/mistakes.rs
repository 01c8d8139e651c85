//! What is wrong with a line that cannot be read, said as everything else is: a sentence, and a hint.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::{ParseFloatError, ParseIntError};

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command};
use induce::core::error::suggest;

use crate::flags;

/// Clap's error as one of ours.
pub fn told(error: &Error, command: &Command, arguments: &[OsString]) -> induce::Error {
    let verb = Verb::of(command, arguments);
    let text = |kind| text(error, kind);
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(&text(ContextKind::InvalidArg), &verb),
        ErrorKind::InvalidSubcommand => induce::Error::UnknownName {
            what: "verb",
            name: text(ContextKind::InvalidSubcommand),
            known: verb.inner(),
        },
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            induce::Error::data("there is no verb", suggest("", &verb.inner(), "verbs"))
        }
        ErrorKind::MissingRequiredArgument => induce::Error::data(
            format!("missing: {}", text(ContextKind::InvalidArg)),
            format!("write it like `{}`; {}", verb.usage(), verb.help()),
        ),
        ErrorKind::InvalidValue => invalid(error, &verb),
        ErrorKind::ValueValidation => unreadable(error, &verb),
        ErrorKind::ArgumentConflict => induce::Error::data(
            format!(
                "`{}` and `{}` exclude each other",
                flag(&text(ContextKind::InvalidArg)),
                flag(&text(ContextKind::PriorArg))
            ),
            "leave one of them out",
        ),
        _ => induce::Error::data(first_paragraph(error), verb.help()),
    }
}

/// The innermost verb on a line, and the words that lead to it.
struct Verb<'a> {
    command: &'a Command,
    path: String,
}

impl<'a> Verb<'a> {
    fn of(command: &'a Command, arguments: &[OsString]) -> Self {
        let top = Self {
            command,
            path: "induce".into(),
        };
        let words = arguments.iter().skip(1).filter_map(|own| own.to_str());
        // `induce help VERB` is about that verb.
        let words = words.filter(|word| *word != "help");
        words.fold(top, |verb, word| match verb.command.find_subcommand(word) {
            Some(command) => Self {
                path: format!("{} {}", verb.path, command.get_name()),
                command,
            },
            None => verb,
        })
    }

    fn help(&self) -> String {
        format!("`{} --help` says what there is", self.path)
    }

    /// The line with what cannot be left out.
    fn usage(&self) -> String {
        let needed = self.command.get_arguments().filter(|own| own.is_required_set());
        let word = |own: &Arg| match own.get_long() {
            Some(long) => format!(" --{long} {}", name(own)),
            None => format!(" {}", name(own)),
        };
        self.path.clone() + &needed.map(word).collect::<String>()
    }

    /// The names of its own verbs.
    fn inner(&self) -> Vec<String> {
        let shown = self
            .command
            .get_subcommands()
            .filter(|own| !own.is_hide_set() && own.get_name() != "help");
        shown.map(|own| own.get_name().to_owned()).collect()
    }

    fn flags(&self) -> Vec<String> {
        let long = |own: &Arg| Some(format!("--{}", own.get_long()?));
        self.command.get_arguments().filter_map(long).collect()
    }

    /// The environment variable that a value was taken from, where the line itself does not have the flag.
    fn environment(&self, flag: &str, value: &str) -> Option<String> {
        let long = flag.strip_prefix("--")?;
        let own = self
            .command
            .get_arguments()
            .find(|own| own.get_long() == Some(long))?;
        let variable = own.get_env()?.to_str()?;
        let said = std::env::var(variable).is_ok_and(|own| own == value);
        said.then(|| variable.to_owned())
    }
}

fn name(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    names.first().map_or_else(
        || argument.get_id().to_string().to_uppercase(),
        ToString::to_string,
    )
}

fn unknown(argument: &str, verb: &Verb) -> induce::Error {
    let what = match argument.starts_with('-') {
        true => format!("`{}` has no flag `{argument}`", verb.path),
        false => format!("`{argument}` is one word too many for `{}`", verb.path),
    };
    let near =
        || induce::core::error::nearest(argument, &verb.flags()).map(|own| format!("did you mean `{own}`?"));
    let hint = flags::meant(argument).or_else(near);
    induce::Error::data(what, hint.unwrap_or_else(|| verb.help()))
}

/// One of a few words was expected.
fn invalid(error: &Error, verb: &Verb) -> induce::Error {
    let (flag, value) = blamed(error, verb);
    let known: Vec<String> = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(known)) => known.clone(),
        _ => Vec::new(),
    };
    if value.is_empty() {
        let hint = match known.is_empty() {
            true => verb.help(),
            false => suggest("", &known, "choices"),
        };
        return induce::Error::data(format!("`{flag}` has no value"), hint);
    }
    induce::Error::data(
        format!("`{flag}` cannot be `{value}`"),
        suggest(&value, &known, "choices"),
    )
}

/// A value that its type cannot hold.
fn unreadable(error: &Error, verb: &Verb) -> induce::Error {
    let (flag, value) = blamed(error, verb);
    let reason = error.source().map_or_else(String::new, |source| {
        if source.is::<ParseFloatError>() {
            "it must be a number".into()
        } else if source.is::<ParseIntError>() {
            "it must be a whole number that is not negative".into()
        } else {
            source.to_string()
        }
    });
    let percent = value
        .strip_suffix('%')
        .and_then(|own| own.trim().parse::<f64>().ok());
    let hint = percent.map_or_else(
        || verb.help(),
        |own| format!("write it as a fraction: `{}`", own / 100.0),
    );
    induce::Error::data(format!("`{flag}` cannot be `{value}`: {reason}"), hint)
}

/// The flag, or the environment variable that stands for it, and its value.
fn blamed(error: &Error, verb: &Verb) -> (String, String) {
    let value = text(error, ContextKind::InvalidValue);
    let flag = flag(&text(error, ContextKind::InvalidArg));
    let blamed = verb.environment(&flag, &value);
    (blamed.unwrap_or(flag), value)
}

/// `--format <FORMAT>` without its value, `<SHELL>` without its brackets.
fn flag(argument: &str) -> String {
    let first = argument.split([' ', '=']).next().unwrap_or_default();
    first.trim_matches(['<', '>', '[', ']', '.']).to_owned()
}

fn text(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => all
            .iter()
            .map(|own| format!("`{}`", flag(own)))
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    }
}

/// What clap says, without the ornament.
fn first_paragraph(error: &Error) -> String {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.trim_start_matches("error:").split_whitespace().collect();
    words.join(" ")
}

//! Settings that were written as flags: `--rounds 50` for `--set rounds=50`.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command};
use induce::core::model::Entry;
use induce::core::synonyms;
use induce::registry::MODELS;

/// The error of clap, which says so where an unknown flag is a setting of a model.
pub fn hinted(mut error: Error) -> Error {
    // The line of usage shows every flag that was given as if it were required.
    error.remove(ContextKind::Usage);
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
        && let Some(hint) = meant(flag)
    {
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![hint.into()]),
        );
    }
    error
}

/// What a flag of another tool, or a setting that was written as a flag, is here.
fn meant(flag: &str) -> Option<String> {
    let word = flag.trim_start_matches('-').split('=').next()?.replace('-', "_");
    if let Some(own) = synonyms::flag(&word) {
        return Some(format!("here it is {own}"));
    }
    let setting = setting(&word)?;
    Some(format!(
        "`{setting}` is a setting of the model: --set {setting}=VALUE"
    ))
}

/// The setting of some model that a word means, here or in another tool.
fn setting(word: &str) -> Option<String> {
    let mut settings = MODELS.iter().flat_map(|entry| entry.settings);
    let own = settings
        .find(|setting| setting.is(word))
        .map(|own| own.name.to_owned());
    own.or_else(|| {
        let names = |entry: &&Entry| -> Vec<String> {
            entry
                .settings
                .iter()
                .map(|setting| setting.name.to_owned())
                .collect()
        };
        MODELS
            .iter()
            .find_map(|entry| synonyms::ours(word, &names(entry)).map(str::to_owned))
    })
}

/// That the values of flags may be negative numbers: `--temperature -1` is a wrong value, not an unknown flag.
pub fn with_negative_values(command: Command) -> Command {
    let takes = |argument: Arg| match argument.get_action() {
        ArgAction::Set | ArgAction::Append => argument.allow_negative_numbers(true),
        _ => argument,
    };
    command.mut_args(takes).mut_subcommands(with_negative_values)
}

#[cfg(test)]
mod tests {
    use super::meant;

    /// `induce train data.csv --rounds 50` ended in "unexpected argument" alone.
    #[test]
    fn a_flag_may_be_a_setting() {
        let hint = |flag: &str| meant(flag).unwrap_or_default();
        assert!(hint("--rounds").ends_with("--set rounds=VALUE"));
        assert!(hint("--min-rows=3").ends_with("--set min_samples_leaf=VALUE"));
        assert!(hint("--num-leaves").ends_with("--set max_leaves=VALUE"));
        assert_eq!(hint("--random-state"), "here it is --seed N");
        assert_eq!(hint("--label"), "here it is --target COL");
        assert_eq!(meant("--nothing-of-the-kind"), None);
    }
}

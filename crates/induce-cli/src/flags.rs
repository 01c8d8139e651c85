//! Settings that were written as flags: `--rounds 50` for `--set rounds=50`.

use clap::{Arg, ArgAction, Command};
use induce::core::model::Entry;
use induce::core::synonyms;
use induce::registry::MODELS;

/// What a flag of another tool, or a setting that was written as a flag or without one, is here.
pub fn meant(argument: &str) -> Option<String> {
    let (word, value) = argument.split_once('=').unwrap_or((argument, "VALUE"));
    let word = word.trim_start_matches('-').replace('-', "_");
    if argument.starts_with('-')
        && let Some(own) = synonyms::flag(&word)
    {
        return Some(format!("here it is `{own}`"));
    }
    let setting = setting(&word)?;
    Some(format!(
        "`{setting}` is a setting of the model: `--set {setting}={value}`"
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
        assert!(hint("--rounds").ends_with("`--set rounds=VALUE`"));
        assert!(hint("--min-rows=3").ends_with("`--set min_samples_leaf=3`"));
        assert!(hint("--num-leaves").ends_with("`--set max_leaves=VALUE`"));
        assert!(hint("rounds=100").ends_with("`--set rounds=100`"));
        assert_eq!(hint("--random-state"), "here it is `--seed N`");
        assert_eq!(hint("--label"), "here it is `--target COL`");
        assert_eq!(meant("--nothing-of-the-kind"), None);
    }
}

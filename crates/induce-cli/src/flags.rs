//! Settings that were written as flags: `--rounds 50` for `--set rounds=50`.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use induce::registry::MODELS;

/// The error of clap, which says so where an unknown flag is a setting of a model.
pub fn hinted(mut error: Error) -> Error {
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
        && let Some(setting) = setting(flag)
    {
        let hint = format!("`{setting}` is a setting of the model: --set {setting}=VALUE");
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![hint.into()]),
        );
    }
    error
}

/// The setting that a flag means.
fn setting(flag: &str) -> Option<&'static str> {
    let word = flag.trim_start_matches('-').split('=').next()?.replace('-', "_");
    let mut settings = MODELS.iter().flat_map(|entry| entry.settings);
    settings.find(|setting| setting.is(&word)).map(|own| own.name)
}

#[cfg(test)]
mod tests {
    use super::setting;

    /// `induce train data.csv --rounds 50` ended in "unexpected argument" alone.
    #[test]
    fn a_flag_may_be_a_setting() {
        assert_eq!(setting("--rounds"), Some("rounds"));
        assert_eq!(setting("--min-rows=3"), Some("min_samples_leaf"));
        assert_eq!(setting("--nothing-of-the-kind"), None);
    }
}

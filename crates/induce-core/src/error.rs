//! Errors that carry the values at fault and end in a hint.

use std::path::PathBuf;

use crate::synonyms;

/// The result of every fallible call of induce.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with the values that say why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to read or write a file.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was attempted: `read`, `write`, `rename`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file is not a valid instance of its format.
    #[error("`{file}` is not a valid {format} file: {reason}")]
    Malformed {
        /// The file, or `stdin`.
        file: String,
        /// The format that was expected, as a user would name it.
        format: &'static str,
        /// What is broken, and where.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A column was named that the table does not have.
    #[error("there is no column `{name}`")]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// One of a closed set of names was expected.
    #[error("unknown {what} `{name}`")]
    UnknownName {
        /// What is being named: `model`, `metric`, `setting`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A setting has a value it cannot take.
    #[error("`{name}` cannot be {value}: {reason}")]
    Setting {
        /// The setting.
        name: String,
        /// Its value, as text.
        value: String,
        /// The rule it breaks.
        reason: String,
    },
    /// The data cannot be used for what was asked.
    #[error("{what}")]
    Data {
        /// What is the matter with the data.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// A model file is damaged, too new, or of another kind.
    #[error("`{file}` is not a usable model: {reason}")]
    Model {
        /// The file.
        file: String,
        /// What is broken.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A memory or size limit would be broken.
    #[error("{what} needs {needed} bytes, the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// Bytes it needs.
        needed: u64,
        /// Bytes it may have.
        limit: u64,
    },
    /// What went wrong in one of several models or files.
    #[error("`{name}`: {error}")]
    Within {
        /// Which of them.
        name: String,
        /// What went wrong there.
        error: Box<Error>,
    },
    /// The user stopped the work before there was anything to keep.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// An I/O error on `path` while doing `action` (`read`, `write`, ...).
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io {
            action,
            path: path.into(),
            source,
        }
    }

    /// Unusable data, with what to do about it.
    pub fn data(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Data {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// The same error, of one of several models or files.
    #[must_use]
    pub fn within(self, name: impl Into<String>) -> Self {
        match self {
            Self::Interrupted => Self::Interrupted,
            error => Self::Within {
                name: name.into(),
                error: Box::new(error),
            },
        }
    }

    /// A setting out of its range.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers give numbers and texts as they have them"
    )]
    pub fn setting(name: impl Into<String>, value: impl ToString, reason: impl Into<String>) -> Self {
        Self::Setting {
            name: name.into(),
            value: value.to_string(),
            reason: reason.into(),
        }
    }

    /// A broken model file.
    pub fn model(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Model {
            file: file.into(),
            reason: reason.into(),
            hint: None,
        }
    }

    /// What the user can do about it, in one sentence without a final period.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { action, source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Some(match *action {
                    "write" => "check the folder: it must be there before".into(),
                    _ => "check the spelling and the folder".into(),
                })
            }
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::IsADirectory => {
                Some("it is a folder; name a file in it".into())
            }
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("its permissions do not allow it".into())
            }
            Self::UnknownColumn { name, known } if several(name, known).is_some() => {
                Some("these are several columns: repeat the flag for each".into())
            }
            Self::UnknownColumn { name, known } => Some(suggest(name, known, "columns")),
            Self::UnknownName { what, name, known } => {
                let things = if *what == "option" { "options" } else { "choices" };
                Some(elsewhere(what, name).unwrap_or_else(|| suggest(name, known, things)))
            }
            Self::Setting { name, .. } if name.starts_with('-') || FLAG_NAMES.contains(&name.as_str()) => {
                Some(format!("`--help` says what `{name}` accepts"))
            }
            Self::Setting { name, .. } => Some(format!("`induce models MODEL` lists what `{name}` accepts")),
            Self::Data { hint, .. } => Some(hint.clone()),
            Self::Within { error, .. } => error.hint(),
            Self::Malformed { hint, .. } | Self::Model { hint, .. } => hint.clone(),
            Self::TooLarge { .. } => {
                Some("use fewer rows or columns, or raise the limit with --memory".into())
            }
            _ => None,
        }
    }
}

/// The names of which `name` is made, if it is several of the known ones with commas between them.
pub(crate) fn several<'n>(name: &'n str, known: &[String]) -> Option<Vec<&'n str>> {
    let all: Vec<&str> = name.split(',').map(str::trim).collect();
    let are_known = all.iter().all(|part| known.iter().any(|own| own == part));
    (all.len() > 1 && are_known).then_some(all)
}

/// Flags whose values are checked as settings are.
const FLAG_NAMES: [&str; 2] = ["resamples", "holdout"];

/// The most names that a hint lists.
const SHOWN: usize = 30;

/// Settings of other tools that are flags here, or need not be said.
fn elsewhere(what: &str, name: &str) -> Option<String> {
    if what != "setting" {
        return None;
    }
    let flag = synonyms::flag(name).map(|flag| format!("that is a flag: `{flag}`"));
    flag.or_else(|| synonyms::advice(name).map(str::to_owned))
}

/// "did you mean `x`?" when a known name is near, else the list (shortened).
pub fn suggest(name: &str, known: &[String], what: &str) -> String {
    let slip = || nearest(name, known).filter(|_| !synonyms::is_stranger(name));
    if let Some(near) = synonyms::ours(name, known).or_else(slip) {
        return format!("did you mean `{near}`?");
    }
    let shown: Vec<_> = known.iter().take(SHOWN).map(|k| format!("`{k}`")).collect();
    let more = if known.len() > shown.len() {
        format!(", and {} more", known.len() - shown.len())
    } else {
        String::new()
    };
    format!("the {what} are {}{more}", shown.join(", "))
}

/// The known name most like `name`, if any is close enough to be a slip.
///
/// Of up to three characters one may be missing, added or out of place; another letter makes another word.
pub fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let folded = name.to_lowercase();
    let letters = |word: &str| {
        let mut all: Vec<char> = word.chars().filter(|own| own.is_alphabetic()).collect();
        all.sort_unstable();
        all
    };
    let other = |known: &str| {
        let (own, known) = (letters(&folded), letters(&known.to_lowercase()));
        own.len() == known.len() && own.len() <= 3 && own != known
    };
    known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&folded, &k.to_lowercase()), k))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, k)| *distance <= (k.chars().count().max(3) / 3).max(1) && !other(k))
        .map(|(_, k)| k.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-m knn` asked whether `rnn` was meant.
    #[test]
    fn what_is_not_here_is_no_slip() {
        let known: Vec<String> = ["rnn", "gpt", "boost", "tree"].map(String::from).into();
        for name in ["knn", "svm", "mlp", "cnn", "naive-bayes"] {
            assert_eq!(
                nearest(name, &known).filter(|_| !synonyms::is_stranger(name)),
                None,
                "{name}"
            );
            assert!(
                suggest(name, &known, "models").starts_with("the models are"),
                "{name}"
            );
        }
        assert_eq!(nearest("gtp", &known), Some("gpt"));
        assert_eq!(nearest("rn", &known), Some("rnn"));
        assert_eq!(nearest("r3", &["r2".to_owned()]), Some("r2"));
        assert_eq!(nearest("boots", &known), Some("boost"));
    }

    #[test]
    fn a_slip_is_corrected_and_a_stranger_gets_the_list() {
        let known = vec!["Status".to_string(), "Income".to_string()];
        let slip = Error::UnknownColumn {
            name: "satus".into(),
            known: known.clone(),
        };
        assert_eq!(slip.hint().as_deref(), Some("did you mean `Status`?"));
        let stranger = Error::UnknownColumn {
            name: "zebra".into(),
            known,
        };
        assert_eq!(
            stranger.hint().as_deref(),
            Some("the columns are `Status`, `Income`")
        );
    }
}

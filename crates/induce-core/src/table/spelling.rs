//! How the two values of a boolean column are written.

use serde::{Deserialize, Serialize};

/// The words of a boolean column, as the file writes them: they are its classes, and what is written out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Spelling(u8);

/// The word for false, the word for true.
const WORDS: [[&str; 2]; 6] = [
    ["false", "true"],
    ["False", "True"],
    ["FALSE", "TRUE"],
    ["no", "yes"],
    ["No", "Yes"],
    ["NO", "YES"],
];

impl Spelling {
    /// The spelling that a text is of, and its value.
    pub(crate) fn of(text: &[u8]) -> Option<(Self, bool)> {
        if !(2..=5).contains(&text.len()) {
            return None;
        }
        WORDS.iter().zip(0..).find_map(|(words, own)| {
            let value = words.iter().position(|word| word.as_bytes() == text)?;
            Some((Self(own), value == 1))
        })
    }

    /// The spelling of a column with words of both: small letters where only the case differs.
    pub(crate) fn join(self, other: Self) -> Option<Self> {
        match self.small() == other.small() {
            true if self == other => Some(self),
            true => Some(self.small()),
            false => None,
        }
    }

    /// The value of a text in this spelling; small letters stand for any case.
    pub(crate) fn value(self, text: &[u8]) -> Option<bool> {
        let (own, value) = Self::of(text)?;
        (own == self || own.small() == self).then_some(value)
    }

    /// The same words in small letters.
    const fn small(self) -> Self {
        Self(self.0 / 3 * 3)
    }

    /// The words for false and true.
    pub fn words(self) -> [&'static str; 2] {
        WORDS[usize::from(self.0).min(WORDS.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    #[test]
    fn words_are_of_one_spelling() {
        for words in super::WORDS {
            let (spelling, value) = Spelling::of(words[1].as_bytes()).unwrap();
            assert!(value);
            assert_eq!(spelling.words(), words);
            assert_eq!(spelling.value(words[0].as_bytes()), Some(false));
        }
        assert_eq!(Spelling::of(b"tRUE"), None);
        assert_eq!(Spelling::default().value(b"Yes"), None);
        let of = |text: &str| Spelling::of(text.as_bytes()).unwrap().0;
        assert_eq!(of("No").join(of("YES")), Some(of("yes")));
        assert_eq!(of("No").join(of("True")), None);
        assert_eq!(of("yes").value(b"No"), Some(false));
    }
}

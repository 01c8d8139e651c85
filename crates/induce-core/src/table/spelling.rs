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

    /// The value of a text in this spelling.
    pub(crate) fn value(self, text: &[u8]) -> Option<bool> {
        Self::of(text)
            .filter(|(own, _)| *own == self)
            .map(|(_, value)| value)
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
    }
}

//! Tokens as a text that grows: characters appear once they are whole, stop strings never.

/// What is written so far, and what is held back.
pub struct Text {
    stops: Vec<Vec<u8>>,
    /// Bytes that may be the start of a stop string or of a character.
    held: Vec<u8>,
}

impl Text {
    /// One that ends before any of `stops`; empty ones are ignored.
    pub fn new(stops: &[String]) -> Self {
        let stops = stops
            .iter()
            .filter(|s| !s.is_empty())
            .map(|s| s.as_bytes().to_vec());
        Self {
            stops: stops.collect(),
            held: Vec::new(),
        }
    }

    /// Add bytes: the text that can be shown now, and whether a stop string ended it.
    pub fn push(&mut self, bytes: &[u8]) -> (String, bool) {
        self.held.extend_from_slice(bytes);
        let first = self.stops.iter().filter_map(|stop| find(&self.held, stop)).min();
        if let Some(end) = first {
            let text = String::from_utf8_lossy(&self.held[..end]).into_owned();
            self.held.clear();
            return (text, true);
        }
        let safe = self.held.len() - self.pending();
        let whole = whole(&self.held[..safe]);
        let text = String::from_utf8_lossy(&self.held[..whole]).into_owned();
        self.held.drain(..whole);
        (text, false)
    }

    /// What was held back, at the end of the text; bytes that are no character become U+FFFD.
    pub fn finish(&mut self) -> String {
        let text = String::from_utf8_lossy(&self.held).into_owned();
        self.held.clear();
        text
    }

    /// The most bytes at the end that are the start of a stop string.
    fn pending(&self) -> usize {
        let starts = |stop: &Vec<u8>| {
            let longest = (stop.len() - 1).min(self.held.len());
            (1..=longest)
                .rev()
                .find(|n| self.held.ends_with(&stop[..*n]))
                .unwrap_or(0)
        };
        self.stops.iter().map(starts).max().unwrap_or(0)
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// How many of the bytes do not end within a character.
fn whole(bytes: &[u8]) -> usize {
    let last = bytes.len().saturating_sub(3);
    let start = (last..bytes.len()).rev().find(|i| bytes[*i] >= 0xC0);
    let Some(start) = start else { return bytes.len() };
    let needed = match bytes[start] {
        0xF0.. => 4,
        0xE0.. => 3,
        _ => 2,
    };
    if bytes.len() - start < needed {
        start
    } else {
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stops: &[&str], parts: &[&[u8]]) -> (Vec<String>, bool) {
        let stops: Vec<String> = stops.iter().map(|s| (*s).to_owned()).collect();
        let mut text = Text::new(&stops);
        let mut shown = Vec::new();
        for part in parts {
            let (now, stopped) = text.push(part);
            shown.push(now);
            if stopped {
                return (shown, true);
            }
        }
        shown.push(text.finish());
        (shown, false)
    }

    #[test]
    fn characters_appear_whole() {
        let bytes = "a\u{e4}\u{1F600}b".as_bytes();
        let parts: Vec<&[u8]> = bytes.chunks(1).collect();
        let (shown, _) = all(&[], &parts);
        assert_eq!(shown.concat(), "a\u{e4}\u{1F600}b");
        assert_eq!(shown[1], "");
        assert_eq!(all(&[], &[b"a\xF0\x9F"]).0.concat(), "a\u{FFFD}");
    }

    #[test]
    fn stop_strings_end_the_text_and_are_not_shown() {
        let (shown, stopped) = all(&["END", "\n\n"], &[b"one E", b"N", b"D two"]);
        assert_eq!((shown.concat().as_str(), stopped), ("one ", true));
        let (shown, stopped) = all(&["END"], &[b"one E", b"N", b"Z"]);
        assert_eq!((shown.concat().as_str(), stopped), ("one ENZ", false));
        let (shown, stopped) = all(&["b", "ab"], &[b"xab"]);
        assert_eq!((shown.concat().as_str(), stopped), ("x", true));
        assert!(!all(&[""], &[b"x"]).1);
    }
}

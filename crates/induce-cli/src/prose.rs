//! Sentences for people: at a terminal lines end between words, and have only what its characters can show.

use std::borrow::Cow;
use std::io::{IsTerminal, stderr, stdout};

use induce::core::words::visible_lines;
use terminal_size::{Height, Width, terminal_size_of};

/// A text for standard error.
pub fn aside(text: &str) -> String {
    shown(&visible_lines(text), columns_aside())
}

/// A text for standard output.
pub fn printed(text: &str) -> String {
    shown(&visible_lines(text), columns())
}

/// The columns of the terminal, if standard output is one.
pub fn columns() -> Option<usize> {
    let size = terminal_size_of(stdout()).filter(|_| stdout().is_terminal());
    size.map(width)
}

/// The columns of the terminal, if standard error is one.
pub fn columns_aside() -> Option<usize> {
    let size = terminal_size_of(stderr()).filter(|_| stderr().is_terminal());
    size.map(width)
}

fn width((Width(width), _): (Width, Height)) -> usize {
    usize::from(width)
}

fn shown(text: &str, columns: Option<usize>) -> String {
    match columns {
        Some(columns) => plain(&wrapped(text, columns)).into_owned(),
        // What is piped is for programs, whose lines are ours.
        None => text.to_owned(),
    }
}

/// The text in lines of at most so many characters where words allow it. What follows a line is as far from the margin as the
/// line itself; words, which may be paths, stay whole.
fn wrapped(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| folded(line, columns)).collect();
    lines.join("\n")
}

fn folded(line: &str, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line.to_owned();
    }
    let bare = line.trim_start();
    let margin = " ".repeat(line.len() - bare.len());
    let (mut out, mut used) = (margin.clone(), margin.len());
    for (i, word) in bare.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 && used + 1 + length > columns {
            out = out.trim_end().to_owned() + "\n" + &margin;
            used = margin.len();
        } else if i > 0 {
            out.push(' ');
            used += 1;
        }
        out += word;
        used += length;
    }
    out
}

/// Rules and dashes in ASCII, where the environment asks for nothing else.
pub fn plain(text: &str) -> Cow<'_, str> {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
    let locale = said.iter().find(|own| !own.is_empty());
    match locale.map(String::as_str) {
        Some("C" | "POSIX") => Cow::Owned(ascii(text)),
        _ => Cow::Borrowed(text),
    }
}

fn ascii(text: &str) -> String {
    let pairs = [
        ("─", "-"),
        ("–", "-"),
        ("…", "..."),
        ("²", "^2"),
        ("≥", ">="),
        ("≤", "<="),
        ("−", "-"),
        ("×", "x"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (own, other)| text.replace(own, other))
}

#[cfg(test)]
mod tests {
    use super::{ascii, wrapped};

    /// At 60 columns the terminal cut sentences within words.
    #[test]
    fn lines_end_between_words() {
        let text = "note: column `date` is read as month-first (`--type date=day-first` otherwise)\nshort";
        for columns in [40, 60] {
            let lines = wrapped(text, columns);
            assert!(
                lines.lines().all(|line| line.chars().count() <= columns),
                "{lines}"
            );
            assert_eq!(lines.replace('\n', " "), text.replace('\n', " "));
        }
        assert_eq!(wrapped("  a bc d", 6), "  a bc\n  d");
        assert_eq!(
            wrapped("see /a/very/long/path now", 8),
            "see\n/a/very/long/path\nnow"
        );
        assert_eq!(wrapped("", 8), "");
    }

    #[test]
    fn rules_and_dashes_have_a_like_in_ascii() {
        assert!(ascii("── 0.1 – 0.2 R² …").is_ascii());
    }
}

//! Numbers and sentences as the command line and pages say them.

use std::borrow::Cow;

/// 1234567 as `1,234,567`.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|c| std::str::from_utf8(c).ok())
        .collect();
    parts.join(",")
}

/// Text as a terminal may have it: what would move its cursor, change its colours or its title, or turn the direction of
/// writing is shown as `\u{1b}`.
///
/// Names come from files, and a file may be anybody's.
///
/// ```
/// use induce_core::words::visible;
/// assert_eq!(visible("größe, 大"), "größe, 大");
/// assert_eq!(visible("a\u{1b}]0;b\u{7}\n"), "a\\u{1b}]0;b\\u{7}\\n");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(commands) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| {
        if commands(c) {
            c.escape_default().to_string()
        } else {
            c.into()
        }
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// As [`visible`], of several lines, which stay lines.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| commands(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    Cow::Owned(lines.join("\n"))
}

/// Whether a terminal obeys it: control characters, marks of direction, and ends of lines and paragraphs.
fn commands(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Five significant digits.
///
/// ```
/// use induce_core::words::number;
/// assert_eq!([number(-0.0), number(3.14159265), number(1234567.0)], ["0", "3.1416", "1234567"]);
/// ```
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        // A difference of equal numbers may be -0.
        return (value + 0.0).to_string();
    }
    let digits = (4 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    if value.abs() < 1e-4 || value.abs() >= 1e9 {
        format!("{value:.4e}")
    } else {
        format!("{value:.digits$}")
    }
}

/// A p value; the smallest as a bound, since their digits say nothing.
pub fn p_value(p: f64) -> String {
    if p < 1e-16 {
        "< 1e-16".into()
    } else if p < 1e-4 {
        format!("{p:.1e}")
    } else {
        format!("{p:.4}")
    }
}

/// With a capital at the beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1 row`, `2 rows`: so many things, in words.
///
/// ```
/// use induce_core::words::counted;
/// assert_eq!([counted(1, "row"), counted(2000, "row")], ["1 row", "2,000 rows"]);
/// assert_eq!([counted(3, "class"), counted(2, "leaf")], ["3 classes", "2 leaves"]);
/// ```
pub fn counted(n: usize, thing: &str) -> String {
    let things = match (n, thing.strip_suffix('f')) {
        (1, _) => thing.to_owned(),
        (_, Some(stem)) => format!("{stem}ves"),
        _ if thing.ends_with('s') => format!("{thing}es"),
        _ => format!("{thing}s"),
    };
    format!("{} {things}", count(n))
}

/// `1 row is`, `2,000 rows are`: the subject of a sentence and its verb.
///
/// ```
/// use induce_core::words::{are, have};
/// assert_eq!([are(1, "row"), are(2000, "row")], ["1 row is", "2,000 rows are"]);
/// assert_eq!([have(1, "row"), have(2000, "row")], ["1 row has", "2,000 rows have"]);
/// ```
pub fn are(n: usize, thing: &str) -> String {
    format!("{} {}", counted(n, thing), if n == 1 { "is" } else { "are" })
}

/// `1 row has`, `2,000 rows have`, as [`are`].
pub fn have(n: usize, thing: &str) -> String {
    format!("{} {}", counted(n, thing), if n == 1 { "has" } else { "have" })
}

/// `all 5 trees are grown`, `the one tree is grown`: that so many things are done.
///
/// ```
/// use induce_core::words::all_done;
/// assert_eq!(all_done(5, "tree", "grown"), "all 5 trees are grown");
/// assert_eq!(all_done(1, "tree", "grown"), "the one tree is grown");
/// ```
pub fn all_done(n: usize, thing: &str, done: &str) -> String {
    match n {
        1 => format!("the one {thing} is {done}"),
        _ => format!("all {} are {done}", counted(n, thing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_people_say_them() {
        assert_eq!(
            [count(7), count(1000), count(1_234_567)],
            ["7", "1,000", "1,234,567"]
        );
        assert_eq!([capital("all of it"), capital("")], ["All of it", ""]);
    }
}

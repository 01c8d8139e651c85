//! Sentences whose literals stand in backquotes: they become code.

use minijinja::Value;

use crate::text::escape;

/// The filter `code`: escaped text with `<code>` for every pair of backquotes; a single one stays what it is.
pub(super) fn code(text: &str) -> Value {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len());
    for (place, part) in parts.iter().enumerate() {
        let part = escape(part);
        let last = place + 1 == parts.len();
        match place % 2 {
            1 if last => out += &format!("`{part}"),
            1 => out += &format!("<code>{part}</code>"),
            _ => out += &part,
        }
    }
    Value::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backquotes of notes and settings were shown raw.
    #[test]
    fn literals_become_code_and_markup_stays_text() {
        assert_eq!(
            code("`auto` is <b>").to_string(),
            "<code>auto</code> is &lt;b&gt;"
        );
        assert_eq!(code("a ` b").to_string(), "a ` b");
        assert_eq!(code("`</code>`").to_string(), "<code>&lt;/code&gt;</code>");
    }
}

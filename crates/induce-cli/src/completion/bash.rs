//! Bash cuts words at `=` and `:`, which our values hold, and hands quotes over as they are typed: here the line comes whole.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::EnvCompleter;

use super::command::command;

/// What separates candidates: no name of a column has it.
const BETWEEN: &str = "\u{b}";

/// Bash, from 3.2 on.
pub struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        _: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let completer = escaped(completer);
        writeln!(
            buf,
            r#"_{bin}_complete() {{
    # COMP_POINT counts bytes.
    local IFS=$'\013' LC_ALL=C
    COMPREPLY=( $({var}=bash {completer} -- "$2" "${{COMP_LINE:0:COMP_POINT}}" "${{COMP_LINE:COMP_POINT}}" 2>/dev/null) )
    # A value that is yet to be written gets no space.
    [[ "${{COMPREPLY-}}" =~ [=/:.,]$ ]] || compopt +o nospace 2>/dev/null
}}
if [[ "${{BASH_VERSINFO[0]}}" -ge 5 ]] || [[ "${{BASH_VERSINFO[0]}}" -eq 4 && "${{BASH_VERSINFO[1]}}" -ge 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _{bin}_complete {bin}
else
    complete -o nospace -o bashdefault -F _{bin}_complete {bin}
fi"#
        )
    }

    /// `args` are what bash would replace, the line before the cursor, and the line behind it.
    fn write_complete(
        &self,
        _: &mut Command,
        args: Vec<OsString>,
        folder: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let text = |at: usize| {
            args.get(at)
                .map_or_else(Default::default, |own| own.to_string_lossy())
        };
        let (replaced, before, behind) = (text(0), text(1), text(2));
        let (mut words, quoted) = split(&before);
        let current = words.last().cloned().unwrap_or_default();
        let (index, kept) = (
            words.len() - 1,
            current.len().saturating_sub(split(&replaced).0.concat().len()),
        );
        if let Some((_, rest)) = behind.split_once(' ') {
            words.extend(split(rest).0.into_iter().filter(|word| !word.is_empty()));
        }
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        let found = complete(&mut command(&words), words, index, folder)?;
        let shown = found.iter().filter_map(|own| {
            let text = own.get_value().to_string_lossy();
            let rest = text.get(kept..)?.to_owned();
            Some(if quoted { rest } else { escaped(&rest) })
        });
        write!(buf, "{}", shown.collect::<Vec<_>>().join(BETWEEN))
    }
}

/// The words of a line without their quotes, the last of which may be empty; whether a quote is open at its end.
fn split(line: &str) -> (Vec<String>, bool) {
    let (mut words, mut quote) = (vec![String::new()], None);
    let mut letters = line.chars().peekable();
    let mut begun = false;
    while let Some(letter) = letters.next() {
        let word = words.last_mut().expect("there is always a word");
        match (letter, quote) {
            ('\\', None | Some('"')) => word.extend(letters.next()),
            ('\'' | '"', None) => quote = Some(letter),
            (own, Some(open)) if own == open => quote = None,
            (' ' | '\t', None) => {
                if begun {
                    words.push(String::new());
                }
                begun = false;
                continue;
            }
            _ => word.push(letter),
        }
        begun = true;
    }
    (words, quote.is_some())
}

/// A word as it must be typed.
fn escaped(word: &str) -> String {
    let special = |letter: char| {
        letter.is_ascii() && !letter.is_ascii_alphanumeric() && !"_-./,:=+@%^~".contains(letter)
    };
    let mut out = String::new();
    for letter in word.chars() {
        if special(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, split};

    #[test]
    fn words_are_what_the_program_would_get() {
        let words = |line: &str| split(line).0;
        assert_eq!(words("induce train "), ["induce", "train", ""]);
        assert_eq!(words("a --set  b=1"), ["a", "--set", "b=1"]);
        assert_eq!(words(r#"a 'x y' "p \"q" r\ s"#), ["a", "x y", "p \"q", "r s"]);
        assert_eq!(split("a 'x y"), (vec!["a".into(), "x y".into()], true));
        assert_eq!(words("a '' b"), ["a", "", "b"]);
        assert_eq!(escaped("rate>=$5 (a)"), r"rate\>=\$5\ \(a\)");
    }
}

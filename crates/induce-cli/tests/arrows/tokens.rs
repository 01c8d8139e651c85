//! Rust as a row of words and signs: enough to see which names a file mentions.

use std::iter::Peekable;
use std::str::Chars;

/// Identifiers, `::`, and every other sign by itself; comments, literals and lifetimes are left out.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next().is_some_and(|c| c != '\n') {},
            '/' if rest.peek() == Some(&'*') => block_comment(&mut rest),
            '"' => quoted(&mut rest, '"'),
            '\'' => lifetime_or_char(&mut rest),
            ':' if rest.peek() == Some(&':') => {
                rest.next();
                tokens.push("::".into());
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                match (word.as_str(), rest.peek()) {
                    ("r" | "br" | "cr", Some('"' | '#')) => raw(&mut rest, &mut tokens),
                    ("b" | "c", Some('"' | '\'')) => {}
                    _ => tokens.push(word),
                }
            }
            c if c.is_whitespace() => {}
            c => tokens.push(c.into()),
        }
    }
    tokens
}

fn block_comment(rest: &mut Peekable<Chars>) {
    let (mut depth, mut last) = (1, ' ');
    rest.next();
    for c in rest.by_ref() {
        depth += i32::from((last, c) == ('/', '*')) - i32::from((last, c) == ('*', '/'));
        // The sign in the middle of `*/*` ends one comment and does not begin the next.
        last = if matches!((last, c), ('/', '*') | ('*', '/')) {
            ' '
        } else {
            c
        };
        if depth == 0 {
            return;
        }
    }
}

fn quoted(rest: &mut Peekable<Chars>, end: char) {
    while let Some(c) = rest.next() {
        if c == '\\' {
            rest.next();
        } else if c == end {
            return;
        }
    }
}

/// `'a'` and `'\n'` are skipped whole; of `'a` only the quote, so that the name is a word without meaning.
fn lifetime_or_char(rest: &mut Peekable<Chars>) {
    let mut ahead = rest.clone();
    match (ahead.next(), ahead.next()) {
        (Some('\\'), _) => quoted(rest, '\''),
        (Some(_), Some('\'')) => {
            rest.nth(1);
        }
        _ => while rest.next_if(|c| c.is_alphanumeric() || *c == '_').is_some() {},
    }
}

/// `r"..."`, `r#"..."#`, or the name `r#type`.
fn raw(rest: &mut Peekable<Chars>, tokens: &mut Vec<String>) {
    let mut hashes = 0;
    while rest.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if rest.next_if_eq(&'"').is_none() {
        let mut word = String::new();
        while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
        }
        return tokens.push(word);
    }
    let mut seen = None;
    for c in rest.by_ref() {
        seen = match (c, seen) {
            ('"', _) => Some(0),
            ('#', Some(n)) => Some(n + 1),
            _ => None,
        };
        if seen == Some(hashes) {
            return;
        }
    }
}

/// `tokens` without what is compiled for tests only; and the names of modules that are.
pub fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = attribute(tokens, at).filter(|&end| is_test(&tokens[at..end])) {
            let (next, module) = item(tokens, end);
            modules.extend(module);
            at = next;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, modules)
}

/// The end of the attribute that begins at `at`, if one does.
fn attribute(tokens: &[String], at: usize) -> Option<usize> {
    (tokens.get(at)? == "#" && tokens.get(at + 1)? == "[").then(|| closing(tokens, at + 1) + 1)
}

fn is_test(attribute: &[String]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token == word);
    has("cfg") && has("test") && !has("not")
}

/// The place of the bracket that closes the one at `open`.
fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// The end of the item at `at`, and its name if it is a module.
fn item(tokens: &[String], mut at: usize) -> (usize, Option<String>) {
    while let Some(end) = attribute(tokens, at) {
        at = end;
    }
    let is_module = tokens.get(at).is_some_and(|token| token == "mod");
    let module = tokens.get(at + 1).filter(|_| is_module).cloned();
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return (at + 1, module),
            "{" => return (closing(tokens, at) + 1, module),
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    (at, module)
}

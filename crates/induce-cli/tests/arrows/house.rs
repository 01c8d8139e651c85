//! What the house promises about itself: a setting is written once, and no verb has a path of its own for a kind of data.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use induce::core::model::Setting;

use super::graph::files;

/// Where a file outside the sources of kinds names a kind of data, and why.
const NAMED: [(&str, &str); 1] = [(
    "crates/induce-cli/src/commands/convert.rs",
    "formats of other programs are for tables or for texts, and the hint says for which",
)];

const KINDS: [&str; 4] = ["Text", "Images", "Graph", "Environment"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files with this ending below a folder, with their text.
fn sources(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    files(folder, ending).into_iter().map(read).collect()
}

/// Places where a field of this name has this sentence above it.
fn places(files: &[(PathBuf, String)], name: &str, sentence: &str) -> usize {
    let said = format!("/// {sentence}");
    let (field, public) = (format!("{name}:"), format!("pub {name}:"));
    let here = |text: &str| {
        let pairs = text.lines().zip(text.lines().skip(1));
        let of = |next: &str| next.trim().starts_with(&field) || next.trim().starts_with(&public);
        pairs
            .filter(|(line, next)| line.trim() == said && of(next))
            .count()
    };
    files.iter().map(|(_, text)| here(text)).sum()
}

/// Name, default, range and sentence of a setting stand in one `settings!`. Families may each have a setting of the same
/// words; what they share (`Training`) is one place for all of them.
#[test]
fn a_setting_is_spelt_once() {
    let files = sources(&root().join("crates"), ".rs");
    let mut tables: Vec<&[Setting]> = Vec::new();
    for entry in induce::registry::MODELS {
        if !tables.iter().any(|own| own.as_ptr() == entry.settings.as_ptr()) {
            tables.push(entry.settings);
        }
    }
    let all = tables.iter().flat_map(|settings| settings.iter());
    let settings: BTreeSet<(&str, &str)> = all.map(|setting| (setting.name, setting.doc)).collect();
    assert!(settings.len() > 100, "{}", settings.len());
    for (name, sentence) in settings {
        let has = |own: &&&[Setting]| own.iter().any(|s| s.name == name && s.doc == sentence);
        let (places, tables) = (places(&files, name, sentence), tables.iter().filter(has).count());
        assert!(
            (1..=tables).contains(&places),
            "`{name}`: {places} places for {tables} tables of settings"
        );
    }
}

#[test]
fn no_verb_has_a_path_of_its_own_for_a_kind() {
    let (commands, facade) = (
        root().join("crates/induce-cli/src/commands"),
        root().join("crates/induce/src"),
    );
    let mut files = sources(&commands, ".rs");
    files.extend(
        sources(&facade, ".rs")
            .into_iter()
            .filter(|(path, _)| !path.starts_with(facade.join("page"))),
    );
    for (path, text) in files {
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let asks = |kind: &str| {
            code.contains(&format!("Data::{kind}")) || code.contains(&format!("DataKind::{kind}"))
        };
        let named = KINDS.into_iter().find(|kind| asks(kind));
        let allowed = NAMED
            .iter()
            .any(|(file, _)| path.ends_with(Path::new(file).strip_prefix("crates").unwrap()));
        assert!(
            named.is_none() || allowed,
            "{} asks whether data are {named:?}",
            path.display()
        );
    }
    let folders = fs::read_dir(&commands)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), 0, "a verb is a file, not a folder for each kind");
}

/// The lines of documentation and attributes above a line.
fn above<'a>(lines: &[&'a str], at: usize) -> Vec<&'a str> {
    let of = |line: &&&str| line.trim_start().starts_with("///") || line.trim_start().starts_with("#[");
    lines[..at].iter().rev().take_while(of).copied().collect()
}

/// What a public function lacks: an example, or a word on its errors.
fn lacks(path: &Path, text: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut missing = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = line
            .trim_start()
            .strip_prefix("pub fn ")
            .and_then(|rest| rest.split(['(', '<']).next())
        else {
            continue;
        };
        let doc = above(&lines, at).concat();
        let head: String = lines[at..]
            .iter()
            .take(12)
            .take_while(|line| !line.trim().is_empty())
            .copied()
            .collect();
        let head = head.split('{').next().unwrap_or_default();
        if wanted(name) && !doc.contains("```") {
            missing.push(format!("{}: `{name}` has no example", path.display()));
        }
        if head.contains("Result<") && !doc.contains("# Errors") {
            missing.push(format!("{}: `{name}` does not say its errors", path.display()));
        }
    }
    missing
}

/// Every function of the facade, and the fit of every family, is shown in use and says how it can fail.
#[test]
fn functions_people_call_have_examples_and_errors() {
    let mut missing = Vec::new();
    for (path, text) in sources(&root().join("crates/induce/src"), ".rs") {
        missing.extend(lacks(&path, &text, |_| true));
    }
    let mut fits = 0;
    for family in ["crates/induce-learn/src", "crates/induce-deep/src/language"] {
        for (path, text) in sources(&root().join(family), "/fit.rs") {
            fits += usize::from(text.contains("pub fn fit("));
            missing.extend(lacks(&path, &text, |name| name == "fit"));
        }
    }
    assert!(fits >= 6, "{fits} families");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

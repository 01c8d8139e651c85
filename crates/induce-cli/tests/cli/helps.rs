//! Help and manual pages.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::house::{House, data};

/// The verbs under `Commands:` of a help text.
fn verbs(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = list.lines().take_while(|line| line.starts_with("  "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Every verb, those of two words too.
fn all_verbs(house: &House) -> Vec<String> {
    let mut all = Vec::new();
    for verb in verbs(&house.ok("--help").out) {
        let inner = verbs(&house.ok(&format!("{verb} --help")).out);
        all.push(verb.clone());
        all.extend(inner.iter().map(|own| format!("{verb} {own}")));
    }
    all
}

/// The command lines under `Examples:`.
fn examples(help: &str) -> Vec<String> {
    let part = help.split("Examples:\n").nth(1).unwrap_or_default();
    let lines = part.lines().take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.strip_prefix("    "))
        .map(str::to_owned)
        .collect()
}

/// No verb had an example.
#[test]
fn every_verb_ends_in_examples() {
    let house = House::new();
    for verb in all_verbs(&house) {
        let help = house
            .command(&format!("{verb} --help"))
            .env("COLUMNS", "200")
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let own = examples(&help);
        assert!(!own.is_empty(), "{verb} has no example:\n{help}");
        assert!(own.iter().all(|line| line.contains("induce ")), "{verb}: {own:?}");
        let first = own[0].split("induce ").nth(1).unwrap_or_default();
        assert!(first.starts_with(&verb), "{verb}: {first}");
        let short = house.ok(&format!("{verb} -h")).out;
        assert!(short.lines().count() <= 60, "{verb} -h is long:\n{short}");
        assert!(
            !short.contains("Examples:") && !short.contains("INDUCE_SEED"),
            "{verb}: {short}"
        );
    }
}

/// All of them are run in the order in which one writes what another reads; what takes long, or needs pictures, is only parsed.
#[test]
fn examples_do_what_they_say() {
    let house = House::new();
    std::fs::create_dir(house.path("data")).unwrap();
    for name in [
        "credit.csv",
        "penguins.csv",
        "diamonds.csv.gz",
        "sonnets.txt",
        "census.csv",
    ] {
        std::fs::copy(data(name), house.path(&format!("data/{name}"))).unwrap();
    }
    let slow = |line: &str| line.contains("induce tune data/credit.csv") || line.contains("left.jpg");
    for verb in all_verbs(&house) {
        for line in examples(&house.ok(&format!("{verb} --help")).out) {
            // Ten seconds of training are one here.
            let line = line.replace("--time 10s", "--time 1s");
            let line = match slow(&line) {
                true => format!("{line} --help"),
                false => line,
            };
            run(&house, &line);
        }
    }
}

fn run(house: &House, line: &str) {
    let binary = Path::new(assert_cmd::cargo::cargo_bin!("induce"))
        .parent()
        .unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = [binary.to_path_buf()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    // `source` of fish is none of bash.
    let line = line.replace("| source", "| cat");
    let output = Command::new("bash")
        .args(["-c", &line])
        .current_dir(house.path("."))
        .env("PATH", std::env::join_paths(places).unwrap())
        .output()
        .unwrap();
    let zsh = line.contains("completions zsh");
    assert!(
        zsh || output.status.success(),
        "{line}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// There was one page for all verbs, which named them and described none.
#[test]
fn every_verb_has_a_page_of_the_manual() {
    let house = House::new();
    house.ok("man --out pages/man1");
    let written: BTreeSet<String> = std::fs::read_dir(house.path("pages/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected: BTreeSet<String> = all_verbs(&house)
        .iter()
        .map(|verb| format!("induce-{}.1", verb.replace(' ', "-")))
        .collect();
    expected.insert("induce.1".into());
    assert_eq!(written, expected);
    for name in &written {
        let page = String::from_utf8(house.read(&format!("pages/man1/{name}"))).unwrap();
        let verb = name.trim_end_matches(".1");
        assert!(page.contains(&format!(".TH {verb} 1")), "{page}");
        // Options of every verb stand on the page of all verbs only.
        assert_eq!(page.contains("INDUCE_SEED"), name == "induce.1", "{name}");
        assert_eq!(page.contains(".SH EXAMPLES"), name != "induce.1", "{name}");
        let requests = [
            "TH", "SH", "TP", "PP", "IP", "RS", "RE", "B", "nf", "fi", "nh", "ad", "ie", "el", "ds", "br",
            "\\\"",
        ];
        for line in page.lines().filter_map(|line| line.strip_prefix('.')) {
            let request = line.split_whitespace().next().unwrap_or_default();
            assert!(requests.contains(&request), "{name}: .{line}");
        }
    }
    assert_eq!(
        house.ok("man train").out.as_bytes(),
        house.read("pages/man1/induce-train.1")
    );
    assert_eq!(
        house.ok("man data show").out.as_bytes(),
        house.read("pages/man1/induce-data-show.1")
    );
    assert!(house.fault("man trian").contains("did you mean `train`?"));
}

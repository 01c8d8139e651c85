//! The commands in the documentation are run: every ```console block, in order, page by page.
//!
//! A line that starts with `$ ` is run by a shell in a folder that has a copy of
//! `data`; `# exit N` before it says that it ends in N. Each line shown below a
//! command must be among what the command prints, times and spaces aside.
//! `INDUCE_BLESS=1 cargo test -p induce-cli --test guides` writes new numbers into the pages.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

struct Step {
    line: String,
    code: i32,
    /// What is shown of the output, with the numbers of the lines in the page.
    shown: Vec<(usize, String)>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut code) = (false, 0);
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            steps.push(Step {
                line: command.into(),
                code,
                shown: Vec::new(),
            });
            code = 0;
        } else if let Some(status) = line.strip_prefix("# exit ").filter(|_| inside) {
            code = status.parse().unwrap();
        } else if inside && let Some(step) = steps.last_mut() {
            step.shown.push((number, line.into()));
        }
    }
    steps
}

/// Without digits, rules and spaces, which change when numbers do: the line that new numbers are taken from.
fn shape(line: &str) -> String {
    line.chars()
        .filter(|c| !c.is_ascii_digit() && !c.is_whitespace() && !"─.,-+e%–".contains(*c))
        .collect()
}

/// Without rules, spaces, and what depends on the machine: times, rates, and bytes.
fn exact(line: &str) -> String {
    const UNITS: [&str; 8] = ["s", "ms", "min", "tokens/s", "threads", "kB", "MB", "cores"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let unit = |word: &str| UNITS.contains(&word.trim_matches(|c: char| "().,;:".contains(c)));
    let masked = |i: usize| {
        let number = words[i]
            .trim_start_matches('(')
            .starts_with(|c: char| c.is_ascii_digit());
        number && words.get(i + 1).is_some_and(|next| unit(next))
    };
    let kept = (0..words.len()).map(|i| if masked(i) { "#" } else { words[i] });
    kept.filter(|word| !word.chars().all(|c| c == '─')).collect()
}

/// Run a step; what is wrong with it. Lines with other numbers go to `news` if pages are renewed.
fn run(folder: &Path, step: &Step, page: &str, news: &mut Vec<(usize, String)>) -> Option<String> {
    let binary = PathBuf::from(assert_cmd::cargo::cargo_bin!("induce"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = [binary.parent().unwrap().to_path_buf()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    let output = Command::new("bash")
        .args(["-c", &step.line])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(places).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(step.code) {
        return Some(format!(
            "{page}: `{}` ends with {}\n{said}",
            step.line, output.status
        ));
    }
    let printed: Vec<String> = said.lines().map(exact).collect();
    let wrong = step
        .shown
        .iter()
        .filter(|(_, line)| !shape(line).is_empty() && !printed.contains(&exact(line)));
    let (mut lost, mut from) = (None, 0);
    for (number, line) in wrong {
        // The next line of this shape, or the first: new numbers keep the order of the lines.
        let alike = |from: usize| {
            said.lines()
                .enumerate()
                .skip(from)
                .find(|(_, own)| shape(own) == shape(line))
        };
        match alike(from).or_else(|| alike(0)) {
            Some((at, own)) if blesses() => {
                from = at + 1;
                news.push((*number, own.trim_end().to_owned()));
            }
            _ => lost = lost.or(Some(line)),
        }
    }
    lost.map(|line| format!("{page}: `{}` does not print\n{line}\nbut\n{said}", step.line))
}

/// Whether the pages are to be given the numbers of today.
fn blesses() -> bool {
    std::env::var_os("INDUCE_BLESS").is_some()
}

/// The page with these lines in place of its own.
fn renewed(text: &str, news: &[(usize, String)]) -> String {
    let line = |(number, old): (usize, &str)| {
        let new = news.iter().find(|(own, _)| *own == number);
        new.map_or_else(|| old.to_owned(), |(_, line)| line.clone()) + "\n"
    };
    text.lines().enumerate().map(line).collect()
}

/// All pages of a folder and the folders in it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(pages(&path));
        } else if path.extension().is_some_and(|e| e == "md") {
            all.push(path);
        }
    }
    all.sort();
    all
}

#[test]
fn every_command_of_the_book_runs() {
    let (mut count, mut faults) = (0, Vec::new());
    for page in pages(&root().join("docs"))
        .into_iter()
        .chain([root().join("README.md")])
    {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        for name in [
            "census.csv",
            "credit.csv",
            "digits.npz",
            "karate.gml",
            "penguins.csv",
            "diamonds.csv.gz",
            "sonnets.txt",
        ] {
            std::fs::copy(
                root().join("data").join(name),
                folder.path().join("data").join(name),
            )
            .unwrap();
        }
        let text = std::fs::read_to_string(&page).unwrap();
        let (name, mut news) = (page.file_name().unwrap().to_string_lossy(), Vec::new());
        for step in steps(&text) {
            faults.extend(run(folder.path(), &step, &name, &mut news));
            count += 1;
        }
        if !news.is_empty() {
            std::fs::write(&page, renewed(&text, &news)).unwrap();
        }
    }
    assert!(count > 0, "the book has commands");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The Rust of README.md, word for word.
fn readme() -> induce::Result<Vec<f64>> {
    use induce::prelude::*;

    let table = read("data/credit.csv".as_ref(), &ReadOptions::default(), &Run::new(0))?.0;
    let options = RowsOptions {
        target: Some("Status".into()),
        ..Default::default()
    };
    let rows = Data::Rows(Rows::new(&table, &options)?);
    let fitted = induce::settings("boost")?
        .with("rounds=100")?
        .fit(&rows, &mut Run::new(0))?;
    let prediction = fitted.model.predict(&table, 1)?;
    Ok(prediction.values)
}

#[test]
fn the_rust_of_the_readme_runs() {
    // The other tests name their folders in full.
    std::env::set_current_dir(root()).unwrap();
    assert_eq!(readme().unwrap().len(), 4454);
    let text = std::fs::read_to_string("README.md").unwrap();
    let block = text
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert!(
        bare(include_str!("guides.rs")).contains(&bare(block)),
        "the Rust of README.md is another"
    );
}

#[test]
fn every_page_is_in_the_table_of_contents_and_no_link_is_dead() {
    let docs = root().join("docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for page in pages(&docs).iter().filter(|page| !page.ends_with("SUMMARY.md")) {
        let name = page.strip_prefix(&docs).unwrap().to_string_lossy().into_owned();
        assert!(
            summary.contains(&format!("({name})")),
            "{name} is not in SUMMARY.md"
        );
    }
    let own =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name));
    for page in pages(&docs).into_iter().chain(own) {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(
                page.parent().unwrap().join(file).exists(),
                "{}: `{link}` leads nowhere",
                page.display()
            );
        }
    }
}

//! The commands in the documentation are run: every ```console block, in order, page by page.
//!
//! A line that starts with `$ ` is run by a shell in a folder that has a copy of
//! `data`; `# exit N` before it says that it ends in N. Each line shown below a
//! command must be among what the command prints, digits and spaces aside, so
//! that numbers may move with the engine.
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
    shown: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut code) = (false, 0);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            steps.push(Step {
                line: command.into(),
                code,
                shown: Vec::new(),
            });
            code = 0;
        } else if let Some(number) = line.strip_prefix("# exit ").filter(|_| inside) {
            code = number.parse().unwrap();
        } else if inside && let Some(step) = steps.last_mut() {
            step.shown.push(line.into());
        }
    }
    steps
}

/// Without digits, rules and spaces, which change when numbers do.
fn shape(line: &str) -> String {
    line.chars()
        .filter(|c| !c.is_ascii_digit() && !c.is_whitespace() && !"─.,-+e%–".contains(*c))
        .collect()
}

/// Run a step; what is wrong with it.
fn run(folder: &Path, step: &Step, page: &str) -> Option<String> {
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
    let shapes: Vec<String> = said.lines().map(shape).collect();
    let wrong = step
        .shown
        .iter()
        .find(|line| !shape(line).is_empty() && !shapes.contains(&shape(line)))?;
    Some(format!(
        "{page}: `{}` does not print\n{wrong}\nbut\n{said}",
        step.line
    ))
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
        for name in ["credit.csv", "penguins.csv", "diamonds.csv.gz", "sonnets.txt"] {
            std::fs::copy(
                root().join("data").join(name),
                folder.path().join("data").join(name),
            )
            .unwrap();
        }
        let text = std::fs::read_to_string(&page).unwrap();
        for step in steps(&text) {
            faults.extend(run(
                folder.path(),
                &step,
                &page.file_name().unwrap().to_string_lossy(),
            ));
            count += 1;
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

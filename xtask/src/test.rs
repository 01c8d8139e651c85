//! `cargo xtask test`: every test there is, and one line that counts them.

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;
use crate::venv;

#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    /// Take in `test result: ok. 3 passed; 0 failed; ...` and `12 files judged, 0 failed, ...`.
    fn take(&mut self, line: &str) {
        let before = |word: &str| {
            let at = line.find(word)?;
            line[..at].trim_end().rsplit(' ').next()?.parse::<u64>().ok()
        };
        if line.starts_with("test result:") {
            self.passed += before(" passed").unwrap_or(0);
            self.failed += before(" failed").unwrap_or(0);
        } else if let (Some(judged), Some(failed)) = (before(" files judged"), before(" failed")) {
            self.passed += judged.saturating_sub(failed);
            self.failed += failed;
        }
    }
}

/// Rust's tests and doc tests, then the peers.
pub fn run() -> Result<()> {
    let python = venv::python()?;
    let mut count = Count::default();
    let mut healthy = shell::watch(
        &mut shell::cargo(&["test", "--workspace", "--no-fail-fast"]),
        |l| count.take(l),
    )?;
    // Without a build there is no binary to judge.
    if healthy || count.passed > 0 {
        healthy &= peers(&python, &mut count)?;
    }
    // A build that breaks fails no test, and must not look like success.
    if !healthy && count.failed == 0 {
        count.failed = 1;
    }
    shell::say(&format!("{} passed, {} failed", count.passed, count.failed));
    if !healthy {
        bail!("not everything passed");
    }
    Ok(())
}

/// The real packages open what our tests and what a user's commands write for them.
fn peers(python: &Path, count: &mut Count) -> Result<bool> {
    let (root, written) = (shell::root(), shell::target().join("judge"));
    std::fs::create_dir_all(&written)?;
    // As part of the workspace, so that nothing is compiled again with other features.
    let write = [
        "test",
        "--quiet",
        "--workspace",
        "--lib",
        "write_for_the_judges",
        "--",
        "--ignored",
    ];
    let mut healthy = shell::output(shell::cargo(&write).env("INDUCE_JUDGE", &written)).is_ok();
    let judge = root.join("crates/induce-learn/tests/golden/judge_interchange.py");
    healthy &= shell::watch(shell::command(python, &[]).arg(judge).arg(&written), |line| {
        count.take(line);
    })?;
    let mut user = shell::command(python, &[]);
    user.arg(root.join("xtask/judge.py"))
        .arg(shell::binary(false)?)
        .arg(root.join("data"));
    Ok(shell::watch(&mut user, |line| count.take(line))? && healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_lines_of_cargo_and_of_the_judge() {
        let mut count = Count::default();
        count.take("test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
        count.take("120 files judged, 2 failed, largest differences {}");
        count.take("test something ... ok");
        assert_eq!((count.passed, count.failed), (121, 3));
    }
}

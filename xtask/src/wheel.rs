//! `cargo xtask wheel [--test]`: the Python package, built by maturin; with `--test` installed and tested.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{binary, command, root, run as call, say, target};
use crate::venv;

/// What builds and tests the package, beside what judges need anyway.
const TOOLS: [&str; 6] = [
    "maturin==1.16.0",
    "pytest",
    "polars",
    "mypy",
    "joblib",
    "networkx",
];

/// Build the wheel into `target/wheels`, and test it if that is asked. The tests take the development profile, which
/// shares what is compiled already.
pub fn run(words: &[&str]) -> Result<()> {
    let (test, rest) = match words {
        ["--test", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if !test && !rest.is_empty() {
        bail!(
            "unknown words after `wheel`: {}\n\nhint: `cargo xtask wheel` or `cargo xtask wheel --test [PYTEST ARGUMENTS]`",
            rest.join(" ")
        );
    }
    let python = venv::python_with(&TOOLS)?;
    let wheel = build(&python, if test { "dev" } else { "release" })?;
    say(&format!("wheel: {}", wheel.display()));
    if !test {
        return Ok(());
    }
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--force-reinstall",
    ];
    call(command(&python, &pip).arg(&wheel))?;
    // What Python does is held against what the command line does.
    let binary = binary(false)?;
    let folder = root().join("python").join("tests");
    // From the tests' own folder, so that the installed package is tested and not the sources beside it.
    call(
        command(&python, &["-m", "pytest", "-q"])
            .args(rest)
            .env("INDUCE_BINARY", binary)
            .current_dir(folder),
    )
}

fn build(python: &PathBuf, profile: &str) -> Result<PathBuf> {
    let out = target().join("wheels").join(profile);
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let manifest = root().join("python").join("Cargo.toml");
    let words = [
        "-m",
        "maturin",
        "build",
        "--quiet",
        "--locked",
        "--compatibility",
        "linux",
        "--profile",
        profile,
    ];
    let mut maturin = command(python, &words);
    call(
        maturin
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--out")
            .arg(&out),
    )?;
    let found = std::fs::read_dir(&out)?.filter_map(|entry| entry.ok().map(|e| e.path()));
    let mut found = found.filter(|path| path.extension().is_some_and(|e| e == "whl"));
    found.next().context("maturin has built no wheel")
}

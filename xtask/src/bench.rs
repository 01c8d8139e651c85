//! `cargo xtask bench NAME`: the release binary beside the peers, in one run.

use anyhow::{Result, bail};

use crate::shell;
use crate::venv;

/// As [`call`]; NAME is `boost` unless it is said.
pub fn run(words: &[&str]) -> Result<()> {
    let (name, arguments) = match words {
        [name, rest @ ..] if !name.starts_with('-') => (*name, rest),
        rest => ("boost", rest),
    };
    call(name, arguments)
}

/// Calls `bench/NAME.py --binary BINARY [ARGUMENTS]`.
pub fn call(name: &str, arguments: &[&str]) -> Result<()> {
    let script = shell::root().join("bench").join(format!("{name}.py"));
    if !script.exists() {
        bail!("there is no `bench/{name}.py`\n\nhint: the benches are the files of `bench`");
    }
    let python = match name {
        "linear" => venv::python_with(&venv::LINEAR)?,
        "cluster" => venv::python_with(&venv::CLUSTER)?,
        _ => venv::python()?,
    };
    let binary = shell::binary(true)?;
    shell::run(
        shell::command(python, &[])
            .arg(script)
            .arg("--binary")
            .arg(binary)
            .args(arguments),
    )
}

//! `cargo xtask bench`: the release binary beside the peers, in one run.

use anyhow::{Result, bail};

use crate::shell;
use crate::venv;

/// Calls `bench/boost.py BINARY [ARGUMENTS]` in the environment.
pub fn run(arguments: &[&str]) -> Result<()> {
    let script = shell::root().join("bench").join("boost.py");
    if !script.exists() {
        bail!(
            "there is no `bench/boost.py` yet\n\nhint: measured numbers, where there are any, are in BENCHMARKS.md"
        );
    }
    let python = venv::python()?;
    let binary = shell::binary(true)?;
    shell::run(
        shell::command(python, &[])
            .arg(script)
            .arg(binary)
            .args(arguments),
    )
}

//! `cargo xtask docs`: the reference, from the binary and its tables.
//!
//! The pages are written by the test `reference` of induce-cli, which knows the
//! registry, the metrics and the binary; so `cargo test` finds stale pages too.

use anyhow::{Context, Result};

use crate::shell;

/// Write `docs/reference`, or only compare.
pub fn run(check: bool) -> Result<()> {
    let mut cargo = shell::cargo(&["test", "--quiet", "--workspace", "--test", "reference"]);
    if !check {
        cargo.env("INDUCE_BLESS", "1");
    }
    shell::run(&mut cargo).context("docs/reference is stale\n\nhint: `cargo xtask docs` writes it anew")
}

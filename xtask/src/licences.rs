//! `cargo xtask licences`: what every dependency allows, and which must never come in.
//!
//! This is the part of cargo-deny that we need, on `cargo metadata`, so that nothing has to be
//! installed for it.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// Licences that ask for no more than a notice.
const ALLOWED: [&str; 14] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // The Independent JPEG Group's: as free as MIT, with a line of credit.
    "IJG",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, or whose name starts like this, and why.
const BANNED: [(&str, &str); 11] = [
    ("openssl", "needs a system library"),
    ("native-tls", "needs a system library"),
    ("openblas-src", "native BLAS"),
    ("intel-mkl", "native BLAS"),
    ("blas-src", "native BLAS"),
    ("cblas-sys", "native BLAS"),
    ("netlib-src", "native BLAS"),
    ("lapack", "native LAPACK"),
    ("accelerate-src", "native BLAS"),
    ("polars", "hundreds of crates; arrow-rs is our table library"),
    ("openblas", "native BLAS"),
];

/// Check all packages of the lock file.
pub fn run() -> Result<()> {
    let text = shell::output(&mut shell::cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
    ]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let faults: Vec<String> = packages.iter().flat_map(faults).collect();
    if !faults.is_empty() {
        bail!(
            "{}\n\nhint: choose another crate, or argue for it in xtask/src/licences.rs",
            faults.join("\n")
        );
    }
    shell::say(&format!(
        "{} packages, all licences allowed, none banned",
        packages.len()
    ));
    Ok(())
}

fn faults(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let mut faults = Vec::new();
    if let Some((_, why)) = BANNED.iter().find(|(banned, _)| name.starts_with(banned)) {
        faults.push(format!("`{name}` is banned: {why}"));
    }
    match package["license"].as_str() {
        Some(licence) if allows(licence) => {}
        Some(licence) => faults.push(format!("`{name}` is under `{licence}`")),
        None => faults.push(format!("`{name}` names no licence")),
    }
    faults
}

/// Whether an SPDX expression can be met with allowed licences: `OR` chooses, `AND` asks for all.
fn allows(expression: &str) -> bool {
    let parts = split(expression, " OR ");
    if parts.len() > 1 {
        return parts.iter().any(|part| allows(part));
    }
    let parts = split(expression, " AND ");
    if parts.len() > 1 {
        return parts.iter().all(|part| allows(part));
    }
    let one = expression.trim();
    match one.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => allows(inner),
        // Before SPDX had operators, `/` meant `OR`.
        None => one.split('/').any(|licence| ALLOWED.contains(&licence.trim())),
    }
}

/// Split at a word outside parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(word) => {
                parts.push(&text[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_understood() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
        ] {
            assert!(allows(good), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR AGPL-3.0) AND MIT", ""] {
            assert!(!allows(bad), "{bad}");
        }
    }
}

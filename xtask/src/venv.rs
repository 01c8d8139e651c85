//! The Python environment of judges and benches: `target/venv`, made once.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{command, output, run, say, target};

const PACKAGES: [&str; 7] = [
    "numpy==2.4.6",
    "scipy==1.17.1",
    "scikit-learn==1.9.1",
    "lightgbm==4.7.0",
    "opencv-python-headless==5.0.0.93",
    "pandas==3.1.1",
    "pyarrow",
];

/// Its wheel asks for a CUDA library of hundreds of megabytes that it runs without.
const ALONE: [&str; 1] = ["xgboost==3.2.0"];

/// Peers of the bench of linear models, which nothing else needs.
pub const LINEAR: [&str; 3] = ["glum==3.4.1", "celer==0.7.4", "statsmodels==0.15.0"];

/// Peers of the bench of clusters.
pub const CLUSTER: [&str; 2] = ["scikit-learn-intelex", "faiss-cpu==1.15.1"];

/// The environment's `python`, with all packages; what is there already is kept.
pub fn python() -> Result<PathBuf> {
    python_with(&[])
}

/// As [`python`], with `more` packages.
pub fn python_with(more: &[&str]) -> Result<PathBuf> {
    let home = target().join("venv");
    let python = home.join("bin").join("python");
    if !python.exists() {
        let make = run(command("python3", &["-m", "venv"]).arg(&home));
        make.context("no Python environment\n\nhint: install python3 and its venv module (`apt-get install python3-venv`)")?;
    }
    let listed = output(&mut command(&python, &["-m", "pip", "list", "--format=freeze"]))?.to_lowercase();
    let missing = |wanted: &&&str| {
        !listed
            .lines()
            .any(|l| l == **wanted || l.split("==").next() == Some(**wanted))
    };
    install(
        &python,
        &PACKAGES
            .iter()
            .chain(more)
            .filter(missing)
            .copied()
            .collect::<Vec<_>>(),
        &[],
    )?;
    install(
        &python,
        &ALONE.iter().filter(missing).copied().collect::<Vec<_>>(),
        &["--no-deps"],
    )?;
    Ok(python)
}

fn install(python: &PathBuf, packages: &[&str], flags: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    say(&format!("installing {} into target/venv", packages.join(" ")));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(command(python, &pip).args(flags).args(packages))
}

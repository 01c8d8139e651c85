//! Report pages in a real browser.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell;

/// Names under which Chromium is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Open every page at two widths, light and dark: no error, every chart drawn, nothing to scroll sideways.
pub fn look(pages: &[PathBuf]) -> Result<()> {
    let chromium = find().context("Chromium is not installed\n\nhint: `apt-get install chromium`")?;
    let script = shell::root().join("xtask").join("browser.py");
    shell::run(
        shell::command("python3", &[])
            .arg(script)
            .arg(chromium)
            .args(pages),
    )
    .context("a report page is not right")
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

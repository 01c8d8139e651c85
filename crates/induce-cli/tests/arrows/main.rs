//! Which crate may know which: the arrows of ARCHITECTURE.md, kept by `cargo metadata`.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::process::Command;

use serde_json::Value;

/// Every crate of the house with the crates of the house it may use.
const ARROWS: [(&str, &[&str]); 10] = [
    ("induce-core", &[]),
    ("induce-plot", &["induce-core"]),
    ("induce-prob", &["induce-core"]),
    ("induce-learn", &["induce-core", "induce-prob"]),
    ("induce-tensor", &["induce-core"]),
    ("induce-deep", &["induce-core", "induce-prob", "induce-tensor"]),
    (
        "induce",
        &[
            "induce-core",
            "induce-plot",
            "induce-prob",
            "induce-learn",
            "induce-deep",
        ],
    ),
    (
        "induce-cli",
        &[
            "induce",
            "induce-core",
            "induce-plot",
            "induce-prob",
            "induce-learn",
        ],
    ),
    ("induce-python", &["induce"]),
    ("xtask", &[]),
];

fn workspace() -> Vec<(String, Vec<String>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let output = metadata.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let packages = value["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|p| {
            (
                name(p),
                p["dependencies"].as_array().unwrap().iter().map(name).collect(),
            )
        })
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let workspace = workspace();
    for (name, uses) in &workspace {
        let known = ARROWS.iter().find(|(own, _)| own == name);
        let (_, may) = known
            .unwrap_or_else(|| panic!("`{name}` is new: say in ARCHITECTURE.md and here what it may use"));
        for used in uses
            .iter()
            .filter(|used| workspace.iter().any(|(own, _)| own == *used))
        {
            assert!(may.contains(&used.as_str()), "`{name}` must not use `{used}`");
        }
    }
}

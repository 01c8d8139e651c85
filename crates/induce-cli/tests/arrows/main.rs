//! Which crate may know which: the arrows of ARCHITECTURE.md, kept by `cargo metadata`.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod graph;
mod house;
mod tokens;

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

/// Circles between files that may stay, each with the reason.
const ALLOWED: &[(&[&str], &str)] = &[
    (
        &[
            "crates/induce-tensor/src/ops/arrange.rs",
            "crates/induce-tensor/src/ops/attention.rs",
            "crates/induce-tensor/src/ops/axis.rs",
            "crates/induce-tensor/src/ops/binary.rs",
            "crates/induce-tensor/src/ops/chebyshev.rs",
            "crates/induce-tensor/src/ops/conv/mod.rs",
            "crates/induce-tensor/src/ops/dropout.rs",
            "crates/induce-tensor/src/ops/gate.rs",
            "crates/induce-tensor/src/ops/linear.rs",
            "crates/induce-tensor/src/ops/lookup.rs",
            "crates/induce-tensor/src/ops/loss.rs",
            "crates/induce-tensor/src/ops/mod.rs",
            "crates/induce-tensor/src/ops/noise.rs",
            "crates/induce-tensor/src/ops/norm.rs",
            "crates/induce-tensor/src/ops/pairs.rs",
            "crates/induce-tensor/src/ops/pool.rs",
            "crates/induce-tensor/src/ops/posterior.rs",
            "crates/induce-tensor/src/ops/recurrent/back.rs",
            "crates/induce-tensor/src/ops/recurrent/forwards.rs",
            "crates/induce-tensor/src/ops/recurrent/gru.rs",
            "crates/induce-tensor/src/ops/recurrent/lstm.rs",
            "crates/induce-tensor/src/ops/recurrent/mod.rs",
            "crates/induce-tensor/src/ops/recurrent/rnn.rs",
            "crates/induce-tensor/src/ops/reduce.rs",
            "crates/induce-tensor/src/ops/rotate.rs",
            "crates/induce-tensor/src/ops/scatter/lines.rs",
            "crates/induce-tensor/src/ops/scatter/mod.rs",
            "crates/induce-tensor/src/ops/sparse.rs",
            "crates/induce-tensor/src/ops/transpose.rs",
            "crates/induce-tensor/src/ops/unary.rs",
            "crates/induce-tensor/src/tape/work.rs",
        ],
        "the tape is closed: an operation is a row of one list, which knows them all, and works on the tape",
    ),
    (
        &[
            "crates/induce-tensor/src/tape/mod.rs",
            "crates/induce-tensor/src/tensor.rs",
        ],
        "a tensor is a place on a tape, and a tape gives out tensors",
    ),
    (
        &[
            "crates/induce-deep/src/language/tokens/byte_level.rs",
            "crates/induce-deep/src/language/tokens/corpus.rs",
            "crates/induce-deep/src/language/tokens/mod.rs",
            "crates/induce-deep/src/language/tokens/scored.rs",
            "crates/induce-deep/src/language/tokens/table.rs",
            "crates/induce-deep/src/language/tokens/train.rs",
        ],
        "a tokenizer is one of three encoders, and each of them makes tokenizers",
    ),
    (
        &[
            "crates/induce-core/src/model/contract.rs",
            "crates/induce-core/src/model/entry.rs",
            "crates/induce-core/src/model/fit.rs",
        ],
        "a model names its entry, and an entry fits and opens models: one contract, in a file for each side of it",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/bisecting/entry.rs",
            "crates/induce-learn/src/cluster/bisecting/fit.rs",
        ],
        "a fit gives its centres the row of the registry that opens them",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/centres/model.rs",
            "crates/induce-learn/src/cluster/centres/report.rs",
            "crates/induce-learn/src/cluster/kmeans/choose.rs",
            "crates/induce-learn/src/cluster/kmeans/entry.rs",
            "crates/induce-learn/src/cluster/kmeans/fit.rs",
        ],
        "centres are what k-means ends in, and are shown and opened by its row of the registry",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/dp_means/entry.rs",
            "crates/induce-learn/src/cluster/dp_means/fit.rs",
        ],
        "a fit gives its centres the row of the registry that opens them",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/hdp/entry.rs",
            "crates/induce-learn/src/cluster/hdp/fit.rs",
        ],
        "a fit gives its centres the row of the registry that opens them",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/mini_batch/entry.rs",
            "crates/induce-learn/src/cluster/mini_batch/fit.rs",
        ],
        "a fit gives its centres the row of the registry that opens them",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/spectral/assign/discretize.rs",
            "crates/induce-learn/src/cluster/spectral/assign/kmeans.rs",
            "crates/induce-learn/src/cluster/spectral/assign/mod.rs",
            "crates/induce-learn/src/cluster/spectral/assign/qr.rs",
        ],
        "discretising begins at what the other assignments find",
    ),
    (
        &[
            "crates/induce-learn/src/cluster/spectral/fit.rs",
            "crates/induce-learn/src/cluster/spectral/model.rs",
        ],
        "a model of rows places new ones as its fit did",
    ),
    (
        &[
            "crates/induce-deep/src/ratings/entry.rs",
            "crates/induce-deep/src/ratings/fit.rs",
            "crates/induce-deep/src/ratings/model.rs",
            "crates/induce-deep/src/ratings/report.rs",
        ],
        "a model names its row of the registry, which fits, opens and shows it",
    ),
    (
        &[
            "crates/induce-learn/src/decomposition/mf/entry.rs",
            "crates/induce-learn/src/decomposition/mf/fit.rs",
            "crates/induce-learn/src/decomposition/mf/model.rs",
            "crates/induce-learn/src/decomposition/mf/report.rs",
            "crates/induce-learn/src/decomposition/mf/store.rs",
        ],
        "a model names its row of the registry, which fits, opens and shows it",
    ),
    (
        &[
            "crates/induce-learn/src/decomposition/pca/entry.rs",
            "crates/induce-learn/src/decomposition/pca/fit.rs",
            "crates/induce-learn/src/decomposition/pca/model.rs",
            "crates/induce-learn/src/decomposition/pca/report.rs",
        ],
        "a model names its row of the registry, which fits, opens and shows it",
    ),
    (
        &[
            "crates/induce-learn/src/mixture/gmm/entry.rs",
            "crates/induce-learn/src/mixture/gmm/fit.rs",
            "crates/induce-learn/src/mixture/gmm/model.rs",
            "crates/induce-learn/src/mixture/gmm/report.rs",
        ],
        "a model names its row of the registry, which fits, opens and shows it",
    ),
    (
        &["python/src/clusters.rs", "python/src/model.rs"],
        "what Python asks of clusters is asked of its model, which hands it on",
    ),
];

#[test]
fn files_have_no_circles() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let mut folders: Vec<_> = std::fs::read_dir(root.join("crates"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    folders.extend([root.join("python"), root.join("xtask")]);
    let mut found: Vec<Vec<String>> = Vec::new();
    for folder in folders {
        found.extend(graph::circles(&graph::of_crate(root, &folder.join("src"))));
    }
    found.extend(graph::circles(&graph::of_python(
        root,
        &root.join("python/induce"),
    )));
    let new: Vec<String> = found
        .iter()
        .filter(|circle| !ALLOWED.iter().any(|(allowed, _)| *allowed == circle.as_slice()))
        .map(|circle| circle.join("\n    "))
        .collect();
    assert!(new.is_empty(), "circles between files:\n{}", new.join("\n\n"));
    for &(allowed, reason) in ALLOWED {
        assert!(
            found.iter().any(|circle| circle.as_slice() == allowed),
            "open by now: {allowed:?} ({reason})"
        );
    }
}

/// The files of a little crate, and the circles found in it.
fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("src").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    graph::circles(&graph::of_crate(folder.path(), &folder.path().join("src")))
}

#[test]
fn circles_are_found_through_imports_paths_and_re_exports() {
    let both = vec![vec!["src/a.rs".to_owned(), "src/b.rs".to_owned()]];
    let root = ("lib.rs", "mod a; mod b; pub use a::A;");
    let by_import = [
        root,
        ("a.rs", "use super::b::B; pub struct A(B);"),
        ("b.rs", "use crate::a::{self, A}; pub struct B;"),
    ];
    assert_eq!(circles_of(&by_import), both);
    let by_path = [
        root,
        ("a.rs", "pub struct A(crate::b::B);"),
        ("b.rs", "pub struct B(Vec<super::a::A>);"),
    ];
    assert_eq!(circles_of(&by_path), both);
    // The name is the front page's, the definition is not.
    let by_name = [
        root,
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "use crate::A; pub struct B;"),
    ];
    assert_eq!(circles_of(&by_name), both);
}

#[test]
fn tests_texts_and_front_pages_make_no_circles() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        (
            "a.rs",
            "use super::b::B; pub struct A(B);\n#[cfg(test)]\nmod tests;",
        ),
        ("a/tests.rs", "use super::A;"),
        (
            "b.rs",
            "//! See crate::a::A.\npub struct B; const S: &str = \"crate::a::A\";\n#[cfg(test)]\nmod tests { use crate::a::A; }",
        ),
    ];
    assert_eq!(circles_of(&files), Vec::<Vec<String>>::new());
}

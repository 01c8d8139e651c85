//! The command line on every kind of data, with toy models: no verb knows kinds apart.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../../induce/tests/toys/mod.rs"]
mod toys;

use std::path::Path;

use clap::Parser;

use crate::args::Cli;
use crate::commands;
use crate::session::Session;

fn run(folder: &Path, line: &str) -> anyhow::Result<std::process::ExitCode> {
    let words = line.split_whitespace().map(|word| match word.strip_prefix('@') {
        Some(name) => folder.join(name).display().to_string(),
        None => word.to_owned(),
    });
    let words: Vec<String> = std::iter::once("induce".to_owned())
        .chain(words)
        .chain(["-q".to_owned()])
        .collect();
    let cli = Cli::try_parse_from(words)?;
    commands::run_in(&cli, &Session::with_models(&cli.global, toys::REGISTRY))
}

#[test]
fn every_kind_is_trained_evaluated_shown_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("rows.csv"), "a,b\n1,2\n3,4\n5,6\n7,9\n9,1\n2,2\n").unwrap();
    std::fs::write(here.join("text.txt"), "to be, or not to be. ".repeat(20)).unwrap();
    std::fs::write(here.join("graph.txt"), "a b\nb c\nc d\nd a\n").unwrap();
    let transitions = "state,action,next,probability,reward\n0,0,0,1,0\n0,1,1,0.5,1\n0,1,0,0.5,0\n";
    std::fs::write(here.join("environment.csv"), transitions).unwrap();
    let mut idx = vec![0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 2];
    idx.extend((0..40_u8).map(|i| i * 3));
    std::fs::write(here.join("images.idx"), idx).unwrap();
    for (kind, data) in [
        ("rows", "rows.csv"),
        ("text", "text.txt"),
        ("images", "images.idx"),
        ("graph", "graph.txt"),
        ("environment", "environment.csv"),
    ] {
        let train = format!("train @{data} -m toy-{kind} --out @m.safetensors");
        run(here, &format!("{train} --format json")).unwrap();
        run(here, &format!("{train} --set steps=20")).unwrap();
        for verb in ["evaluate @m.safetensors", "evaluate --format json @m.safetensors"] {
            run(here, &format!("{verb} @{data}")).unwrap();
        }
        run(here, "show @m.safetensors").unwrap();
        run(here, "show @m.safetensors --format json").unwrap();
        if !["rows", "text"].contains(&kind) {
            run(here, &format!("report @m.safetensors @{data} --out @page.html")).unwrap();
            assert!(
                std::fs::read_to_string(here.join("page.html"))
                    .unwrap()
                    .contains("distance")
            );
        }
        let error = run(here, &format!("{train} --set steps=0")).unwrap_err();
        assert!(error.to_string().contains("`steps` cannot be 0"), "{error}");
        let error = run(here, &format!("{train} --set step=1")).unwrap_err();
        let own = error.downcast_ref::<induce::Error>().unwrap();
        assert_eq!(own.hint().as_deref(), Some("did you mean `steps`?"));
    }
    let error = run(here, "train @graph.txt -m toy-graph --target a").unwrap_err();
    assert!(error.to_string().contains("learns from no target"), "{error}");
}

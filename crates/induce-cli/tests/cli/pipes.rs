//! Standard input and output.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::house::{Done, House};

fn feed(mut command: Command, bytes: &[u8]) -> Done {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_dash_is_standard_input() {
    let house = House::with_table();
    let table = house.read("good.csv");
    let done = feed(
        house.command("train - --target y --set rounds=5 --out m.safetensors"),
        &table,
    );
    assert_eq!(done.code, 0, "{}", done.err);
    let done = feed(house.command("predict m.safetensors -"), &table);
    assert_eq!(done.out.lines().count(), 201);
    assert_eq!(done.out, house.ok("predict m.safetensors good.csv").out);
    assert_eq!(feed(house.command("train -"), b"").code, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let house = House::new();
    // More than a pipe holds.
    house.table("long.csv", "a,y", 60_000, |_, a, b| format!("{a},{b}"));
    house.ok("train long.csv --set rounds=2 --quiet");
    let induce = house.command("").get_program().to_string_lossy().into_owned();
    let line =
        format!("set -o pipefail; '{induce}' predict long.induce.safetensors long.csv --quiet | head -1");
    let done: Done = Command::new("bash")
        .args(["-c", &line])
        .current_dir(house.path(""))
        .output()
        .unwrap()
        .into();
    assert_eq!(
        (done.code, done.out.as_str(), done.err.as_str()),
        (0, "prediction\n", "")
    );
}

#[test]
fn tables_come_out_in_the_format_of_the_ending() {
    let house = House::with_table();
    house.ok("train good.csv --target y --set rounds=5 --quiet");
    for ending in ["csv", "jsonl", "parquet", "arrow"] {
        house.ok(&format!("data convert good.csv good2.{ending}"));
        let there = house
            .ok(&format!("predict good.induce.safetensors good2.{ending}"))
            .out;
        assert_eq!(
            there,
            house.ok("predict good.induce.safetensors good.csv").out,
            "{ending}"
        );
    }
    let fault = house.fault("data convert good.csv good.xls");
    assert!(fault.contains("hint: "), "{fault}");
}
